"""clew load, clew erase, clew export: what comes into the log, and what of a person goes out of it."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from clew.ingest.report import LoadReport, Progress, SourceReport
    from clew.live.erasure.model import Everywhere
    from clew.questions.library import OpenWorkspace

FAILED = 1
_SHOWN_EVENTS = 8
_LINE_EVERY_S = 5.0
_COLUMNS = ("read", "accepted", "duplicate", "superseding", "rejected")


def load(
    only: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE]...", help="Sources; all without any.")] = None,
) -> None:
    """Read the exports that sources/ describes into the log. Stopped half-way, it goes on where it was."""
    from clew import clock
    from clew.cli.beside import archive_held

    workspace = _workspace()
    with archive_held(workspace.store) as (here, fence), _shown_progress() as progress:
        report = workspace.load(now=clock.now(), only=only or None, progress=progress, fence=fence)
        if here is not None:
            here.note("load", "log", generation=report.generation, events=report.events)
    for line in summary(report, next_step=_next_step(workspace)):
        typer.echo(line)
    for name, failure in report.failures.items():
        typer.echo(f"{name}: {failure}", err=True)
    receives = any(source.receives for source in workspace.sources.values())
    if report.failures or not (report.sources or receives):
        raise typer.Exit(FAILED)


def erase(
    person: Annotated[str, typer.Option("--person", metavar="ID", help="Identifier or e-mail address of a contact.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase a person: name, address and personal properties go, every total stays. A running system goes on."""
    from clew import clock
    from clew.accounts.persons import open_persons
    from clew.cli.beside import owner, say
    from clew.cli.opened import opened
    from clew.diagnosis.watching.stored import forget_names
    from clew.live.dossier import named
    from clew.live.erasure.actions import erase_everywhere
    from clew.workspace.workspace import open_workspace

    with opened() as here:
        if not yes:
            typer.confirm(f"Erase '{person}' from {here.folder}? This cannot be undone.", abort=True)
        with open_persons(here.store) as persons:
            whom = named([record.surrogate for record in persons.find(person)])
        here.note("begin erasure", whom)
        forget_names(here.store)
        workspace = open_workspace(here.folder)
        erased = erase_everywhere(workspace, here.database, person, clock=clock.now, owner=owner(), told=say)
        here.note("erase", whom, **erased.told())
    for line in _told(erased):
        typer.echo(line)


def export(
    person: Annotated[str, typer.Option("--person", metavar="ID", help="Identifier or e-mail address of a contact.")],
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write here.", show_default=False)
    ] = None,
) -> None:
    """Write all that is known of a person as JSON: record, personal properties, events, what waits or was rejected."""
    from clew.cli.opened import opened
    from clew.ingest.erasure import UnknownPerson
    from clew.live.dossier import counts_of, is_unknown, numbers_of, whole_dossier

    with opened() as here:
        told = whole_dossier(here.store, here.database, person)
        if is_unknown(told):
            raise UnknownPerson(f"nobody is known as '{person}'; give the identifier or e-mail address of a contact")
        here.note("export", numbers_of(told), **counts_of(told))
    text = json.dumps(told, indent=2, ensure_ascii=False)
    if output is None:
        typer.echo(text)
        return
    output.write_text(text + "\n", encoding="utf-8")
    typer.echo(f"Wrote {output}: events {len(told['events']):,}, personal properties {len(told['properties']):,}.")


def _folder() -> Path:
    from clew.workspace.find import find_workspace

    return find_workspace(None)


def _workspace() -> OpenWorkspace:
    """Open the workspace; mistakes in journeys and meanings do not keep exports from being loaded."""
    from clew.errors import BadInput, FileProblems
    from clew.questions.library import open_workspace

    workspace = open_workspace()
    if workspace.problems_of_exports:
        raise FileProblems(workspace.problems_of_exports)
    if not workspace.sources:
        raise BadInput(
            f"{workspace.dir / 'sources'} describes no export; write sources/NAME.yaml as "
            "docs/howto/connect-an-export.md says"
        )
    return workspace


def _next_step(workspace: OpenWorkspace) -> str:
    """The command that works now: a diagnosis where meanings are said, else a question of one journey."""
    from clew.workspace.find import MEANINGS_FILE

    journeys = workspace.sound_journeys()
    if workspace.says_meanings and not workspace.problems_of(MEANINGS_FILE):
        return "clew diagnose, or clew signals"
    if not journeys:
        return "clew discover, which drafts a journey from these events"
    return f"clew show runs{f' --journey {journeys[0]}' if len(journeys) > 1 else ''}, or clew report"


def summary(report: LoadReport, *, next_step: str) -> Iterator[str]:
    """Yield the lines that say what a load did and what to do next; the columns add up."""
    if report.sources:
        yield from _table(report)
    for source in report.sources:
        yield from _details(source)
    yield ""
    if report.gone:
        yield f"Kept from sources that are no longer described: {', '.join(report.gone)}."
    read = sum(source.read for source in report.sources if not source.unchanged)
    speed = f", {read:,} rows in {report.seconds:.1f} s ({report.rows_per_second:,.0f} rows/s)" if read else ""
    yield f"The log holds {report.events:,} events{speed}."
    if report.events:
        yield f"Next: {next_step}"
    elif report.read:
        yield "No row tells of an event: see 'events' in sources/."


