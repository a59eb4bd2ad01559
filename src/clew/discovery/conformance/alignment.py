"""Exact optimal alignments between the path of a run and its map, read as a line of stages.

The map allows every path that enters some of its stages in their order, each once, and leaves out none but optional
ones on its way; it may stop after any stage (dropping out), unless the run has to go the whole way. An alignment turns
the path into such a way by the fewest moves: stages of the path that are crossed out, stages of the map put in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Lines:
    """Maps as lines of s stages; a path is compared with one of them.

    required  (l, s) bool, leaving the stage out on the way is a move
    whole     (l,) bool, the way has to go on to its end
    """

    required: Mask
    whole: Mask

    @property
    def shortest(self) -> Values:
        """(l,) stages of the shortest way that the map allows; one that may stop anywhere enters one at least."""
        stages = self.required.shape[1]
        found: Values = np.where(self.whole, self.required.sum(axis=1), min(1, stages)).astype(np.int64)
        return found


def costs(starts: Values, stage: Values, line: Values, lines: Lines) -> Values:
    """Count the moves of the optimal alignment of each path: those put in and those crossed out.

    starts  (p + 1,) first row of each path in `stage`, none empty
    stage   (n,) stages from 0      line  (p,) the line each path is compared with
    Method  dynamic programming over the rows of all paths at once, in time n * s
    """
    length = np.diff(starts)
    order = np.argsort(-length, kind="stable")
    still = np.searchsorted(-length[order], -np.arange(int(length.max(initial=0))), "left")  # paths longer than a row
    before = np.zeros((len(lines.whole), lines.required.shape[1] + 1), np.int64)
    before[:, 1:] = np.cumsum(lines.required, axis=1)
    line, first, ways = line[order], starts[:-1][order], np.arange(len(order))
    # least[p, m]: moves of path p up to here when the map stands at stage m or before, less those put in before it
    least = np.full((len(order), before.shape[1]), 0, np.int64)
    best = length[order] + lines.shortest[line]
    columns = np.arange(before.shape[1])
    for row, count in enumerate(still.tolist()):
        way, own = ways[:count], line[:count]
        here = stage[first[:count] + row]
        met = least[way, here] + before[own, here]
        rest = np.where(lines.whole[own], before[own, -1] - before[own, here + 1], 0)
        best[:count] = np.minimum(best[:count], met + rest + length[order[:count]] - 1 - row)
        after = (met - before[own, here + 1])[:, None]
        now = least[:count] + 1
        least[:count] = np.where(columns > here[:, None], np.minimum(now, after), now)
    found = np.empty(len(order), np.int64)
    found[order] = best
    return found
