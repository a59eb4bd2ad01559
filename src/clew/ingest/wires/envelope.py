"""What a body holds, before its events are looked into; and what a format makes of one event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import msgspec

from clew.ingest.wires.instants import parsed
from clew.ingest.wires.values import Columns, encodable


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

    @cached_property
    def tail(self) -> bytes:
        """`extra` as the end of a JSON object."""
        return msgspec.json.encode(encodable(self.extra))[1:-1]


@dataclass
class Told:
    """What a format read of an event; times as written.

    id         "" where the event has none
    at         when it happened        place      the field with that time
    sent       when it was sent        corrected  the sender's own correction of `at`: nothing is left to set right
    age        microseconds between happening and being sent, where this is written instead of a time
    is_exact   the sender asks to leave its times alone
    """

    columns: Columns
    id: str = ""
    at: Any = None
    place: str = "timestamp"
    sent: Any = None
    corrected: Any = None
    age: int | None = None
    is_exact: bool = False


class Format(Protocol):
    """One wire format."""

    def open(self, kind: str, headers: Mapping[str, str], body: bytes) -> Envelope:
        """Take a body apart. Raises BadBody."""
        ...

    def read(self, event: Mapping[str, Any], envelope: Envelope) -> Told:
        """Read one event. Raises Unusable."""
        ...


def by_itself(raw: bytes, event: Mapping[str, Any], envelope: Envelope) -> bytes:
    """Return an event with what its body said of it, so that it can be read without the body."""
    extra = envelope.extra
    if not extra:
        return raw
    if not extra.keys() & event.keys():
        return _with(raw, event, envelope.tail)
    added = {key: value if key == "type" else _merged(value, event.get(key)) for key, value in extra.items()}
    tail = msgspec.json.encode({key: encodable(value) for key, value in added.items() if value is not None})[1:-1]
    return _with(raw, event, tail)


def _merged(shared: Any, own: Any) -> Any:
    """What the event says itself goes before what its body says; None: nothing is to be added."""
    if own is None or (isinstance(own, (str, int)) and parsed(own) is None):
        return shared
    return {**shared, **own} if isinstance(shared, dict) and isinstance(own, dict) else None


def _with(raw: bytes, event: Mapping[str, Any], tail: bytes) -> bytes:
    return (
        raw.rstrip()[:-1] + (b"," if event and tail else b"") + tail + b"}"
    )  # of a key given twice the last one counts
