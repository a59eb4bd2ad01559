"""How much arrived, by source and time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from clew.db.tables import arrived


@dataclass(frozen=True)
class Counts:
    """What came in some time and what became of it.

    last  the latest minute in which anything came, None: nothing did
    """

    received: int = 0
    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    held: int = 0
    late: int = 0
    about: int = 0
    last: int | None = None


_SUMS = tuple(
    func.coalesce(func.sum(arrived.c[name]), 0).label(name)
    for name in ("received", "accepted", "duplicate", "rejected", "held", "late", "about")
)


def counts_since(connection: Connection, since: int) -> Mapping[str, Counts]:
    """Count what came since an instant, by source."""
    asked = select(arrived.c.source, *_SUMS, func.max(arrived.c.minute).label("last"))
    rows = connection.execute(asked.where(arrived.c.minute >= since).group_by(arrived.c.source)).mappings()
    return {row["source"]: _counts(dict(row)) for row in rows}


def total(counts: Mapping[str, Counts]) -> Counts:
    """Add up the counts of all sources."""
    every = counts.values()
    lasts = [one.last for one in every if one.last is not None]
    return Counts(
        received=sum(one.received for one in every),
        accepted=sum(one.accepted for one in every),
        duplicate=sum(one.duplicate for one in every),
        rejected=sum(one.rejected for one in every),
        held=sum(one.held for one in every),
        late=sum(one.late for one in every),
        about=sum(one.about for one in every),
        last=max(lasts, default=None),
    )


def _counts(row: dict[str, int]) -> Counts:
    return Counts(**{name: int(value) for name, value in row.items() if name != "source"})


def last_minutes(connection: Connection) -> Mapping[str, int]:
    """The latest minute in which each source received anything."""
    asked = select(arrived.c.source, func.max(arrived.c.minute)).group_by(arrived.c.source)
    return {row[0]: int(row[1]) for row in connection.execute(asked)}
