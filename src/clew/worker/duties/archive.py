"""Rows of the tail become columns of the archive once they are folded."""

from __future__ import annotations

import time
from collections.abc import Sequence

from sqlalchemy import select

from clew import metrics
from clew.archive.manifest import read_manifest
from clew.db.leases import Lease
from clew.db.tables import tail_block
from clew.live.keeping.actions import keep
from clew.live.keeping.model import LEAST_ROWS, MOST_ROWS
from clew.live.keeping.uploads import waiting_uploads
from clew.live.state.queries import folded_up_to
from clew.worker.board import Board
from clew.worker.model import Doing


class Archive:
    """Keeps the archive, and loads exports that were sent.

    Rows that some shard has not folded stay in the tail, where the fold finds at once what they touch.
    """

    def __init__(self, board: Board, doing: Doing) -> None:
        self._board, self._doing = board, doing

    def turn(self, leases: Sequence[Lease], *, now: int) -> bool:
        database, workspace = self._board.database, self._board.workspace(now=now)
        rows = self._folded()
        if rows == 0 and not waiting_uploads(database, workspace.dir):
            return False
        begun = time.perf_counter()
        kept = keep(database, workspace, leases[0], now=now, most_rows=min(rows, MOST_ROWS))
        if kept is None:
            return False
        self._doing.count(rows=kept.rows, generations=int(kept.rows > 0), uploads=kept.uploads)
        if kept.rows:
            self._doing.now["generation"] = kept.generation
            metrics.ARCHIVE_S.observe(time.perf_counter() - begun)
        return kept.more and rows >= LEAST_ROWS

    def _folded(self) -> int:
        """How many rows of the tail every shard has folded; 0 where not even the first block is done."""
        begin = read_manifest(self._board.store).tail
        first = select(tail_block.c.rows).where(tail_block.c.position >= begin).order_by(tail_block.c.position)
        with self._board.database.read() as connection:
            folded = folded_up_to(connection)
            least = connection.execute(first.limit(1)).scalar()
        if folded is None or least is None or folded < begin + least:
            return 0
        return folded - begin

    def forget(self) -> None: ...

    def close(self) -> None: ...
