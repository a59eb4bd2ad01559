"""Numbers as exact integers of a small unit: what would have to be rounded is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from clew.sources.columns import Column

Longs = NDArray[np.int64]
Flags = NDArray[np.bool_]

_MOST = 2**63 - 1
_WRITTEN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_SIMPLE = 18  # characters that surely fit into 63 bits
_MINUS, _PLUS = ord("-"), ord("+")


@dataclass(frozen=True)
class Numbers:
    """value (n,) int64 in units of 10**-places, 0 where bad or empty; bad (n,) True where the text is no number."""

    value: Longs
    bad: Flags


def parse_numbers(column: Column, *, places: int, decimal: str = ".") -> Numbers:
    """Read every text of a column as a number, exactly; empty ones are 0 and not bad.

    places   decimal places kept: 6 for amounts in millionths, 0 for whole numbers
    decimal  the decimal sign, "." or ","; thousands separators are refused
    """
    value, sure = _simple(column, places, ord(decimal))
    bad = np.zeros(len(column), np.bool_)
    known: dict[str, int | None] = {}
    odd = np.flatnonzero(~sure)
    for row, text in zip(odd.tolist(), column.spelled(odd), strict=True):
        if text not in known:
            known[text] = exact(text, places=places, decimal=decimal)
        found = known[text]
        bad[row] = found is None
        value[row] = found or 0
    return Numbers(value, bad)


def exact(text: str, *, places: int, decimal: str = ".") -> int | None:
    """Return a number in units of 10**-places; None where it is none, too large or too fine."""
    text = text.strip()
    if decimal != ".":
        if "." in text:
            return None
        text = text.replace(decimal, ".", 1)
    if not _WRITTEN.fullmatch(text):
        return None
    number = Decimal(text)
    if number and number.adjusted() + places > 18:
        return None
    scaled = number.scaleb(places)
    whole = int(scaled)
    return whole if whole == scaled and abs(whole) <= _MOST else None


def _simple(column: Column, places: int, decimal: int) -> tuple[Longs, Flags]:
    """Read the plain ones all at once: a sign, digits, one decimal sign. Returns value and which rows were read."""
    starts, lengths = column.starts, column.lengths
    value, places_seen = np.zeros(len(column), np.int64), np.zeros(len(column), np.int8)
    first = column.text.buffer[starts]
    negative = (first == _MINUS) & (lengths > 0)
    signed = negative | ((first == _PLUS) & (lengths > 0))
    sure, pointed, digits = lengths <= _SIMPLE, np.zeros(len(column), np.bool_), np.zeros(len(column), np.int8)
    for place in range(min(int(lengths.max(initial=0)), _SIMPLE)):
        inside = place < lengths
        sign = column.text.buffer[starts + place]
        digit = sign - np.uint8(48)
        is_digit = (digit < 10) & inside
        is_point = (sign == decimal) & inside & ~pointed
        sure &= is_digit | is_point | ~inside | (signed if place == 0 else False)
        value = np.where(is_digit, value * 10 + digit, value)
        digits += is_digit
        places_seen += is_digit & pointed
        pointed |= is_point
    missing = places - places_seen
    sure &= (missing >= 0) & (digits - places_seen + places <= 18) & ((digits > 0) | (lengths == 0))
    value *= np.power(10, np.clip(missing, 0, 18), dtype=np.int64)
    return np.where(sure, np.where(negative, -value, value), 0), sure
