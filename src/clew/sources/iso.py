"""ISO 8601: 2018-02-01, 2018-02-01 10:15, 2018-02-01T10:15:00.123456+02:00 and nothing else."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clew.sources.columns import Column
from clew.sources.readings import Cursor, Flags, Longs, Reading, Signs, clock_micros, local_micros

_DATE, _MINUTES, _SECONDS = 10, 16, 19  # characters of 2018-02-01, 2018-02-01 10:15, 2018-02-01 10:15:00
_DASH, _COLON, _SPACE, _T, _POINT, _COMMA = (ord(sign) for sign in "-: T.,")


def read_iso(column: Column) -> Reading:
    """Read a column of ISO 8601 texts, spaces around them allowed. Digits finer than a microsecond fall away."""
    column = trimmed(column)
    length = column.lengths
    signs = _signs(column, _SECONDS)
    digit = signs - np.uint8(48)
    usable = (length >= _DATE) & _all_digits(digit, (0, 1, 2, 3, 5, 6, 8, 9))
    usable &= (signs[4] == _DASH) & (signs[7] == _DASH)
    day = length == _DATE
    to_minutes = (length >= _MINUTES) & ((signs[10] == _SPACE) | (signs[10] == _T)) & (signs[13] == _COLON)
    to_minutes &= _all_digits(digit, (11, 12, 14, 15))
    to_seconds = to_minutes & (length >= _SECONDS) & (signs[16] == _COLON)
    usable &= day | (to_minutes & (~to_seconds | _all_digits(digit, (17, 18))))
    hour, minute, second = _pair(digit, 11), _pair(digit, 14), np.where(to_seconds, _pair(digit, 17), 0)
    clock, shown = clock_micros(hour, minute, second)
    year = _pair(digit, 0) * 100 + _pair(digit, 2)
    local, exists = local_micros(year, _pair(digit, 5), _pair(digit, 8), clock=np.where(day, 0, clock))
    usable &= exists & (day | shown)
    offset, fixed = np.zeros(len(column), np.int64), np.zeros(len(column), np.bool_)
    read = np.where(to_seconds, _SECONDS, np.where(day, _DATE, _MINUTES))
    _read_rest(
        column, np.flatnonzero(usable & (length > read)), read, local=local, offset=offset, fixed=fixed, usable=usable
    )
    return Reading(local, offset, fixed, day & usable, usable)


def trimmed(column: Column) -> Column:
    """Return the column without spaces at the ends of its texts."""
    starts, lengths = column.starts, column.lengths
    while (leading := (lengths > 0) & (column.text.buffer[starts] == _SPACE)).any():
        starts, lengths = starts + leading, lengths - leading
    while (trailing := (lengths > 0) & (column.text.buffer[starts + lengths - 1] == _SPACE)).any():
        lengths = lengths - trailing
    if lengths is column.lengths:
        return column
    return Column(column.text, starts.astype(np.int32), lengths.astype(np.int32))


def _signs(column: Column, width: int) -> NDArray[np.uint8]:
    """Return the first bytes of each text as (width, n); beyond a short text stands what follows it."""
    buffer = column.text.buffer
    rows = np.ndarray((len(buffer) - width, width), np.uint8, buffer=buffer.data, strides=(1, 1))
    return np.ascontiguousarray(rows[column.starts].T)


def _all_digits(digit: Signs, places: tuple[int, ...]) -> Flags:
    found = digit[places[0]] < 10
    for place in places[1:]:
        found &= digit[place] < 10
    return np.asarray(found)


def _pair(digit: Signs, place: int) -> Longs:
    return np.asarray(digit[place].astype(np.int64) * 10 + digit[place + 1])


def _read_rest(
    column: Column,
    rows: NDArray[np.intp],
    read: Longs,
    *,
    local: Longs,
    offset: Longs,
    fixed: Flags,
    usable: Flags,
) -> None:
    """Read fraction and offset of the rows that go on after minutes or seconds, into the arrays given."""
    if not len(rows):
        return
    skip = read[rows].astype(np.int32)
    rest = Column(column.text, column.starts[rows] + skip, column.lengths[rows] - skip)
    cursor = Cursor(rest)
    pointed = cursor.take(_POINT, _COMMA)
    cursor.fits &= ~pointed | (skip == _SECONDS)
    before, at = cursor.fits.copy(), cursor.at.copy()
    fraction = cursor.fraction()
    cursor.fits = np.where(pointed, cursor.fits, before)
    cursor.at = np.where(pointed, cursor.at, at).astype(np.int32)
    offset[rows], fixed[rows] = cursor.offset(needed=False)
    local[rows] += np.where(pointed, fraction, 0)
    usable[rows] = cursor.finished()
