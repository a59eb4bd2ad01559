"""How long stays last, those that are not over included; and until when a stay was watched.

One rule for stages and runs: what time alone ended (a silence, a stay too long) is censored at that end. Nobody was
seen to leave, so it tells only that it lasted so long; and after that end nobody watched it any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Codes, Times
from clew.clock import NEVER
from clew.engine.model import Runs, Visits, ended
from clew.engine.ordered import Mask, segment_starts
from clew.stats.survival import SurvivalCounts

Spans = NDArray[np.int64]


@dataclass(frozen=True)
class Stays:
    """Spans of time, one per stay.

    span  (n,) microseconds, up to as_of where the stay is not over     observed  (n,) bool, it was seen to end
    """

    span: Spans
    observed: Mask


@dataclass(frozen=True)
class Watched:
    """Until when each stay was watched (n,), and whether it was seen to end there (n,)."""

    until: Times
    seen: Mask


def visits_watched(visits: Visits, as_of: int, by_time: Sequence[int]) -> Watched:
    """Say until when each visit was watched: until it was left, else until now; see above for ends by time.

    by_time  numbers of the journey's ends that come by time alone
    """
    over = visits.leave != NEVER
    ran_out = np.isin(visits.next, [ended(end) for end in by_time])
    return Watched(np.where(over, visits.leave, as_of), over & ~ran_out)


def runs_watched(runs: Runs, as_of: int, by_time: Sequence[int]) -> Watched:
    """Say the same of each run."""
    over = runs.end != NEVER
    return Watched(np.where(over, runs.end, as_of), over & ~np.isin(runs.outcome, list(by_time)))


def visit_stays(visits: Visits, as_of: int, by_time: Sequence[int] = ()) -> Stays:
    """Measure every visit in elapsed time. `by_time` as in visits_watched."""
    watched = visits_watched(visits, as_of, by_time)
    return Stays(watched.until - visits.enter, watched.seen)


def joined(parts: Iterable[Stays]) -> Stays:
    """Put partials of disjoint stays together."""
    listed = [Stays(np.zeros(0, np.int64), np.zeros(0, np.bool_)), *parts]
    return Stays(np.concatenate([each.span for each in listed]), np.concatenate([each.observed for each in listed]))


def survival_by(stays: Stays, cell: Codes) -> dict[int, SurvivalCounts]:
    """Count stays by duration for each cell (a stage, a group, or both packed into one number), rising.

    cell  (n,) -1 leaves a stay out
    """
    cells = np.asarray(cell)
    kept = np.flatnonzero(cells >= 0)
    short = np.int16 if int(cells.max(initial=0)) < 2**15 else np.int64  # numpy sorts short integers by radix
    order = kept[np.argsort(cells[kept].astype(short), kind="stable")]
    starts = segment_starts(cells[order])
    return {
        int(cells[order[lo]]): SurvivalCounts.of(stays.span[order[lo:hi]], stays.observed[order[lo:hi]])
        for lo, hi in pairwise(starts.tolist())
    }
