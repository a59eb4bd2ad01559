"""What has changed in the database, asked once for all open pages of this process."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from anyio import to_thread
from sqlalchemy import Connection, Select, func, select
from sqlalchemy.exc import SQLAlchemyError

from clew import logs
from clew.db.engine import Database
from clew.db.tables import account, cursor, rejected, transition, worker
from clew.live.model import INBOX, TAIL
from clew.signals.keeping.model import SIGNALS

KEPT = "watcher"  # key of Parts.kept
EVERY_S = 1.0

# topic -> what differs whenever something of it has changed; each read touches a row or two
TOPICS: Mapping[str, Select[tuple[object, ...]]] = {
    "arrived": select(func.sum(cursor.c.position)).where(cursor.c.name.in_((INBOX, TAIL))),
    "contexts": select(func.max(account.c.as_of)),
    "rejected": select(func.max(rejected.c.id), func.max(rejected.c.settled_at)),
    "runs": select(func.max(transition.c.id)),
    "signals": select(func.max(cursor.c.position)).where(cursor.c.name == SIGNALS),
    "workers": select(func.max(worker.c.seen_at), func.max(worker.c.stopped_at)),
}
Stamps = Mapping[str, str]


class Watcher:
    """Asks the database once a second as long as any page listens, and wakes those that do.

    Lives in the event loop of the web process; the asking itself runs in a thread.
    """

    def __init__(self, database: Database, *, every_s: float = EVERY_S) -> None:
        self._database, self._every_s = database, every_s
        self._listeners: set[asyncio.Event] = set()
        self._task: asyncio.Task[None] | None = None
        self.stamps: Stamps = {}
        self.is_closed = False

    @contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        """An event that is set whenever a stamp has changed."""
        event = asyncio.Event()
        self._listeners.add(event)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch())
        try:
            yield event
        finally:
            self._listeners.discard(event)

    async def refresh(self) -> Stamps:
        """Read the stamps now."""
        self.stamps = await to_thread.run_sync(self._read)
        return self.stamps

    def close(self) -> None:
        """Let every stream end: the process is about to stop."""
        self.is_closed = True
        self._wake()

    async def _watch(self) -> None:
        while self._listeners and not self.is_closed:
            before = self.stamps
            try:
                if await self.refresh() != before:
                    self._wake()
            except SQLAlchemyError as fault:
                logs.failure("live pages could not ask the database", fault)
            await asyncio.sleep(self._every_s)

    def _wake(self) -> None:
        for event in self._listeners:
            event.set()

    def _read(self) -> Stamps:
        with self._database.read() as connection:
            return {topic: _stamp(connection, asked) for topic, asked in TOPICS.items()}


def _stamp(connection: Connection, asked: Select[tuple[object, ...]]) -> str:
    return ".".join("" if value is None else str(value) for value in connection.execute(asked).one())


def as_id(stamps: Stamps) -> str:
    """Write stamps as the id of an event: a browser sends it back when it connects again."""
    return ",".join(f"{topic}={stamp}" for topic, stamp in sorted(stamps.items()))


def from_id(written: str) -> Stamps:
    """Read an id; what is no stamp is left out, so that it counts as changed."""
    parts = (part.partition("=") for part in written.split(",") if "=" in part)
    return {topic: stamp for topic, _, stamp in parts if topic in TOPICS}
