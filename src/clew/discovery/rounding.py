"""Spans as a person would write them into a file."""

from __future__ import annotations

import math

from clew.clock import DAY_US, HOUR_US, MINUTE_US
from clew.durations import Duration

_UNITS = (("day", DAY_US, 2 * DAY_US), ("hour", HOUR_US, HOUR_US), ("minute", MINUTE_US, 0))


def readable(span_us: int) -> Duration:
    """Round a span up to two figures of the unit in which it reads well: 11.3 days are 12, 79 minutes 1.4 hours.

    span_us  microseconds, >= 0; below a minute it is a minute
    """
    unit, size, _ = next(row for row in _UNITS if span_us >= row[2])
    amount = span_us / size
    step = 0.1 if amount < 10 else 1
    rounded = math.ceil(round(amount / step, 6)) * step
    return Duration(float(f"{max(rounded, 1 if unit == 'minute' else 0):.1f}"), unit)
