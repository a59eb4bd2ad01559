"""The net promoter score and the difference of two."""

from __future__ import annotations

import math

from clew.stats.distributions import normal_two_sided_tail, two_sided_z
from clew.stats.model import Comparison, Estimate, Significance, require

# Below 5 even unanimous answers leave an interval of more than 90 of the 200 points (4 promoters: 7 to 100).
MINIMUM_FOR_SCORE = 5


def net_promoter_score(promoters: int, detractors: int, n: int, *, level: float = 0.95) -> Estimate:
    """Estimate a net promoter score with the adjusted Wald interval.

    promoters, detractors  answers of 9-10 and of 0-6, among n answers
    Returns  points, -100..100; never an interval of no width
    Raises   NotEnoughData below MINIMUM_FOR_SCORE; ValueError where the parts exceed n
    Source   Rocks (2016), The American Statistician 70: three answers added, three quarters each to promoters and
             detractors; clipped to -100..100 and to the score itself
    Not for  answers that cluster in accounts: resample the accounts; nor for ranking people
    """
    if promoters < 0 or detractors < 0 or promoters + detractors > n:
        raise ValueError(f"{promoters} promoters and {detractors} detractors are no part of {n} answers")
    require(n, MINIMUM_FOR_SCORE, "answers")
    score = 100 * (promoters - detractors) / n
    centre, spread = _adjusted(promoters, detractors, n)
    half = two_sided_z(level) * spread
    low, high = max(-100.0, centre - half), min(100.0, centre + half)
    return Estimate(score, min(low, score), max(high, score), n, level)


def compare_scores(a: tuple[int, int, int], b: tuple[int, int, int], *, level: float = 0.95) -> Comparison:
    """Compare two net promoter scores, each given as (promoters, detractors, n); first minus second.

    Returns  points, -200..200; statistic: z of the adjusted scores
    Raises   NotEnoughData below MINIMUM_FOR_SCORE in a group
    Source   Rocks (2016) on each score, variances added
    Not for  judging a fix in a small firm: ten points take about 940 answers a side
    """
    first, second = (net_promoter_score(*group[:2], group[2], level=level) for group in (a, b))
    (centre_a, spread_a), (centre_b, spread_b) = _adjusted(*a), _adjusted(*b)
    spread = math.hypot(spread_a, spread_b)
    shift, half = centre_a - centre_b, two_sided_z(level) * spread
    value = first.value - second.value
    low, high = max(-200.0, shift - half), min(200.0, shift + half)
    difference = Estimate(value, min(low, value), max(high, value), first.n + second.n, level)
    z = shift / spread
    return Comparison(difference, Significance("adjusted Wald test", z, normal_two_sided_tail(z), (first.n, second.n)))


def _adjusted(promoters: int, detractors: int, n: int) -> tuple[float, float]:
    """Adjusted score and its standard error, in points."""
    for_us, against = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
    net = for_us - against
    return 100 * net, 100 * math.sqrt((for_us + against - net * net) / (n + 3))
