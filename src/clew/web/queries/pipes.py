"""How regularly sources speak, and what of accounts hangs loose: what the page of pipes asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from clew.db.tables import account, arrived, held
from clew.live.contexts.states import NOT_LOST, OF_A_FIRM

ENOUGH = 10  # minutes in which something came, from which on a source has a rhythm


@dataclass(frozen=True)
class Rhythm:
    """How regularly a source spoke.

    longest  microseconds of its longest pause between two arrivals; None where it spoke too rarely to tell
    last     minute of the latest arrival
    """

    longest: int | None
    last: int

    def silent_too_long(self, now: int) -> bool:
        """Whether it has been silent for longer than it ever was before."""
        return self.longest is not None and now - self.last > self.longest


@dataclass(frozen=True)
class Ownerless:
    """Accounts that nobody owns, by name or as a team: how many, and the largest of them as (thread, name)."""

    count: int
    largest: Sequence[tuple[str, str]]


def rhythms(connection: Connection, since: int) -> Mapping[str, Rhythm]:
    """Say of each source how long its longest pause was since an instant."""
    before = func.lag(arrived.c.minute).over(partition_by=arrived.c.source, order_by=arrived.c.minute)
    minutes = select(arrived.c.source, arrived.c.minute, (arrived.c.minute - before).label("pause"))
    paused = minutes.where(arrived.c.minute >= since, arrived.c.received > 0).subquery()
    asked = select(
        paused.c.source, func.max(paused.c.pause), func.max(paused.c.minute), func.count(paused.c.minute)
    ).group_by(paused.c.source)
    return {
        source: Rhythm(int(longest) if longest is not None and count >= ENOUGH else None, int(last))
        for source, longest, last, count in connection.execute(asked)
    }


def ownerless(connection: Connection, *, limit: int = 5) -> Ownerless:
    """Return accounts that have no owner, of those that are not lost; the largest first."""
    nobody = (func.coalesce(account.c.owner, "") == "") & (func.coalesce(account.c.team, "") == "")
    mine = nobody & NOT_LOST & OF_A_FIRM
    count = connection.execute(select(func.count()).select_from(account).where(mine)).scalar_one()
    order = (account.c.revenue.desc().nulls_last(), account.c.thread)
    rows = connection.execute(select(account.c.thread, account.c.name).where(mine).order_by(*order).limit(limit))
    return Ownerless(count, [(row.thread, row.name) for row in rows])


def held_by_source(connection: Connection) -> Mapping[str, int]:
    """Count the events of each source that wait for their time."""
    rows = connection.execute(select(held.c.source, func.count()).group_by(held.c.source))
    return {source: int(count) for source, count in rows}
