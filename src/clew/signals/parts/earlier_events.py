"""What came before: the latest earlier event of the same account and topic, by another team or of some kind."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE, Codes
from clew.engine.ordered import Mask, Positions, last_true, segment_of_row, segment_starts
from clew.signals.model import NO_ROW

Groups = NDArray[np.int64]
_ROOM = 2**62


def groups(thread: Codes, *codes: Codes) -> Groups:
    """Number the combinations of an account and further codes, NO_CODE being a code like any other.

    thread, codes  (n,) parallel, equal threads contiguous
    Returns        (n,) equal where all are equal
    """
    if not len(thread):
        return np.zeros(0, np.int64)
    group = segment_of_row(segment_starts(thread))
    for code in codes:
        size = int(code.max()) + 2
        if (int(group.max()) + 1) * size > _ROOM:
            group = np.unique(group, return_inverse=True)[1]
        group = group * size + (code.astype(np.int64) + 1)
    return group


class Grouped:
    """Places of events brought together by group, in their order inside each.

    group  (n,) see `groups`; the events stand in the total order
    """

    def __init__(self, group: Groups) -> None:
        self.order: Positions = np.argsort(group, kind="stable")
        self.group = group[self.order]

    def of_others(self, team: Codes) -> Positions:
        """Return for each event the latest earlier one of its group by another team; NO_ROW where there is none.

        team  (n,) codes, all of them known
        """
        starts = segment_starts(self.group, team[self.order])
        before = np.repeat(starts[:-1] - 1, np.diff(starts))  # the end of the other team's turn
        found = before >= 0
        found &= self.group[before] == self.group
        return self._in_place(np.where(found, self.order[before], NO_ROW))

    def of_kind(self, mask: Mask) -> Positions:
        """Return for each event the latest earlier one of its group where the mask is true; NO_ROW where none is."""
        starts = segment_starts(self.group)
        first = np.repeat(starts[:-1], np.diff(starts))
        latest = last_true(mask[self.order], first)
        before = np.arange(len(first)) - 1
        latest = np.where(before >= first, latest[before], NO_ROW)
        return self._in_place(np.where(latest >= 0, self.order[latest], NO_ROW))

    def _in_place(self, found: Positions) -> Positions:
        placed = np.empty(len(found), np.int64)
        placed[self.order] = found
        return placed


def known(*codes: Codes) -> Mask:
    """Say where none of the codes is missing."""
    mask: Mask = np.asarray(codes[0]) != NO_CODE
    for code in codes[1:]:
        mask = mask & (np.asarray(code) != NO_CODE)
    return mask
