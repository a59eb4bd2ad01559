"""Which code follows which inside a segment: events of a run, or stages of a run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Codes, Times
from clew.clock import NEVER
from clew.engine.kernels.counts import Counted, count_by
from clew.engine.model import OPEN, Visits


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


def stage_moves(visits: Visits, *, group: Codes | None = None) -> Counted:
    """Count moves between stages, starts and ends of runs included.

    group    (v,) split of the visits
    Returns  keys (group, from + 2, to + 2 or 1 - to for ends): decode with `decoded_moves`; `total` is time in `from`
    """
    left = visits.next != OPEN
    moved = visits.next.astype(np.int64)
    spent = np.where(visits.leave == NEVER, visits.enter, visits.leave) - visits.enter
    of = np.zeros(len(visits), np.int64) if group is None else group
    first = visits.came == -2
    source = np.concatenate((np.zeros(int(first.sum()), np.int64), visits.stage[left].astype(np.int64) + 2))
    target = np.concatenate((visits.stage[first].astype(np.int64), moved[left]))
    return count_by(
        np.concatenate((of[first], of[left])),
        source,
        np.where(target >= -1, 2 * (target + 1), -2 * target + 1),
        weights=np.concatenate((np.zeros(int(first.sum()), np.int64), spent[left])),
    )


def decoded_moves(counted: Counted) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return (group, from, to) of stage moves: from -2 is the start of a run, to is a stage or ended(k)."""
    group, source, target = counted.keys[:, 0], counted.keys[:, 1] - 2, counted.keys[:, 2]
    return group, source, np.where(target % 2 == 0, target // 2 - 1, -(target - 1) // 2)
