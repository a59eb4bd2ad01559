"""The inbox: whoever appends is told after the commit, and all who wait are committed together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any

from clew import logs, metrics
from clew.db.engine import Database
from clew.errors import ClewError
from clew.ingest.arriving.appending import appending
from clew.ingest.arriving.model import Arriving, CannotStore, Overloaded

MOST_WAITING_BYTES = 128_000_000  # handed over and not yet committed; beyond it Overloaded
GROUP_BYTES = 16_000_000  # of one transaction
GROUP_BODIES = 1_000


Outcome = int | ClewError  # the id in the inbox after the commit, or CannotStore
Tell = Callable[[Sequence[tuple[Any, Outcome]]], None]
_Handed = tuple[Arriving, Any, Tell]


class Inbox:
    """Appends arriving bodies durably; one thread of its own writes, so it may be used from any thread.

    A body that was acknowledged is on disk. One that was not may be there too (the power failed before the answer):
    who sends again is recognised by the ids of the events.

    bell  rung after each commit: whoever takes in what arrives may sleep until then
    """

    def __init__(
        self,
        database: Database,
        *,
        most_waiting_bytes: int = MOST_WAITING_BYTES,
        bell: threading.Event | None = None,
    ) -> None:
        self._database, self._most, self._bell = database, most_waiting_bytes, bell
        self._append = appending(database)
        self._queue: SimpleQueue[_Handed | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._handed_bytes, self._closed = 0, False  # changed by those who hand over, under the lock
        self._settled_bytes = 0  # changed by the writer alone, who never waits for the lock
        self._connection: Any = None
        self._writer = threading.Thread(target=self._write, name="inbox", daemon=True)
        self._writer.start()

    def hand_over(self, arriving: Arriving, ticket: Any, tell: Tell) -> None:
        """Append. After the commit the writing thread calls `tell`, once for all tickets of the group that share it.

        Raises Overloaded at once, where too much waits already.
        """
        with self._lock:
            if self._closed:
                raise Overloaded("this process is stopping; send it again in a moment")
            waiting = self.waiting_bytes
            if waiting and waiting + len(arriving.body) > self._most:
                raise Overloaded
            self._handed_bytes += len(arriving.body)
            self._queue.put((arriving, ticket, tell))

    def append(self, arriving: Arriving) -> Future[int]:
        """Append; the result is the id, there after the commit. Raises Overloaded; the result may raise CannotStore."""
        future: Future[int] = Future()
        self.hand_over(arriving, future, _settle)
        return future

    @property
    def waiting_bytes(self) -> int:
        """Bytes that were handed over and are not yet committed."""
        return self._handed_bytes - self._settled_bytes

    def close(self) -> None:
        """Write what was handed over, then stop."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._queue.put(None)
        self._writer.join()

    def _write(self) -> None:
        for group in self._groups():
            outcomes = self._commit([arriving for arriving, _, _ in group])
            self._settled_bytes += sum(len(arriving.body) for arriving, _, _ in group)
            _tell_all(group, outcomes)
        self._drop_connection()

    def _groups(self) -> Iterator[list[_Handed]]:
        """Give all that waits whenever something does."""
        while (first := self._queue.get()) is not None:
            group, size = [first], len(first[0].body)
            while size < GROUP_BYTES and len(group) < GROUP_BODIES:
                try:
                    another = self._queue.get_nowait()
                except Empty:
                    break
                if another is None:
                    self._queue.put(None)  # nothing is handed over behind it
                    break
                group.append(another)
                size += len(another[0].body)
            yield group

    def _commit(self, group: Sequence[Arriving]) -> Sequence[int | ClewError]:
        """Write a group; whatever goes wrong is told to all of it, and the next group begins anew."""
        begun = time.perf_counter()
        try:
            if self._connection is None:
                self._connection = self._database.inbox.raw_connection()
            ids = self._append(self._connection.driver_connection, group)
        except Exception as fault:
            logs.failure("the inbox could not be written", fault)
            self._drop_connection()
            failed = CannotStore()
            failed.__cause__ = fault
            return [failed] * len(group)
        metrics.COMMIT_S.observe(time.perf_counter() - begun)
        metrics.COMMIT_BODIES.observe(len(group))
        if self._bell is not None:
            self._bell.set()
        return ids

    def _drop_connection(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            self._connection = None


def _tell_all(group: Sequence[_Handed], outcomes: Sequence[Outcome]) -> None:
    """Call each teller once: to wake an event loop for every body by itself would cost more than the commit."""
    shared: dict[Tell, list[tuple[Any, Outcome]]] = {}
    for (_, ticket, tell), outcome in zip(group, outcomes, strict=True):
        shared.setdefault(tell, []).append((ticket, outcome))
    for tell, told in shared.items():
        tell(told)


def _settle(told: Sequence[tuple[Future[int], Outcome]]) -> None:
    for future, outcome in told:
        if isinstance(outcome, ClewError):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
