"""Which runs are in a segment of clew.yaml, as things stood at the run's start."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Codes, Times
from clew.conditions.model import All, AnyOf, Attribute, Condition, Count, Not, Segment
from clew.engine.conditions import Evaluation
from clew.engine.model import FoldedBucket
from clew.engine.ordered import first_after
from clew.engine.stream import build_stream
from clew.engine.terms import Terms
from clew.engine.value_tests import passing_numbers
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
    return _holds(folded, terms.segment(name), terms, subject=subject, known_by=known_by)


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


def _holds(
    folded: FoldedBucket, condition: Condition, terms: Terms, *, subject: Subject, known_by: Times | None
) -> Mask:
    def holds(part: Condition) -> Mask:
        return _holds(folded, part, terms, subject=subject, known_by=known_by)

    match condition:
        case Attribute():
            of_account = subject.kind == "account"
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
    return _held_in_stream(folded, condition, terms, subject)


def _held_in_stream(folded: FoldedBucket, condition: Condition, terms: Terms, subject: Subject) -> Mask:
    """What rests on events: as it held at the last of them up to the run's start; before the first, as with none."""
    stream = build_stream(folded.bucket, terms, subject, [condition])
    held = Evaluation(stream, terms).holds(condition)
    wanted = _pair(folded.runs.thread, folded.runs.subject)
    units = _pair(stream.units.thread, stream.units.subject)
    lo, hi = (stream.starts[np.searchsorted(units, wanted, side)] for side in ("left", "right"))
    row = first_after(stream.at, lo, hi, folded.runs.start) - 1
    without = isinstance(condition, Count) and bool(passing_numbers(np.zeros(1), condition.test)[0])
    return np.where(row >= lo, np.append(held, False)[row], without)


def _pair(thread: Codes, subject: Codes) -> NDArray[np.int64]:
    return (thread.astype(np.int64) << 32) + subject
