"""What a body holds, before its events are looked into; and what a format makes of one event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from clew.ingest.wires.values import Columns


@dataclass(frozen=True)
class Envelope:
    """A body taken apart.

    kind     what the path says of every event: a call, or "" where each event says it itself
    events   each as sent
    sent_at  when the body was sent, as written; it holds for events that do not say it themselves
    shared   what every event inherits: context of a batch, attributes of a binary CloudEvent
    extra    what `Arrival.raw` must say besides the event itself, to be read again without this body
    """

    kind: str
    events: Sequence[bytes | msgspec.Raw]
    sent_at: Any = None
    shared: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Told:
    """What a format read of an event; times as written.

    id         "" where the event has none
    at         when it happened        place      the field with that time
    sent       when it was sent        corrected  the sender's own correction of `at`: nothing is left to set right
    age        microseconds between happening and being sent, where this is written instead of a time
    """

    columns: Columns
    id: str = ""
    at: Any = None
    place: str = "timestamp"
    sent: Any = None
    corrected: Any = None
    age: int | None = None


class Format(Protocol):
    """One wire format."""

    def open(self, kind: str, headers: Mapping[str, str], body: bytes) -> Envelope:
        """Take a body apart. Raises BadBody."""
        ...

    def read(self, event: Mapping[str, Any], envelope: Envelope) -> Told:
        """Read one event. Raises Unusable."""
        ...
