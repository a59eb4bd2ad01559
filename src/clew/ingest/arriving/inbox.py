"""The inbox: whoever appends is told after the commit, and all who wait are committed together."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any

from clew.db.engine import Database
from clew.errors import ClewError
from clew.ingest.arriving.appending import appending
from clew.ingest.arriving.model import Arriving, CannotStore, Overloaded

MOST_WAITING_BYTES = 128_000_000  # handed over and not yet committed; beyond it Overloaded
GROUP_BYTES = 16_000_000  # of one transaction
GROUP_BODIES = 1_000

_log = logging.getLogger(__name__)

Told = Callable[[int | ClewError], None]
_Handed = tuple[Arriving, Told]


class Inbox:
    """Appends arriving bodies durably; one thread of its own writes, so it may be used from any thread.

    A body that was acknowledged is on disk. One that was not may be there too (the power failed before the answer):
    who sends again is recognised by the ids of the events.
    """

    def __init__(self, database: Database, *, most_waiting_bytes: int = MOST_WAITING_BYTES) -> None:
        self._database, self._most = database, most_waiting_bytes
        self._append = appending(database)
        self._queue: SimpleQueue[_Handed | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._bytes, self._closed = 0, False
        self._connection: Any = None
        self._writer = threading.Thread(target=self._write, name="inbox", daemon=True)
        self._writer.start()

    def hand_over(self, arriving: Arriving, told: Told) -> None:
        """Append, and call `told` from the writing thread: with the id after the commit, or with CannotStore.

        Raises Overloaded at once, where too much waits already.
        """
        with self._lock:
            if self._closed:
                raise Overloaded("this process is stopping; send it again in a moment")
            if self._bytes and self._bytes + len(arriving.body) > self._most:
                raise Overloaded
            self._bytes += len(arriving.body)
            self._queue.put((arriving, told))

    def append(self, arriving: Arriving) -> Future[int]:
        """Append; the result is the id, there after the commit. Raises Overloaded; the result may raise CannotStore."""
        future: Future[int] = Future()

        def told(outcome: int | ClewError) -> None:
            if isinstance(outcome, ClewError):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)

        self.hand_over(arriving, told)
        return future

    @property
    def waiting_bytes(self) -> int:
        """Bytes that were handed over and are not yet committed."""
        return self._bytes

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
            outcomes = self._commit([arriving for arriving, _ in group])
            with self._lock:
                self._bytes -= sum(len(arriving.body) for arriving, _ in group)
            for (_, told), outcome in zip(group, outcomes, strict=True):
                told(outcome)
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
        try:
            if self._connection is None:
                self._connection = self._database.inbox.raw_connection()
            return self._append(self._connection.driver_connection, group)
        except Exception as fault:
            _log.error("the inbox could not be written: %s: %s", type(fault).__name__, fault)
            self._drop_connection()
            failed = CannotStore()
            failed.__cause__ = fault
            return [failed] * len(group)

    def _drop_connection(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            self._connection = None
