"""What else tells that runs went on: an undated value borne by all that did, and by more than the log shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE
from clew.diagnosis.comparing.courses import Courses
from clew.questions.attributes import in_force_at_start
from clew.questions.collect import each
from clew.questions.segments import attributes_of, in_segment

Values = NDArray[np.int64]
Mask = NDArray[np.bool_]
FEWEST_MOVED = 20  # that must all bear it
MOST_OTHERS = 0.5  # of those that did not go on: borne by more, it tells nothing of going on


@dataclass(frozen=True)
class Witness:
    """Something that holds for every run that went on, and for `more` that did not by the log."""

    words: str
    more: int


def witness_of(courses: Courses, rows: Values, moved: Mask) -> Witness | None:
    """Find a segment, else an attribute, without a date, that holds for all that moved and for a few that did not.

    rows  (n,) runs      moved  (n,) which of them went on by the log
    """
    if int(moved.sum()) < FEWEST_MOVED:
        return None
    for words, held in _candidates(courses):
        others = held[rows] & ~moved
        if bool(held[rows][moved].all()) and 0 < int(others.sum()) <= MOST_OTHERS * int((~moved).sum()):
            return Witness(words, int(others.sum()))
    return None


def _candidates(courses: Courses) -> Iterator[tuple[str, Mask]]:
    ground = courses.ground
    undated, segments = ground.view.undated, ground.firm.segments
    subject, terms = ground.journey.subject, ground.terms
    for name, condition in segments.items():
        used = attributes_of(condition, segments)
        if used and used <= undated:
            parts = each(ground.buckets, lambda folded, n=name: in_segment(folded, n, terms, subject=subject))  # type: ignore[misc]
            yield f"segment '{name}' holds", np.concatenate(list(parts))
    of_account = subject.kind == "account"
    for name in sorted(undated):
        codes = each(
            ground.buckets,
            lambda folded, n=name: in_force_at_start(folded, n, terms, of_account=of_account),  # type: ignore[misc]
        )
        yield f"'{name}' is known", np.concatenate(list(codes)) != NO_CODE
