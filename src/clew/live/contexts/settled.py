"""Wait until an act shows: taken into the log, folded, and derived anew on its account."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from clew.db.engine import Database
from clew.db.tables import act, due, shard
from clew.live.model import CONTEXT, SHARDS, shard_of

_IN_TURN = due.c.tries == 0  # what could not be derived is tried again much later
FIRST_S, LONGEST_S = 0.004, 0.02  # between two looks


class Settled(StrEnum):
    """Whether an act shows by now."""

    TAKEN_IN = "taken in"  # everything derived from it is up to date
    WAITING = "waiting"  # a worker will take it in, or is at it
    REFUSED = "refused"  # the intake could not use it: it stands among the rejected events


def settled(database: Database, number: int, *, wait_s: float = 0.0) -> Settled:
    """Wait until an act shows, or for so long.

    number  of the act, as `clew.acts.recording.record` returned it, after the commit
    wait_s  seconds; 0 looks once
    An act whose row is gone was taken in long ago.
    """
    until, pause, looking = time.monotonic() + wait_s, FIRST_S, _Looking(number)
    while True:
        with database.read() as connection:
            found = looking.look(connection)
        left = until - time.monotonic()
        if found is not Settled.WAITING or left <= 0:
            return found
        time.sleep(min(pause, left))
        pause = min(pause * 1.5, LONGEST_S)


@dataclass
class _Looking:
    """One act that is waited for.

    folded_at  an act that says who is one account may change any: once it is folded everywhere, whatever was to be
               derived by then is waited for; up to which instant that is. None: it is not folded yet
    """

    number: int
    folded_at: int | None = None

    def look(self, connection: Connection) -> Settled:
        row = connection.execute(select(act).where(act.c.id == self.number)).one_or_none()
        if row is None:
            return Settled.TAKEN_IN
        if row.taken_at is None:
            return Settled.WAITING
        if row.position is None:
            return Settled.REFUSED
        shows = self._shows_everywhere(connection, row) if row.identity else _shows(connection, row)
        return Settled.TAKEN_IN if shows else Settled.WAITING

    def _shows_everywhere(self, connection: Connection, row: Any) -> bool:
        if self.folded_at is None:
            if not _is_folded(connection, row.position, range(SHARDS)):
                return False
            latest = select(func.max(due.c.at)).where(due.c.kind == CONTEXT, _IN_TURN)
            self.folded_at = connection.execute(latest).scalar_one_or_none() or 0
        return not _is_due(connection, _IN_TURN & (due.c.at <= self.folded_at))


def _shows(connection: Connection, row: Any) -> bool:
    return _is_folded(connection, row.position, [shard_of(row.account)]) and not _is_due(
        connection, due.c.key == row.account
    )


def _is_folded(connection: Connection, position: int, shards: Collection[int]) -> bool:
    beyond = select(func.count()).where(shard.c.number.in_(shards), shard.c.position > position)
    return connection.execute(beyond).scalar_one() == len(shards)


def _is_due(connection: Connection, which: ColumnElement[bool]) -> bool:
    waits = select(due.c.key).where(due.c.kind == CONTEXT, which).limit(1)
    return connection.execute(waits).first() is not None
