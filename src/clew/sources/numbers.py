"""Numbers as exact integers of a small unit: what would have to be rounded is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import numpy as np
from numpy.typing import NDArray

from clew.sources.columns import Column

Longs = NDArray[np.int64]
Flags = NDArray[np.bool_]

_MOST = 2**63 - 1
_WRITTEN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_SIMPLE = 18  # characters that surely fit into 63 bits
_MINUS, _PLUS = ord("-"), ord("+")
_BLANKS = " \u00a0\u202f"  # as typed, and the two that do not break a line
_AS_WRITTEN = {" ": _BLANKS, "'": "'\u2019"}
# signs and codes of the currencies traded most; three capital letters alone might as well be "ERR 404"
_CODES = "USD EUR GBP JPY CHF CNY AUD CAD NZD SEK NOK DKK PLN CZK HUF RON BRL MXN INR ZAR KRW SGD HKD TRY ILS"
_CURRENCY = "[$€£¥]|" + "|".join(_CODES.split())


@dataclass(frozen=True)
class Numbers:
    """value (n,) int64 in units of 10**-places, 0 where bad or empty; bad (n,) True where the text is no number."""

    value: Longs
    bad: Flags


def parse_numbers(column: Column, *, places: int, decimal: str = ".", thousands: str | None = None) -> Numbers:
    """Read every text of a column as a number, exactly; empty ones are 0 and not bad.

    places     decimal places kept: 6 for amounts in millionths, 0 for whole numbers
    decimal    the decimal sign, "." or ","
    thousands  the sign between groups of three digits; None: such signs and currencies are refused
    """
    value, sure = _simple(column, places, ord(decimal))
    bad = np.zeros(len(column), np.bool_)
    known: dict[str, int | None] = {}
    odd = np.flatnonzero(~sure)
    for row, text in zip(odd.tolist(), column.spelled(odd), strict=True):
        if text not in known:
            known[text] = exact(text, places=places, decimal=decimal, thousands=thousands)
        found = known[text]
        bad[row] = found is None
        value[row] = found or 0
    return Numbers(value, bad)


def exact(text: str, *, places: int, decimal: str = ".", thousands: str | None = None) -> int | None:
    """Return a number in units of 10**-places; None where it is none, too large or too fine."""
    text = text.strip()
    joined = ungrouped(text, decimal, thousands) if thousands else None
    if joined is not None:
        text = joined
    elif decimal != ".":
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


def ungrouped(text: str, decimal: str, thousands: str) -> str | None:
    """Return an amount as digits and a point: 1.250,00 € as 1250.00; None for anything else, plain numbers too.

    Digits stand in groups of three, or beside one currency sign or code, or both.
    """
    found = _amount(decimal, thousands).fullmatch(text.strip())
    if not found or not (found["grouped"] or found["before"] or found["after"]):
        return None
    digits = found["plain"] or re.sub("[^0-9]", "", found["grouped"])
    fraction = found["fraction"]
    return f"{found['sign'] or found['inner'] or ''}{digits}" + (f".{fraction}" if fraction else "")


@cache
def _amount(decimal: str, thousands: str) -> re.Pattern[str]:
    """One sign at most, one currency at most; no group begins with a zero, for 0,125 is a fraction."""
    between, blank = f"[{re.escape(_AS_WRITTEN.get(thousands, thousands))}]", f"[{_BLANKS}]?"
    return re.compile(
        rf"(?P<sign>[+-])?{blank}(?:(?P<before>{_CURRENCY}){blank}(?(sign)|(?P<inner>[+-])?))?"
        rf"(?:(?P<grouped>[1-9][0-9]{{0,2}}(?:{between}[0-9]{{3}})+)|(?P<plain>[0-9]+))"
        rf"(?:{re.escape(decimal)}(?P<fraction>[0-9]*))?(?(before)|(?:{blank}(?P<after>{_CURRENCY}))?)"
    )


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
