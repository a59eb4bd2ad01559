"""clew keys: with which keys tools send events."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clew.cli.opened import opened

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clew.access.write_keys import Scope, WriteKey

keys_app = typer.Typer(no_args_is_help=True, help="Keys with which tools send events to a source.")

_SCOPES = "events, backfill or upload"
Number = Annotated[int, typer.Argument(metavar="KEY", help="Number of the key, as 'clew keys list' shows it.")]


@keys_app.command("add", short_help="make a key for a source")
def add(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="Name of a file in sources/, without its ending.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(
            "--scope",
            help=f"What it may send: {_SCOPES}. May be repeated. Absent: events; upload where files are read.",
        ),
    ] = None,
) -> None:
    """Make a key and print it, this once: Clew keeps its digest only."""
    from clew.access.audit import record
    from clew.access.write_keys import add_key

    with opened() as here, here.write() as connection:
        scopes = _scopes(source, scope or [])
        key, made = add_key(connection, source, scopes=scopes, now=here.now)
        detail = {"key": made.id, "scopes": sorted(scopes)}
        record(connection, action="add write key", object=f"source:{source}", detail=detail, **here.acting)
    _show(key, made)


@keys_app.command("list", short_help="the keys of every source")
def list_keys(as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False) -> None:
    """List write keys with their source, scopes and last use; ended ones too."""
    from clew.access.write_keys import all_keys

    with opened() as here, here.database.read() as connection:
        keys = all_keys(connection)
    if as_json:
        typer.echo(json.dumps([_told(key, here.now) for key in keys], indent=2))
        return
    rows = [
        ("key", "source", "begins with", "may send", "made", "last used", "holds"),
        *(_cells(k, here.now) for k in keys),
    ]
    for row in rows if keys else ():
        typer.echo("  ".join(cell.ljust(max(len(r[i]) for r in rows)) for i, cell in enumerate(row)).rstrip())
    if not keys:
        typer.echo("There is no key yet; 'clew keys add SOURCE' makes one.")


@keys_app.command("rotate", short_help="make a key in place of another")
def rotate(
    number: Number,
    overlap: Annotated[str, typer.Option("--overlap", help="How long the old key goes on to hold.")] = "7 days",
) -> None:
    """Make a key in place of another and print it; both hold for a while, so that no event is lost meanwhile."""
    from clew.access.audit import record
    from clew.access.write_keys import key_of, rotate_key

    overlap_us = _span(overlap)
    with opened() as here, here.write() as connection:
        key, made = rotate_key(connection, number, overlap_us=overlap_us, now=here.now)
        old = key_of(connection, number)
        detail = {"key": number, "new": made.id}
        record(connection, action="rotate write key", object=f"source:{made.source}", detail=detail, **here.acting)
    _show(key, made)
    typer.echo(f"Key {number} holds until {_time(old.off_at)}.")


@keys_app.command("end", short_help="end a key at once")
def end(number: Number) -> None:
    """End a key: within five seconds every process refuses it."""
    from clew.access.audit import record
    from clew.access.write_keys import end_key

    with opened() as here, here.write() as connection:
        ended = end_key(connection, number, now=here.now)
        target = f"source:{ended.source}"
        record(connection, action="end write key", object=target, detail={"key": number}, **here.acting)
    typer.echo(f"Key {number} of source '{ended.source}' has ended.")


def _scopes(source: str, words: Iterable[str]) -> frozenset[Scope]:
    """Check that the source exists and can take what the key may send."""
    from clew.access.write_keys import Scope
    from clew.errors import BadRequest, UnknownName
    from clew.workspace.find import find_workspace, source_files
    from clew.workspace.workspace import open_workspace

    names = [path.stem for path in source_files(find_workspace())]
    if source not in names:
        raise UnknownName("source", source, names)
    known = open_workspace().sources.get(source)
    reads_files = known is not None and known.receives is None
    wrong = [word for word in words if word not in set(Scope)]
    if wrong:
        raise BadRequest(f"there is no scope '{wrong[0]}'; allowed: {', '.join(Scope)}")
    scopes = frozenset(Scope(word) for word in words) or {Scope.UPLOAD if reads_files else Scope.EVENTS}
    if reads_files and scopes != {Scope.UPLOAD}:
        raise BadRequest(
            f"source '{source}' reads files, so its keys can only upload; "
            "say in its file what it receives, as 'receives: segment', or leave --scope out"
        )
    return frozenset(scopes)


def _span(written: str) -> int:
    from clew.durations import ALLOWED, parse_duration
    from clew.errors import BadRequest

    try:
        span = parse_duration(written)
    except ValueError as cause:
        raise BadRequest(f"'{written}' is no span; allowed: {ALLOWED}") from cause
    if span.working:
        raise BadRequest(f"'{written}' counts working time; allowed: elapsed time, as '7 days' or '12 hours'")
    return span.micros


def _show(key: str, made: WriteKey) -> None:
    typer.echo(f"Key {made.id} of source '{made.source}' may send {', '.join(sorted(made.scopes))}:")
    typer.echo(f"  {key}")
    typer.echo("Note it now; it is not shown again.")


def _told(key: WriteKey, now: int) -> dict[str, Any]:
    return {
        "key": key.id,
        "source": key.source,
        "begins_with": key.shown,
        "scopes": sorted(key.scopes),
        "made_at": _time(key.made_at),
        "used_at": _time(key.used_at) or None,
        "off_at": _time(key.off_at) or None,
        "holds": key.holds(now),
    }


def _cells(key: WriteKey, now: int) -> tuple[str, ...]:
    until = "yes" if key.off_at is None else f"until {_time(key.off_at)}"
    return (
        str(key.id),
        key.source,
        f"{key.shown}…",
        ", ".join(sorted(key.scopes)),
        _time(key.made_at),
        _time(key.used_at) or "never",
        until if key.holds(now) else "no",
    )


def _time(at: int | None) -> str:
    from clew.clock import to_datetime

    return "" if at is None else f"{to_datetime(at):%Y-%m-%dT%H:%M:%SZ}"
