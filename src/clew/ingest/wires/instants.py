"""When an event happened: as written, as sent, as received, and with the sender's clock set right."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from clew.clock import to_datetime, to_micros
from clew.ingest.wires.fault import Unusable
from clew.ingest.wires.model import Why
from clew.ingest.wires.values import Written

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 in UTC, which isoformat then leaves out
_LEAST, _MOST = to_micros(datetime(1, 1, 2, tzinfo=UTC)), to_micros(datetime(9999, 12, 30, tzinfo=UTC))
_ALLOWED = "a time as 2026-03-04T10:22:31.123Z, or seconds or milliseconds since 1970"
_UNITS = {10: 10**6, 13: 10**3}  # digits before the point -> microseconds
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_LONGEST, _MOST_COUNTED = 40, 10**13
_DATE_DIGITS = 8  # 20260304; other digits without a sign between them are no date


def micros_of(value: Any, place: str) -> int | None:
    """Return a time as microseconds UTC, None where absent. Raises Unusable.

    value  ISO 8601, without an offset UTC; or a number as `parsed` reads it
    """
    if value is None or value == "":
        return None
    at = parsed(value)
    if at is None:
        raise Unusable(Why.TIME, place, f"this is no time; allowed: {_ALLOWED}")
    return at


def parsed(value: Any) -> int | None:
    """Return a time as microseconds UTC, None where it is none.

    Numbers count where their size leaves no doubt: ten digits before the point are seconds since 1970, thirteen are
    milliseconds; both are times between September 2001 and 2286.
    """
    if type(value) is int:
        return _counted(str(value)) if 0 < value < _MOST_COUNTED else None
    if isinstance(value, Written):
        return _counted(value)
    if type(value) is not str:
        return None
    text = value.strip()
    return _counted(text) if _NUMBER.fullmatch(text) and len(text) != _DATE_DIGITS else _written(text)


def _written(text: str) -> int | None:
    try:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return to_micros(moment)
    except (ValueError, OverflowError):
        return None


def _counted(text: str) -> int | None:
    if len(text) > _LONGEST:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:  # an exponent beyond all bounds
        return None
    unit = _UNITS.get(number.adjusted() + 1) if number > 0 else None
    return None if unit is None else int(number * unit)


def shown(at: int) -> str:
    """Return microseconds UTC as text, exactly."""
    return (_EPOCH + timedelta(microseconds=at)).isoformat() + "Z"


def effective(original: int, sent: int | None, received: int) -> int:
    """Set the sender's clock right: received - (sent - original). Raises Unusable where no calendar has that time.

    Source  Segment's specification, "timestamps": what lies between the call and its sending is right on any clock
    """
    at = original if sent is None else received - (sent - original)
    if not _LEAST <= at <= _MOST:
        raise Unusable(Why.TIME, "sentAt", f"sent {to_datetime(sent or 0):%Y-%m-%d}: no clock can be that wrong")
    return at


def skew(sent: int, received: int) -> str:
    """Return the seconds that `effective` adds, to the millisecond."""
    thousandths = (received - sent + 500) // 1000
    sign, size = ("-" if thousandths < 0 else ""), abs(thousandths)
    return f"{sign}{size // 1000}.{size % 1000:03d}"
