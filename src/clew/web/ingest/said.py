"""What a body says of itself, read in one go: the key it was sent with, how many events, whether they are history.

A body in the form that clients send is JSON with a list of events; that is all there is to check, and it is checked
here in passing. Any other is left to `clew.ingest.wires.checking`, which knows every form.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from clew.ingest.wires.checking import EVENTS


@dataclass(frozen=True, slots=True)
class Said:
    """What was read in passing.

    key     the write key, "" where none is told
    quiet   the body says itself that it is history: no consequences
    events  how many a plain batch holds; None: the body has to be looked at
    """

    key: str = ""
    quiet: bool = False
    events: int | None = None


Say = Callable[[bytes], Said]
_Shape = TypeVar("_Shape")


class _Segment(msgspec.Struct, rename="camel"):
    write_key: Any = None
    batch: list[msgspec.Raw] | None = None


class _PostHogEvent(msgspec.Struct):
    api_key: Any = None
    token: Any = None
    properties: Any = None


class _PostHog(_PostHogEvent):
    batch: list[msgspec.Raw] | None = None
    historical_migration: Any = None


_segment = msgspec.json.Decoder(_Segment).decode
_posthog = msgspec.json.Decoder(_PostHog).decode
_posthog_list = msgspec.json.Decoder(list[_PostHogEvent]).decode


def nothing(body: bytes) -> Said:
    """Who sends this tells its key in a header."""
    del body
    return Said()


def by_batch(body: bytes) -> Said:
    """writeKey beside the batch."""
    told = _read(_segment, body)
    return Said(_text(told.write_key), events=_count(told.batch)) if told else Said()


def by_call(body: bytes) -> Said:
    """writeKey in the call."""
    told = _read(_segment, body)
    return Said(_text(told.write_key), events=1) if told else Said()


def by_posthog(body: bytes) -> Said:
    """api_key or token, beside the batch, in an event, or in its properties."""
    if body.lstrip()[:1] == b"[":
        events = _read(_posthog_list, body) or []
        return Said(next((key for event in events if (key := _posthog_key(event))), ""))
    told = _read(_posthog, body)
    return Said(_posthog_key(told), told.historical_migration is True, _count(told.batch)) if told else Said()


def _posthog_key(told: _PostHogEvent) -> str:
    inner = told.properties.get("token") if isinstance(told.properties, dict) else None
    return _text(told.api_key) or _text(told.token) or _text(inner)


def _count(batch: list[msgspec.Raw] | None) -> int | None:
    return len(batch) if batch is not None and len(batch) <= EVENTS else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _read(decoder: Callable[[bytes], _Shape], body: bytes) -> _Shape | None:
    """Return nothing where the body has another form: whether that may be is judged with its events."""
    try:
        return decoder(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
