"""Calendar periods in a time zone: days, weeks, months, quarters and years as numbers that rise by one.

0 is the period in which 1970-01-01 lies; weeks begin on Monday (ISO 8601).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clew.clock import DAY_US
from clew.zones import day_start, to_local

Numbers = NDArray[np.int64]
Instants = NDArray[np.int64]
GRAINS = ("month", "quarter", "week", "year", "day")
QUARTER = "quarter"
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_FIRST_MONDAY = -3  # 1969-12-29, in days


def period_of(at: ArrayLike, grain: str, zone: str) -> Numbers:
    """Return the number of the period in which each instant (microseconds UTC) lies."""
    days: Numbers = to_local(np.asarray(at, np.int64), zone) // DAY_US
    if grain in _MONTHS:
        months: Numbers = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        return months // _MONTHS[grain]
    return days if grain == "day" else (days - _FIRST_MONDAY) // 7


def period_start(number: ArrayLike, grain: str, zone: str) -> Instants:
    """Return the first instant of periods."""
    return day_start(_first_day(np.asarray(number, np.int64), grain), zone)


def whole_periods(first: int, last: int, grain: str, zone: str) -> list[int]:
    """Number the periods whose every day lies between the days of two instants, both included."""
    days = to_local(np.array([first, last], np.int64), zone) // DAY_US
    begin, end = day_start(days + np.array([0, 1]), zone).tolist()
    low, high = period_of([first, last], grain, zone).tolist()
    numbers = np.arange(low, high + 1, dtype=np.int64)
    starts, ends = period_start(numbers, grain, zone), period_start(numbers + 1, grain, zone)
    return [int(number) for number in numbers[(starts >= begin) & (ends <= end)]]


def period_label(number: int, grain: str) -> str:
    """Write a period as people do: 2026-03, 2026-Q1, 2026-W07, 2026, 2026-03-01; such labels sort as their times do."""
    match grain:
        case "month":
            return f"{1970 + number // 12}-{number % 12 + 1:02d}"
        case "quarter":
            return f"{1970 + number // 4}-Q{number % 4 + 1}"
        case "year":
            return str(1970 + number)
        case "week":
            year, week, _ = np.datetime64(number * 7 + _FIRST_MONDAY, "D").item().isocalendar()
            return f"{year}-W{week:02d}"
        case _:
            return str(np.datetime64(number, "D"))


def period_number(text: str, grain: str) -> int:
    """Read what `period_label` writes. Raises ValueError."""
    match grain:
        case "month":
            year, month = text.split("-")
            return (int(year) - 1970) * 12 + int(month) - 1
        case "quarter":
            year, quarter = text.split("-Q")
            return (int(year) - 1970) * 4 + int(quarter) - 1
        case "year":
            return int(text) - 1970
        case "week":
            year, week = text.split("-W")
            in_first = int(np.datetime64(f"{year}-01-04", "D").astype(int))  # 4 January lies in the first week
            return (in_first - _FIRST_MONDAY) // 7 + int(week) - 1
        case _:
            return int(np.datetime64(text, "D").astype(int))


def _first_day(number: Numbers, grain: str) -> Numbers:
    """Days since 1970-01-01 at which periods begin."""
    if grain in _MONTHS:
        months = (number * _MONTHS[grain]).astype("datetime64[M]")
        days: Numbers = months.astype("datetime64[D]").astype(np.int64)
        return days
    return number if grain == "day" else number * 7 + _FIRST_MONDAY
