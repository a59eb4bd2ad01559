"""The parts that ingest endpoints stand on, made once for a process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from clew import clock
from clew.errors import ClewError
from clew.ingest.arriving.inbox import Inbox, Outcome
from clew.ingest.arriving.model import Arriving
from clew.web.ingest.keyring import KeyRing, ReadWires
from clew.web.ingest.limits import Limits
from clew.web.ingest.rates import Rates
from clew.web.ingest.room import Room

if TYPE_CHECKING:
    from starlette.requests import Request

    from clew.db.engine import Database

RECEIVING = "receiving"  # key of `clew.web.parts.Parts.kept`
THREADS = 4  # that inflate large bodies and write uploads

_Told = Sequence[tuple[asyncio.Future[int], Outcome]]


def _bring(told: _Told) -> None:
    """Bring outcomes from the writing thread to the event loop that waits for them."""
    with suppress(RuntimeError):  # the loop is closed: nobody waits any more
        told[0][0].get_loop().call_soon_threadsafe(_settle, told)


def _settle(told: _Told) -> None:
    for future, outcome in told:
        if future.done():
            continue
        if isinstance(outcome, ClewError):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)


@dataclass(frozen=True)
class Receiving:
    """What ingest endpoints share.

    uploads  folder for uploaded files
    now      reads the clock, microseconds UTC
    """

    database: Database
    inbox: Inbox
    keys: KeyRing
    rates: Rates
    room: Room
    limits: Limits
    folder: Path
    threads: ThreadPoolExecutor
    now: Callable[[], int]

    async def append(self, arriving: Arriving) -> int:
        """Return the id of a body in the inbox, after the commit. Raises Overloaded, CannotStore."""
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.inbox.hand_over(arriving, future, _bring)
        return await future

    def close(self) -> None:
        """Write what was handed over, note the last uses of keys, stop the threads."""
        self.inbox.close()
        self.threads.shutdown()
        self.keys.close()


def open_receiving(
    database: Database,
    folder: Path,
    wires: ReadWires,
    *,
    limits: Limits | None = None,
    now: Callable[[], int] = clock.now,
    bell: Event | None = None,
) -> Receiving:
    """Put the parts together and start the writer.

    folder  the workspace
    wires   says what each source receives; called in a thread every few seconds
    bell    rung after each commit
    """
    limits = limits or Limits()
    threads = ThreadPoolExecutor(THREADS, "ingest")
    return Receiving(
        database,
        Inbox(database, bell=bell),
        KeyRing(database, wires, now),
        Rates(limits.events_per_second),
        Room(limits.reading_bytes, limits.body_bytes),
        limits,
        folder,
        threads,
        now,
    )


def receiving_of(request: Request) -> Receiving:
    """Return the parts of the application that a request came to."""
    found = request.app.state.parts.kept[RECEIVING]
    assert isinstance(found, Receiving)
    return found
