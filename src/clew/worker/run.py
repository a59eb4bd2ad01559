"""A worker: duties that run until they are told to stop, beside others on the same database."""

from __future__ import annotations

import os
import socket
import threading
import uuid
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path

from clew import clock, logs, metrics
from clew.config.model import Settings
from clew.db.engine import open_database
from clew.db.leases import Fenced
from clew.live.failpoints import reach
from clew.questions.library import open_workspace
from clew.worker.board import Board
from clew.worker.duties.archive import Archive
from clew.worker.duties.fold import Fold
from clew.worker.duties.intake import Intake
from clew.worker.duties.schedule import Schedule
from clew.worker.duties.turns import Work
from clew.worker.model import ALL, Doing, Duty
from clew.worker.sharing import announce, forget_the_dead, share, take_leave

HEART_S = 1.0  # between two signs of life, which renew the leases
SHORTEST_S, LONGEST_S = 0.005, 0.1  # waits of a duty that had nothing to do, while there was something lately
ASLEEP_S = 0.25  # wait of one that had nothing to do for long
SLOW_S = {Duty.ARCHIVE: 2.0, Duty.SCHEDULE: 5.0}  # wait of those that need not be prompt
FALLS_ASLEEP = 200  # turns without work after which it waits so long
BACK_OFF_S = (0.1, 0.5, 2.0, 5.0)  # after the first, second, ... failure in a row
WORKS: Mapping[Duty, Callable[[Board, Doing], Work]] = {
    Duty.INTAKE: Intake,
    Duty.FOLD: Fold,
    Duty.ARCHIVE: Archive,
    Duty.SCHEDULE: Schedule,
}


def run_worker(
    folder: Path,
    settings: Settings,
    stop: threading.Event,
    duties: frozenset[Duty] = ALL,
    *,
    role: str = "worker",
    bell: threading.Event | None = None,
    address: str = "",
) -> None:
    """Do these duties until `stop` is set; then finish what is begun and give the leases back.

    folder  of the workspace        role  worker | serve: what the page of workers calls this process
    address where people reach the server of this process, "" without one
    bell    set by whoever appends to the inbox in this process, so that the intake need not look by itself
    """
    store = open_workspace(folder).store
    database = open_database(store, settings.database_url)
    try:
        board = Board(folder, database, duties, stop)
        if bell is not None:
            board.bells[Duty.INTAKE] = bell
        _Process(board, role, address).run()
    finally:
        database.close()


class _Process:
    """One process among others: its sign of life, its leases, a thread for each duty."""

    def __init__(self, board: Board, role: str, address: str) -> None:
        self._board, self._database, self._address = board, board.database, address
        self.id = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._told = {
            "id": self.id,
            "role": role,
            "host": socket.gethostname(),
            "process": os.getpid(),
            "version": version("clew"),
            "started_at": clock.now(),
            "stopped_at": None,
        }

    def run(self) -> None:
        """Live until it is time to stop."""
        self._beat()
        self._forget_the_dead()
        threads = [threading.Thread(target=self._work, args=(duty,), name=duty.value) for duty in self._board.doing]
        for thread in threads:
            thread.start()
        while not self._board.stop.wait(HEART_S):
            self._beat()
        for bell in self._board.bells.values():
            bell.set()
        for thread in threads:
            while thread.is_alive():  # a long turn goes on under its leases
                thread.join(HEART_S)
                self._beat()
        self._leave()

    def _forget_the_dead(self) -> None:
        try:
            with self._database.write() as connection:
                forget_the_dead(connection, now=clock.now())
        except Exception as error:
            logs.failure("processes long gone could not be forgotten; the next one to start does it", error)

    def _beat(self) -> None:
        """Tell that this process is there, renew its leases, take and give some."""
        now = clock.now()
        try:
            with self._database.write() as connection:
                announce(connection, {**self._told, "seen_at": now, "doing": self._doing()})
                held = share(connection, self.id, self._board.duties, self._board.held, now=now)
            self._board.hold(held)
            metrics.HELD_LEASES.set(len(held))
        except Exception as error:
            logs.failure("a sign of life could not be given", error)
            metrics.FAILURES.labels("heart").inc()
        reach("worker.after-beat")

    def _doing(self) -> dict[str, object]:
        doing = {duty.value: each.told() for duty, each in self._board.doing.items()}
        told: dict[str, object] = {
            "duties": sorted(doing),
            "leases": sorted(each.name for each in self._board.held),
            **doing,
        }
        return {**told, "address": self._address} if self._address else told

    def _leave(self) -> None:
        try:
            with self._database.write() as connection:
                take_leave(connection, self.id, self._board.held, now=clock.now())
            metrics.HELD_LEASES.set(0)
        except Exception as error:
            logs.failure("leases could not be given back; others take over when they run out", error)

    def _work(self, duty: Duty) -> None:
        """Do a duty, turn by turn."""
        work = WORKS[duty](self._board, self._board.doing[duty])
        idle = failures = 0
        while not self._board.stop.is_set():
            more = False
            try:
                if leases := self._board.leases_of(duty):
                    more = work.turn(leases, now=clock.now())
                failures = 0
                self._board.doing[duty].failing = ""
            except Exception as error:
                failures += self._failed(duty, work, error)
            idle = 0 if more else idle + 1
            self._rest(duty, more, idle, failures)
        work.close()

    def _failed(self, duty: Duty, work: Work, error: Exception) -> int:
        """Note what went wrong; return how much that counts: being overtaken is no failure."""
        doing = self._board.doing[duty]
        work.forget()
        if isinstance(error, Fenced):
            doing.fenced += 1
            metrics.FENCED.labels(duty.value).inc()
            return 0
        doing.failed(type(error).__name__, now=clock.now())
        metrics.FAILURES.labels(duty.value).inc()
        logs.failure("a turn failed and is tried again", error, part=duty.value)
        return 1

    def _rest(self, duty: Duty, more: bool, idle: int, failures: int) -> None:
        """Wait until there may be something to do: not at all, until the bell rings, or for a while."""
        bell = self._board.bells[duty]
        if failures:
            self._board.stop.wait(BACK_OFF_S[min(failures, len(BACK_OFF_S)) - 1])
        elif not more:
            wait = ASLEEP_S if idle > FALLS_ASLEEP else min(SHORTEST_S * 2 ** min(idle, 10), LONGEST_S)
            bell.wait(SLOW_S.get(duty, wait))
        bell.clear()
