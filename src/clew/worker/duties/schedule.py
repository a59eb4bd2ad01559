"""What a firm wants at regular times: norms taken anew every day, thresholds of the diagnosis watched every hour."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection, select

from clew.clock import DAY_US, HOUR_US
from clew.db.engine import Database, insert
from clew.db.leases import Lease, check
from clew.db.tables import due, signal
from clew.errors import ClewError
from clew.live.failpoints import reach
from clew.questions.library import OpenWorkspace
from clew.worker.board import Board
from clew.worker.model import Doing

SCHEDULE = "schedule"  # kind of due rows
CROSSED, BACK = "threshold crossed", "threshold no longer crossed"  # kinds of signals


class Schedule:
    """Does what has come due of the firm's own."""

    def __init__(self, board: Board, doing: Doing) -> None:
        self._board, self._doing = board, doing
        self._next: int | None = None

    def turn(self, leases: Sequence[Lease], *, now: int) -> bool:
        if self._next is not None and now < self._next:
            return False
        waiting = self._waiting(now)
        for task in sorted(TASKS):
            if waiting.get(task, 0) <= now:
                self._do(task, leases, now)
        self._next = min(self._waiting(now).values())
        return False

    def _waiting(self, now: int) -> dict[str, int]:
        """When each task is to be done next; one that was never done waits for this moment."""
        with self._board.database.read() as connection:
            rows = connection.execute(select(due.c.key, due.c.at).where(due.c.kind == SCHEDULE))
            known = {row.key: row.at for row in rows}
        return {task: known.get(task, now) for task in TASKS}

    def _do(self, task: str, leases: Sequence[Lease], now: int) -> None:
        every, act = TASKS[task]
        error = None
        try:
            act(self._board.workspace(now=now), self._board.database, leases, now)
        except ClewError as fault:  # a file with mistakes, data that cannot be read: it is tried next time
            error = fault.code
        reach("schedule.before-next")
        with self._board.database.write() as connection:
            check(connection, leases)
            _wait_for(connection, task, now + every, error)
        self._doing.count(**{task: 1})

    def forget(self) -> None:
        self._next = None

    close = forget


def _wait_for(connection: Connection, task: str, at: int, error: str | None) -> None:
    row = {"kind": SCHEDULE, "key": task, "shard": -1, "at": at, "tries": int(error is not None), "error": error}
    made = insert(connection, due).values(row)
    again = {"at": at, "error": error, "tries": due.c.tries + 1 if error else 0}
    connection.execute(made.on_conflict_do_update(index_elements=["kind", "key"], set_=again))


def take_norms(workspace: OpenWorkspace, _database: Database, _leases: Sequence[Lease], now: int) -> None:
    """Take the norms of every sound journey from the log as it is."""
    if workspace.archive().events:
        for journey in workspace.sound_journeys():
            workspace.take_norms(journey, dated=now)


def watch_thresholds(workspace: OpenWorkspace, database: Database, leases: Sequence[Lease], now: int) -> None:
    """Keep a signal for each threshold of the last diagnosis that is crossed since, and one when it is so no longer."""
    from clew.diagnosis.watching.watch import NothingToWatch, look

    try:
        seen = look(workspace)
    except NothingToWatch:
        return
    crossed = {each.threshold for each in seen.crossed}
    with database.write() as connection:
        check(connection, leases)
        for threshold in seen.stored.thresholds:
            subject = f"{threshold.fact} {threshold.comparison} {threshold.value:g}"
            kind = CROSSED if threshold in crossed else BACK
            known = threshold.fact in seen.now
            if known and (_latest(connection, subject) == CROSSED) != (kind == CROSSED):
                fact = seen.facts[threshold.fact]
                evidence = {"fact": fact.name, "value": fact.value, "diagnosed_at": seen.stored.made_at}
                row = {"kind": kind, "subject": subject, "at": now, "says": fact.sentence, "evidence": evidence}
                connection.execute(insert(connection, signal).values(row).on_conflict_do_nothing())


def _latest(connection: Connection, subject: str) -> str | None:
    mine = (signal.c.subject == subject) & signal.c.kind.in_((CROSSED, BACK))
    return connection.execute(select(signal.c.kind).where(mine).order_by(signal.c.id.desc()).limit(1)).scalar()


TASKS: Mapping[str, tuple[int, Callable[[OpenWorkspace, Database, Sequence[Lease], int], None]]] = {
    "norms": (DAY_US, take_norms),
    "thresholds": (HOUR_US, watch_thresholds),
}
