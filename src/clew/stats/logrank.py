"""Do stays of several groups last equally long? The log-rank test, and the difference of two quantiles."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from clew.stats.distributions import chi_square_tail
from clew.stats.model import Comparison, Counts, Floats, OpenEstimate, Significance, require
from clew.stats.survival import SurvivalCounts, kaplan_meier

# The smallest p that two groups of 3 can reach by rank is 0.1, of 4 it is 0.03: below 4 no difference could show.
MINIMUM_PER_GROUP = 4
# The chi-square approximation of the log-rank statistic rests on the number of ends seen, not of stays.
MINIMUM_ENDS = 10


def logrank(groups: Sequence[SurvivalCounts]) -> Significance:
    """Test whether stays of two or more groups last equally long, stays that are still open included.

    groups   counts of each group, in one unit; two or more
    Returns  statistic: chi-square with one degree of freedom fewer than groups
    Raises   NotEnoughData below MINIMUM_PER_GROUP stays in a group, or MINIMUM_ENDS ends in all together
    Assumes  independent stays; censoring that has the same cause in every group
    Source   Mantel (1966), Cancer Chemotherapy Reports 50; k groups: Peto & Peto (1972), JRSS A 135
    Not for  curves that cross: it weighs every duration alike and early and late differences cancel
    """
    if len(groups) < 2:
        raise ValueError(f"{len(groups)} group cannot be compared; allowed: two or more")
    for group in groups:
        require(group.n, MINIMUM_PER_GROUP, "stays in each group")
    require(sum(group.ended for group in groups), MINIMUM_ENDS, "ended stays")
    excess, covariance = _excess(groups)
    statistic = float(excess @ np.linalg.pinv(covariance, hermitian=True) @ excess)
    df = len(groups) - 1
    return Significance("log-rank test", statistic, chi_square_tail(statistic, df), tuple(g.n for g in groups), df)


def compare_times(a: SurvivalCounts, b: SurvivalCounts, q: float = 0.5, *, level: float = 0.95) -> Comparison:
    """Compare how long stays of two groups last: difference of their quantiles, and the log-rank test.

    q        which quantile, 0 < q < 1; 0.5 is the median
    Returns  difference: first minus second, in the unit of the durations; None where a quantile, or the limit of one
             that it needs, has not been reached
    Raises   NotEnoughData as SurvivalCurve.quantile and logrank do
    Source   limits recovered from the two Brookmeyer-Crowley intervals ("MOVER"): Zou & Donner (2008), Statistics in
             Medicine 27. Chosen over resampling: the same answer every time, from merged counts, and not symmetric
    Not for  stays that are clustered (several of one account): resample the accounts instead
    """
    first, second = (kaplan_meier(counts, level).quantile(q) for counts in (a, b))
    return Comparison(_recovered_difference(first, second), logrank([a, b]))


def _excess(groups: Sequence[SurvivalCounts]) -> tuple[Floats, Floats]:
    """Ends seen minus ends expected per group, without the last group, and their covariance."""
    times = np.unique(np.concatenate([group.durations[group.events > 0] for group in groups]))
    at_risk = np.stack([_at_risk(group, times) for group in groups]).astype(np.float64)
    ended = np.stack([_ended(group, times) for group in groups]).astype(np.float64)
    everyone, ends = at_risk.sum(axis=0), ended.sum(axis=0)
    portion = at_risk / everyone
    excess = (ended - portion * ends).sum(axis=1)
    weight = ends * (everyone - ends) / np.maximum(everyone - 1, 1)
    covariance = np.diag((portion * weight).sum(axis=1)) - (portion * weight) @ portion.T
    return excess[:-1], covariance[:-1, :-1]


def _at_risk(group: SurvivalCounts, times: Counts) -> Counts:
    at_risk = np.append(group.at_risk, 0)
    return at_risk[np.searchsorted(group.durations, times)]


def _ended(group: SurvivalCounts, times: Counts) -> Counts:
    ended = np.zeros(len(times), np.int64)
    seen = group.events > 0
    ended[np.searchsorted(times, group.durations[seen])] = group.events[seen]
    return ended


def _recovered_difference(a: OpenEstimate, b: OpenEstimate) -> OpenEstimate:
    if a.value is None or b.value is None:
        return OpenEstimate(None, None, None, a.n + b.n, a.level)
    value = a.value - b.value
    low = None if a.low is None or b.high is None else value - math.hypot(a.value - a.low, b.high - b.value)
    high = None if a.high is None or b.low is None else value + math.hypot(a.high - a.value, b.value - b.low)
    return OpenEstimate(value, low, high, a.n + b.n, a.level)
