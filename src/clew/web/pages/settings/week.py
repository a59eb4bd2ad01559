"""A calendar's week as a picture: each day's working hours on a line of 24 hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clew.calendars import Calendar
from clew.firm.calendars import WEEKDAYS

DAY_MINUTES = 1_440


@dataclass(frozen=True)
class Day:
    """One weekday.

    bars  (from, width) in percent of the day      says  the hours in words, "" where it is free
    """

    name: str
    bars: Sequence[tuple[float, float]]
    says: str


@dataclass(frozen=True)
class Week:
    """A calendar. hours: of a whole week"""

    name: str
    zone: str
    days: Sequence[Day]
    hours: float
    holidays: int


def week_of(name: str, calendar: Calendar) -> Week:
    """Draw a calendar."""
    worked = calendar.week
    days = [_day(title, worked.get(number, ())) for number, title in enumerate(WEEKDAYS)]
    minutes = sum(end - start for spans in worked.values() for start, end in spans)
    return Week(name, calendar.zone, days, minutes / 60, len(calendar.holidays))


def _day(name: str, spans: Sequence[tuple[int, int]]) -> Day:
    bars = [(100 * start / DAY_MINUTES, 100 * (end - start) / DAY_MINUTES) for start, end in spans]
    return Day(name, bars, ", ".join(f"{_clock(start)}–{_clock(end)}" for start, end in spans))


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
