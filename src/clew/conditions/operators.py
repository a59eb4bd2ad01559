"""Tests of a value as written: a bare value means `is`, a list means `in`, a group of keys names its operators."""

from __future__ import annotations

from typing import Any

from clew.conditions.model import Operator, Scalar, Test
from clew.files.choices import Either, Shared
from clew.files.scalars import Value, boolean, is_date, number_of
from clew.files.shapes import Found, Key, ListOf, Record, Shape
from clew.files.tree import ScalarNode

_SCALAR_JSON = {"type": ["string", "number", "boolean"]}
_ORDERED_JSON = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}"}]}


def scalar() -> Value[Scalar]:
    """Text, a number, or true/false, as written; yes, no, 007 and 1:30 are text."""
    return Value("a value: text, a number, true or false", _scalar_of, _SCALAR_JSON)


def _scalar_of(node: ScalarNode) -> Scalar | None:
    if node.plain and node.text.lower() in {"true", "false"}:
        return node.text.lower() == "true"
    number = number_of(node)
    return node.text if number is None else number


def ordered() -> Value[Scalar]:
    """What has an order: a number or a date."""
    return Value("a number or a date as 2026-12-24", _ordered_of, _ORDERED_JSON)


def _ordered_of(node: ScalarNode) -> Scalar | None:
    number = number_of(node)
    if number is not None:
        return number
    return node.text if is_date(node.text) else None


def operator_keys() -> dict[str, Key[Any]]:
    """The operators as keys beside or inside what they test."""
    return {
        "is": Key(scalar(), "The value is this one."),
        "is_not": Key(scalar(), "The value is another one, or none is known."),
        "in": Key(ListOf(scalar()), "The value is one of these."),
        "not_in": Key(ListOf(scalar()), "The value is none of these, or none is known."),
        "at_least": Key(ordered(), "The value is this or more (a number), this or later (a date)."),
        "at_most": Key(ordered(), "The value is this or less, this or earlier."),
        "above": Key(ordered(), "The value is more than this, later than this."),
        "below": Key(ordered(), "The value is less than this, earlier than this."),
        "contains": Key(scalar(), "The text of the value contains this text."),
        "known": Key(boolean(), "true: there is a value. false: there is none."),
    }


def test_of(found: Found) -> Test:
    """The operators that a record holds, in written order."""
    written = {operator.value: operator for operator in Operator}
    return Test(tuple((written[key], value) for key, value in found.values.items() if key in written))


def _test_group(found: Found) -> Test | None:
    test = test_of(found)
    if not found.node.entries:
        found.reading.problem(found.node, "an empty test", f"one of {', '.join(Operator)}")
    return test if test.operators else None


def _value_test() -> Shape[Test]:
    return Either(
        "a value, a list of values, or operators as {at_least: 2}",
        scalar=scalar(),
        items=ListOf(scalar()),
        group=Record(operator_keys(), _test_group),
        make=_as_test,
    )


VALUE_TEST: Shared[Test] = Shared("test", _value_test, flat=True)  # a test of one value in any of its three forms


def _as_test(written: Scalar | tuple[Scalar, ...] | Test) -> Test:
    if isinstance(written, Test):
        return written
    operator = Operator.IN if isinstance(written, tuple) else Operator.IS
    return Test(((operator, written),))
