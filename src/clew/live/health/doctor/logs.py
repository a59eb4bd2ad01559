"""The log: whether the archive is what was written, and the tail goes on where it ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, func, select

from clew.archive.manifest import read_manifest
from clew.archive.reader import open_archive
from clew.db.engine import Database
from clew.db.tables import shard, tail_block
from clew.errors import BrokenStore
from clew.live.health.doctor.model import Finding, fine, wrong
from clew.live.state.queries import tail_end

_RESTORE = "bring back the last backup"


def examine_archive(store: Path) -> Iterator[Finding]:
    """Hold every column against its digest."""
    try:
        archive = open_archive(store)
        damaged = archive.damaged()
    except (BrokenStore, OSError, ValueError) as fault:
        yield wrong("archive", str(fault), _RESTORE)
        return
    if damaged:
        more = f" and {len(damaged) - 1:,} more" if len(damaged) > 1 else ""
        yield wrong("archive", f"{store / damaged[0]}{more} are not what was written", _RESTORE)
    elif archive.generation:
        yield fine("archive", f"generation {archive.generation}, {archive.events:,} events, as written")
    else:
        yield fine("archive", "nothing is archived yet")


def examine_tail(database: Database, store: Path) -> Iterator[Finding]:
    """Make sure that no position is missing between the archive and the end of the tail, nor given twice."""
    end, following, ahead, gap = _ends(database, store)
    if end > following:
        says = f"the archive holds the living log up to {end:,}, the database up to {following:,} only"
        yield wrong("tail", says, f"archive and database are of different moments: {_RESTORE}")
    elif gap is not None:
        yield wrong("tail", f"rows of the living log from position {gap:,} on are missing", _RESTORE)
    elif ahead > following:
        says = f"journeys were folded up to {ahead:,}, but the living log ends at {following:,}"
        yield wrong("tail", says, _RESTORE)
    else:
        yield fine("tail", f"{following - end:,} rows behind the archive, none missing")


def _ends(database: Database, store: Path) -> tuple[int, int, int, int | None]:
    """Where the archive, the tail and the foremost shard end, and the first position that is missing, at one moment."""
    while True:
        end = read_manifest(store).tail
        with database.read() as connection:
            following = tail_end(connection)
            ahead = connection.execute(select(func.max(shard.c.position))).scalar() or 0
            gap = _gap(connection, end, following)
        if read_manifest(store).tail == end:  # or a generation came in between, and blocks went
            return end, following, ahead, gap


def _gap(connection: Connection, end: int, following: int) -> int | None:
    """The first position from the archive's end on that no block holds."""
    blocks = select(tail_block.c.position, tail_block.c.rows).order_by(tail_block.c.position)
    at = end
    for block in connection.execute(blocks.where(tail_block.c.position + tail_block.c.rows > end)):
        if block.position > at:
            return at
        at = block.position + block.rows
    return at if at < following else None
