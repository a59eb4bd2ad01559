"""Spans of time as people write them: '3 working days', '14 days', '72 hours', '4 weeks'."""

from __future__ import annotations

import re
from dataclasses import dataclass

from clew.clock import DAY_US, HOUR_US, MINUTE_US

UNITS_US = {"minute": MINUTE_US, "hour": HOUR_US, "day": DAY_US, "week": 7 * DAY_US}
ALLOWED = "a number and a unit, as '14 days', '72 hours', '4 weeks', '3 working days', '8 working hours'"

_WRITTEN = re.compile(r"(\d+(?:\.\d+)?)\s+(working\s+)?(minute|hour|day|week)s?")


@dataclass(frozen=True)
class Duration:
    """A span of time, elapsed or working.

    amount   how many units, >= 0
    unit     minute | hour | day | week; an elapsed day is 24 hours, a week 7 days
    working  True: counted in a working calendar, where a day is one working day
    """

    amount: float
    unit: str
    working: bool = False

    @property
    def micros(self) -> int:
        """Length in microseconds; of a working span only the hours and minutes have one."""
        return round(self.amount * UNITS_US[self.unit])

    def __str__(self) -> str:
        amount = f"{self.amount:g}"
        plural = "" if amount == "1" else "s"
        return f"{amount} {'working ' if self.working else ''}{self.unit}{plural}"


def parse_duration(text: str) -> Duration:
    """Read '3 working days'. Raises ValueError with what is allowed."""
    found = _WRITTEN.fullmatch(text.strip().lower())
    if not found:
        raise ValueError(f"'{text}' is no duration; allowed: {ALLOWED}")
    amount, working, unit = found.groups()
    return Duration(float(amount), unit, bool(working))
