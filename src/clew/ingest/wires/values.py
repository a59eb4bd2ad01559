"""From JSON to the texts of a flat record: numbers exact, objects flattened, lists joined."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from clew.ingest.wires.fault import Unusable
from clew.ingest.wires.model import Why

EVENT_BYTES = 256 * 1024  # of one event; Segment's own clients send at most 32 KiB
DEPTH = 20  # objects and lists inside each other
COLUMNS = 300  # of one record
KEY_LENGTH = 200
_PLAIN_EXPONENT = 40  # a number with a larger one stays as written

Columns = dict[str, str]


class Written(str):
    """A number as it was written: 0.1 stays 0.1, whatever a float would make of it."""

    __slots__ = ()


_decode = msgspec.json.Decoder(dict[str, Any], float_hook=Written).decode
_decode_any = msgspec.json.Decoder(Any, float_hook=Written).decode


def read_object(raw: bytes | msgspec.Raw, place: str = "") -> dict[str, Any]:
    """Return a JSON object. Raises Unusable."""
    try:
        return _decode(raw)
    except msgspec.ValidationError as fault:
        detail, _, path = str(fault).partition(" - at `$")
        why = Why.FIELD if path else Why.NO_OBJECT
        raise Unusable(why, path.strip("`").lstrip(".") or place, f"{detail}; a JSON object is allowed here") from fault
    except RecursionError as fault:
        raise too_deep(place) from fault
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise Unusable(Why.NO_OBJECT, place, f"this is no JSON: {fault}") from fault


def read_json(raw: bytes) -> Any:
    """Return any JSON value, numbers as written; None where it is no JSON."""
    try:
        return _decode_any(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def text_of(value: Any) -> str:
    """Return a JSON value as the text of a cell; null is "", a list of plain values is joined, any other is JSON."""
    if type(value) is str:
        return value
    if value is None:
        return ""
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, Written):
        return _plain_number(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list) and not any(isinstance(item, (list, dict)) for item in value):
        return ", ".join(map(text_of, value))
    return msgspec.json.encode(encodable(value)).decode()


def _plain_number(text: str) -> str:
    """Write 1.2e3 as 1200; a number of astronomical size stays as it is."""
    if "e" not in text and "E" not in text:
        return str(text)
    try:
        number = Decimal(text)
    except InvalidOperation:  # even its exponent is astronomical
        return str(text)
    return format(number, "f") if abs(number.adjusted()) <= _PLAIN_EXPONENT else str(text)


def encodable(value: Any) -> Any:
    """Return a JSON value with numbers as they were written, for `msgspec.json.encode`."""
    if isinstance(value, Written):
        return msgspec.Raw(value.encode())
    if isinstance(value, dict):
        return {key: encodable(part) for key, part in value.items()}
    return [encodable(part) for part in value] if isinstance(value, list) else value


def flatten(columns: Columns, prefix: str, value: Mapping[str, Any], depth: int = 1) -> None:
    """Put an object's values into columns, objects inside it with dots: context.page.path. Raises Unusable."""
    for key, part in value.items():
        if type(part) is str:
            if part:
                columns[prefix + key] = part
        elif isinstance(part, dict):
            if depth >= DEPTH:
                raise too_deep(prefix + key)
            flatten(columns, f"{prefix}{key}.", part, depth + 1)
        elif part is not None:
            if isinstance(part, list):
                _check_depth(part, prefix + key, depth)
            if text := text_of(part):
                columns[prefix + key] = text
        if len(key) > KEY_LENGTH:
            raise Unusable(Why.TOO_LARGE, prefix + key[:50], f"a name of more than {KEY_LENGTH} characters")
    if len(columns) > COLUMNS:
        raise Unusable(Why.TOO_LARGE, prefix.rstrip("."), f"more than {COLUMNS} values; send fewer in one event")


def _check_depth(value: Any, place: str, depth: int) -> None:
    if depth >= DEPTH:
        raise too_deep(place)
    inner = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    for part in inner:
        if isinstance(part, (list, dict)):
            _check_depth(part, place, depth + 1)


def too_deep(place: str) -> Unusable:
    return Unusable(Why.TOO_DEEP, place, f"more than {DEPTH} objects or lists inside each other")


def text_at(event: Mapping[str, Any], name: str) -> str:
    """Return a text or number as text; "" where it is absent, null or blank. Raises Unusable."""
    value = event.get(name)
    if type(value) is str:
        return value if value and not value.isspace() else ""
    if value is None:
        return ""
    if isinstance(value, (dict, list, bool)):
        raise wrong_field(name, value, "a text or a number")
    return text_of(value)


def object_at(event: Mapping[str, Any], name: str, place: str = "") -> dict[str, Any]:
    """Return an object, empty where it is absent or null. Raises Unusable."""
    value = event.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise wrong_field(place or name, value, "an object")
    return value


def wrong_field(place: str, value: Any, allowed: str) -> Unusable:
    return Unusable(Why.FIELD, place, f"{_kind(value)} does not fit here; allowed: {allowed}")


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    return "a number" if isinstance(value, (int, Written)) else "this text"
