"""Conditions in words, for people who do not read the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from clew.conditions.model import (
    All,
    AnyOf,
    Attribute,
    Condition,
    Count,
    Date,
    Dwell,
    Event,
    Not,
    Operator,
    Scalar,
    Score,
    Segment,
    Silent,
    Test,
)

_OPERATORS = {
    Operator.IS: "is",
    Operator.IS_NOT: "is not",
    Operator.IN: "is one of",
    Operator.NOT_IN: "is none of",
    Operator.AT_LEAST: "at least",
    Operator.AT_MOST: "at most",
    Operator.ABOVE: "above",
    Operator.BELOW: "below",
    Operator.CONTAINS: "contains",
}


def in_words(condition: Condition | None) -> str:
    """Say a condition in one phrase, as "'kickoff held' with attended at least 2"."""
    return "nothing" if condition is None else _WORDS[type(condition)](condition)


def _event(event: Event) -> str:
    names = " or ".join(f"'{name}'" for name in event.names)
    tests = " and ".join(f"{name} {test_in_words(test)}" for name, test in event.where.items())
    return f"{names} with {tests}" if tests else names


def test_in_words(test: Test) -> str:
    """Say the operators of a test."""
    return " and ".join(_operator(operator, value) for operator, value in test.operators)


def _operator(operator: Operator, value: Scalar | tuple[Scalar, ...]) -> str:
    if operator is Operator.KNOWN:
        return "is known" if value else "is not known"
    shown = ", ".join(_plain(part) for part in value) if isinstance(value, tuple) else _plain(value)
    return f"{_OPERATORS[operator]} {shown}"


def _plain(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _count(count: Count) -> str:
    within = f" within {count.within}" if count.within else ""
    return f"{test_in_words(count.test)} of {_event(count.event)}{within}"


def _date(date: Date) -> str:
    return f"{date.before} before {date.attribute}" if date.before else f"{date.after} after {date.attribute}"


def _joined(word: str) -> Callable[[Any], str]:
    def say(condition: All | AnyOf) -> str:
        parts = [in_words(part) for part in condition.parts]
        return parts[0] if len(parts) == 1 else f"({f' {word} '.join(parts)})"

    return say


_WORDS: dict[type, Callable[[Any], str]] = {
    Event: _event,
    Count: _count,
    Silent: lambda silent: f"none of {', '.join(repr(name) for name in silent.events)} for {silent.duration}",
    Dwell: lambda dwell: f"in stage {dwell.stage}" + (f" for {dwell.duration}" if dwell.duration else ""),
    Attribute: lambda attribute: f"{attribute.name} {test_in_words(attribute.test)}",
    Segment: lambda segment: f"segment {segment.name}",
    Score: lambda score: f"{score.name} {test_in_words(score.test)}",
    Date: _date,
    All: _joined("and"),
    AnyOf: _joined("or"),
    Not: lambda condition: f"not {in_words(condition.part)}",
}
