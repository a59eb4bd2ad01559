"""What can be asked of the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from clew.db.tables import audit


@dataclass(frozen=True)
class Entry:
    """One row: who did what to what, when."""

    id: int
    at: int
    actor: str
    action: str
    object: str
    detail: dict[str, Any]


def entries(
    connection: Connection,
    *,
    before: int | None = None,
    actor: str | None = None,
    object: str | None = None,
    action: str | None = None,
    limit: int = 100,
) -> list[Entry]:
    """The latest rows first.

    before  only rows with a smaller number: the next page
    actor, object, action  as they stand in the log
    """
    asked = select(audit).order_by(audit.c.id.desc()).limit(limit)
    asked = asked if before is None else asked.where(audit.c.id < before)
    for column, value in ((audit.c.actor, actor), (audit.c.object, object), (audit.c.action, action)):
        asked = asked if value is None else asked.where(column == value)
    return [Entry(r.id, r.at, r.actor, r.action, r.object, r.detail) for r in connection.execute(asked)]


@dataclass(frozen=True)
class Rows:
    """Which rows: actor, action and object as they stand in the log, "" for all.

    text    that object holds           since, until  instants; the second is not part of it
    """

    actor: str = ""
    action: str = ""
    object: str = ""
    text: str = ""
    since: int | None = None
    until: int | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the same of the table."""
        exact = ((audit.c.actor, self.actor), (audit.c.action, self.action), (audit.c.object, self.object))
        found: list[ColumnElement[bool]] = [column == value for column, value in exact if value]
        if self.text:
            found.append(audit.c.object.icontains(self.text, autoescape=True))
        if self.since is not None:
            found.append(audit.c.at >= self.since)
        if self.until is not None:
            found.append(audit.c.at < self.until)
        return found


SORTS = ("id", "at", "actor", "action", "object")


def page_of_entries(
    connection: Connection, rows: Rows, *, sort: str = "id", falls: bool = True, first: int = 0, limit: int = 50
) -> tuple[list[Entry], int]:
    """One page of the rows, and how many they are together. sort: one of SORTS; of equal rows the latest first."""
    by, chosen = audit.c[sort], rows.conditions()
    asked = select(audit).where(*chosen).order_by(by.desc() if falls else by, audit.c.id.desc())
    found = connection.execute(asked.offset(first).limit(limit))
    total = connection.execute(select(func.count()).select_from(audit).where(*chosen)).scalar_one()
    return [Entry(r.id, r.at, r.actor, r.action, r.object, r.detail) for r in found], int(total)


def actors_and_actions(connection: Connection) -> tuple[list[str], list[str]]:
    """Everybody who stands in the log, and everything that was done."""
    actors, actions = (
        sorted(connection.execute(select(column).distinct()).scalars()) for column in (audit.c.actor, audit.c.action)
    )
    return actors, actions
