"""What can be done to the inbox besides appending."""

from __future__ import annotations

from sqlalchemy import delete, select

from clew.db.engine import Database
from clew.db.tables import inbox

AT_ONCE = 64  # bodies deleted in one transaction: appending waits no longer than that


def forget(database: Database, up_to: int) -> int:
    """Delete what was taken in, up to and with an id; return how many bodies.

    On SQLite deleted bodies are overwritten with zeros (secure_delete), so nothing of a person stays behind.
    """
    gone = 0
    while True:
        with database.inbox.begin() as connection:
            some = select(inbox.c.id).where(inbox.c.id <= up_to).order_by(inbox.c.id).limit(AT_ONCE)
            deleted = connection.execute(delete(inbox).where(inbox.c.id.in_(some.scalar_subquery()))).rowcount
        gone += deleted
        if deleted < AT_ONCE:
            return gone
