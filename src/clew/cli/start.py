"""clew start: from a stranger's exports to a workspace and a first report."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from clew.ingest.guess_model import Finding, Guess
    from clew.ingest.start import Started

_HEADINGS = ("column", "taken for", "because", "as")
_SAMPLES = 26  # columns of the screen, where it has
_ROOMY = 100  # or more


def start(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Exports: CSV files, plain or gzip.")],
    report: Annotated[
        bool, typer.Option(help="Load the files and print a first report; without it only files are written.")
    ] = True,
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
    now = clock.now()
    started = start_workspace(_existing(files), folder, now=now)
    for line in _told(started):
        typer.echo(line)
    write_new(folder, {**started.files, **standing_files()})
    _tell(f"Wrote {', '.join(started.files)}. All of it is a guess: correct the files, they are yours.")
    if report:
        _load()
    journey = _drafted(now)
    if report and journey is not None:
        _report()
    for line in _next_steps(started, journey):
        typer.echo(line)


def _refuse_begun(firm_file: Path) -> None:
    from clew.errors import BadRequest

    if firm_file.exists():
        raise BadRequest(
            "there is a workspace in this folder already. To add an export to it, let its source be guessed beside it: "
            "'mkdir ../guess', then 'clew -C ../guess start EXPORT' with the whole path of the export; copy what that "
            "wrote into ../guess/sources to sources here, and say after 'file:' where the export lies from here. "
            "Or write sources/NAME.yaml yourself. Then 'clew check' and 'clew load'"
        )


def _existing(files: Sequence[Path]) -> list[Path]:
    from clew.errors import BadInput

    for path in files:
        if path.is_dir():
            raise BadInput(f"'{path}' is a folder; name the files in it, as {path.as_posix()}/*.csv")
        if not path.is_file():
            raise BadInput(f"there is no file '{path}'; name an export, a CSV file, plain or gzip")
    return list(files)


def _load() -> None:
    from clew.cli.load import load

    typer.echo("")
    load(None)


def _drafted(now: int) -> str | None:
    """Draft a journey, write its file and say so; None where nothing happened."""
    from clew.discovery.drafting.event_words import spoken_kind
    from clew.discovery.drafting.for_workspace import first_draft
    from clew.questions.library import open_workspace
    from clew.workspace.create import write_new

    draft = first_draft(open_workspace(), now=now)
    if draft is None:
        return None
    journey = draft.journey
    name = f"journeys/{journey.name}.yaml"
    write_new(Path.cwd(), {name: draft.text})
    subjects = f"{draft.subjects:,} {spoken_kind(journey.subject.kind, draft.subjects)}"
    _tell(f"Drafted {name} from {draft.events:,} events of {subjects}.")
    ends = f"; ends: {', '.join(draft.ends)}" if draft.ends else ""
    for line in _wrapped(f"stages: {' → '.join(journey.stage_names)}{ends}", "  ", "    "):
        typer.echo(line)
    workspace = open_workspace()
    if workspace.has_data:
        workspace.take_norms(journey.name, dated=now)
    return name


def _report() -> None:
    from clew.cli.report import OUTPUT
    from clew.cli.report import report as print_report

    typer.echo("")
    print_report(journey=None, output=OUTPUT, compare=None, as_of=None, json=False, open_=False)


def _next_steps(started: Started, journey: str | None) -> Iterator[str]:
    """Say what to do with what was written."""
    sources = [name for name in started.files if name.startswith("sources/")]
    drafted = [journey] if journey else []
    files = sources[0] if len(sources) == 1 else "the files in sources/"
    yield ""
    yield "What to do next:"
    yield from _wrapped(f"1. Say what the exports really mean in {' and '.join([files, *drafted])}.", "  ", "     ")
    yield "  2. clew check    says what is wrong, and where"
    yield "  3. clew load     reads the exports as the files now say"
    yield "  4. clew report   draws the picture again; clew show --help lists questions"


def _tell(text: str) -> None:
    typer.echo("")
    for line in _wrapped(text):
        typer.echo(line)


def _told(started: Started) -> Iterator[str]:
    """Yield what was guessed, and from what."""
    for guess in started.guesses:
        yield from _guess_lines(guess)
    for guess in started.unused:
        yield from _wrapped(
            f"{guess.paths[0].name}: no source is written, it holds no times of its own and names nobody", "", "  "
        )
    for suggestion in started.suggestions:
        reason = f"Suggested in sources/{suggestion.source}.yaml ({suggestion.key}): {suggestion.reason}"
        yield from _wrapped(reason, "", "  ")


def _guess_lines(guess: Guess) -> Iterator[str]:
    sample = guess.sample
    names = ", ".join(path.name for path in guess.paths)
    looked_at = "" if sample.whole else " looked at, from beginning and end"
    sign = _DELIMITERS.get(sample.header.delimiter, sample.header.delimiter)
    faults = f", {sample.faults:,} lines that are no rows" if sample.faults else ""
    yield from _wrapped(f"{names}: {sample.rows:,} rows{looked_at}{faults}, delimiter {sign}, {sample.encoding}")
    yield f"  {_FORMS[guess.form]}"
    yield from _table([_HEADINGS, *(_cells(finding) for finding in guess.findings)])
    for remark in guess.remarks:
        yield from _wrapped(f"Please check: {remark}", "  ", "    ")
    yield ""


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Yield lines that fit the screen: cells are wrapped, the samples left out where the screen is narrow."""
    screen = _screen()
    natural = [max(len(row[place]) for row in rows) for place in range(3)]
    samples = _SAMPLES if screen >= _ROOMY else 0
    first, second = min(natural[0], screen // 4), min(natural[1], screen // 4)
    third = min(natural[2], screen - 2 - first - 2 - second - 2 - (samples + 2 if samples else 0))
    for row in rows:
        cells = [wrap(cell, size) for cell, size in zip(row, (first, second, third), strict=False)]
        cells.append([_cut(row[3], samples)] if samples else [])
        for parts in zip_longest(*cells, fillvalue=""):
            line = zip(parts, (first, second, third, samples), strict=True)
            yield ("  " + "  ".join(part.ljust(size) for part, size in line)).rstrip()


def _screen() -> int:
    return max(shutil.get_terminal_size((120, 24)).columns, 60)


def _wrapped(text: str, first: str = "", others: str = "") -> list[str]:
    return wrap(
        text, _screen(), initial_indent=first, subsequent_indent=others, break_long_words=False, break_on_hyphens=False
    )


_DELIMITERS = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"}
_WITHOUT = {"always empty": ""}  # samples that are missing for another reason than a person's privacy
_FORMS = {
    "log": "One row is one event; the event's name stands in a column.",
    "wide": "One row is one thing; each time in it is an event of its own.",
    "table": "One row describes an account or a thing; nothing happens in it.",
}


def _cells(finding: Finding) -> tuple[str, str, str, str]:
    samples = " | ".join(_cut(" ".join(text.split()), 24) for text in finding.samples)
    return finding.column, finding.meaning, finding.reason, samples or _WITHOUT.get(finding.reason, "(not shown)")


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
