"""Time in the invented firm: seconds since 1970-01-01 on the wall clock of Berlin, and the hours its teams work."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from clew.clock import US
from clew.demo.dice import Floats, Ints
from clew.zones import zone_table

HOUR, DAY = 3_600, 86_400
NEVER = 1 << 40  # later than every export
LAST_DAY = date(2026, 9, 30)
OPENS, CLOSES = 8 * HOUR, 18 * HOUR  # Monday to Friday, as clew.yaml says
SPAN = CLOSES - OPENS
HOLIDAYS = tuple(
    date.fromisoformat(day)
    for day in (
        "2023-12-25 2023-12-26 2024-01-01 2024-03-29 2024-04-01 2024-05-01 2024-12-25 2024-12-26 "
        "2025-01-01 2025-04-18 2025-04-21 2025-05-01 2025-12-25 2025-12-26 2026-01-01 2026-04-03 2026-04-06 2026-05-01"
    ).split()
)
HOME = "Europe/Berlin"

_EPOCH = date(1970, 1, 1)
_FIRST = (date(2017, 1, 1) - _EPOCH).days
_DAYS = np.arange(_FIRST, (date(2029, 1, 1) - _EPOCH).days)
_OPEN = ((_DAYS + 3) % 7 < 5) & ~np.isin(_DAYS, [(day - _EPOCH).days for day in HOLIDAYS])
_WORKDAYS = _DAYS[_OPEN]
_NEXT = np.minimum(
    np.cumsum(_OPEN) - _OPEN, len(_WORKDAYS) - 1
)  # of each day: place of the first working day from it on


def wall(day: date) -> int:
    """Return the midnight that begins a day."""
    return (day - _EPOCH).days * DAY


def first_day(months: int) -> date:
    """Return the day on which an export of so many months begins."""
    begins = LAST_DAY + timedelta(days=1)
    year, month = divmod(begins.year * 12 + begins.month - 1 - months, 12)
    return date(year, month + 1, 1)


def office(at: Ints, share: Floats) -> Ints:
    """Return a moment of office hours on the day of each, or on the first working day after it.

    share  0..1, how far into the office hours
    """
    day = _WORKDAYS[_NEXT[_place(at)]] * DAY
    return np.where(at < NEVER, day + OPENS + (share * SPAN).astype(np.int64), NEVER)


def after(at: Ints, hours: float | Floats) -> Ints:
    """Return the moments so many office hours later."""
    place = _NEXT[_place(at)]
    inside = np.where(_WORKDAYS[place] == at // DAY, np.clip(at % DAY - OPENS, 0, SPAN), 0)
    worked = place * SPAN + inside + np.round(np.asarray(hours) * HOUR).astype(np.int64)
    reached = np.minimum(worked // SPAN, len(_WORKDAYS) - 1)
    return np.where(at < NEVER, _WORKDAYS[reached] * DAY + OPENS + worked % SPAN, NEVER)


def later(at: Ints, days: float | Floats) -> Ints:
    """Return the moments so many elapsed days later."""
    return np.where(at < NEVER, at + np.round(np.asarray(days) * DAY).astype(np.int64), NEVER)


def day_of(at: Ints) -> Ints:
    """Return the midnight that begins the day of each."""
    return np.where(at < NEVER, at // DAY * DAY, NEVER)


def in_zone(at: Ints, zone: str) -> Ints:
    """Read moments of Berlin's wall clock on the clock of another zone."""
    if zone == HOME:
        return at
    instants = zone_table(HOME).to_utc(np.where(at < NEVER, at, 0) * US)[0]
    return np.where(at < NEVER, zone_table(zone).to_local(instants) // US, NEVER)


def _place(at: Ints) -> Ints:
    return np.clip(at // DAY - _FIRST, 0, len(_DAYS) - 1)
