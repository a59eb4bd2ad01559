"""What can be done with rejected events: try them again, discard them. Each leaves a row in the audit log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from sqlalchemy import select, update

from clew.access.audit import record
from clew.access.model import Actor
from clew.db.engine import Database
from clew.db.tables import rejected
from clew.ingest.arriving.appending import appending
from clew.ingest.arriving.model import Arriving
from clew.live.intake.reading import replay_of
from clew.live.model import RejectedState
from clew.live.rejected.model import Chosen
from clew.live.state.parking import fold_again

_AT_ONCE = 1_000


def replay(database: Database, chosen: Chosen, *, by: Actor, now: int, secret: str) -> int:
    """Ask for waiting events to be tried again under the source files as they are then; return how many.

    They go through the inbox like any other. Each keeps its id and the time at which it arrived; one that cannot be
    used again stays, with the reason of then. Asking twice does it once. One that stands in the log, and was parked
    because the fold failed with it, is folded again.
    """
    with database.write() as connection:
        folded = fold_again(connection, chosen.condition(), now=now)
        columns = (rejected.c.id, rejected.c.source, rejected.c.wire)
        rows = connection.execute(select(*columns).where(chosen.condition()).order_by(rejected.c.id)).all()
        detail = {**chosen.told(), "count": len(rows) + folded}
        record(connection, by, "replay", object=_object(chosen), detail=detail, now=now, secret=secret)
    bodies = [replay_of(row.id, source=row.source, wire=row.wire, now=now) for row in rows]
    _append(database, bodies)
    return len(bodies) + folded


def discard(database: Database, chosen: Chosen, *, by: Actor, now: int, secret: str) -> int:
    """Give waiting events up: their content goes, that they came stays counted; return how many."""
    with database.write() as connection:
        nothing = {"event": b"", "headers": None, "place": "", "detail": ""}
        gone = {"state": RejectedState.DISCARDED, "settled_at": now, **nothing}
        count = connection.execute(update(rejected).where(chosen.condition()).values(gone)).rowcount
        detail = {**chosen.told(), "count": count}
        record(connection, by, "discard", object=_object(chosen), detail=detail, now=now, secret=secret)
    return int(count)


def _object(chosen: Chosen) -> str:
    return f"rejected events of source:{chosen.source}" if chosen.source else "rejected events"


def _append(database: Database, bodies: Sequence[Arriving]) -> None:
    append, connection = appending(database), database.inbox.raw_connection()
    try:
        for some in _pieces(bodies):
            append(connection.driver_connection, some)
    finally:
        connection.invalidate()  # appending leaves it in a state that others do not expect


def _pieces(bodies: Sequence[Arriving]) -> Iterator[list[Arriving]]:
    left = iter(bodies)
    while some := list(islice(left, _AT_ONCE)):
        yield some
