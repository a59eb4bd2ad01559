"""Amounts written as text, in exact millionths."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_VALUE, UNIT

_LARGEST = 2**63 - 1


def amounts(texts: Iterable[str]) -> NDArray[np.int64]:
    """Return the amount of each text in millionths, NO_VALUE where it is no number; one NO_VALUE more at the end."""
    return np.array([*(_millionths(text) for text in texts), NO_VALUE], np.int64)


def _millionths(text: str) -> int:
    try:
        amount = Decimal(text.strip()) * UNIT
    except InvalidOperation:
        return NO_VALUE
    return int(amount.to_integral_value()) if amount.is_finite() and abs(amount) <= _LARGEST else NO_VALUE
