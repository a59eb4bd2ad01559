"""Attributes of runs as they were in force at the start of each run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE
from clew.engine.attributes import Timeline, Units, account_timeline, own_timeline
from clew.engine.model import FoldedBucket
from clew.engine.terms import Terms

Values = NDArray[np.int64]


def in_force_at_start(folded: FoldedBucket, name: str, terms: Terms, *, of_account: bool) -> Values:
    """Return the attribute's value code of every run, NO_CODE where it was never known.

    of_account  the subject of the journey is the account itself
    The subject's own value counts before its account's. Where none was known then, the first known later stands in.
    """
    runs, bucket = folded.runs, folded.bucket
    if terms.view.names["attribute"].code(name) == NO_CODE or not len(runs):
        return np.full(len(runs), NO_CODE, np.int64)
    units = Units(runs.thread, runs.subject, of_account)
    account = _then_or_first_later(account_timeline(bucket, terms, units, name), runs.start)
    if of_account:
        return account
    own = _then_or_first_later(own_timeline(bucket, terms, units, name), runs.start)
    return np.where(own != NO_CODE, own, account)


def _then_or_first_later(timeline: Timeline, when: NDArray[np.int64]) -> Values:
    if not len(timeline.code):
        return np.full(len(when), NO_CODE, np.int64)
    then = timeline.in_force(np.arange(len(when), dtype=np.int64), when)
    first = timeline.code[np.minimum(timeline.lo, len(timeline.code) - 1)]
    return np.where((then == NO_CODE) & (timeline.hi > timeline.lo), first, then).astype(np.int64)
