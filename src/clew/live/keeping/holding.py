"""Hold the archive while something long is done to it beside a running system: a load, an erasure."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from clew.db.engine import Database
from clew.db.leases import LEASE_US, Fenced, Lease, check, claim, release, take_over
from clew.db.tables import lease
from clew.ingest.lock import LoadRuns, load_lock
from clew.live.keeping.model import LEASE

COMMAND = "command:"  # begins the owner of whoever is not to be interrupted
_LOOK_S = 0.2
_RENEW_S = LEASE_US / 3_000_000


class Holding:
    """A lease that a thread renews for as long as this is open. `fence` is to be held around what puts things in force.

    clock  read whenever the lease is claimed or renewed
    """

    def __init__(self, database: Database, held: Lease, clock: Callable[[], int]) -> None:
        self.database, self.lease, self._clock = database, held, clock
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._renew, name=f"lease {held.name}", daemon=True)
        self._thread.start()

    @contextmanager
    def fence(self) -> Iterator[None]:
        """Hold the lease's row until what stands inside is done. Raises Fenced where another took over."""
        with self.database.write() as connection:
            check(connection, [self.lease])
            yield

    def _renew(self) -> None:
        while not self._done.wait(_RENEW_S):
            try:
                with self.database.write() as connection:
                    check(connection, [self.lease])
                    claim(connection, self.lease.name, self.lease.owner, now=self._clock())
            except Fenced:
                return  # who puts something in force is told so there
            except Exception:
                continue

    def close(self) -> None:
        self._done.set()
        self._thread.join()
        with self.database.write() as connection:
            release(connection, self.lease)


@contextmanager
def held_archive(
    database: Database,
    store: Path,
    *,
    owner: str,
    clock: Callable[[], int],
    told: Callable[[str], None],
) -> Iterator[Holding]:
    """Hold the archive: no worker writes a generation meanwhile; another command is waited for.

    A worker that is just at it is overtaken: what it was making is dropped and made again afterwards.

    owner  of the lease, begins with COMMAND
    told   is called once where somebody has to be waited for
    """
    with held_lease(database, LEASE, owner=owner, clock=clock, told=told) as holding:
        _wait_for_store(store, told)
        yield holding


@contextmanager
def held_lease(
    database: Database, name: str, *, owner: str, clock: Callable[[], int], told: Callable[[str], None]
) -> Iterator[Holding]:
    """Hold a lease; a worker is overtaken, another command is waited for. Arguments as of `held_archive`."""
    holding = Holding(database, _claimed(database, name, owner, clock, told), clock)
    try:
        yield holding
    finally:
        holding.close()


def _claimed(database: Database, name: str, owner: str, clock: Callable[[], int], told: Callable[[str], None]) -> Lease:
    waits = False
    while True:
        with database.write() as connection:
            now = clock()
            other = _other(connection, name, now)
            if other is None or not other.owner.startswith(COMMAND):
                return take_over(connection, name, owner, now=now)
        if not waits:
            told("Another load or erasure of this workspace is running; waiting for its end.")
        waits = True
        time.sleep(_LOOK_S)


def _other(connection: Connection, name: str, now: int) -> Any:
    """Return the row of whoever holds a lease, None where nobody does."""
    taken = select(lease).where(lease.c.name == name, lease.c.until > now).with_for_update()
    return connection.execute(taken).one_or_none()


def _wait_for_store(store: Path, told: Callable[[str], None]) -> None:
    """Wait until a process that was overtaken has let go of the files."""
    waits = False
    while True:
        try:
            with load_lock(store):
                return
        except LoadRuns:
            if not waits:
                told("A worker is writing the archive; waiting until it lets go.")
            waits = True
            time.sleep(_LOOK_S)
