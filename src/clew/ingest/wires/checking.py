"""What can be said of a body before it is acknowledged: cheap, because every request waits for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clew.ingest.wires.decoding import FORMATS, decode
from clew.ingest.wires.fault import BadBody
from clew.ingest.wires.model import Why, Wire

EVENTS = 10_000  # of one body


@dataclass(frozen=True)
class Verdict:
    """What becomes of one event of a body, as far as the event alone tells.

    id   its own, or the one made from its content; "" where it cannot be read
    why  None: it can be used; else place and detail say more
    """

    id: str
    why: Why | None = None
    place: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Checked:
    """A body that can be taken: how many events it holds, and with Clew's own form a verdict for each."""

    events: int
    verdicts: Sequence[Verdict] | None = None


def events_in(wire: Wire, kind: str, body: bytes, headers: Mapping[str, str] | None = None) -> int:
    """Return how many events a body holds. Raises BadBody where it is no JSON or has another form."""
    count = len(FORMATS[wire].open(kind, headers or {}, body).events)
    if count > EVENTS:
        raise BadBody("too-many-events", f"{count:,} events in one body; at most {EVENTS:,}, send smaller batches")
    return count


def validate(
    wire: Wire, kind: str, body: bytes, *, received_at: int, headers: Mapping[str, str] | None = None
) -> Checked:
    """Check a body as `events_in`, and each event where the sender is told of each. Raises BadBody."""
    count = events_in(wire, kind, body, headers)
    if wire is not Wire.CLEW:
        return Checked(count)
    arrivals = decode(wire, kind, headers, body, received_at)
    verdicts = [Verdict(str((a.record or {}).get("id", "")), a.why, a.place, a.detail) for a in arrivals]
    return Checked(count, tuple(verdicts))
