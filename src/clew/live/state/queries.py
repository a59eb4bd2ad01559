"""What live state asks of the database."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Select, func, select

from clew.db.bulk import among
from clew.db.cursors import position_of
from clew.db.tables import due, parked, run, shard, tail_block
from clew.live.model import SHARDS, TAIL, THREAD
from clew.live.state.folding import Known
from clew.live.state.model import RunKey, StoredRun


@dataclass(frozen=True)
class Shard:
    """How far the threads of a shard are folded, see `clew.db.tables.shard`."""

    number: int
    position: int
    loads: int
    definition: str
    as_of: int


def portions(threads: Sequence[str], at_most: int) -> Iterator[Sequence[str]]:
    """Cut a list into portions."""
    return (threads[first : first + at_most] for first in range(0, len(threads), at_most))


def shards(connection: Connection, numbers: Collection[int]) -> dict[int, Shard]:
    """Return these shards, those that were ever folded."""
    rows = connection.execute(select(shard).where(shard.c.number.in_(numbers)))
    return {row.number: Shard(row.number, row.position, row.loads, row.definition, row.as_of) for row in rows}


def folded_up_to(connection: Connection) -> int | None:
    """Return the position below which every shard has folded every row; None while some shard never folded."""
    known, slowest = connection.execute(select(func.count(), func.min(shard.c.position))).one()
    return int(slowest) if known == SHARDS else None


def tail_end(connection: Connection) -> int:
    """Return the position that the log gives next: every row there is lies below it."""
    return position_of(connection, TAIL)


def known_of(connection: Connection, threads: Collection[str]) -> Known:
    """Return what is stored of these threads."""
    columns = (run.c.journey, run.c.thread, run.c.subject, run.c.number)
    stored = select(*columns, run.c.digest, run.c.version, run.c.due_at, run.c.path)
    waiting = select(due.c.key, due.c.at).where((due.c.kind == THREAD) & among(connection, due.c.key, threads))
    runs = {
        RunKey(journey, thread, subject, number): StoredRun(digest, version, due_at, path)
        for journey, thread, subject, number, digest, version, due_at, path in connection.execute(
            stored.where(among(connection, run.c.thread, threads))
        ).all()
    }
    return Known(runs, {row.key: row.at for row in connection.execute(waiting)})


def due_threads(connection: Connection, numbers: Collection[int], *, now: int, at_most: int) -> dict[str, int]:
    """Return threads whose instant has come, each with that instant, the earliest first, about so many.

    Each shard gives its earliest ones; what lies behind the last of a shard that has more is left for the next time,
    so instants are taken in order whatever shard they are in.
    """
    mine = (due.c.kind == THREAD) & due.c.shard.in_(list(numbers)) & (due.c.at <= now)
    few = connection.execute(select(due.c.at, due.c.key).where(mine).limit(at_most + 1)).all()
    if len(few) > at_most:
        return _earliest(connection, numbers, now, at_most)
    return {key: at for at, key in sorted((at, key) for at, key in few)}


def _earliest(connection: Connection, numbers: Collection[int], now: int, at_most: int) -> dict[str, int]:
    each = max(2 * at_most // max(len(numbers), 1), 100)
    found: list[tuple[int, str]] = []
    horizon = now
    for number in numbers:
        mine = (due.c.kind == THREAD) & (due.c.shard == number) & (due.c.at <= now)
        rows = connection.execute(select(due.c.at, due.c.key).where(mine).order_by(due.c.at).limit(each)).all()
        found += [(at, key) for at, key in rows]
        if len(rows) == each:
            horizon = min(horizon, rows[-1].at)
    return {key: at for at, key in sorted(pair for pair in found if pair[0] <= horizon)[:at_most]}


def quiet_ranges(connection: Connection, since: int, until: int) -> list[tuple[int, int, bool]]:
    """Cut positions since <= p < until into ranges (first, behind the last, quiet) as long as they are of one kind.

    Positions whose blocks are gone already count as quiet: they were in the archive when this shard first saw them.
    """
    blocks = select(tail_block.c.position, tail_block.c.rows, tail_block.c.quiet).order_by(tail_block.c.position)
    inside = (tail_block.c.position < until) & (tail_block.c.position + tail_block.c.rows > since)
    found: list[tuple[int, int, bool]] = []
    for position, rows, quiet in connection.execute(blocks.where(inside)):
        _extend(found, since, max(position, since), True)
        _extend(found, since, min(position + rows, until), bool(quiet))
    _extend(found, since, until, True)
    return found


def _extend(found: list[tuple[int, int, bool]], since: int, until: int, quiet: bool) -> None:
    first = found[-1][1] if found else since
    if until <= first:
        return
    if found and found[-1][2] == quiet:
        found[-1] = (found[-1][0], until, quiet)
    else:
        found.append((first, until, quiet))


def stored_threads(connection: Connection, numbers: Collection[int]) -> Iterator[str]:
    """Yield every thread that has runs or waits for an instant, shard by shard, some of them twice."""
    for number in numbers:
        for key in (select(run.c.thread).where(run.c.shard == number).distinct(), _waiting(number)):
            yield from connection.execute(key).scalars()


def _waiting(number: int) -> Select[tuple[str]]:
    return select(due.c.key).where((due.c.kind == THREAD) & (due.c.shard == number))


def parked_rows(connection: Connection) -> Sequence[tuple[int, int, int]]:
    """Return the rows that are left out of the fold: position and both halves of the row key, as signed numbers."""
    rows = connection.execute(select(parked.c.position, parked.c.hi, parked.c.lo).order_by(parked.c.position))
    return [(position, hi, lo) for position, hi, lo in rows]
