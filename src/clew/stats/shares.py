"""Shares of a whole and their differences."""

from __future__ import annotations

import math

import numpy as np

from clew.stats.distributions import normal_two_sided_tail, two_sided_z
from clew.stats.model import Comparison, Estimate, Significance, require

# Below 5 even the narrowest interval, that of 0 of n, spans nearly half of all possible shares (n = 4: 0 to 49 %).
MINIMUM_FOR_SHARE = 5
# Cochran (1954): with an expected count below 5 the chi-square approximation is not trusted.
LEAST_EXPECTED = 5


def wilson(hits: int, n: int, level: float = 0.95) -> Estimate:
    """Estimate a share with Wilson's score interval.

    hits     how many of n, 0 <= hits <= n
    Returns  shares 0..1; never an interval of no width
    Raises   NotEnoughData below MINIMUM_FOR_SHARE; ValueError where hits is no part of n
    Source   Wilson (1927), JASA 22; without continuity correction
    Not for  answers that cluster in accounts: resample the accounts; nor for shares of time or money
    """
    _check(hits, n)
    require(n, MINIMUM_FOR_SHARE, "observations")
    low, high = _wilson_limits(hits, n, two_sided_z(level))
    return Estimate(hits / n, low, high, n, level)


def share_difference(hits_a: int, n_a: int, hits_b: int, *, n_b: int, level: float = 0.95) -> Estimate:
    """Estimate the difference of two shares, first minus second, with Newcombe's interval.

    Returns  -1..1
    Raises   NotEnoughData below MINIMUM_FOR_SHARE in a group
    Assumes  two separate groups (not the same accounts twice)
    Source   Newcombe (1998), Statistics in Medicine 17, method 10: hybrid of two Wilson intervals
    """
    a, b = wilson(hits_a, n_a, level), wilson(hits_b, n_b, level)
    value = a.value - b.value
    low = value - math.hypot(a.value - a.low, b.high - b.value)
    high = value + math.hypot(a.high - a.value, b.value - b.low)
    return Estimate(value, low, high, n_a + n_b, level)


def compare_shares(hits_a: int, n_a: int, hits_b: int, *, n_b: int, level: float = 0.95) -> Comparison:
    """Compare two shares: Newcombe's interval of the difference, and the test fit for their n.

    The test is Fisher's exact one where an expected count is below LEAST_EXPECTED, else the score test.
    Raises  NotEnoughData below MINIMUM_FOR_SHARE in a group
    """
    difference = share_difference(hits_a, n_a, hits_b, n_b=n_b, level=level)
    hits, n = hits_a + hits_b, n_a + n_b
    small = min(n_a, n_b) * min(hits, n - hits) < LEAST_EXPECTED * n
    test = fisher_exact if small else score_test
    return Comparison(difference, test(hits_a, n_a, hits_b, n_b=n_b))


def fisher_exact(hits_a: int, n_a: int, hits_b: int, *, n_b: int) -> Significance:
    """Test whether two shares are equal, exactly; fit for any n.

    Returns  statistic: the sample odds ratio (infinite or nan where a count is 0)
    Source   Fisher (1935), JRSS 98; two-sided: all tables no likelier than the one seen
    Not for  two looks at the same accounts (paired)
    """
    _check(hits_a, n_a)
    _check(hits_b, n_b)
    p_value = _fisher_p(hits_a, n_a, hits_a + hits_b, whole=n_a + n_b)
    across, against = hits_a * (n_b - hits_b), hits_b * (n_a - hits_a)
    odds = across / against if against else (math.inf if across else math.nan)
    return Significance("Fisher's exact test", odds, p_value, (n_a, n_b))


def score_test(hits_a: int, n_a: int, hits_b: int, *, n_b: int) -> Significance:
    """Test whether two shares are equal, for large n.

    Returns  statistic: chi-square with 1 degree of freedom
    Source   Pearson (1900), without continuity correction: the squared pooled z
    Not for  expected counts below LEAST_EXPECTED: use fisher_exact
    """
    _check(hits_a, n_a)
    _check(hits_b, n_b)
    pooled = (hits_a + hits_b) / (n_a + n_b)
    variance = pooled * (1 - pooled) * (1 / n_a + 1 / n_b)
    z = (hits_a / n_a - hits_b / n_b) / math.sqrt(variance) if variance else 0.0
    return Significance("score test of two shares", z * z, normal_two_sided_tail(z), (n_a, n_b), 1)


def _check(hits: int, n: int) -> None:
    if not 0 <= hits <= n or n == 0:
        raise ValueError(f"{hits} of {n} is no share; allowed: 0 <= hits <= n, n at least 1")


def _wilson_limits(hits: int, n: int, z: float) -> tuple[float, float]:
    centre = (hits + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * math.sqrt(hits * (n - hits) / n + z * z / 4)
    low = centre - half if hits else 0.0
    high = centre + half if hits < n else 1.0
    return low, high


def _fisher_p(hits_a: int, n_a: int, hits: int, *, whole: int) -> float:
    """Sum of the hypergeometric probabilities of all tables that are no likelier than the one seen."""
    fewest, most = max(0, hits + n_a - whole), min(hits, n_a)
    k = np.arange(fewest, most, dtype=np.float64)
    steps = np.log((hits - k) * (n_a - k)) - np.log((k + 1) * (whole - hits - n_a + k + 1))
    logs = np.concatenate([[0.0], np.cumsum(steps)])
    chances = np.exp(logs - logs.max())
    as_unlikely = chances <= chances[hits_a - fewest] * (1 + 1e-7)  # equal chances differ by rounding
    return min(1.0, float(chances[as_unlikely].sum() / chances.sum()))
