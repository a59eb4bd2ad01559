"""The command `clew`: registers every command, prints errors as sentences, turns them into exit codes."""

from __future__ import annotations

import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from clew.cli import (
    conform,
    diagnose,
    discover,
    drivers,
    files,
    load,
    mcp,
    operate,
    publish,
    report,
    sample,
    serve,
    signals,
    start,
    trial,
    worker,
)
from clew.cli.duplicates import duplicates_app
from clew.cli.keys import keys_app
from clew.cli.people import people_app
from clew.cli.rejected import rejected_app
from clew.cli.show import show_app
from clew.errors import BadRequest, ClewError, UnknownName

PROBLEMS, WRONG_USAGE, STOPPED = 1, 2, 130
EXIT_CODES: dict[type[ClewError], int] = {BadRequest: WRONG_USAGE, UnknownName: WRONG_USAGE}  # every other: PROBLEMS

HELP = """See where B2B customers stall and why, from the exports a firm already has.

\b
  clew start exports/*.csv     guess columns, draft a journey, print a first report
  clew load                    read the exports that sources/ describes
  clew show stalled            ask a question; 'clew show --help' lists them all
  clew report                  one page to forward
"""

app = typer.Typer(
    name="clew",
    help=HELP,
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"clew {version('clew')}")
        raise typer.Exit


@app.callback()
def begin(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Option("-C", metavar="DIR", help="Work as if started in DIR.", show_default=False)
    ] = None,
    show_version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    del show_version
    if folder is not None:
        _enter(folder)


def _enter(folder: Path) -> None:
    try:
        os.chdir(folder)
    except OSError as cause:
        raise BadRequest(f"cannot work in '{folder}': {cause.strerror or cause}") from cause


for command, short in (
    (start.start, "begin from exports: guess, draft a journey, report"),
    (files.init, "begin a workspace of plain files"),
    (files.check, "check every file and say what is wrong where"),
    (publish.publish, "freeze journeys as versions that never change"),
    (files.diff, "say what changed between two versions"),
    (load.load, "read the exports into the log"),
    (report.report, "write the report on every journey"),
    (diagnose.diagnose, "say whether this firm needs journey management, and for what"),
    (discover.discover, "draft a journey from the events"),
    (conform.conform, "compare what was planned with what happened"),
    (signals.signals, "show what detectors noticed: the three failures"),
    (drivers.drivers, "rank what goes with an outcome"),
    (serve.serve, "serve pages and API, take events in as they arrive"),
    (serve.demo, "serve an invented firm whose events keep arriving"),
    (worker.worker, "work beside others on one database"),
    (mcp.mcp, "let an assistant ask, under a key's rights"),
    (operate.doctor, "say what is wrong and how to mend it"),
    (operate.backup, "write everything into one file"),
    (operate.restore, "bring a backup back"),
    (load.erase, "erase a person"),
    (load.export, "write all that is known of a person"),
    (sample.sample, "write a small invented firm to try"),
    (trial.trial, "try the detectors on invented firms whose truth is known"),
):
    app.command(short_help=short)(command)
app.add_typer(show_app, name="show", short_help="ask a question of a journey")
app.add_typer(people_app, name="people", short_help="who may sign in, and as what")
app.add_typer(keys_app, name="keys", short_help="keys with which tools send events")
app.add_typer(
    duplicates_app, name="duplicates", short_help="accounts that are probably one; merge them or keep them apart"
)
app.add_typer(rejected_app, name="rejected", short_help="events that could not be used; take them in again")


def main() -> None:
    """Run the command and leave with its exit code: 0 fine, 1 problems in files or input, 2 wrong usage."""
    try:
        app()
    except ClewError as error:
        _leave(str(error), exit_code(error))
    except (KeyboardInterrupt, SystemExit) as end:
        if isinstance(end, SystemExit) and end.code != STOPPED:  # typer turns Ctrl-C into this one, without a word
            raise
        _leave("stopped; run it again to go on", STOPPED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains while it shuts down
        sys.exit(0)
    except OSError as fault:  # a folder that may not be written, a full disk
        where = f"{fault.filename}: " if fault.filename else ""
        _leave(f"{where}{fault.strerror or fault}; mend that and run the command again", PROBLEMS)


def exit_code(error: ClewError) -> int:
    """Exit code of an error, by its nearest class in the table."""
    return next((EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES), PROBLEMS)


def _leave(message: str, code: int) -> None:
    print(message, file=sys.stderr)
    sys.exit(code)
