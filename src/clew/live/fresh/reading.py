"""What the tables of the operational data tell of the tail."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from clew.db.engine import Database
from clew.db.tables import tail_block
from clew.ingest.staged import Staged
from clew.live.fresh.blocks import TailBlock

AT_ONCE = 64  # blocks held as bytes at a time


def blocks_from(database: Database, position: int) -> Iterator[list[TailBlock]]:
    """Yield the blocks that hold rows at a position or behind it, some at a time, in their order."""
    following: int | None = position
    while following is not None:
        found = _read(database, following)
        if not found:
            return
        yield found
        last = found[-1]
        following = last.position + len(last.staged) if len(found) == AT_ONCE else None


def _read(database: Database, position: int) -> list[TailBlock]:
    columns = (tail_block.c.position, tail_block.c.source, tail_block.c.learnt_at, tail_block.c.body)
    behind = tail_block.c.position + tail_block.c.rows > position
    with database.read() as connection:
        rows = connection.execute(select(*columns).where(behind).order_by(tail_block.c.position).limit(AT_ONCE))
        return [TailBlock(row.position, row.source, row.learnt_at, Staged(bytes(row.body))) for row in rows]
