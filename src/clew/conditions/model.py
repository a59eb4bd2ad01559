"""The typed tree of a condition: what must hold of a subject's events, attributes and time.

A condition is asked of one subject at one of its events. It *happens* at an event when that event makes it true, and it
*holds* from then on. `all` happens at the event that completes it; its parts may lie apart in time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from clew.durations import Duration

Scalar = str | int | float | bool


class Operator(StrEnum):
    """How a value is compared; text compares as text, numbers as numbers, dates as dates."""

    IS = "is"
    IS_NOT = "is_not"
    IN = "in"
    NOT_IN = "not_in"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOVE = "above"
    BELOW = "below"
    CONTAINS = "contains"
    KNOWN = "known"


@dataclass(frozen=True)
class Test:
    """Operators that must all hold of one value; a missing value fails all but `known: false`, `is_not`, `not_in`."""

    operators: tuple[tuple[Operator, Scalar | tuple[Scalar, ...]], ...]


@dataclass(frozen=True)
class Event:
    """An event of one of these names whose properties pass their tests."""

    names: tuple[str, ...]
    where: Mapping[str, Test] = field(default_factory=dict)


@dataclass(frozen=True)
class Count:
    """At least / at most so many matching events within a window that ends at the event asked about."""

    event: Event
    test: Test
    within: Duration | None


@dataclass(frozen=True)
class Silent:
    """None of these events for so long (counted from the run's start or the last of them); true by time alone."""

    events: tuple[str, ...]
    duration: Duration


@dataclass(frozen=True)
class Dwell:
    """The run has been in this stage, for so long where a duration is given; true by time alone."""

    stage: str
    duration: Duration | None


@dataclass(frozen=True)
class Attribute:
    """A dated attribute of the subject (else of its account) passes the test, as it was known at that event."""

    name: str
    test: Test


@dataclass(frozen=True)
class Segment:
    """The subject is in this segment of clew.yaml at that event."""

    name: str


@dataclass(frozen=True)
class Score:
    """A survey score (a property of an event that carries it: nps, csat, ces, expectation) passes the test."""

    name: str
    test: Test


@dataclass(frozen=True)
class Date:
    """A date attribute lies so far ahead (before) or behind (after); true by time alone, a moved date re-plans it."""

    attribute: str
    before: Duration | None = None
    after: Duration | None = None


@dataclass(frozen=True)
class All:
    """Every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: Condition


Condition = Event | Count | Silent | Dwell | Attribute | Segment | Score | Date | All | AnyOf | Not
