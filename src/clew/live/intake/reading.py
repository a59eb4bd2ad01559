"""What is to be taken in now: bodies of the inbox, acts, events that were held, rejected ones to be tried again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from clew.acts.taking import waiting_acts
from clew.db.cursors import position_of
from clew.db.engine import Database
from clew.db.tables import held, rejected
from clew.ingest.arriving.model import Arriving, Waiting
from clew.ingest.arriving.queries import waiting
from clew.ingest.wires.model import EVENT
from clew.live.model import INBOX, RejectedState

REPLAY = "replay"  # kind of a body that stands for a rejected event; its number is the body
MOST_BYTES = 8_000_000  # of bodies at once
_BATCH = 500


@dataclass(frozen=True)
class Batch:
    """What one turn takes in.

    begin, end  ids of the inbox: read up to, before and after this turn
    bodies      replays left out        due  rows of `held`       replays  rows of `rejected` that still wait
    acts        rows of `act`
    more        whether there may be more behind
    """

    begin: int
    end: int
    bodies: Sequence[Arriving]
    due: Sequence[Any]
    replays: Sequence[Any]
    acts: Sequence[Any]
    more: bool

    def __bool__(self) -> bool:
        return self.end > self.begin or bool(self.due) or bool(self.acts)


def next_batch(database: Database, *, now: int, limit: int) -> Batch:
    """Read what comes next.

    limit  bodies at most, and as many acts, and as many events that were held
    """
    with database.read() as connection:
        begin = position_of(connection, INBOX)
        due = _due(connection, now, limit)
        acts = waiting_acts(connection, now=now, limit=limit)
    with database.read_inbox() as connection:
        found = waiting(connection, begin, most=limit, most_bytes=MOST_BYTES)
    numbers = list(dict.fromkeys(number for one in found for number in _replayed(one.arriving)))
    with database.read() as connection:
        replays = list(_waiting_rejected(connection, numbers))
    return Batch(
        begin=begin,
        end=found[-1].id if found else begin,
        bodies=[one.arriving for one in found if one.arriving.kind != REPLAY],
        due=due,
        replays=replays,
        acts=acts,
        more=bool(found) or len(due) == limit or len(acts) == limit,
    )


def replay_of(number: int, *, source: str, wire: str, now: int) -> Arriving:
    """Return the body that asks for a rejected event to be tried again; it holds nothing of the event."""
    return Arriving(source, wire, REPLAY, now, str(number).encode())


def _replayed(arriving: Arriving) -> Iterator[int]:
    if arriving.kind == REPLAY:
        yield int(arriving.body)


def _due(connection: Connection, now: int, limit: int) -> Sequence[Any]:
    chosen = select(held).where(held.c.at <= now).order_by(held.c.at, held.c.id).limit(limit)
    return connection.execute(chosen).all()


def _waiting_rejected(connection: Connection, numbers: Sequence[int]) -> Iterator[Any]:
    for begin in range(0, len(numbers), _BATCH):
        some = numbers[begin : begin + _BATCH]
        chosen = select(rejected).where(rejected.c.id.in_(some), rejected.c.state == RejectedState.WAITING)
        yield from connection.execute(chosen.order_by(rejected.c.id)).all()


def as_body(row: Any) -> Arriving:
    """Return a row of `held` or `rejected` as the body of which its event is the whole."""
    told: Mapping[str, Any] = row._mapping
    return Arriving(
        row.source,
        row.wire,
        told.get("kind", EVENT),
        row.received_at,
        bytes(row.event),
        row.quiet,
        told.get("headers"),
    )


__all__ = ["REPLAY", "Batch", "Waiting", "as_body", "next_batch", "replay_of"]
