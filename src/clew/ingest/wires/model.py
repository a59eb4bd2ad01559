"""The contract between the wire formats and everything behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from clew.sources.blocks import ShapedBlock


class Wire(StrEnum):
    """How a body is written."""

    SEGMENT = "segment"
    RUDDERSTACK = "rudderstack"
    POSTHOG = "posthog"
    CLOUDEVENTS = "cloudevents"
    CLEW = "clew"
    ACT = "act"  # Clew's own form as Clew itself writes it: no tool sends it, no file asks for it


class Why(StrEnum):
    """Why an event could not be used; the value is a stable word."""

    NO_OBJECT = "no object"  # the event is no JSON object, or no JSON at all
    FIELD = "wrong field"  # a field has another type than the wire format says
    NO_ID = "no id"  # neither person nor account is named
    TIME = "no time"
    TOO_LARGE = "too large"
    TOO_DEEP = "too deep"
    MAPPING = "mapping"  # the source's mapping rejected the row; detail says the reason of clew.sources.blocks.Reason
    UNKNOWN_TYPE = "unknown type"
    NO_SOURCE = "no source"  # the source's file is gone or holds mistakes
    NAMES = "too many names"  # its properties have names of which the source has brought too many different ones
    REUSED_ID = "id used twice"  # same id, other content: the first is kept
    CRASHED = "crashed"  # it made the fold fail: a mistake of ours, parked so that it blocks nothing
    STALE = "in the future"  # lies further in the future than events are held for


EVENT = "event"  # kind of a body that is one event by itself, as `Arrival.raw`

Value = str | int | float | bool | None
Record = Mapping[str, Value]
"""One event, flat: the columns that a source's file maps, as "event", "id", "account", "properties.amount"."""


@dataclass(frozen=True)
class Arrival:
    """One event of a body, decoded.

    record  None where it could not be decoded; then `why`, `place`, `detail` say the reason
    raw     the event as sent, with what its path and batch said of it: `decode(wire, EVENT, headers, raw, ...)` reads
    at      when it happened, microseconds UTC; None where that is not known
    """

    record: Record | None
    raw: bytes
    received_at: int
    quiet: bool = False
    why: Why | None = None
    place: str = ""
    detail: str = ""
    at: int | None = None


@dataclass(frozen=True)
class Refused:
    """An arrival that the source's mapping, or decoding, could not use."""

    arrival: Arrival
    why: Why
    place: str
    detail: str


@dataclass(frozen=True)
class ShapedArrivals:
    """What a source made of arrivals.

    block    the rows that can be used, in the order of arrivals; its `rejected` is empty
    of_row   for each row of the block the index of its arrival
    refused  the others
    """

    block: ShapedBlock
    of_row: Sequence[int]
    refused: Sequence[Refused]
