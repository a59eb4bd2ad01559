"""Keep the worker beside a web process alive: it is started again where it ends by an error, and that is told."""

from __future__ import annotations

import os
import socket
import threading
import uuid
from collections.abc import Callable
from functools import partial
from importlib.metadata import version

from clew import clock, logs, metrics
from clew.clock import US
from clew.db.engine import Database
from clew.worker.sharing import announce, take_leave

PART = "worker"  # under which the page of workers, the doctor and /readyz find it among the duties that fail
BACK_OFF_S = (0.5, 2.0, 5.0, 10.0)  # after the first, second, ... failure in a row
CALM_US = 30 * US  # having run for so long it is well again
LOOK_S = 1.0


def supervise(database: Database, work: Callable[[], None], stop: threading.Event) -> None:
    """Do work until `stop` is set, again and again where it ends by an error.

    work  returns once `stop` is set
    """
    illness, failures = _Illness(database), 0
    while not stop.is_set():
        begun = clock.now()
        fault = _attempt(work, partial(illness.over_since, begun))
        if fault is None:
            break
        failures = 1 if clock.now() - begun > CALM_US else failures + 1
        logs.failure("the worker ended and is started again", fault)
        metrics.FAILURES.labels(PART).inc()
        illness.note(type(fault).__name__)
        stop.wait(BACK_OFF_S[min(failures, len(BACK_OFF_S)) - 1])
    illness.over()


def _attempt(work: Callable[[], None], look: Callable[[], None]) -> Exception | None:
    """Do it once in a thread of its own; return the error by which it ended. look  called while it goes on"""
    ended: list[Exception] = []

    def attempt() -> None:
        try:
            work()
        except Exception as fault:
            ended.append(fault)

    thread = threading.Thread(target=attempt, name=PART)
    thread.start()
    while thread.is_alive():
        thread.join(LOOK_S)
        look()
    return ended[0] if ended else None


class _Illness:
    """Tells all processes that the worker of this one fails, for as long as it does."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._id = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._since = 0

    def note(self, kind: str) -> None:
        """Say so. kind  of the error"""
        now = clock.now()
        self._since = self._since or now
        process = {"id": self._id, "role": "web", "host": socket.gethostname(), "process": os.getpid()}
        times = {"started_at": self._since, "seen_at": now, "stopped_at": None}
        doing = {PART: {"failing": kind, "failing_since": self._since}}
        try:
            with self._database.write() as connection:
                announce(connection, {**process, **times, "version": version("clew"), "doing": doing})
        except Exception as fault:
            logs.failure("that the worker fails could not be told", fault)

    def over_since(self, begun: int) -> None:
        """Say that it is well again where it has run since then for long enough."""
        if clock.now() - begun > CALM_US:
            self.over()

    def over(self) -> None:
        """Say that it is well again, or gone with this process."""
        if not self._since:
            return
        try:
            with self._database.write() as connection:
                take_leave(connection, self._id, (), now=clock.now())
            self._since = 0
        except Exception as fault:
            logs.failure("that the worker is well again could not be told", fault)
