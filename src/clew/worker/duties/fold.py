"""Threads are folded as rows come in and as instants come due; what is known of their accounts follows."""

from __future__ import annotations

import time
from collections.abc import Sequence

from clew import clock, metrics
from clew.clock import US
from clew.db.leases import Lease
from clew.live.contexts.keeping import Contexts
from clew.live.contexts.wording import fingerprint_of, words_of
from clew.live.fresh.log import Fresh, open_fresh
from clew.live.state.actions import LiveState, Round
from clew.live.state.definitions import definitions_of
from clew.live.state.waits import waiting_since
from clew.questions.library import OpenWorkspace
from clew.worker.board import Board
from clew.worker.model import Doing

BEHIND = 5_000  # rows of the log: a fold that is further behind works off a backlog
SHARE = 0.05  # of the fold's time that contexts take while it does
REST_S = 0.15  # for contexts in every other turn


class Fold:
    """Keeps the live state of the shards that this process holds, and what is known of their accounts."""

    def __init__(self, board: Board, doing: Doing) -> None:
        self._board, self._doing = board, doing
        self._state: LiveState | None = None
        self._workspace: OpenWorkspace | None = None
        self._contexts: Contexts | None = None
        self._credit = 0.0  # seconds that contexts may take during a backlog

    def turn(self, leases: Sequence[Lease], *, now: int) -> bool:
        state = self._current(now)
        begun = time.perf_counter()
        done = state.round(leases, now=now)
        spent = time.perf_counter() - begun
        self._tell(done, leases, spent)
        derived = self._derive(leases, now=now, backlog=done.behind > BEHIND, spent=spent)
        return done.more or derived

    def _derive(self, leases: Sequence[Lease], *, now: int, backlog: bool, spent: float) -> bool:
        """Derive accounts that wait; say whether there are others."""
        assert self._contexts is not None
        self._credit = min(self._credit + SHARE * spent, REST_S)
        if backlog and self._credit <= 0:
            return True
        begun = time.perf_counter()
        derived = self._contexts.step(leases, now=now, seconds=self._credit if backlog else REST_S)
        if backlog:
            self._credit -= time.perf_counter() - begun
        if derived.accounts:
            self._doing.count(accounts=derived.accounts)
            metrics.CONTEXTS.inc(derived.accounts)
            _time_contexts(derived.since)
        return derived.more

    def _current(self, now: int) -> LiveState:
        """The live state, folded by what the files say now."""
        workspace = self._board.workspace(now=now)
        if self._state is None:
            fresh = open_fresh(self._board.store, self._board.database, workspace.sources)
            state = LiveState(self._board.database, fresh, definitions_of(workspace), loads=lambda: loads_of(fresh))
            words = words_of(workspace, state.definitions)
            self._contexts = Contexts(self._board.database, fresh, words, fingerprint_of(words, state.definitions))
            self._state, self._workspace = state, workspace
        elif workspace is not self._workspace:
            self._workspace = workspace
            self._state.define(definitions_of(workspace))
            assert self._contexts is not None
            words = words_of(workspace, self._state.definitions, self._contexts.words)
            self._contexts.define(words, fingerprint_of(words, self._state.definitions))
        return self._state

    def _tell(self, done: Round, leases: Sequence[Lease], seconds: float) -> None:
        metrics.FOLDED_ROWS.inc(done.rows)
        metrics.FOLDED_THREADS.labels("event").inc(done.threads)
        metrics.FOLDED_THREADS.labels("time").inc(done.woken)
        if done.rows or done.woken or done.swept:
            metrics.FOLD_S.observe(seconds)
        self._time(done)
        self._doing.count(rows=done.rows, threads=done.threads, woken=done.woken, changed=done.changed)
        shards = sorted(int(lease.name.rpartition(":")[2]) for lease in leases)
        self._doing.now |= {"shards": shards, "behind": done.behind, "comparing": done.swept}
        if self._state is not None and self._state.failed:
            self._doing.now["unfolded"] = sorted(self._state.failed)

    def _time(self, done: Round) -> None:
        """Measure how long what is committed by now had waited, for this moment: by the wall clock."""
        waited: Sequence[int] = ()
        if done.rows:
            with self._board.database.read() as connection:
                waited = waiting_since(connection, done.begin, done.begin + done.rows)
        now = clock.now()
        for since in waited:
            metrics.VISIBLE_S.observe(max(now - since, 0) / US)
        for at in done.due:
            metrics.DUE_LAG_S.observe(max(now - at, 0) / US)

    def forget(self) -> None:
        if self._state is not None:
            self._state.forget()
        if self._contexts is not None:
            self._contexts.forget()

    def close(self) -> None:
        self._state = self._contexts = None


def _time_contexts(since: Sequence[int]) -> None:
    """Measure how long accounts waited whose context is committed by now."""
    now = clock.now()
    for at in since:
        metrics.CONTEXT_LAG_S.observe(max(now - at, 0) / US)


def loads_of(fresh: Fresh) -> int:
    """Return how many loads of exports the log holds as it was refreshed last."""
    return sum(not load.kept for load in fresh.standing.manifest.loads)
