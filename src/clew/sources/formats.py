"""Times in a declared strptime format. The numeric directives are read all rows at once, the rare ones by Python."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from clew.clock import to_micros
from clew.errors import BadInput
from clew.sources.columns import Column
from clew.sources.iso import trimmed
from clew.sources.readings import Cursor, Flags, Longs, Reading, clock_micros, local_micros

EPOCHS = {"epoch seconds": 6, "epoch milliseconds": 3}  # decimal places that make microseconds

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_CLOCK = frozenset("HIMSpfcXT")  # a format with none of these says only the day


@dataclass
class _Fields:
    """What the directives of one format have read so far."""

    values: dict[str, Longs] = field(default_factory=dict)
    offset: tuple[Longs, Flags] | None = None


def read_format(column: Column, form: str) -> Reading:
    """Read a column of times written in a strptime format. Raises BadInput for a format that Python does not know."""
    column = trimmed(column)
    steps = _steps(form)
    if any(name not in _READERS for is_directive, name in steps if is_directive):
        return _by_python(column, form, day=not _CLOCK & {name for is_directive, name in steps if is_directive})
    cursor, fields = Cursor(column), _Fields()
    for is_directive, sign in steps:
        if is_directive:
            _READERS[sign](cursor, fields)
        else:
            for byte in sign.encode():
                cursor.need(byte)
    return _reading(cursor, fields, day=not _CLOCK & fields.values.keys())


def _steps(form: str) -> list[tuple[bool, str]]:
    """Split a format into (is directive, letter) and (False, literal sign)."""
    steps, signs = [], iter(form)
    for sign in signs:
        if sign != "%":
            steps.append((False, sign))
        elif (name := next(signs, "")) == "%":
            steps.append((False, "%"))
        else:
            steps.append((True, name.lstrip("-") or next(signs, "")))
    return steps


def _number(name: str, least: int, most: int) -> Callable[[Cursor, _Fields], None]:
    def read(cursor: Cursor, fields: _Fields) -> None:
        fields.values[name], _ = cursor.digits(least, most)

    return read


def _short_year(cursor: Cursor, fields: _Fields) -> None:
    year, _ = cursor.digits(2, 2)
    fields.values["Y"] = year + np.where(year < 69, 2000, 1900)  # as POSIX and Python have it


def _fraction(cursor: Cursor, fields: _Fields) -> None:
    fields.values["f"] = cursor.fraction()


def _month_name(cursor: Cursor, fields: _Fields) -> None:
    letters = np.zeros(len(cursor.at), np.int64)
    for _ in range(3):
        letters = letters * 256 + (cursor.signs() | 32)
        cursor.at += np.int32(1)
    known = np.array([int.from_bytes(month.encode(), "big") for month in _MONTHS])
    found = letters[:, None] == known
    cursor.fits &= found.any(axis=1)
    fields.values["m"] = np.argmax(found, axis=1).astype(np.int64) + 1


def _half(cursor: Cursor, fields: _Fields) -> None:
    afternoon = cursor.take(ord("P"), ord("p"))
    cursor.fits &= cursor.take(ord("A"), ord("a")) | afternoon
    cursor.need(ord("M"), ord("m"))
    fields.values["p"] = afternoon.astype(np.int64)


def _zone(cursor: Cursor, fields: _Fields) -> None:
    fields.offset = cursor.offset(needed=True)


_READERS: dict[str, Callable[[Cursor, _Fields], None]] = {
    "Y": _number("Y", 4, 4),
    "m": _number("m", 1, 2),
    "d": _number("d", 1, 2),
    "H": _number("H", 1, 2),
    "I": _number("I", 1, 2),
    "M": _number("M", 1, 2),
    "S": _number("S", 1, 2),
    "y": _short_year,
    "f": _fraction,
    "b": _month_name,
    "p": _half,
    "z": _zone,
}


def _reading(cursor: Cursor, fields: _Fields, *, day: bool) -> Reading:
    count = len(cursor.at)
    none, one = np.zeros(count, np.int64), np.ones(count, np.int64)
    usable = cursor.finished()
    values = fields.values
    hour = values.get("H", none)
    if "I" in values:
        hour = values["I"] % 12 + 12 * values.get("p", none)
        usable &= (values["I"] >= 1) & (values["I"] <= 12)
    clock, shown = clock_micros(hour, values.get("M", none), values.get("S", none))
    date = values.get("Y", one * 1900), values.get("m", one), values.get("d", one)
    local, exists = local_micros(*date, clock=clock + values.get("f", none))
    offset, fixed = fields.offset or (none, np.zeros(count, np.bool_))
    return Reading(local, offset, fixed, np.full(count, day), usable & exists & shown)


def _by_python(column: Column, form: str, *, day: bool) -> Reading:
    """Read each distinct text by itself, for directives such as %B, %A and %j."""
    _refuse_unknown(form)
    local, offset, fixed, usable = (
        zip(*(_one(name, form) for name in column.names), strict=True) if column.names else ([],) * 4
    )
    codes = column.codes
    return Reading(
        np.append(np.array(local, np.int64), 0)[codes],
        np.append(np.array(offset, np.int64), 0)[codes],
        np.append(np.array(fixed, np.bool_), False)[codes],
        np.full(len(column), day),
        np.append(np.array(usable, np.bool_), False)[codes],
    )


def _one(text: str, form: str) -> tuple[int, int, bool, bool]:
    try:
        moment = datetime.strptime(text, form)  # noqa: DTZ007 - the zone, if any, is read below
    except ValueError:
        return 0, 0, False, False
    ahead = moment.utcoffset()
    local = to_micros(moment.replace(tzinfo=UTC))
    return local, round(ahead.total_seconds() * 1e6) if ahead else 0, ahead is not None, True


def _refuse_unknown(form: str) -> None:
    try:
        datetime.strptime(datetime(2000, 1, 1, tzinfo=UTC).strftime(form), form)  # noqa: DTZ007
    except ValueError as fault:
        raise BadInput(
            f"'{form}' is no time format that Clew can read ({fault}); see docs/reference/reading.md"
        ) from fault
