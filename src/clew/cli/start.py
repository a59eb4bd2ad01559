"""clew start: from a stranger's exports to a workspace and a first report."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from clew.ingest.guess_model import Finding, Guess
    from clew.ingest.start import Started

_HEADINGS = ("column", "taken for", "because", "as")
_WIDTHS = (28, 30, 52)


def start(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Exports: CSV files, plain or gzip.")],
    report: Annotated[bool, typer.Option(help="Load the files and print a first report.")] = True,
) -> None:
    """Guess what exports say, write a commented workspace into this folder, and print a first report.

    \b
      clew start exports/*.csv
      clew -C pipeline start opportunities.csv accounts.csv
    """
    from clew import clock
    from clew.ingest.start import start as start_workspace
    from clew.workspace.create import standing_files, write_new
    from clew.workspace.find import FIRM_FILE

    folder = Path.cwd()
    _refuse_begun(folder / FIRM_FILE)
    started = start_workspace(_existing(files), folder, now=clock.now())
    for line in _told(started):
        typer.echo(line)
    write_new(folder, {**started.files, **standing_files()})
    typer.echo("")
    typer.echo(f"Wrote {', '.join(started.files)}. All of it is a guess: correct the files, they are yours.")
    if report and started.drafted is not None:
        _load_and_report()
    else:
        typer.echo("Next: 'clew check', then 'clew load', then 'clew report'.")


def _refuse_begun(firm_file: Path) -> None:
    from clew.errors import BadRequest

    if firm_file.exists():
        raise BadRequest(
            "there is a workspace in this folder already; name another folder with 'clew -C FOLDER start FILE', "
            "or write sources/NAME.yaml for a further export"
        )


def _existing(files: Sequence[Path]) -> list[Path]:
    from clew.errors import BadInput

    for path in files:
        if not path.is_file():
            raise BadInput(f"there is no file '{path}'" + (" (it is a folder)" if path.is_dir() else ""))
    return list(files)


def _load_and_report() -> None:
    from clew.cli.load import load
    from clew.cli.report import OUTPUT
    from clew.cli.report import report as print_report

    typer.echo("")
    load(None)
    typer.echo("")
    print_report(journey=None, output=OUTPUT, compare=None, as_of=None, json=False, open_=False)


def _told(started: Started) -> Iterator[str]:
    """Yield what was guessed, and from what."""
    width = shutil.get_terminal_size((120, 24)).columns
    for guess in started.guesses:
        yield from _guess_lines(guess, width)
    for guess in started.unused:
        yield f"{guess.paths[0].name}: no source is written, it holds no times of its own and names nobody"
    for suggestion in started.suggestions:
        yield f"Suggested in sources/{suggestion.source}.yaml ({suggestion.key}): {suggestion.reason}"
    drafted = started.drafted
    if drafted is not None:
        ends = f"; ends: {', '.join(drafted.ends)}" if drafted.ends else ""
        yield f"Drafted journeys/{drafted.name}.yaml for {drafted.subjects:,} of kind {drafted.name}."
        yield f"  stages: {' → '.join(drafted.stages)}{ends}"


def _guess_lines(guess: Guess, width: int) -> Iterator[str]:
    sample = guess.sample
    names = ", ".join(path.name for path in guess.paths)
    looked_at = "" if sample.whole else " looked at, from beginning and end"
    sign = {"\t": "tab"}.get(sample.header.delimiter, sample.header.delimiter)
    faults = f", {sample.faults:,} lines that are no rows" if sample.faults else ""
    yield f"{names}: {sample.rows:,} rows{looked_at}{faults}, delimiter {sign}, {sample.encoding}"
    yield f"  {_FORMS[guess.form]}"
    rows = [_HEADINGS, *(_cells(finding) for finding in guess.findings)]
    widths = [min(most, max(len(row[place]) for row in rows)) for place, most in enumerate(_WIDTHS)]
    for row in rows:
        line = "  ".join(_cut(cell, size).ljust(size) for cell, size in zip(row, widths, strict=False))
        yield _cut(f"  {line}  {row[3]}", width).rstrip()
    yield from (f"  Please check: {remark}" for remark in guess.remarks)
    yield ""


_FORMS = {
    "log": "One row is one event; the event's name stands in a column.",
    "wide": "One row is one thing; each time in it is an event of its own.",
    "table": "One row describes an account or a thing; nothing happens in it.",
}


def _cells(finding: Finding) -> tuple[str, str, str, str]:
    samples = " | ".join(_cut(" ".join(text.split()), 24) for text in finding.samples)
    personal = finding.meaning.startswith(("contact", "personal"))
    return finding.column, finding.meaning, finding.reason, "(not shown)" if personal else samples


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
