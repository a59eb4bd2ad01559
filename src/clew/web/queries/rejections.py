"""Rejected events as pages count them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, func, select

from clew.db.tables import rejected


def waiting_by_source(connection: Connection) -> Mapping[str, int]:
    """Count rejected events that wait, by source."""
    asked = select(rejected.c.source, func.count()).where(rejected.c.state == "waiting").group_by(rejected.c.source)
    return {row[0]: int(row[1]) for row in connection.execute(asked)}
