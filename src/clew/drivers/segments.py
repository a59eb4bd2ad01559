"""Whether accounts are in a segment at an instant: by what had happened and what was in force before."""

from __future__ import annotations

from functools import reduce

import numpy as np

from clew.archive.model import NO_CODE
from clew.conditions.model import All, AnyOf, Attribute, Condition, Not, Segment
from clew.drivers.model import Moments
from clew.engine.attributes import Units, code_in_force
from clew.engine.conditions import Evaluation
from clew.engine.ordered import Mask, first_after
from clew.engine.stream import build_stream
from clew.signals.sight import OF_ACCOUNT, Sight


def held(sight: Sight, number: int, moments: Moments, condition: Condition) -> Mask:
    """Say of each account whether the condition holds at the end of its window; nothing later counts."""

    def part(inner: Condition) -> Mask:
        return held(sight, number, moments, inner)

    match condition:
        case Attribute():
            codes = in_force(sight, number, moments, condition.name)
            passing: Mask = sight.terms.passing(f"attribute:{condition.name}", condition.test)[codes]
            return passing
        case Segment():
            return part(sight.terms.segment(condition.name))
        case All():
            return reduce(np.logical_and, [part(inner) for inner in condition.parts])
        case AnyOf():
            return reduce(np.logical_or, [part(inner) for inner in condition.parts])
        case Not():
            return ~part(condition.part)
        case _:
            return _held_by_events(sight, number, moments, condition)


def in_force(sight: Sight, number: int, moments: Moments, attribute: str) -> np.typing.NDArray[np.integer]:
    """Return the code of an attribute in force at the end of each window; NO_CODE where none was."""
    if sight.view.names["attribute"].code(attribute) == NO_CODE:
        return np.full(len(moments), NO_CODE, np.int64)
    units = Units(moments.thread, moments.thread, True)
    unit = np.arange(len(moments))
    return code_in_force(
        sight.buckets[number], sight.terms, units, attribute, unit=unit, when=moments.known_by.astype(np.int64)
    )


def _held_by_events(sight: Sight, number: int, moments: Moments, condition: Condition) -> Mask:
    """As it held at the account's last row in time."""
    stream = build_stream(sight.buckets[number], sight.terms, OF_ACCOUNT, [condition])
    if not len(stream):
        return np.zeros(len(moments), np.bool_)
    holds = Evaluation(stream, sight.terms).holds(condition)
    thread = stream.units.thread[stream.unit]
    lo, hi = np.searchsorted(thread, moments.thread, "left"), np.searchsorted(thread, moments.thread, "right")
    row = first_after(stream.at, lo, hi, moments.known_by) - 1
    return np.where(row >= lo, holds[np.maximum(row, 0)], False)
