"""Tests of one value, asked once of every text of a dictionary and then gathered by code."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Dictionary
from clew.conditions.model import Operator, Scalar, Test

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?")
_YES = {True: ("true", "yes", "1"), False: ("false", "no", "0")}
_ORDER: dict[Operator, Callable[[Any, Any], Any]] = {
    Operator.AT_LEAST: operator.ge,
    Operator.AT_MOST: operator.le,
    Operator.ABOVE: operator.gt,
    Operator.BELOW: operator.lt,
}
_FOR_MISSING = frozenset({Operator.IS_NOT, Operator.NOT_IN})


def pass_table(dictionary: Dictionary, test: Test) -> NDArray[np.bool_]:
    """Say of each text of a dictionary whether it passes the test.

    Returns  (len + 1,) by code; the last place, which NO_CODE picks, answers for a missing value
    """
    texts = (*dictionary.texts(), None)
    return np.fromiter((passes(test, text) for text in texts), np.bool_, len(texts))


def passing_numbers(values: NDArray[np.float64], test: Test) -> NDArray[np.bool_]:
    """Say of each number whether it passes the test; NaN is a missing value."""
    distinct, place = np.unique(values, return_inverse=True, equal_nan=True)
    texts = (None if np.isnan(value) else repr(float(value)) for value in distinct)
    return np.array([passes(test, text) for text in texts], np.bool_)[place]


def passes(test: Test, text: str | None) -> bool:
    """Ask a test of one text, None where the value is missing; every operator must hold."""
    return all(_holds(kind, operand, text) for kind, operand in test.operators)


def _holds(kind: Operator, operand: Scalar | tuple[Scalar, ...], text: str | None) -> bool:
    if kind is Operator.KNOWN:
        return bool(operand) == (text is not None)
    if text is None:
        return kind in _FOR_MISSING
    options = operand if isinstance(operand, tuple) else (operand,)
    if kind in (Operator.IS, Operator.IN):
        return any(_equal(text, option) for option in options)
    if kind in (Operator.IS_NOT, Operator.NOT_IN):
        return not any(_equal(text, option) for option in options)
    if kind is Operator.CONTAINS:
        return any(str(option) in text for option in options)
    return all(_ordered(kind, text, option) for option in options)


def _equal(text: str, operand: Scalar) -> bool:
    if isinstance(operand, bool):
        return text.strip().lower() in _YES[operand]
    if isinstance(operand, int | float):
        return _number(text) == operand
    if text == operand:
        return True
    pair = _dates(text, operand)
    return pair is not None and pair[0] == pair[1]


def _ordered(kind: Operator, text: str, operand: Scalar) -> bool:
    compare = _ORDER[kind]
    if isinstance(operand, int | float):
        number = _number(text)
        return number is not None and bool(compare(number, operand))
    if _ISO_DATE.fullmatch(operand):
        pair = _dates(text, operand)
        return pair is not None and bool(compare(*pair))
    return bool(compare(text, operand))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _dates(text: str, operand: str) -> tuple[date, date] | None:
    """Read both as dates, or as instants where the operand has a time of day; None where one is neither."""
    if not _ISO_DATE.fullmatch(operand):
        return None
    try:
        value, limit = datetime.fromisoformat(text.strip()), datetime.fromisoformat(operand)
    except ValueError:
        return None
    if len(operand) == len("2026-01-31"):
        return value.date(), limit.date()
    return _aware(value), _aware(limit)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
