"""Spans as a person would write them into a file."""

from __future__ import annotations

from clew.clock import DAY_US, HOUR_US, MINUTE_US
from clew.durations import Duration

_UNITS = (("day", DAY_US, 2 * DAY_US), ("hour", HOUR_US, HOUR_US), ("minute", MINUTE_US, 0))


def readable(span_us: int) -> Duration:
    """Round a span up to two figures of the unit in which it reads well: 11.3 days are 12, 79 minutes 1.4 hours.

    span_us  microseconds, >= 0; below a minute it is a minute
    """
    unit, size, _ = next(row for row in _UNITS if span_us >= row[2])
    step = size if span_us > 10 * size else size // 10
    steps = -(-span_us // step)  # up, in whole numbers
    if unit == "minute":
        steps = max(steps, size // step)
    return Duration(steps * step / size, unit)
