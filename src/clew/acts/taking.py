"""Acts between being written down and being part of the log: which wait, and what is noted when they do no longer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, delete, select, update

from clew.clock import DAY_US, MINUTE_US
from clew.db.engine import Database
from clew.db.tables import act

KEPT_US = DAY_US  # that an act's row says what became of it
_AHEAD_US = MINUTE_US  # clocks of machines may differ by so much
_AT_ONCE = 400


def waiting_acts(connection: Connection, *, now: int, limit: int) -> Sequence[Any]:
    """Return the rows that wait, the earliest first; one by a clock that is ahead waits until ours has come there.

    Not "behind a cursor": on PostgreSQL numbers rise in another order than transactions come to their end.
    """
    waits = act.c.taken_at.is_(None) & (act.c.at <= now + _AHEAD_US)
    return connection.execute(select(act).where(waits).order_by(act.c.id).limit(limit)).all()


def note_taken(connection: Connection, taken: Iterable[tuple[int, int | None]], *, now: int) -> int:
    """Say of acts that wait that they do no longer, and give up what they said; return how many these were.

    taken  (number, position in the log); position None where it was refused
    """
    done = 0
    for number, position in taken:
        waits = (act.c.id == number) & act.c.taken_at.is_(None)
        gone = update(act).where(waits).values(taken_at=now, position=position, body=b"")
        done += connection.execute(gone).rowcount
    return done


def forget_taken(database: Database, *, now: int) -> int:
    """Remove the rows of acts that were taken in some time ago; return how many."""
    gone = 0
    while True:
        with database.write() as connection:
            some = select(act.c.id).where(act.c.taken_at < now - KEPT_US).order_by(act.c.id).limit(_AT_ONCE)
            removed = connection.execute(delete(act).where(act.c.id.in_(some.scalar_subquery()))).rowcount
        gone += removed
        if removed < _AT_ONCE:
            return gone
