"""From bodies to events. What makes decoding fail in a way nobody expected is parked, and blocks nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from clew.errors import kind_and_place
from clew.ingest.arriving.model import Arriving
from clew.ingest.wires.decoding import decode, tried
from clew.ingest.wires.model import EVENT, Arrival, Why, Wire
from clew.live.faults import OURS
from clew.live.intake.acting import body_of
from clew.live.intake.model import Coming
from clew.live.intake.reading import Batch, as_body


def events_of(batch: Batch) -> Iterator[Coming]:
    """Yield every event of a batch: those held until now, those tried again, acts, those of the inbox; in order."""
    for row in batch.due:
        yield from _one(as_body(row), held=row.id)
    for row in batch.replays:
        yield from _one(as_body(row), replayed=row.id)
    for row in batch.acts:
        yield from _one(body_of(row), act=row.id)
    for body in batch.bodies:
        yield from decoded(body)


def decoded(body: Arriving) -> Iterator[Coming]:
    """Yield the events of a body."""
    try:
        arrivals = decode(Wire(body.wire), body.kind, body.headers, body.body, body.received_at, body.quiet)
        if not arrivals and body.kind == EVENT:
            raise ValueError("nothing was read from it")
    except OURS:
        raise
    except Exception as fault:
        yield crashed(whole(body), fault)
        return
    tries = tried(body.headers)
    for arrival in arrivals:
        yield Coming(body.source, body.wire, arrival, headers=tries)


def _one(body: Arriving, **number: Any) -> Iterator[Coming]:
    """Yield the one event of a body; where it turns out to hold several, each has the number of the row."""
    for coming in decoded(body):
        yield replace(coming, **number)


def whole(body: Arriving) -> Coming:
    """Return a body as one event."""
    arrival = Arrival(None, body.body, body.received_at, body.quiet)
    return Coming(body.source, body.wire, arrival, body.kind, body.headers)


def crashed(coming: Coming, fault: Exception) -> Coming:
    """Return an event as one that made us fail."""
    arrival = replace(coming.arrival, record=None, why=Why.CRASHED, place="", detail=kind_and_place(fault))
    return replace(coming, arrival=arrival)
