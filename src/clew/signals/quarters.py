"""Quarters of the calendar as numbers that rise by one, in a time zone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Times
from clew.clock import DAY_US
from clew.zones import day_start, to_local

Numbers = NDArray[np.int64]
_MONTHS = 3


def quarter_of(at: Times, zone: str) -> Numbers:
    """Return the number of the quarter that each instant lies in: 0 is the first one of 1970."""
    days = to_local(at, zone) // DAY_US
    months: Numbers = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return months // _MONTHS


def quarter_start(number: Numbers, zone: str) -> Times:
    """Return the first instant of quarters."""
    months = (np.asarray(number, np.int64) * _MONTHS).astype("datetime64[M]")
    return day_start(months.astype("datetime64[D]").astype(np.int64), zone)


def quarter_label(number: int) -> str:
    """Write a quarter as people do: 2026-Q1."""
    return f"{1970 + number // 4}-Q{number % 4 + 1}"


def whole_quarters(first: int, last: int, zone: str) -> list[int]:
    """Number the quarters whose every day lies between the days of two instants, both included."""
    days = to_local(np.array([first, last], np.int64), zone) // DAY_US
    begin, end = day_start(days + np.array([0, 1]), zone).tolist()
    numbers = np.arange(*(quarter_of(np.array([first, last], np.int64), zone) + np.array([0, 1])), dtype=np.int64)
    starts, ends = quarter_start(numbers, zone), quarter_start(numbers + 1, zone)
    return [int(number) for number in numbers[(starts >= begin) & (ends <= end)]]
