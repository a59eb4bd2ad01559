"""Rejected events as pages count them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from clew.db.tables import rejected
from clew.live.model import RejectedState


def waiting_by_source(connection: Connection) -> Mapping[str, int]:
    """Count rejected events that wait, by source."""
    asked = select(rejected.c.source, func.count()).where(rejected.c.state == RejectedState.WAITING)
    return {row[0]: int(row[1]) for row in connection.execute(asked.group_by(rejected.c.source))}


@dataclass(frozen=True)
class Group:
    """Waiting events with one reason at one place.

    first, last  when the first and the last of them arrived        example  number of the last
    """

    source: str
    reason: str
    place: str
    count: int
    first: int
    last: int
    example: int


def groups(connection: Connection, source: str | None = None) -> list[Group]:
    """Count waiting events by source, reason and place, the most frequent first."""
    key = (rejected.c.source, rejected.c.reason, rejected.c.place)
    at = rejected.c.received_at
    asked = select(*key, func.count(), func.min(at), func.max(at), func.max(rejected.c.id))
    asked = asked.where(rejected.c.state == RejectedState.WAITING).group_by(*key)
    if source is not None:
        asked = asked.where(rejected.c.source == source)
    return sorted((Group(*row) for row in connection.execute(asked)), key=lambda one: (-one.count, one.source))
