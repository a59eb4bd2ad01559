"""Who has a link with which they may sign in once."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select

from clew.db.tables import sign_in_link


def links_until(connection: Connection, now: int) -> Mapping[int, int]:
    """Return until when the links that hold do, by the number of the user."""
    rows = connection.execute(select(sign_in_link.c.user_id, sign_in_link.c.until).where(sign_in_link.c.until > now))
    return {row.user_id: row.until for row in rows}
