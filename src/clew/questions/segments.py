"""Which runs are in a segment of clew.yaml, as things stood at the run's start."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Codes, Times
from clew.conditions.model import All, AnyOf, Attribute, Condition, Not, Segment
from clew.engine.conditions import Evaluation
from clew.engine.model import FoldedBucket
from clew.engine.ordered import first_after
from clew.engine.stream import build_stream
from clew.engine.terms import Terms
from clew.journeys.model import Subject
from clew.questions.attributes import in_force_at_start

Mask = NDArray[np.bool_]
NOTE = (
    "A run's segment is that of its start; where an attribute was not known then, the first value known later counts."
)


def in_segment(
    folded: FoldedBucket, name: str, terms: Terms, *, subject: Subject, known_by: Times | None = None
) -> Mask:
    """Say of every run whether it was in the segment at its start. Raises UnknownName.

    known_by  (r,) for each run: only what was known at that instant; None: everything that the view knows
    """
    condition = terms.segment(name)
    if _of_attributes(condition, terms):
        return _holds(folded, condition, terms, of_account=subject.kind == "account", known_by=known_by)
    return _held_in_stream(folded, condition, terms, subject)


def attributes_of(condition: Condition, segments: Mapping[str, Condition]) -> set[str]:
    """Name the attributes a segment rests on."""
    match condition:
        case Attribute():
            return {condition.name}
        case Segment() if condition.name in segments:
            return attributes_of(segments[condition.name], segments)
        case All() | AnyOf():
            return set().union(*(attributes_of(part, segments) for part in condition.parts))
        case Not():
            return attributes_of(condition.part, segments)
        case _:
            return set()


def _of_attributes(condition: Condition, terms: Terms) -> bool:
    match condition:
        case Attribute():
            return True
        case Segment():
            return _of_attributes(terms.segment(condition.name), terms)
        case All() | AnyOf():
            return all(_of_attributes(part, terms) for part in condition.parts)
        case Not():
            return _of_attributes(condition.part, terms)
        case _:
            return False


def _holds(
    folded: FoldedBucket, condition: Condition, terms: Terms, *, of_account: bool, known_by: Times | None
) -> Mask:
    def holds(part: Condition) -> Mask:
        return _holds(folded, part, terms, of_account=of_account, known_by=known_by)

    match condition:
        case Attribute():
            codes = in_force_at_start(folded, condition.name, terms, of_account=of_account, known_by=known_by)
            passing: Mask = terms.passing(f"attribute:{condition.name}", condition.test)[codes]
            return passing
        case Segment():
            return holds(terms.segment(condition.name))
        case All():
            return reduce(np.logical_and, [holds(part) for part in condition.parts])
        case AnyOf():
            return reduce(np.logical_or, [holds(part) for part in condition.parts])
        case Not():
            return ~holds(condition.part)
    raise AssertionError(condition)


def _held_in_stream(folded: FoldedBucket, condition: Condition, terms: Terms, subject: Subject) -> Mask:
    """Conditions on events, counts, scores and dates: as they held at the last row up to the run's start."""
    stream = build_stream(folded.bucket, terms, subject, [condition])
    held = Evaluation(stream, terms).holds(condition)
    unit = np.searchsorted(
        _pair(stream.units.thread, stream.units.subject), _pair(folded.runs.thread, folded.runs.subject)
    )
    row = first_after(stream.at, stream.starts[unit], stream.starts[unit + 1], folded.runs.start) - 1
    return np.where(row >= stream.starts[unit], held[np.maximum(row, 0)], False)


def _pair(thread: Codes, subject: Codes) -> NDArray[np.int64]:
    return (thread.astype(np.int64) << 32) + subject
