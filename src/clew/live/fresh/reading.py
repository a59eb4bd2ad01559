"""What the tables of the operational data tell of the tail."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from clew.clock import NEVER
from clew.db.engine import Database
from clew.db.tables import tail_block
from clew.ingest.staged import Staged
from clew.live.fresh.blocks import TailBlock

AT_ONCE = 64  # blocks held as bytes at a time


def blocks_from(database: Database, position: int, *, until: int = NEVER) -> Iterator[list[TailBlock]]:
    """Yield the blocks that hold rows at a position or behind it, some at a time, in their order.

    until  blocks that begin there or behind are left out
    """
    following: int | None = position
    while following is not None:
        found = _read(database, following, until)
        if not found:
            return
        yield found
        last = found[-1]
        following = last.position + len(last.staged) if len(found) == AT_ONCE else None


def _read(database: Database, position: int, until: int) -> list[TailBlock]:
    columns = (tail_block.c.position, tail_block.c.source, tail_block.c.learnt_at, tail_block.c.body)
    first = select(func.coalesce(func.max(tail_block.c.position), 0)).where(tail_block.c.position <= position)
    behind = (tail_block.c.position >= first.scalar_subquery()) & (tail_block.c.position < until)
    here = behind & (tail_block.c.position + tail_block.c.rows > position)
    with database.read() as connection:
        rows = connection.execute(select(*columns).where(here).order_by(tail_block.c.position).limit(AT_ONCE))
        return [TailBlock(row.position, row.source, row.learnt_at, Staged(bytes(row.body))) for row in rows]
