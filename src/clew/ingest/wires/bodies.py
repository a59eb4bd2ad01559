"""Take bodies apart without looking into their events, so that a bad event does not spoil its batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec

from clew.ingest.wires.envelope import Envelope
from clew.ingest.wires.fault import BadBody
from clew.ingest.wires.values import Written

_Shape = TypeVar("_Shape")
_list = msgspec.json.Decoder(list[msgspec.Raw]).decode
_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_any = msgspec.json.Decoder(Any, float_hook=Written).decode


def listed(body: bytes) -> Envelope:
    """A JSON list of events."""
    return Envelope("", decoded(_list, body))


def one(body: bytes) -> Sequence[bytes]:
    """A body that is one event by itself. Raises BadBody where it is no JSON object."""
    decoded(_object, body)
    return [body]


def batched(body: bytes, events: str, *, sent: str, inherits: tuple[str, ...] = ()) -> Envelope:
    """An object with a list of events; without one, the object is the event.

    events    key of the list        sent  key of the time at which the body was sent
    inherits  keys of objects that hold for every event
    """
    fields = decoded(_object, body)
    if events not in fields:
        return Envelope("", [body])
    said = {key: decoded(_any, fields[key]) for key in (sent, *inherits) if key in fields}
    shared = {key: said[key] for key in inherits if isinstance(said.get(key), dict)}
    extra = shared | ({sent: said[sent]} if sent in said else {})
    return Envelope("", decoded(_list, fields[events], events), said.get(sent), shared, extra)


def decoded(decoder: Callable[[bytes | msgspec.Raw], _Shape], body: bytes | msgspec.Raw, key: str = "") -> _Shape:
    """Decode a body or a part of it. Raises BadBody."""
    where = f"'{key}'" if key else "the body"
    try:
        return decoder(body)
    except msgspec.ValidationError as fault:
        raise BadBody("bad-body", f"{where} has another form than this path takes: {fault}") from fault
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise BadBody("bad-json", f"{where} is no JSON: {fault}") from fault
    except RecursionError as fault:
        raise BadBody("too-deep", f"{where} is nested too deeply to be read") from fault
