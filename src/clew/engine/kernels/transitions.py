"""Which code follows which inside a segment: events of a run, or stages of a run."""

from __future__ import annotations

import numpy as np

from clew.archive.model import Codes, Times
from clew.engine.kernels.counts import Counted, count_by


def transitions(segment: Codes, code: Codes, *, at: Times | None = None, group: Codes | None = None) -> Counted:
    """Count which code directly follows which inside a segment.

    segment  (n,) run or thread of each row, contiguous       code  (n,) what is followed
    at       (n,) instants: then `total` is the exact time between both in microseconds
    group    (n,) split of the rows by their first one, -1 leaves the transition out
    Returns  keys (group, from, to); merge with counts.merge_counted
    """
    same = segment[1:] == segment[:-1]
    source, target = code[:-1][same], code[1:][same]
    weights = None if at is None else (at[1:] - at[:-1])[same]
    of = np.zeros(len(source), np.int8) if group is None else group[:-1][same]
    return count_by(of, source, target, weights=weights)
