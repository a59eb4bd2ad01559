"""How long accounts stayed in a stage, as could be seen at a moment."""

from __future__ import annotations

import numpy as np

from clew.archive.model import Times
from clew.clock import DAY_US, NEVER
from clew.drivers.model import Figures, Moments
from clew.engine.model import FoldedBucket


def mean_stays(folded: FoldedBucket, stage: int, moments: Moments) -> Figures:
    """Return the mean length in days of the stays that had ended by the end of each window; nan where none had.

    All earlier stays of the account count, not only those inside the window.
    """
    visits, runs = folded.visits, folded.runs
    if not len(moments) or not len(visits):
        return np.full(len(moments), np.nan)
    place = np.searchsorted(moments.thread, runs.thread)
    asked = place < len(moments)
    asked[asked] = moments.thread[place[asked]] == runs.thread[asked]
    place = np.where(asked, place, 0)
    seen_by = np.where(asked, moments.known_by[place], 0)
    leave = np.minimum(visits.leave, _taken_for_ended(folded, seen_by)[visits.run])
    chosen = np.flatnonzero(asked[visits.run] & (visits.stage == stage) & (leave <= seen_by[visits.run]))
    chosen = chosen[visits.enter[chosen] <= leave[chosen]]
    of = place[visits.run[chosen]]
    days = np.bincount(of, (leave[chosen] - visits.enter[chosen]) / DAY_US, minlength=len(moments))
    stays = np.bincount(of, minlength=len(moments))
    return np.where(stays > 0, days / np.maximum(stays, 1), np.nan)


def _taken_for_ended(folded: FoldedBucket, seen_by: Times) -> Times:
    """When each run was taken for ended, of those that later went on and had not yet by an instant; else NEVER."""
    found = np.full(len(folded.runs), NEVER, np.int64)
    withdrawn = folded.withdrawn
    seen = seen_by[withdrawn.run]
    there = (withdrawn.at <= seen) & (seen < withdrawn.until)
    found[withdrawn.run[there]] = withdrawn.at[there]
    return found
