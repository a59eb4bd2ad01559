"""The tests of `when`: which rows of an export tell of an event."""

from __future__ import annotations

import math
from collections.abc import Callable

from clew.conditions.model import Operator, Scalar, Test


def passes(test: Test, text: str | None) -> bool:
    """Say whether a text passes every operator; None (an empty cell) passes only known: false, is_not and not_in.

    A number in the test compares numbers, anything else compares texts; a text that is no number fails a number.
    """
    return all(_holds(operator, text, operand) for operator, operand in test.operators)


def _holds(operator: Operator, text: str | None, operand: Scalar | tuple[Scalar, ...]) -> bool:
    if operator is Operator.KNOWN:
        return (text is not None) == bool(operand)
    if operator in (Operator.IS_NOT, Operator.NOT_IN):
        return not _any_equal(text, operand)
    if operator in (Operator.IS, Operator.IN):
        return _any_equal(text, operand)
    assert not isinstance(operand, tuple)
    if text is None:
        return False
    if operator is Operator.CONTAINS:
        return str(operand) in text
    return _compares(_COMPARISONS[operator], text, operand)


def _any_equal(text: str | None, operand: Scalar | tuple[Scalar, ...]) -> bool:
    operands = operand if isinstance(operand, tuple) else (operand,)
    return text is not None and any(_equal(text, one) for one in operands)


def _equal(text: str, operand: Scalar) -> bool:
    if isinstance(operand, bool):
        return text.strip().casefold() == str(operand).casefold()
    if isinstance(operand, str):
        return text == operand
    number = _number(text)
    return number is not None and number == operand


_COMPARISONS: dict[Operator, Callable[[object, object], bool]] = {
    Operator.AT_LEAST: lambda left, right: left >= right,  # type: ignore[operator]
    Operator.AT_MOST: lambda left, right: left <= right,  # type: ignore[operator]
    Operator.ABOVE: lambda left, right: left > right,  # type: ignore[operator]
    Operator.BELOW: lambda left, right: left < right,  # type: ignore[operator]
}


def _compares(comparison: Callable[[object, object], bool], text: str, operand: Scalar) -> bool:
    if isinstance(operand, str):
        return comparison(text, operand)
    number = _number(text)
    return number is not None and comparison(number, operand)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
