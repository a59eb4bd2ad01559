"""Where a server of this workspace listens: what it tells of itself while it runs."""

from __future__ import annotations

from sqlalchemy import Connection, select

from clew.db.tables import worker
from clew.live.health.processes import is_working


def serving_at(connection: Connection, *, now: int) -> str | None:
    """Return the address of the server that was started last and still runs; None where none does."""
    latest = select(worker.c.doing).where(is_working(now=now)).order_by(worker.c.started_at.desc())
    rows = connection.execute(latest).scalars()
    return next((str(doing["address"]) for doing in rows if (doing or {}).get("address")), None)
