"""Conditions asked of every row of a stream at once: where they happen, and where they hold.

A condition *happens* at the row that makes it true and *holds* from then on:

Event      happens at a match; holds once it has matched in the subject's history
Count      happens at a matching event when the count in (t - within, t] passes; holds while that count passes
Score      happens at an event that carries a passing score; holds by the latest score carried
Date       happens at the instant it names; holds once the instant of the value in force is reached
Attribute, Segment   hold by the value in force at that instant; an attribute never happens by itself
All        holds if every part does; happens where it holds and some part happens
AnyOf      holds if some part does; happens where some part happens
Not        holds where its part does not; never happens by itself
Dwell      without a duration holds while the run is in that stage; never happens by itself
Silent, and Dwell with a duration, come true by time alone: the walk knows when.
"""

from __future__ import annotations

from functools import reduce

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE, NO_VALUE, UNIT, Codes
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
    Score,
    Segment,
    Silent,
    Test,
)
from clew.engine.attributes import code_in_force, shifted
from clew.engine.ordered import Mask, Positions, first_after, last_true, running_any
from clew.engine.stream import Stream
from clew.engine.terms import NO_INSTANT, Terms
from clew.engine.value_tests import passing_numbers

NO_STAGE = "\0none"  # no run is open: every `stage` condition fails
_COLUMNS = (
    "team",
    "channel",
    "user",
)  # words of an event that are columns of the log, unless a property bears the name


class Evaluation:
    """Answers for one stream; the run is taken to be in `stage` throughout."""

    def __init__(self, stream: Stream, terms: Terms, stage: str = NO_STAGE) -> None:
        self.stream, self.terms, self.stage = stream, terms, stage
        self.start_of_unit: Positions = stream.starts[stream.unit]

    def happens(self, condition: Condition) -> Mask:
        """(n,) where the condition becomes true."""
        match condition:
            case Event():
                return self._matches(condition)
            case Count():
                return self._matches(condition.event) & self._counted(condition)
            case Score():
                return self._carries(condition) & self._property_passes(condition.name, condition.test)
            case Date():
                came: Mask = self.stream.date == self.stream.dates.index(condition)
                return came
            case All():
                return self.holds(condition) & self._any([self.happens(part) for part in condition.parts])
            case AnyOf():
                return self._any([self.happens(part) for part in condition.parts])
            case Segment():
                return self.happens(self.terms.segment(condition.name))
            case Attribute() | Not() | Dwell() | Silent():
                return self._never()

    def holds(self, condition: Condition) -> Mask:
        """(n,) where the condition is true."""
        match condition:
            case Event():
                return running_any(self._matches(condition), self.start_of_unit)
            case Count():
                return self._counted(condition)
            case Score():
                return self._last_score_passes(condition)
            case Date():
                return self._reached(condition)
            case Attribute():
                return self.terms.passing(f"attribute:{condition.name}", condition.test)[self._in_force(condition.name)]
            case Segment():
                return self.holds(self.terms.segment(condition.name))
            case All():
                held = [self.holds(part) for part in condition.parts]
                return reduce(np.logical_and, held) if held else self._never()
            case AnyOf():
                return self._any([self.holds(part) for part in condition.parts])
            case Not():
                return ~self.holds(condition.part)
            case Dwell():
                return np.full(len(self.stream), condition.duration is None and condition.stage == self.stage)
            case Silent():
                return self._never()

    def _any(self, masks: list[Mask]) -> Mask:
        return reduce(np.logical_or, masks, self._never())

    def _never(self) -> Mask:
        return np.zeros(len(self.stream), np.bool_)

    def _matches(self, event: Event) -> Mask:
        mask = self.terms.named(event.names)[self.stream.gather(self.stream.bucket.event)]
        for name, test in event.where.items():
            mask = mask & self._property_passes(name, test)
        return mask

    def _property_passes(self, name: str, test: Test) -> Mask:
        kept = len(self.terms.view.names[f"property:{name}"]) > 0
        if not kept and name in _COLUMNS:
            column: Codes = getattr(self.stream.bucket, name)
            return self.terms.passing(name, test)[self.stream.gather(column)]
        if not kept and name == "value":
            return passing_numbers(self._values(), test)
        passed = self.terms.passing(f"property:{name}", test)
        return passed[self.stream.gather(self.stream.bucket.property(name))]

    def _values(self) -> NDArray[np.float64]:
        value = self.stream.gather(self.stream.bucket.value)
        return np.where((self.stream.row < 0) | (value == NO_VALUE), np.nan, value / UNIT)

    def _carries(self, score: Score) -> Mask:
        carries: Mask = self.stream.gather(self.stream.bucket.property(score.name)) != NO_CODE
        return carries

    def _last_score_passes(self, score: Score) -> Mask:
        last = last_true(self._carries(score), self.start_of_unit)
        passed = self._property_passes(score.name, score.test)
        return passed[last] & (last >= 0) if len(last) else self._never()

    def _counted(self, count: Count) -> Mask:
        """Whether the matching events in (t - within, t], up to and including this row, are so many."""
        matched = np.concatenate(([0], np.cumsum(self._matches(count.event))))
        first = self.start_of_unit
        here = np.arange(len(self.stream))
        if count.within is not None:
            first = first_after(self.stream.at, first, here + 1, self.stream.at - count.within.micros)
        return passing_numbers((matched[here + 1] - matched[first]).astype(np.float64), count.test)

    def _in_force(self, attribute: str) -> Codes:
        stream = self.stream
        return code_in_force(stream.bucket, self.terms, stream.units, attribute, stream.unit, stream.at)

    def _reached(self, date: Date) -> Mask:
        instant = shifted(self.terms.instants(date.attribute)[self._in_force(date.attribute)], date)
        reached: Mask = (instant != NO_INSTANT) & (instant <= self.stream.at)
        return reached
