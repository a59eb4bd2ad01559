"""Who is in a segment of clew.yaml at an instant: runs as things stood at their start, accounts at any moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE, Bucket, Codes, Times
from clew.conditions.model import All, AnyOf, Attribute, Condition, Count, Not, Segment
from clew.engine.attributes import Units, code_in_force
from clew.engine.conditions import Evaluation
from clew.engine.model import FoldedBucket
from clew.engine.ordered import first_after
from clew.engine.stream import Stream, build_stream
from clew.engine.terms import Terms
from clew.engine.value_tests import passing_numbers
from clew.journeys.model import Subject
from clew.questions.attributes import in_force_at_start

Mask = NDArray[np.bool_]
Values = NDArray[np.int64]
InForce = Callable[[str], Values]
ACCOUNT = Subject()
NOTE = (
    "A run's segment is that of its start; where an attribute was not known then, the first value known later counts."
)


def in_segment(
    folded: FoldedBucket, name: str, terms: Terms, *, subject: Subject, known_by: Times | None = None
) -> Mask:
    """Say of every run whether it was in the segment at its start. Raises UnknownName.

    known_by  (r,) for each run: only what was known at that instant; None: everything that the view knows
    """
    runs, of_account = folded.runs, subject.kind == "account"

    def known(attribute: str) -> Values:
        return in_force_at_start(folded, attribute, terms, of_account=of_account, known_by=known_by)

    units = Units(runs.thread, runs.subject, of_account)
    return held_at(
        folded.bucket, terms, terms.segment(name), units=units, when=runs.start, subject=subject, known=known
    )


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


def held_at(
    bucket: Bucket,
    terms: Terms,
    condition: Condition,
    *,
    units: Units,
    when: Times,
    subject: Subject = ACCOUNT,
    known: InForce | None = None,
) -> Mask:
    """Say of each unit whether a condition holds at its instant, by nothing that came later.

    units  (u,) of one bucket, in any order, some perhaps repeatedly; of the kind of `subject`      when  (u,)
    known  (u,) the code of an attribute for each unit; without it the one in force at `when`
    A subject to whom nothing has happened by then counts as any other: `at_most: 0` holds for it. What counts within a
    time counts back from `when`, not from the last event.
    """

    def part(inner: Condition) -> Mask:
        return held_at(bucket, terms, inner, units=units, when=when, subject=subject, known=known)

    match condition:
        case Attribute():
            codes = (
                known(condition.name) if known else in_force_at(bucket, terms, condition.name, units=units, when=when)
            )
            passing: Mask = terms.passing(f"attribute:{condition.name}", condition.test)[codes]
            return passing
        case Segment():
            return part(terms.segment(condition.name))
        case All():
            return reduce(np.logical_and, [part(inner) for inner in condition.parts])
        case AnyOf():
            return reduce(np.logical_or, [part(inner) for inner in condition.parts])
        case Not():
            return ~part(condition.part)
        case _:
            return _held_by_events(
                build_stream(bucket, terms, subject, [condition]), terms, condition, units=units, when=when
            )


def in_force_at(bucket: Bucket, terms: Terms, name: str, *, units: Units, when: Times) -> Values:
    """Return the code of an attribute in force for each unit at its instant; NO_CODE where none was."""
    if terms.view.names["attribute"].code(name) == NO_CODE:
        return np.full(len(units), NO_CODE, np.int64)
    return code_in_force(bucket, terms, units, name, unit=np.arange(len(units)), when=when).astype(np.int64)


def _held_by_events(stream: Stream, terms: Terms, condition: Condition, *, units: Units, when: Times) -> Mask:
    """What rests on events: as many as happened by then, or as it held at the last of them."""
    asked, there = _pair(units.thread, units.subject), _pair(stream.units.thread, stream.units.subject)
    lo, hi = (stream.starts[np.searchsorted(there, asked, side)] for side in ("left", "right"))
    after = first_after(stream.at, lo, hi, when)
    if isinstance(condition, Count):
        first = lo if condition.within is None else first_after(stream.at, lo, hi, when - condition.within.micros)
        before = np.append(0, np.cumsum(Evaluation(stream, terms).happens(condition.event)))
        return passing_numbers((before[after] - before[first]).astype(np.float64), condition.test)
    held = np.append(Evaluation(stream, terms).holds(condition), False)
    return np.where(after > lo, held[after - 1], False)


def _pair(thread: Codes, subject: Codes) -> NDArray[np.int64]:
    return (thread.astype(np.int64) << 32) + subject
