"""Whether this process may be sent requests: what a load balancer asks. Says no more than yes or no."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from clew.db.engine import Database
from clew.db.migrations import is_current


def is_ready(database: Database) -> bool:
    """Tell whether both parts of the database answer and have the schema that this version works with."""
    try:
        with database.read_inbox() as connection:
            connection.execute(text("SELECT 1"))
        return is_current(database)
    except (SQLAlchemyError, OSError):
        return False
