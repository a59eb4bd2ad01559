"""Two samples of finished values, compared by rank: Mann-Whitney's test and the shift that goes with it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from clew.stats.distributions import normal_two_sided_tail, two_sided_z
from clew.stats.logrank import MINIMUM_PER_GROUP
from clew.stats.model import Comparison, Estimate, Floats, Significance, require

# Up to this size the exact distribution of U is cheap; beyond, the normal one is close enough.
EXACT_UP_TO = 20


def compare_finished(a: ArrayLike, b: ArrayLike, level: float = 0.95) -> Comparison:
    """Compare two samples of known values: by how much the first is shifted, and Mann-Whitney's test.

    a, b     (n,), (m,) numbers in one unit
    Returns  difference: the typical value of the first minus that of the second (Hodges-Lehmann), in their unit
    Raises   NotEnoughData below MINIMUM_PER_GROUP values in a group
    Not for  durations of which some are still open: use compare_times
    """
    return Comparison(hodges_lehmann(a, b, level), mann_whitney(a, b))


def mann_whitney(a: ArrayLike, b: ArrayLike) -> Significance:
    """Test whether values of one sample tend to be larger than those of another.

    Returns  statistic: U of the first sample. Exact up to EXACT_UP_TO values in each sample where none is tied;
             else normal, corrected for ties and continuity
    Raises   NotEnoughData below MINIMUM_PER_GROUP values in a group
    Source   Mann & Whitney (1947), Annals of Mathematical Statistics 18
    Not for  paired values; nor as a test of medians where the two shapes differ
    """
    first, second = _samples(a, b)
    n, m = len(first), len(second)
    together, ties = np.unique(np.concatenate([first, second]), return_counts=True)
    ranks = np.cumsum(ties) - (ties - 1) / 2
    u = float(ranks[np.searchsorted(together, first)].sum() - n * (n + 1) / 2)
    if ties.max() == 1 and max(n, m) <= EXACT_UP_TO:
        return Significance("Mann-Whitney U test, exact", u, _exact_p(u, n, m), (n, m))
    return Significance("Mann-Whitney U test", u, _normal_p(u, n, m, ties=ties.astype(np.float64)), (n, m))


def hodges_lehmann(a: ArrayLike, b: ArrayLike, level: float = 0.95) -> Estimate:
    """Estimate by how much the first sample is shifted against the second: the median of all pairwise differences.

    Returns  in the unit of the values; the interval is the one that belongs to Mann-Whitney's test
    Raises   NotEnoughData below MINIMUM_PER_GROUP values in a group
    Source   Hodges & Lehmann (1963), Annals of Mathematical Statistics 34; limits: Hollander & Wolfe (1999), 4.3, with
             the normal approximation of their ranks
    Not for  samples whose shapes differ: one shift does not describe them
    """
    first, second = _samples(a, b)
    pairs = len(first) * len(second)
    spread = math.sqrt(pairs * (len(first) + len(second) + 1) / 12)
    outer = max(0, math.floor(pairs / 2 - two_sided_z(level) * spread) - 1)
    low, lower, upper, high = (
        _kth_difference(first, second, k) for k in (outer, (pairs - 1) // 2, pairs // 2, pairs - 1 - outer)
    )
    return Estimate((lower + upper) / 2, low, high, len(first) + len(second), level)


def _samples(a: ArrayLike, b: ArrayLike) -> tuple[Floats, Floats]:
    first, second = np.sort(np.asarray(a, np.float64)), np.sort(np.asarray(b, np.float64))
    for sample in (first, second):
        require(len(sample), MINIMUM_PER_GROUP, "values in each group")
    return first, second


def _exact_p(u: float, n: int, m: int) -> float:
    """Twice the smaller tail of U over all arrangements of n and m values."""
    # Each factor (1 - x^(m+i)) / (1 - x^i) adds the i-th value of the first sample (Gaussian binomial coefficients).
    ways = np.zeros(n * m + 1)
    ways[0] = 1
    for i in range(1, n + 1):
        shifted = np.zeros_like(ways)
        shifted[m + i :] = ways[: max(0, len(ways) - m - i)]
        ways = ways - shifted
        for start in range(i, len(ways)):
            ways[start] += ways[start - i]
    tail = ways[: int(min(u, n * m - u)) + 1].sum() / ways.sum()
    return min(1.0, 2 * float(tail))


def _normal_p(u: float, n: int, m: int, *, ties: Floats) -> float:
    size = n + m
    variance = n * m / 12 * (size + 1 - float((ties**3 - ties).sum()) / (size * (size - 1)))
    if variance <= 0:  # every value is the same
        return 1.0
    return min(1.0, normal_two_sided_tail(max(0.0, abs(u - n * m / 2) - 0.5) / math.sqrt(variance)))


def _kth_difference(first: Floats, second: Floats, k: int) -> float:
    """The k-th smallest (0-based) of all first - second, both sorted, without forming them all."""
    high = float(first[-1] - second[0])
    width = high - float(first[0] - second[-1])
    low = high - width * (1 + 1e-9)
    for _ in range(60):
        middle = low + (high - low) / 2
        up_to_middle = len(second) - np.searchsorted(second, first - middle, side="left")
        low, high = (low, middle) if up_to_middle.sum() > k else (middle, high)
    return _least_difference_above(first, second, low) if width else high


def _least_difference_above(first: Floats, second: Floats, low: float) -> float:
    partner = np.searchsorted(second, first - low, side="left") - 1
    has_one = partner >= 0
    return float((first[has_one] - second[partner[has_one]]).min())
