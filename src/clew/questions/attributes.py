"""Attributes of runs as they were in force at the start of each run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE, Times
from clew.clock import NEVER
from clew.engine.attributes import Timeline, Units, account_timeline, own_timeline
from clew.engine.model import FoldedBucket
from clew.engine.terms import Terms

Values = NDArray[np.int64]


def in_force_at_start(
    folded: FoldedBucket, name: str, terms: Terms, *, of_account: bool, known_by: Times | None = None
) -> Values:
    """Return the attribute's value code of every run, NO_CODE where it was never known.

    of_account  the subject of the journey is the account itself
    known_by    (r,) for each run: only what was known at that instant; None: everything that the view knows
    The subject's own value counts before its account's. Where none was known then, the first known later stands in.
    """
    runs, bucket = folded.runs, folded.bucket
    if terms.view.names["attribute"].code(name) == NO_CODE or not len(runs):
        return np.full(len(runs), NO_CODE, np.int64)
    units = Units(runs.thread, runs.subject, of_account)
    account = _then_or_first_later(account_timeline(bucket, terms, units, name), runs.start, known_by)
    if of_account:
        return account
    own = _then_or_first_later(own_timeline(bucket, terms, units, name), runs.start, known_by)
    return np.where(own != NO_CODE, own, account)


def first_known_after_start(folded: FoldedBucket, name: str, terms: Terms, *, of_account: bool) -> list[Times]:
    """Return (r,) instants at which a value stood in for one that was not known at the start; NEVER where none did.

    Of the account first, of the subject itself second where it is something else.
    """
    runs, bucket = folded.runs, folded.bucket
    if terms.view.names["attribute"].code(name) == NO_CODE or not len(runs):
        return []
    units = Units(runs.thread, runs.subject, of_account)
    timelines = [account_timeline(bucket, terms, units, name)]
    if not of_account:
        timelines.append(own_timeline(bucket, terms, units, name))
    firsts = [_first(timeline, timeline.at, NEVER) for timeline in timelines]
    return [np.where(first > runs.start, first, NEVER) for first in firsts]


def _then_or_first_later(timeline: Timeline, when: Times, known_by: Times | None) -> Values:
    if not len(timeline.code):
        return np.full(len(when), NO_CODE, np.int64)
    then = timeline.in_force(np.arange(len(when), dtype=np.int64), when)
    first = _first(timeline, timeline.code, NO_CODE)
    if known_by is not None:
        first = np.where(_first(timeline, timeline.at, NEVER) <= known_by, first, NO_CODE)
    return np.where(then == NO_CODE, first, then).astype(np.int64)


def _first(timeline: Timeline, column: NDArray[np.integer], missing: int) -> Values:
    """The first entry of each unit."""
    if not len(column):
        return np.full(len(timeline.lo), missing, np.int64)
    return np.where(timeline.hi > timeline.lo, column[np.minimum(timeline.lo, len(column) - 1)], missing)
