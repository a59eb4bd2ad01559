"""Who works, how far they are, and what waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from clew.clock import DAY_US
from clew.db.engine import Database
from clew.db.tables import lease, worker
from clew.live.health.measures import measures
from clew.live.health.processes import State, state_of

_SHOWN_US = 7 * DAY_US


@dataclass(frozen=True)
class Process:
    """A process that runs, or did.

    doing  rates, lags, leases held: as it told itself
    """

    id: str
    role: str
    host: str
    process: int
    version: str
    started_at: int
    seen_at: int
    stopped_at: int | None
    doing: Mapping[str, Any]
    state: State


@dataclass(frozen=True)
class Held:
    """A lease: what is done, by whom, until when."""

    name: str
    owner: str
    fence: int
    until: int
    is_held: bool


def processes(connection: Connection, now: int) -> Sequence[Process]:
    """Those that work, then those that were seen in the last week, latest first."""
    asked = select(worker).where(worker.c.seen_at > now - _SHOWN_US).order_by(worker.c.seen_at.desc()).limit(50)
    rows = connection.execute(asked).all()
    found = [Process(**row._mapping, state=state_of(row.seen_at, row.stopped_at, now=now)) for row in rows]
    return sorted(found, key=lambda one: (list(State).index(one.state), -one.started_at))


def leases(connection: Connection, now: int) -> Sequence[Held]:
    """Every lease there ever was, by name."""
    rows = connection.execute(select(lease).order_by(lease.c.name))
    return [Held(row.name, row.owner, row.fence, row.until, row.until > now) for row in rows]


def figures(database: Database, store: Path, now: int) -> Mapping[str, float]:
    """Depths and lags of the whole, by the names under which they are exported, without those that have labels."""
    return {one.name: one.value for one in measures(database, store, now=now) if not one.labels}
