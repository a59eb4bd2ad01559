"""Leases: one holder at a time, a fence that rises with every holder, and every write checks its fence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from clew.db.engine import insert
from clew.db.tables import lease
from clew.errors import ClewError

LEASE_US = 5_000_000  # how long a holder may be silent before another takes over


class Fenced(ClewError):
    """Another process took this work over meanwhile; nothing was written."""

    code = "fenced"


@dataclass(frozen=True)
class Lease:
    """What a process holds.

    fence  higher than that of every holder before
    """

    name: str
    owner: str
    fence: int


def claim(connection: Connection, name: str, owner: str, *, now: int, for_us: int = LEASE_US) -> Lease | None:
    """Take a lease that nobody holds, or renew one's own; None where another holds it."""
    row = connection.execute(select(lease).where(lease.c.name == name).with_for_update()).one_or_none()
    if row is None:
        made = insert(connection, lease).values(name=name, owner=owner, fence=1, until=now + for_us)
        done = connection.execute(made.on_conflict_do_nothing())
        return Lease(name, owner, 1) if done.rowcount else None
    if row.owner != owner and row.until > now:
        return None
    fence = row.fence if row.owner == owner else row.fence + 1
    connection.execute(update(lease).where(lease.c.name == name).values(owner=owner, fence=fence, until=now + for_us))
    return Lease(name, owner, fence)


def release(connection: Connection, held: Lease) -> None:
    """Give a lease back, so that another need not wait for its end."""
    mine = (lease.c.name == held.name) & (lease.c.owner == held.owner) & (lease.c.fence == held.fence)
    connection.execute(update(lease).where(mine).values(until=0))


def check(connection: Connection, held: Sequence[Lease]) -> None:
    """Make sure, inside a transaction that writes, that these leases are still held. Raises Fenced.

    The rows stay locked to the end of the transaction, so nobody takes over in between.
    """
    names = [one.name for one in held]
    rows = connection.execute(select(lease).where(lease.c.name.in_(names)).order_by(lease.c.name).with_for_update())
    found = {row.name: (row.owner, row.fence) for row in rows}
    for one in held:
        if found.get(one.name) != (one.owner, one.fence):
            raise Fenced(f"{one.name}: another process took this over; nothing was written")


def take_over(connection: Connection, name: str, owner: str, *, now: int, for_us: int = LEASE_US) -> Lease:
    """Take a lease from whoever holds it; what that one still writes is refused from now on."""
    fence = insert(connection, lease).values(name=name, owner=owner, fence=1, until=now + for_us)
    mine = {"owner": owner, "fence": lease.c.fence + 1, "until": now + for_us}
    connection.execute(fence.on_conflict_do_update(index_elements=["name"], set_=mine))
    found = connection.execute(select(lease.c.fence).where(lease.c.name == name)).scalar_one()
    return Lease(name, owner, found)
