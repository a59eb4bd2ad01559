"""Whether this process may be sent requests: what a load balancer asks. No secret is in it."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from clew.db.engine import Database
from clew.db.migrations import is_current
from clew.live.health.failing import LONG_US, failing_duties


def unready(database: Database, *, now: int) -> str:
    """Return why no requests should be sent here, "" where they may: no database, or a duty that fails for a minute."""
    if not is_ready(database):
        return "the database does not answer with the present schema"
    with database.read() as connection:
        failed = failing_duties(connection, now=now, longer_than=LONG_US)
    return failed[0].says(now) if failed else ""


def is_ready(database: Database) -> bool:
    """Tell whether both parts of the database answer and have the schema that this version works with."""
    try:
        with database.read_inbox() as connection:
            connection.execute(text("SELECT 1"))
        return is_current(database)
    except (SQLAlchemyError, OSError):
        return False
