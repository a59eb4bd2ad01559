"""The tail as rows of the database: how much there is, its blocks, and what may go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select

from clew.db.cursors import move, position_of
from clew.db.engine import Database
from clew.db.tables import tail_block
from clew.ingest.staged import Staged
from clew.live.keeping.model import RECENT_ROWS, TailSize
from clew.live.model import KEPT
from clew.live.state.queries import folded_up_to, tail_end

_AT_ONCE = 200  # blocks removed in one transaction


@dataclass(frozen=True)
class Block:
    """A row of `tail_block`."""

    position: int
    rows: int
    source: str
    learnt_at: int
    staged: Staged

    @property
    def end(self) -> int:
        return self.position + self.rows


def tail_size(connection: Connection, since: int) -> TailSize:
    """Return how much of the tail lies at a position or behind it."""
    size = select(func.coalesce(func.sum(tail_block.c.rows), 0), func.min(tail_block.c.learnt_at))
    rows, learnt_at = connection.execute(size.where(tail_block.c.position >= since)).one()
    return TailSize(int(rows), learnt_at)


def blocks_from(connection: Connection, since: int, *, most_rows: int, most_bytes: int) -> Sequence[Block]:
    """Return the blocks from a position on: so many rows and bytes at most, one block at least where there is any."""
    size = func.length(tail_block.c.body)
    sized = select(tail_block.c.position, tail_block.c.rows, size).where(tail_block.c.position >= since)
    last, rows, bytes_ = None, 0, 0
    for position, count, length in connection.execute(sized.order_by(tail_block.c.position)):
        rows, bytes_ = rows + count, bytes_ + length
        if last is not None and (rows > most_rows or bytes_ > most_bytes):
            break
        last = position
    if last is None:
        return []
    wanted = select(tail_block).where(tail_block.c.position >= since, tail_block.c.position <= last)
    return [
        Block(row.position, row.rows, row.source, row.learnt_at, Staged(bytes(row.body)))
        for row in connection.execute(wanted.order_by(tail_block.c.position))
    ]


def note_former(connection: Connection, position: int) -> None:
    """Note the position of the generation that is about to be replaced."""
    move(connection, KEPT, position)


def remove_old(database: Database) -> int:
    """Remove blocks that nobody needs any more; return how many rows they held.

    They are in the generation in force and in the one before it, every shard has folded them, and they are not among
    the most recent ones. Which blocks go depends on nothing that could turn back, so no fence is needed.
    """
    with database.read() as connection:
        bound = _bound(connection)
    removed = 0
    while bound > 0:
        with database.write() as connection:
            old = tail_block.c.position + tail_block.c.rows <= bound
            chosen = select(tail_block.c.position, tail_block.c.rows).where(old).order_by(tail_block.c.position)
            found = connection.execute(chosen.limit(_AT_ONCE)).all()
            if found:
                connection.execute(delete(tail_block).where(tail_block.c.position <= found[-1].position))
        removed += sum(row.rows for row in found)
        if len(found) < _AT_ONCE:
            break
    return removed


def _bound(connection: Connection) -> int:
    folded = folded_up_to(connection) or 0  # a shard that never folded has seen none of them
    return min(position_of(connection, KEPT), tail_end(connection) - RECENT_ROWS, folded)
