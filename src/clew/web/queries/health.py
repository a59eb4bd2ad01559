"""Who works, how far they are, and what waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from clew.clock import DAY_US, US
from clew.db.engine import Database
from clew.db.tables import cursor, due, inbox, lease, rejected, shard, tail_block, worker

SILENT_US = 15 * US  # a process that lives tells so every few seconds
_SHOWN_US = 7 * DAY_US


@dataclass(frozen=True)
class Process:
    """A process that runs, or did.

    state  working | silent | stopped
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
    state: str


@dataclass(frozen=True)
class Held:
    """A lease: what is done, by whom, until when."""

    name: str
    owner: str
    fence: int
    until: int
    is_held: bool


@dataclass(frozen=True)
class Backlog:
    """What waits to be done.

    inbox     bodies that were acknowledged and not yet taken in   oldest_at  when the oldest of them came
    unfolded  accepted rows that are not yet in the live state of every account
    tail      accepted rows that are not yet in the archive        blocks     in so many blocks
    due       instants whose time has come                         due_since  the earliest of them
    failing   due instants that failed before
    """

    inbox: int
    oldest_at: int | None
    unfolded: int
    tail: int
    blocks: int
    due: int
    due_since: int | None
    failing: int


def processes(connection: Connection, now: int) -> Sequence[Process]:
    """Those that work, then those that were seen in the last week, latest first."""
    asked = select(worker).where(worker.c.seen_at > now - _SHOWN_US).order_by(worker.c.seen_at.desc()).limit(50)
    found = [Process(**dict(row), state=_state(dict(row), now)) for row in connection.execute(asked).mappings()]
    order = ("working", "silent", "stopped")
    return sorted(found, key=lambda one: (order.index(one.state), -one.started_at))


def _state(row: Mapping[str, Any], now: int) -> str:
    if row["stopped_at"] is not None:
        return "stopped"
    return "working" if row["seen_at"] > now - SILENT_US else "silent"


def leases(connection: Connection, now: int) -> Sequence[Held]:
    """Every lease there ever was, by name."""
    rows = connection.execute(select(lease).order_by(lease.c.name))
    return [Held(row.name, row.owner, row.fence, row.until, row.until > now) for row in rows]


def backlog(database: Database, connection: Connection, now: int) -> Backlog:
    """Measure what waits."""
    taken = _position(connection, "inbox")
    waiting, oldest = _waiting(database, taken)
    given = _position(connection, "tail")
    tail = connection.execute(select(func.coalesce(func.sum(tail_block.c.rows), 0), func.count())).one()
    overdue = (due.c.at <= now) & ((due.c.leased_until.is_(None)) | (due.c.leased_until < now))
    late = connection.execute(select(func.count(), func.min(due.c.at)).where(overdue)).one()
    failing = connection.execute(select(func.count()).select_from(due).where(due.c.tries > 0)).scalar_one()
    folded = connection.execute(select(func.min(shard.c.position))).scalar_one()
    return Backlog(
        inbox=waiting,
        oldest_at=oldest,
        unfolded=max(0, given - folded) if folded is not None else 0,
        tail=int(tail[0]),
        blocks=int(tail[1]),
        due=int(late[0]),
        due_since=late[1],
        failing=failing,
    )


def _waiting(database: Database, taken: int) -> tuple[int, int | None]:
    with database.inbox.connect().execution_options(reads_only=True) as connection, connection.begin():
        ahead = inbox.c.id > taken
        row = connection.execute(select(func.count(), func.min(inbox.c.received_at)).where(ahead)).one()
    return int(row[0]), row[1]


def _position(connection: Connection, name: str) -> int:
    return connection.execute(select(cursor.c.position).where(cursor.c.name == name)).scalar_one_or_none() or 0


def waiting_rejected(connection: Connection) -> Mapping[str, int]:
    """Count rejected events that wait, by source."""
    asked = select(rejected.c.source, func.count()).where(rejected.c.state == "waiting").group_by(rejected.c.source)
    return {row[0]: int(row[1]) for row in connection.execute(asked)}
