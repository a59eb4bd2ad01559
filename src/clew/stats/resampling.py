"""Intervals for figures whose observations hang together: draw whole accounts, not single answers or visits."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from clew.stats.distributions import two_sided_z
from clew.stats.model import Counts, Estimate, require
from clew.stats.shares import wilson

# With fewer clusters the drawn samples repeat each other and the interval is too narrow (Cameron, Gelbach & Miller
# 2008, Review of Economics and Statistics 90: trouble from 5 to 30).
MINIMUM_CLUSTERS = 10
DRAWS = 2000
FEWEST_DRAWS = 200
CELLS = 20_000_000  # clusters times draws: of clusters that are all different it takes a second or two
SEED = 7  # where nobody asks for another: the same log gives the same interval


def resample_clusters(
    cluster_ids: ArrayLike, statistic: Callable[[Counts], float], *, seed: int, draws: int = DRAWS, level: float = 0.95
) -> Estimate:
    """Estimate a figure with an interval from resampled clusters.

    cluster_ids  (n,) integers, the account of each observation
    statistic    gets (m,) indices of observations, some repeatedly, and returns the figure, never nan
    seed         the same seed gives the same interval
    Returns      value: the figure of all observations; the percentile interval, stretched to hold it; n is the number
                 of clusters
    Raises       NotEnoughData below MINIMUM_CLUSTERS clusters; ValueError where the statistic gives nan
    Source       Efron & Tibshirani (1993), An Introduction to the Bootstrap, ch. 13; clusters: Davison & Hinkley
                 (1997), Bootstrap Methods and their Application, 3.8
    Not for      extremes (a maximum, P99 of few): resampling cannot see beyond the sample
    """
    two_sided_z(level)  # refuses what is no level
    ids = np.asarray(cluster_ids)
    order = np.argsort(ids, kind="stable")
    _, starts, sizes = np.unique(ids[order], return_index=True, return_counts=True)
    require(len(starts), MINIMUM_CLUSTERS, "accounts")
    rng = np.random.default_rng(seed)
    drawn = [statistic(order[_rows(starts, sizes, rng)]) for _ in range(draws)]
    value = statistic(np.arange(len(ids)))
    if any(math.isnan(figure) for figure in (value, *drawn)):
        raise ValueError("the statistic of a drawn sample is nan; return inf where a figure is not reached")
    low = float(np.quantile(drawn, (1 - level) / 2, method="lower"))
    high = float(np.quantile(drawn, (1 + level) / 2, method="higher"))
    return Estimate(value, min(low, value), max(high, value), len(starts), level)


def _rows(starts: Counts, sizes: Counts, rng: np.random.Generator) -> Counts:
    """Rows of as many clusters as there are, drawn with repetition."""
    picked = rng.integers(0, len(starts), len(starts))
    length = sizes[picked]
    offset = starts[picked] - (np.cumsum(length) - length)
    rows: Counts = np.repeat(offset, length) + np.arange(length.sum())
    return rows


def resample_ratio(
    parts: ArrayLike, wholes: ArrayLike, *, seed: int, draws: int = DRAWS, level: float = 0.95
) -> Estimate:
    """Estimate sum(parts) / sum(wholes) with an interval from resampled clusters, also of a million of them.

    parts, wholes  (n,) whole numbers of each cluster, one row each; wholes at least 1
    Returns        as resample_clusters; clusters that are alike are drawn by their number (multinomial), so neither
                   their order nor how many there are matters
    Raises         NotEnoughData below MINIMUM_CLUSTERS clusters; ValueError for a whole below 1
    Source         as resample_clusters
    """
    two_sided_z(level)
    part, whole = np.asarray(parts, np.int64), np.asarray(wholes, np.int64)
    require(len(part), MINIMUM_CLUSTERS, "accounts")
    if int(whole.min()) < 1:
        raise ValueError(f"a cluster whose whole is {whole.min()} has no ratio; allowed: 1 or more")
    kinds, count = _kinds(part, whole)
    rng = np.random.default_rng(seed)
    drawn = [rng.multinomial(len(part), count / len(part)) @ kinds for _ in range(draws)]
    figures = [float(part) / float(whole) for part, whole in drawn]
    value = float(part.sum()) / float(whole.sum())
    low = float(np.quantile(figures, (1 - level) / 2, method="lower"))
    high = float(np.quantile(figures, (1 + level) / 2, method="higher"))
    return Estimate(value, min(low, value), max(high, value), len(part), level)


def ratio_of_sums(parts: ArrayLike, wholes: ArrayLike, *, level: float = 0.95) -> Estimate:
    """Estimate sum(parts) / sum(wholes) over accounts, as resample_ratio with the usual seed.

    parts, wholes  (n,) whole numbers >= 0 of each account; accounts without a whole are left out
    Returns        n is the number of accounts left; fewer draws for very many, whose interval is narrow anyway
    Raises         NotEnoughData below MINIMUM_CLUSTERS accounts
    """
    part, whole = np.asarray(parts), np.asarray(wholes)
    kept = whole >= 1
    draws = max(FEWEST_DRAWS, min(DRAWS, CELLS // max(int(kept.sum()), 1)))
    return resample_ratio(
        part[kept].astype(np.int64), whole[kept].astype(np.int64), seed=SEED, draws=draws, level=level
    )


def share_of_sums(parts: ArrayLike, wholes: ArrayLike, *, level: float = 0.95) -> Estimate:
    """Estimate the same where it is a share; where no account differs from another, with `share_without_spread`."""
    found = ratio_of_sums(parts, wholes, level=level)
    return found if found.low < found.high else share_without_spread(found.value, found.n, level=level)


def share_without_spread(value: float, clusters: int, *, n: int | None = None, level: float = 0.95) -> Estimate:
    """Estimate a share that is the same in every cluster, so that clusters show no spread to go by.

    The interval is Wilson's of as many observations as there are clusters, stretched to hold the share: for nothing
    says that what lies inside one is independent. Of all observations it would be narrower.
    n       of the estimate; None: the clusters
    Raises  NotEnoughData below stats.shares.MINIMUM_FOR_SHARE clusters
    """
    around = wilson(round(min(max(value, 0.0), 1.0) * clusters), clusters, level)
    return Estimate(value, min(around.low, value), max(around.high, value), clusters if n is None else n, level)


def _kinds(part: Counts, whole: Counts) -> tuple[Counts, Counts]:
    """The different (part, whole) as rows, rising, and how many clusters are of each kind."""
    order = np.lexsort((whole, part))
    pairs = np.stack((part[order], whole[order]), axis=1)
    starts = np.flatnonzero(np.append(True, (pairs[1:] != pairs[:-1]).any(axis=1)))
    return pairs[starts], np.diff(np.append(starts, len(pairs)))
