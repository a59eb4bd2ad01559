"""What can be asked of the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

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
