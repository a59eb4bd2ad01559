"""What a body says of itself, as far as the answer depends on it: is it JSON, how many events, which key.

Events are not looked into: one that is wrong is set aside later and must not keep its batch from being taken in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from clew.web.ingest.answers import Refused


@dataclass(frozen=True, slots=True)
class Read:
    """What the edge must know of a body.

    events  how many it holds
    key     the write key that it tells, None where it tells none
    quiet   it says itself that it is history: no consequences
    """

    events: int
    key: Any = None
    quiet: bool = False


ReadBody = Callable[[bytes], Read]
_Shape = TypeVar("_Shape")


class _Batch(msgspec.Struct, rename="camel"):
    batch: list[msgspec.Raw]
    write_key: Any = None


class _Call(msgspec.Struct, rename="camel"):
    write_key: Any = None


class _PostHogProperties(msgspec.Struct):
    token: Any = None


class _PostHogEvent(msgspec.Struct):
    api_key: Any = None
    token: Any = None
    properties: _PostHogProperties | None = None


class _PostHogBody(_PostHogEvent):
    batch: list[msgspec.Raw] | None = None
    historical_migration: Any = None


class _Events(msgspec.Struct):
    events: list[msgspec.Raw]
    backfill: bool = False


_batch = msgspec.json.Decoder(_Batch).decode
_call = msgspec.json.Decoder(_Call).decode
_posthog = msgspec.json.Decoder(_PostHogBody).decode
_posthog_list = msgspec.json.Decoder(list[_PostHogEvent]).decode
_list = msgspec.json.Decoder(list[msgspec.Raw]).decode
_events = msgspec.json.Decoder(_Events).decode


def read_batch(body: bytes) -> Read:
    """{"batch": [...], "writeKey": ...} of Segment and RudderStack."""
    told = _decode(_batch, body)
    return Read(len(told.batch), told.write_key)


def read_call(body: bytes) -> Read:
    """One call of Segment or RudderStack."""
    return Read(1, _decode(_call, body).write_key)


def read_posthog(body: bytes) -> Read:
    """PostHog's batch, one event, or the list of events that its browser script sends."""
    if body.lstrip()[:1] == b"[":
        events = _decode(_posthog_list, body)
        return Read(len(events), next((_key_of(event) for event in events if _key_of(event)), None))
    told = _decode(_posthog, body)
    return Read(1 if told.batch is None else len(told.batch), _key_of(told), told.historical_migration is True)


def read_list(body: bytes) -> Read:
    """A list of events: CloudEvents, batched."""
    return Read(len(_decode(_list, body)))


def read_one(body: bytes) -> Read:
    """One JSON object: a structured CloudEvent."""
    _decode(_call, body)
    return Read(1)


def read_anything(body: bytes) -> Read:
    """The data of a binary CloudEvent, which may be anything."""
    del body
    return Read(1)


def read_own(body: bytes) -> Read:
    """Clew's own: {"events": [...]}, a list, or one event."""
    if body.lstrip()[:1] == b"[":
        return read_list(body)
    told = _decode(_events, body)
    return Read(len(told.events), None, told.backfill)


def _key_of(told: _PostHogEvent) -> Any:
    return told.api_key or told.token or (told.properties and told.properties.token)


def _decode(decoder: Callable[[bytes], _Shape], body: bytes) -> _Shape:
    try:
        return decoder(body)
    except msgspec.ValidationError as fault:
        raise Refused("bad-body", f"the body has another form than this path takes: {fault}") from fault
    except msgspec.DecodeError as fault:
        raise Refused("bad-json", f"the body is no JSON: {fault}") from fault
    except RecursionError as fault:
        raise Refused("too-deep", "the body is nested too deeply to be read") from fault
