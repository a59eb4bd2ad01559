"""Amounts written as text, in exact millionths."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_VALUE, UNIT

_LARGEST = 2**63 - 1
_HALF = 32  # bits; the upper and the lower half of amounts are summed apart


def amounts(texts: Iterable[str]) -> NDArray[np.int64]:
    """Return the amount of each text in millionths, NO_VALUE where it is no number; one NO_VALUE more at the end."""
    return np.array([*(_millionths(text) for text in texts), NO_VALUE], np.int64)


def total(millionths: NDArray[np.int64]) -> int:
    """Return the exact sum of the known amounts, in millionths: a Python int, for sums may not fit 64 bits.

    millionths  (n,) int64, NO_VALUE where unknown; n < 2**31
    """
    known = millionths[millionths != NO_VALUE]
    return (int((known >> _HALF).sum()) << _HALF) + int((known & (2**_HALF - 1)).sum())


def _millionths(text: str) -> int:
    try:
        amount = Decimal(text.strip()) * UNIT
    except InvalidOperation:
        return NO_VALUE
    return int(amount.to_integral_value()) if amount.is_finite() and abs(amount) <= _LARGEST else NO_VALUE
