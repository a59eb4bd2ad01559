"""What a firm wants at regular times: norms every day, its diagnosis every hour, signals as they come."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from clew.clock import DAY_US, HOUR_US, MINUTE_US, US
from clew.db.engine import Database, insert
from clew.db.leases import Fenced, Lease, check
from clew.db.tables import due, signal, worked_out
from clew.errors import ClewError
from clew.live.failpoints import reach
from clew.questions.library import OpenWorkspace
from clew.signals.keeping.keeper import Keeper
from clew.signals.keeping.looking import Looking
from clew.worker.board import Board
from clew.worker.model import Doing

SCHEDULE = "schedule"  # kind of due rows
FIRM = "diagnosis"  # under which name it is kept
RESTS = 10  # a task rests so many times as long as it took: it never takes a tenth of a process
CROSSED, BACK = "threshold crossed", "threshold no longer crossed"  # kinds of signals


@dataclass(frozen=True)
class Scene:
    """What a task works on.

    workspace  its files as they are, and the archive        looking  the log to the second
    """

    workspace: OpenWorkspace
    looking: Looking
    keeper: Keeper
    database: Database
    leases: Sequence[Lease]
    now: int


class Schedule:
    """Does what has come due of the firm's own."""

    def __init__(self, board: Board, doing: Doing) -> None:
        self._board, self._doing = board, doing
        self._looking = Looking(board.store.parent, board.database)
        self._keeper = Keeper(self._looking, board.database)
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
        error, begun = None, time.perf_counter()
        try:
            workspace = self._board.workspace(now=now)
            act(Scene(workspace, self._looking, self._keeper, self._board.database, leases, now))
        except Fenced:
            raise
        except ClewError as fault:  # a file with mistakes, data that cannot be read: it is tried next time
            error = fault.code
        took = round((time.perf_counter() - begun) * US)
        reach("schedule.before-next")
        with self._board.database.write() as connection:
            check(connection, leases)
            _wait_for(connection, task, now + max(every, RESTS * took), error)
        self._doing.count(**{task: 1})

    def forget(self) -> None:
        self._next = None
        self._keeper.forget()
        self._looking.forget()

    close = forget


def _wait_for(connection: Connection, task: str, at: int, error: str | None) -> None:
    row = {"kind": SCHEDULE, "key": task, "shard": -1, "at": at, "tries": int(error is not None), "error": error}
    made = insert(connection, due).values(row)
    again = {"at": at, "error": error, "tries": due.c.tries + 1 if error else 0}
    connection.execute(made.on_conflict_do_update(index_elements=["kind", "key"], set_=again))


def take_norms(scene: Scene) -> None:
    """Take the norms of every sound journey from the log as it is."""
    workspace = scene.workspace
    if workspace.archive().events:
        for journey in workspace.sound_journeys():
            workspace.take_norms(journey, dated=scene.now)


def keep_signals(scene: Scene) -> None:
    """Keep what every detector notices in the log to the second."""
    scene.keeper.look(scene.leases, now=scene.now)


def judge_firm(scene: Scene) -> None:
    """Diagnose the firm by its log to the second and the answers in its folder, and keep what its page shows."""
    from clew.diagnosis.diagnose import diagnose
    from clew.diagnosis.interview.answers import ANSWERS_FILE, read_all
    from clew.diagnosis.interview.nameless import nameless
    from clew.diagnosis.result_evidence import evidence_in
    from clew.diagnosis.scoring.own import scoring_of
    from clew.diagnosis.watching.stored import latest
    from clew.reports.board_page import as_kept, board_page

    sight = scene.looking.sight(scene.now)
    if sight is None:
        return
    workspace = scene.looking.workspace(scene.now)
    answers = workspace.dir / ANSWERS_FILE
    sheets = nameless(read_all([answers] if answers.is_file() else []))
    found = diagnose(scoring_of(workspace.dir), sheets, *evidence_in(workspace, sight))
    stored = latest(workspace.store)
    page = board_page(found, stored.thresholds if stored else (), stored.made_at if stored else None)
    row = {"name": FIRM, "made_at": scene.now, "as_of": sight.as_of, "body": as_kept(page)}
    with scene.database.write() as connection:
        check(connection, scene.leases)
        kept = insert(connection, worked_out).values(row)
        connection.execute(kept.on_conflict_do_update(index_elements=["name"], set_=row))


def watch_thresholds(scene: Scene) -> None:
    """Keep a signal for each threshold of the last diagnosis that is crossed since, and one when it is so no longer."""
    from clew.diagnosis.watching.watch import NothingToWatch, look

    try:
        seen = look(scene.workspace)
    except NothingToWatch:
        return
    crossed = {each.threshold for each in seen.crossed}
    with scene.database.write() as connection:
        check(connection, scene.leases)
        for threshold in seen.stored.thresholds:
            subject = f"{threshold.fact} {threshold.comparison} {threshold.value:g}"
            kind = CROSSED if threshold in crossed else BACK
            known = threshold.fact in seen.now
            if known and (_latest(connection, subject) == CROSSED) != (kind == CROSSED):
                fact = seen.facts[threshold.fact]
                evidence = {"fact": fact.name, "value": fact.value, "diagnosed_at": seen.stored.made_at}
                row = {"kind": kind, "subject": subject, "at": scene.now, "says": fact.sentence, "evidence": evidence}
                row["noticed_at"] = scene.now
                connection.execute(insert(connection, signal).values(row).on_conflict_do_nothing())


def _latest(connection: Connection, subject: str) -> str | None:
    mine = (signal.c.subject == subject) & signal.c.kind.in_((CROSSED, BACK))
    return connection.execute(select(signal.c.kind).where(mine).order_by(signal.c.id.desc()).limit(1)).scalar()


def look_for_duplicates(scene: Scene) -> None:
    """Look for accounts that are probably one, once a day or when many came or went."""
    from clew.duplicates.looking import look_when_due

    look_when_due(scene.database, scene.workspace.store, leases=scene.leases, now=scene.now)


TASKS: Mapping[str, tuple[int, Callable[[Scene], None]]] = {
    "duplicates": (MINUTE_US, look_for_duplicates),
    "firm": (HOUR_US, judge_firm),
    "norms": (DAY_US, take_norms),
    "signals": (2 * MINUTE_US, keep_signals),
    "thresholds": (HOUR_US, watch_thresholds),
}
