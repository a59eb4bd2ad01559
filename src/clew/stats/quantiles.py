"""Quantiles of plain samples, where every value is known (finished durations, counts per run)."""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from clew.stats.distributions import binomial_share, two_sided_z
from clew.stats.model import OpenEstimate, require
from clew.stats.survival import MINIMUM_FOR_QUANTILE


def sample_quantile(values: ArrayLike, q: float = 0.5, *, level: float = 0.95) -> OpenEstimate:
    """Estimate a quantile of a sample with an interval from its own order statistics.

    values   (n,) numbers without nan
    q        0 < q < 1; 0.5 is the median
    Returns  in the unit of the values; a limit is None where even the smallest or largest value is not far enough out.
             The interval assumes no distribution and covers at least `level`
    Raises   NotEnoughData below MINIMUM_FOR_QUANTILE values
    Source   value: linear between order statistics (Hyndman & Fan 1996, type 7; as numpy and DuckDB's quantile_cont);
             interval: binomial order statistics, Conover (1999), Practical Nonparametric Statistics, 3.2
    Not for  durations of which some are still open: use kaplan_meier, this is biased towards the short ones
    """
    if not 0 < q < 1:
        raise ValueError(f"quantile {q!r} is none; allowed: between 0 and 1, as 0.9")
    two_sided_z(level)  # refuses what is no level
    ordered = np.sort(np.asarray(values))
    n = len(ordered)
    require(n, MINIMUM_FOR_QUANTILE, "values")
    tail = (1 - level) / 2
    place = (n - 1) * q  # at low levels the limits may fall between this place's neighbours: never inside them
    below = min(_rank(n, q, tail), math.floor(place))
    above = max(n - 1 - _rank(n, 1 - q, tail), math.ceil(place))
    low = float(ordered[below]) if below >= 0 else None
    high = float(ordered[above]) if above < n else None
    neighbours = ordered[[math.floor(place), math.ceil(place)]].astype(np.float64)
    value = float(np.quantile(neighbours, place - math.floor(place)))
    return OpenEstimate(value, low, high, n, level)


@lru_cache(maxsize=1024)
def _rank(n: int, q: float, tail: float) -> int:
    """Largest 0-based rank whose value exceeds the quantile with probability `tail` at most; -1 where none does.

    Searches outwards from the normal approximation with its term for skewness, which is seldom off by more than one.
    """
    z = NormalDist().inv_cdf(tail)
    near = n * q + z * math.sqrt(n * q * (1 - q)) + (z * z - 1) * (1 - 2 * q) / 6 - 0.5
    low, high, step = -1, n, 1
    middle = min(max(math.floor(near), 0), n - 1)
    while high - low > 1:
        if binomial_share(middle, n, q) <= tail:
            low, further = middle, middle + step
        else:
            high, further = middle, middle - step
        middle = further if low < further < high else (low + high) // 2
        step *= 2
    return low
