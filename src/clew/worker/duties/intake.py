"""Arriving events become rows of the log."""

from __future__ import annotations

from collections.abc import Sequence

from clew import metrics
from clew.acts.taking import forget_taken
from clew.clock import HOUR_US
from clew.db.leases import Lease
from clew.live.intake.actions import Memory, take_in
from clew.live.state.queries import folded_up_to, tail_end
from clew.worker.board import Board
from clew.worker.model import Doing, Duty

ROWS_AHEAD = 200_000  # that the log may be ahead of the live state: what is more waits in the inbox, not in memory


class Intake:
    """Takes in what waits, as long as the fold can follow."""

    def __init__(self, board: Board, doing: Doing) -> None:
        self._board, self._doing = board, doing
        self._memory: Memory | None = None
        self._tidied_at = 0

    def turn(self, leases: Sequence[Lease], *, now: int) -> bool:
        if self._ahead() > ROWS_AHEAD:
            self._doing.now["waits"] = "for the fold"
            return False
        self._doing.now.pop("waits", None)
        if self._memory is None:
            self._memory = Memory(self._board.store)
        board = self._board
        self._tidy(now)
        taken = take_in(
            board.database,
            board.workspace(now=now),
            leases[0],
            now=now,
            memory=self._memory,
            look_again=lambda: board.workspace(now=now, at_once=True),
        )
        self._doing.count(received=taken.received, accepted=taken.accepted, rejected=taken.rejected)
        for (source, became), events in taken.became.items():
            metrics.EVENTS.labels(source, became).inc(events)
        if taken.accepted:
            self._board.bells[Duty.FOLD].set()
        return taken.more

    def _tidy(self, now: int) -> None:
        """Remove what nobody asks for any more, now and then."""
        if now - self._tidied_at >= HOUR_US:
            forget_taken(self._board.database, now=now)
            self._tidied_at = now

    def _ahead(self) -> int:
        """Rows of the log that the slowest shard has not folded; none before shards are folded for the first time."""
        with self._board.database.read() as connection:
            folded, end = folded_up_to(connection), tail_end(connection)
        return 0 if folded is None else end - folded

    def forget(self) -> None:
        if self._memory is not None:
            self._memory.close()
        self._memory = None

    close = forget
