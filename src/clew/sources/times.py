"""Times as texts, read strictly: what does not fit the declared format is refused, never guessed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.sources.columns import Column
from clew.sources.formats import EPOCHS, read_format
from clew.sources.iso import read_iso
from clew.sources.numbers import parse_numbers
from clew.sources.readings import Flags, Longs, Reading
from clew.zones import zone_table


@dataclass(frozen=True)
class Times:
    """Times of one column; all arrays (n,).

    at         microseconds UTC, 0 where there is none
    day        only the day is known
    present    the text is a usable time
    bad        the text is neither empty nor a time        early  it lies before 1970-01-01 UTC
    gap        a local time that does not exist            ambiguous  a local time that exists twice: the first is taken
    """

    at: Longs
    day: Flags
    present: Flags
    bad: Flags
    early: Flags
    gap: Flags
    ambiguous: Flags


def parse_times(column: Column, *, zone: str, form: str | None = None) -> Times:
    """Read a column of times.

    zone  of times without an offset of their own
    form  None: ISO 8601; "epoch seconds", "epoch milliseconds"; else a strptime format
    """
    if form in EPOCHS:
        return _located(column, _epochs(column, EPOCHS[form]), zone)
    return _located(column, read_iso(column) if form is None else read_format(column, form), zone)


def _located(column: Column, reading: Reading, zone: str) -> Times:
    """Bring local readings to UTC."""
    filled = ~_blank(column)
    usable = reading.usable & filled
    local = np.where(usable, reading.local, 0)
    at, gap, ambiguous = zone_table(zone).to_utc(local)
    at = np.where(reading.fixed, local - reading.offset, at)
    floating = usable & ~reading.fixed & ~reading.day
    early = usable & (at < 0)
    gap = gap & floating & ~early
    present = usable & ~early & ~gap
    return Times(
        at=np.where(present, at, 0),
        day=reading.day & present,
        present=present,
        bad=filled & ~usable,
        early=early,
        gap=gap,
        ambiguous=ambiguous & floating & present,
    )


def _blank(column: Column) -> NDArray[np.bool_]:
    """Cells that hold nothing, or only spaces."""
    spaces = (column.lengths > 0) & (column.text.buffer[column.starts] == ord(" "))
    blank = column.empty.copy()
    rows = np.flatnonzero(spaces)
    if len(rows):
        blank[rows] = [not text.strip(" ") for text in column.spelled(rows)]
    return blank


def _epochs(column: Column, places: int) -> Reading:
    """Read seconds (places 6) or milliseconds (3) since 1970-01-01 UTC; finer than a microsecond is refused."""
    numbers = parse_numbers(column, places=places)
    none, always = np.zeros(len(column), np.int64), np.ones(len(column), np.bool_)
    # A date beyond the year 9999 is a number of another unit, not a time.
    usable = ~numbers.bad & (numbers.value < 253_402_300_800_000_000)
    return Reading(numbers.value, none, always, ~always, usable)
