"""What the intake speaks of: what came, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from clew.clock import DAY_US, MINUTE_US
from clew.ingest.wires.model import EVENT, Arrival, Why

FUTURE_US = MINUTE_US  # clocks differ: what lies no further ahead is taken in at once
HELD_US = 366 * DAY_US  # what lies further ahead is a mistake
LATE_US = DAY_US
RECEIVED = "received"

Counts = Counter[tuple[str, int, str]]  # (source, minute, column of `arrived`) -> how many


class Outcome(StrEnum):
    """What became of an event; the values are columns of `arrived`."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Coming:
    """An event on its way in.

    kind, headers  as of the inbox, where it is a whole body; else EVENT and how often its body was tried, if it was
    held           its number among those held until now; None where it was not
    replayed       its number among the rejected; None where it is no replay
    act            its number among the acts; None where no person did it in Clew
    """

    source: str
    wire: str
    arrival: Arrival
    kind: str = EVENT
    headers: Mapping[str, str] | None = None
    held: int | None = None
    replayed: int | None = None
    act: int | None = None


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of an event.

    at     when it occurs, where it is held
    late   it occurred long before it arrived; backfill is never late
    about  it tells of no event: of an account, a person or a link only
    erased  it named a person who was erased: what was sent is not kept
    """

    coming: Coming
    outcome: Outcome
    why: Why | None = None
    place: str = ""
    detail: str = ""
    at: int = 0
    late: bool = False
    about: bool = False
    erased: bool = False


@dataclass(frozen=True)
class Lot:
    """Accepted rows of one source, as they enter the tail.

    body  a staged block without persons
    """

    source: str
    quiet: bool
    rows: int
    body: bytes


@dataclass(frozen=True)
class Judged:
    """What becomes of some events, each with its fate."""

    lots: Sequence[Lot]
    fates: Sequence[Fate]


@dataclass(frozen=True)
class Taken:
    """What one turn of the intake did: received = accepted + duplicate + rejected + held.

    bodies    taken out of the inbox
    received  events in them; `settled` counts those beside them that had been held or rejected before
    position  the next one that the log gives
    more      whether more waits
    became    (source, column of `arrived`) -> events; one that had been held or rejected before counts again
    """

    bodies: int = 0
    received: int = 0
    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    held: int = 0
    late: int = 0
    about: int = 0
    settled: int = 0
    position: int = 0
    more: bool = False
    became: Mapping[tuple[str, str], int] = field(default_factory=dict, compare=False)


def minute_of(at: int) -> int:
    """Return the minute under which an arrival is counted."""
    return at - at % MINUTE_US


def counted(fates: Iterable[Fate]) -> Counts:
    """Count events by source, minute of arrival and what became of them: each is received, and one of four."""
    counts: Counts = Counter()
    for fate in fates:
        key = fate.coming.source, minute_of(fate.coming.arrival.received_at)
        counts[*key, RECEIVED] += 1
        counts[*key, fate.outcome.value] += 1
        if fate.late:
            counts[*key, "late"] += 1
        if fate.about:
            counts[*key, "about"] += 1
    return counts


def by_source(counts: Counts) -> Mapping[tuple[str, str], int]:
    """Add counts up over minutes."""
    found: Counter[tuple[str, str]] = Counter()
    for (source, _, what), number in counts.items():
        found[source, what] += number
    return found


def total(counts: Counts, column: str) -> int:
    """Add counts up."""
    return sum(number for (_, _, what), number in counts.items() if what == column)
