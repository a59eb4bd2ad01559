"""Who bears the value of runs, so that what an account brings counts once, however many of its runs are looked at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE, NO_VALUE
from clew.engine.attributes import Units, own_timeline
from clew.engine.kernels.counts import Counted, count_by
from clew.engine.model import FoldedBucket
from clew.questions.ground import Ground

Values = NDArray[np.int64]


def bearers(ground: Ground, folded: FoldedBucket) -> Values:
    """Return for each run the entity whose attribute is its value: its own subject, else its account."""
    runs, name = folded.runs, ground.journey.value
    thread = runs.thread.astype(np.int64)
    if name is None or ground.journey.subject.kind == "account":
        return thread
    units = Units(runs.thread, runs.subject, of_account=False)
    when = np.full(len(runs), ground.as_of, np.int64)
    own = own_timeline(folded.bucket, ground.terms, units, name).in_force(np.arange(len(runs)), when)
    return np.where(own != NO_CODE, runs.subject, thread)


def valued_by_place(place: Values, bearer: Values, value: Values) -> Counted:
    """Sum the known values by place, each bearer once in each; counts are of bearers whose value is known."""
    known = np.flatnonzero(value != NO_VALUE)
    order = known[np.lexsort((bearer[known], place[known]))]
    first = np.ones(len(order), np.bool_)
    first[1:] = (np.diff(place[order]) != 0) | (np.diff(bearer[order]) != 0)
    once = order[first]
    return count_by(place[once], weights=value[once])
