"""What can be done with rejected events: try them again, discard them. Each leaves a row in the audit log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Row, Select, func, select, update

from clew.access.audit import record
from clew.access.model import Actor
from clew.db.engine import Database
from clew.db.tables import rejected
from clew.ingest.arriving.appending import appending
from clew.ingest.arriving.model import Arriving
from clew.live.intake.reading import replay_of
from clew.live.model import RejectedState
from clew.live.rejected.model import AT_ONCE, Chosen
from clew.live.rejected.queries import count as waiting
from clew.live.state.parking import fold_again


def replay(database: Database, chosen: Chosen, *, by: Actor, now: int, secret: str) -> int:
    """Ask for waiting events to be tried again under the source files as they are then; return how many.

    They go through the inbox like any other. Each keeps its id and the time at which it arrived; one that cannot be
    used again stays, with the reason of then. Asking twice does it once. One that stands in the log, and was parked
    because the fold failed with it, is folded again.
    """
    with database.write() as connection:
        folded = sum(fold_again(connection, some.condition(), now=now) for some in chosen.portions())
        last = connection.execute(select(func.max(rejected.c.id))).scalar() or 0
        count = waiting(connection, chosen) + folded
        detail = {**chosen.told(), "count": count}
        record(connection, by, "replay", object=_object(chosen), detail=detail, now=now, secret=secret)
    _append(database, _bodies(database, chosen, last=last, now=now))
    return count


def discard(database: Database, chosen: Chosen, *, by: Actor, now: int, secret: str) -> int:
    """Give waiting events up: their content goes, that they came stays counted; return how many."""
    with database.write() as connection:
        nothing = {"event": b"", "headers": None, "place": "", "detail": ""}
        gone = {"state": RejectedState.DISCARDED, "settled_at": now, **nothing}
        discards = (update(rejected).where(some.condition()).values(gone) for some in chosen.portions())
        count = sum(connection.execute(one).rowcount for one in discards)
        detail = {**chosen.told(), "count": count}
        record(connection, by, "discard", object=_object(chosen), detail=detail, now=now, secret=secret)
    return int(count)


def _object(chosen: Chosen) -> str:
    return f"rejected events of source:{chosen.source}" if chosen.source else "rejected events"


def _bodies(database: Database, chosen: Chosen, *, last: int, now: int) -> Iterator[Sequence[Arriving]]:
    """Yield what asks for each of them, some at a time; those that were rejected after `last` are another matter."""
    columns = (rejected.c.id, rejected.c.source, rejected.c.wire)
    for some in chosen.portions():
        asked = select(*columns).where(some.condition(), rejected.c.id <= last).order_by(rejected.c.id).limit(AT_ONCE)
        after = 0
        while rows := _read(database, asked.where(rejected.c.id > after)):
            yield [replay_of(row.id, source=row.source, wire=row.wire, now=now) for row in rows]
            after = rows[-1].id


def _read(database: Database, asked: Select[Any]) -> Sequence[Row[Any]]:
    with database.read() as connection:
        return connection.execute(asked).all()


def _append(database: Database, bodies: Iterable[Sequence[Arriving]]) -> None:
    append, connection = appending(database), database.inbox.raw_connection()
    try:
        for some in bodies:
            append(connection.driver_connection, some)
    finally:
        connection.invalidate()  # appending leaves it in a state that others do not expect
