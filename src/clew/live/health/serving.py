"""Where a server of this workspace listens: what it tells of itself while it runs."""

from __future__ import annotations

from sqlalchemy import Connection, select

from clew.db.tables import worker
from clew.live.health.measures import ALIVE_US


def serving_at(connection: Connection, *, now: int) -> str | None:
    """Return the address of the server that was started last and still runs; None where none does."""
    alive = worker.c.stopped_at.is_(None) & (worker.c.seen_at > now - ALIVE_US)
    rows = connection.execute(select(worker.c.doing).where(alive).order_by(worker.c.started_at.desc())).scalars()
    return next((str(doing["address"]) for doing in rows if (doing or {}).get("address")), None)
