"""The write keys that hold, kept in memory for a few seconds so that no request waits for the database."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from clew import logs
from clew.access.write_keys import WriteKey, digest_of, keys_in_force, note_uses
from clew.ingest.arriving.model import CannotStore

if TYPE_CHECKING:
    from clew.db.engine import Database
    from clew.ingest.wires.model import Wire

KEPT_S = 5.0  # a key that was ended elsewhere is refused after at most this long
SOON_S = 0.2  # so long a request with an unknown key may wait: the key may have been made a moment ago
_THREADS = 2  # one reads keys, one notes their last uses
NOTED_S = 60.0  # how often last uses are written down


ReadWires = Callable[[], Mapping[str, "Wire | None"]]


@dataclass(frozen=True)
class Ring:
    """Keys by digest, sources with what they receive, and when both were read.

    wires  a source that reads files only has None; one whose file is gone or holds mistakes is absent
    """

    keys: Mapping[str, WriteKey]
    wires: Mapping[str, Wire | None]
    read_s: float


class KeyRing:
    """Keys in force; used on one event loop, read from the database in threads of its own.

    Nothing that others send keeps those busy, so a key is found whatever arrives.
    """

    def __init__(self, database: Database, wires: ReadWires, now: Callable[[], int]) -> None:
        self._database, self._wires, self._now = database, wires, now
        self._threads = ThreadPoolExecutor(_THREADS, "keys")
        self._ring = Ring({}, {}, float("-inf"))
        self._reading: asyncio.Future[None] | None = None
        self._uses: dict[int, int] = {}
        self._noted_s = time.monotonic()

    async def find(self, told: Iterable[str]) -> WriteKey | None:
        """Return the first of these keys that holds."""
        digests = [digest_of(key) for key in told]
        await self._read_when_older(KEPT_S)
        found = self._held(digests)
        if found is None:
            asked_s = time.monotonic()
            await asyncio.sleep(self._ring.read_s + SOON_S - asked_s)
            await self._read_when_older(time.monotonic() - asked_s)
            found = self._held(digests)
        return found

    async def find_held(self, told: Iterable[str]) -> WriteKey | None:
        """Return the first of these keys that holds, as far as is known; one that was made a moment ago may not be."""
        await self._read_when_older(KEPT_S)
        return self._held(map(digest_of, told))

    def close(self) -> None:
        """Note the last uses, stop the threads."""
        self._threads.shutdown()
        self.note_uses()

    def wire_of(self, source: str) -> Wire | None:
        """Return what a source receives; None where it reads files only, or its file cannot be read."""
        return self._ring.wires.get(source)

    def reads_files_only(self, source: str) -> bool:
        """Say whether a source is fine and receives nothing."""
        return source in self._ring.wires and self._ring.wires[source] is None

    def note_uses(self) -> None:
        """Write down when keys were last used; called in a thread. What cannot be written is noted the next time."""
        uses, self._uses = self._uses, {}
        try:
            with self._database.write() as connection:
                note_uses(connection, uses)
        except SQLAlchemyError as fault:
            self._uses = uses | self._uses
            logs.failure("last uses of keys could not be noted", fault)

    def _held(self, digests: Iterable[str]) -> WriteKey | None:
        now = self._now()
        for digest in digests:
            key = self._ring.keys.get(digest)
            if key is not None and key.holds(now):
                self._uses[key.id] = now
                return key
        return None

    async def _read_when_older(self, age_s: float) -> None:
        """Read anew where needed; requests that come meanwhile wait for the same reading."""
        if time.monotonic() - self._ring.read_s < age_s:
            return
        if self._reading is None:
            loop = asyncio.get_running_loop()
            self._reading = loop.run_in_executor(self._threads, self._read)
            self._reading.add_done_callback(self._have_read)
        await asyncio.shield(self._reading)

    def _have_read(self, _: object) -> None:
        self._reading = None
        if time.monotonic() - self._noted_s > NOTED_S:
            self._noted_s = time.monotonic()
            with suppress(RuntimeError):  # the threads are stopping
                self._threads.submit(self.note_uses)

    def _read(self) -> None:
        begun = time.monotonic()
        try:
            with self._database.read() as connection:
                keys = keys_in_force(connection, self._now())
        except SQLAlchemyError as fault:
            raise CannotStore("the database cannot be read now; send it again later") from fault
        self._ring = Ring(keys, self._wires(), begun)