def _table(report: LoadReport) -> Iterator[str]:
    rows: list[tuple[str, ...]] = [("source", *_COLUMNS)]
    rows += [(source.source, *(f"{getattr(source, name):,}" for name in _COLUMNS)) for source in report.sources]
    if len(report.sources) > 1:
        totals = [sum(getattr(source, name) for source in report.sources) for name in _COLUMNS]
        rows.append(("together", *(f"{total:,}" for total in totals)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    notes = ["", *("unchanged" if source.unchanged else "" for source in report.sources), ""]
    for row, note in zip(rows, notes, strict=False):
        numbers = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        yield "  ".join((row[0].ljust(widths[0]), *numbers, note)).rstrip()


def _details(source: SourceReport) -> Iterator[str]:
    lines: list[str] = []
    if source.resumed:
        lines.append(f"went on where an interrupted load had stopped (blocks read already: {source.resumed})")
    if source.events:
        lines.append(f"events: {_named(source)}")
        lines.append(f"from {_time(source.first)} to {_time(source.last)}")
    if source.without_events:
        lines.append(f"rows that tell of no event: {source.without_events:,} (whom they name is known all the same)")
    for reason, rejections in source.reasons.items():
        lines.append(f"rejected {rejections.count:,}: {reason} ({', '.join(rejections.examples)})")
    if source.rejected_file:
        lines.append(f"see {_shown(source.rejected_file)}")
    if source.vanished:
        examples = ", ".join(source.vanished_examples)
        lines.append(f"no longer in the export, kept: {source.vanished:,} (of {examples})")
    lines += [f"{note}: {count:,}" for note, count in source.notes.items()]
    if lines:
        yield ""
        yield source.source
        yield from (f"  {line}" for line in lines)


def _named(source: SourceReport) -> str:
    counts = list(source.events.items())
    told = [f"{name} {count:,}" for name, count in counts[:_SHOWN_EVENTS]]
    rest = counts[_SHOWN_EVENTS:]
    return ", ".join(told + ([f"{len(rest)} more {sum(count for _, count in rest):,}"] if rest else []))


def _time(at: int | None) -> str:
    from clew.clock import to_datetime

    return "" if at is None else f"{to_datetime(at):%Y-%m-%d %H:%M} UTC"


def _shown(path: Path) -> Path:
    from clew.workspace.find import shown

    return shown(path)


def _told(everywhere: Everywhere) -> Iterator[str]:
    erasure = everywhere.log
    yield f"Records of the person store that are nameless now: {erasure.records:,}."
    yield f"Personal properties removed: {erasure.properties:,}."
    if erasure.rejected:
        yield f"Listed rejected rows removed, because they named the person: {erasure.rejected:,}."
    if erasure.inbox:
        yield f"Blocks of an interrupted load dropped, to be read again: {erasure.inbox:,}."
    for name, count in erasure.texts.items():
        yield f"Texts of '{name}' rewritten: {count:,}."
    yield from _told_beside(everywhere)
    yield "No total has changed. A later load of the same export does not bring the person back."
    yield "The firm's own export files still hold the person: Clew does not change them."


def _told_beside(everywhere: Everywhere) -> Iterator[str]:
    if everywhere.held:
        yield f"Events that lie ahead, held under a number now: {everywhere.held:,}."
    if everywhere.rejected:
        yield f"Rejected events whose content is gone: {everywhere.rejected:,}."
    if everywhere.uploads:
        yield f"Exports removed that were sent and could not be loaded: {everywhere.uploads:,}."
    for backup in everywhere.backups:
        yield f"May still hold the person: the backup {backup.place} of {_time(backup.at)}."


@contextmanager
def _shown_progress() -> Iterator[Callable[[Progress], None]]:
    """Show where the load is: a moving line on a terminal, now and then a line elsewhere."""
    if not sys.stderr.isatty():
        yield _Lines().show
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns: list[Any] = [
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[rows]}"),
        TimeElapsedColumn(),
    ]
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None, rows="")
        begun = time.monotonic()

        def show(told: Progress) -> None:
            speed = told.rows / max(time.monotonic() - begun, 1e-6)
            words = f"{told.doing} {told.source}".strip()
            bar.update(
                task,
                description=words,
                completed=told.done,
                total=told.total or None,
                rows=f"{told.rows:,} rows, {speed:,.0f}/s",
            )

        yield show


class _Lines:
    """Progress for a log file: one line every few seconds."""

    def __init__(self) -> None:
        self._begun = self._last = time.monotonic()

    def show(self, told: Progress) -> None:
        now = time.monotonic()
        if now - self._last >= _LINE_EVERY_S:
            self._last = now
            speed = told.rows / (now - self._begun)
            typer.echo(f"{told.doing} {told.source}".strip() + f": {told.rows:,} rows, {speed:,.0f} rows/s", err=True)
