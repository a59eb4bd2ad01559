"""clew rejected: events that could not be used, and taking them in again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clew.live.rejected.model import Chosen, Group, Preview, Rejected

rejected_app = typer.Typer(no_args_is_help=True, help="Events that could not be used, and taking them in again.")

_Numbers = Annotated[list[int] | None, typer.Argument(metavar="[NUMBER]...", help="Numbers of events.")]
_Source = Annotated[str | None, typer.Option("--source", metavar="NAME", help="All of this source.")]
_Reason = Annotated[str | None, typer.Option("--reason", metavar="REASON", help='All with this reason, as "mapping".')]
_SHOWN = 20


@rejected_app.command("list", short_help="events that could not be used, by reason")
def list_rejected(source: _Source = None, reason: _Reason = None) -> None:
    """List rejected events by source and reason; with a reason, one by one."""
    from clew.cli.opened import opened
    from clew.live.rejected import queries
    from clew.live.rejected.model import Chosen

    with opened() as here, here.database.read() as connection:
        if reason is None:
            _show_groups(queries.groups(connection, source))
            return
        chosen = Chosen(source=source, reason=reason)
        found, count = queries.listed(connection, chosen, most=_SHOWN), queries.count(connection, chosen)
    for one in found:
        typer.echo(f"{one.number:>8}  {_time(one.received_at)}  {one.source}  {_why(one)}")
    if count > len(found):
        typer.echo(f"and {count - len(found):,} earlier ones")


@rejected_app.command("show", short_help="one event as it was sent, and what would become of it now")
def show_rejected(number: Annotated[int, typer.Argument(help="Number of an event.")]) -> None:
    """Show an event as it was sent, why it was rejected, and what would become of it under the source file as it is."""
    from clew.cli.opened import opened
    from clew.live.rejected import queries
    from clew.questions.library import open_workspace

    with opened() as here:
        with here.database.read() as connection:
            found, content = queries.one(connection, number)
        previews = queries.try_again(here.database, open_workspace(here.folder), [number], now=here.now)
        here.note("read", "rejected event", number=number)
    typer.echo(f"{found.number}  {_time(found.received_at)}  {found.source} ({found.wire})  {found.state}")
    typer.echo(f"rejected: {_why(found)}")
    if content:
        typer.echo(content.decode("utf-8", "backslashreplace"))
    for preview in previews:
        typer.echo(f"now it would be {_becoming(preview)}")


@rejected_app.command("replay", short_help="take events in again under the mended source file")
def replay_rejected(numbers: _Numbers = None, source: _Source = None, reason: _Reason = None) -> None:
    """Take rejected events in again, under the source files as they are now. What still cannot be used stays."""
    from clew.cli.opened import opened
    from clew.live.rejected.actions import replay

    chosen = _chosen(numbers, source, reason)
    with opened() as here:
        count = replay(here.database, chosen, **here.acting)
    typer.echo(f"Events that are taken in again: {count:,}.")
    if count:
        typer.echo("A running 'clew serve' or 'clew worker' does it. Next: clew rejected list")


@rejected_app.command("discard", short_help="give events up")
def discard_rejected(
    numbers: _Numbers = None,
    source: _Source = None,
    reason: _Reason = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Give rejected events up: what they said goes, that they came stays counted."""
    from clew.cli.opened import opened
    from clew.live.rejected.actions import discard
    from clew.live.rejected.queries import count

    chosen = _chosen(numbers, source, reason)
    with opened() as here:
        with here.database.read() as connection:
            found = count(connection, chosen)
        if found and not yes:
            typer.confirm(f"Discard {found:,} events? They cannot be brought back.", abort=True)
        typer.echo(f"Events discarded: {discard(here.database, chosen, **here.acting):,}.")


def _chosen(numbers: list[int] | None, source: str | None, reason: str | None) -> Chosen:
    from clew.live.rejected.model import Chosen

    return Chosen(numbers=numbers or None, source=source, reason=reason)


def _show_groups(groups: Sequence[Group]) -> None:
    if not groups:
        typer.echo("No rejected event waits.")
        return
    width = max(len(group.source) for group in groups)
    for group in groups:
        span = f"{_time(group.first)} to {_time(group.last)}"
        why = f"{group.reason} at {group.place}" if group.place else group.reason
        typer.echo(f"{group.count:>8,}  {group.source.ljust(width)}  {why:<24}  {span}  as {group.example}")
    typer.echo("")
    typer.echo("Next: clew rejected show NUMBER, mend sources/NAME.yaml, clew rejected replay --reason REASON")


def _why(one: Rejected) -> str:
    return f"{one.reason}{f' at {one.place}' if one.place else ''}: {one.detail}"


def _becoming(preview: Preview) -> str:
    if preview.outcome == "rejected":
        place = f" at {preview.place}" if preview.place else ""
        return f"rejected again: {preview.reason}{place}: {preview.detail}"
    tells = ", ".join(f"{name} ({_time(at)})" for name, at in preview.tells) or "no event"
    return f"{preview.outcome}: {preview.account or 'its contact'}: {tells}"


def _time(at: int) -> str:
    from clew.clock import to_datetime

    return f"{to_datetime(at):%Y-%m-%d %H:%M} UTC"
