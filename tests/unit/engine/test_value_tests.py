"""How a value is compared: text as text, numbers as numbers, dates as dates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from clew.conditions.model import Operator
from clew.conditions.model import Test as ValueTest
from clew.engine.value_tests import passes, passing_numbers

O = Operator  # noqa: E741 - short, for the table below


@pytest.mark.parametrize(
    ("operator", "operand", "text", "passed"),
    [
        (O.IS, "gold", "gold", True),
        (O.IS, "gold", "Gold", False),
        (O.IS, 2, "2.0", True),  # a number is equal however it is written
        (O.IS, "2", "2.0", False),  # text is not
        (O.IS, True, "TRUE", True),
        (O.IS, True, "1", True),
        (O.IS, False, "no", True),
        (O.IS, False, "true", False),
        (O.IS, "2026-01-31", "2026-01-31T15:00", True),  # the operand knows only the day
        (O.IS_NOT, "gold", None, True),
        (O.IS_NOT, 2, "two", True),
        (O.IN, ("gold", "tin"), "tin", True),
        (O.IN, ("gold", "tin"), None, False),
        (O.IN, (1, 2), "2", True),
        (O.NOT_IN, ("gold",), None, True),
        (O.NOT_IN, ("gold",), "gold", False),
        (O.AT_LEAST, 10, "9", False),  # as text, "9" would be more
        (O.AT_LEAST, 10, "10", True),
        (O.AT_LEAST, 10, " 10.5 ", True),
        (O.AT_LEAST, 10, "many", False),
        (O.AT_LEAST, 10, None, False),
        (O.ABOVE, 10, "10", False),
        (O.BELOW, 10, "-3e2", True),
        (O.AT_MOST, "2026-01-31", "2026-01-31 23:59", True),
        (O.AT_MOST, "2026-01-31", "2026-02-01", False),
        (O.AT_MOST, "2026-01-31", "soon", False),
        (O.ABOVE, "2026-01-31T12:00", "2026-01-31T12:30+00:00", True),
        (O.BELOW, "M", "Adams", True),
        (O.CONTAINS, "art", "partner", True),
        (O.CONTAINS, "Art", "partner", False),
        (O.CONTAINS, "art", None, False),
        (O.KNOWN, True, "x", True),
        (O.KNOWN, True, None, False),
        (O.KNOWN, False, None, True),
    ],
)
def test_a_value_passes_or_not(operator: Operator, operand: Any, text: str | None, passed: bool) -> None:
    assert passes(ValueTest(((operator, operand),)), text) is passed


def test_every_operator_of_a_test_must_hold() -> None:
    between = ValueTest(((O.AT_LEAST, 2), (O.BELOW, 4)))

    assert [passes(between, text) for text in ("1", "2", "3", "4")] == [False, True, True, False]


def test_numbers_are_tested_once_each_and_nan_is_missing() -> None:
    values = np.array([1.0, np.nan, 3.0, np.nan, 0.1])

    assert passing_numbers(values, ValueTest(((O.AT_LEAST, 1),))).tolist() == [True, False, True, False, False]
    assert passing_numbers(values, ValueTest(((O.IS, 0.1),))).tolist() == [False, False, False, False, True]
    assert passing_numbers(values, ValueTest(((O.KNOWN, False),))).tolist() == [False, True, False, True, False]
