from __future__ import annotations

import math
from statistics import NormalDist

import pytest

from clew.errors import NotEnoughData
from clew.stats.rates import compare_rates, poisson_rate
from clew.stats.scores import compare_scores, net_promoter_score
from clew.stats.shares import compare_shares, fisher_exact, score_test, share_difference, wilson


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"), [(17, 20, 64.0, 94.8), (4, 5, 37.6, 96.4), (160, 200, 73.9, 85.0)]
)
def test_shares_have_their_published_intervals(hits: int, n: int, low: float, high: float) -> None:
    share = wilson(hits, n)

    assert share.value == hits / n
    assert (100 * share.low, 100 * share.high) == pytest.approx((low, high), abs=0.05)


@pytest.mark.parametrize(
    ("promoters", "detractors", "n", "score", "low", "high"),
    [
        (9, 4, 18, 27.8, -10.2, 57.9),
        (50, 17, 100, 33.0, 17.6, 46.5),
        (120, 60, 300, 20.0, 11.4, 28.2),
        (550, 220, 1100, 30.0, 25.3, 34.5),
        (1, 2, 5, -20.0, -63.7, 38.7),
        (5, 0, 5, 100.0, 17.5, 100.0),  # clipped; unanimous answers do not mean certainty
        (15, 0, 15, 100.0, 61.6, 100.0),
        (0, 5, 5, -100.0, -100.0, -17.5),
    ],
)
def test_scores_have_their_published_intervals(
    promoters: int, detractors: int, n: int, score: float, low: float, high: float
) -> None:
    estimate = net_promoter_score(promoters, detractors, n)

    assert (estimate.value, estimate.low, estimate.high) == pytest.approx((score, low, high), abs=0.051)


def test_difference_of_shares_has_its_published_interval() -> None:
    # Newcombe (1998), table II, (a): 56/70 - 48/80 by method 10
    difference = share_difference(56, 70, 48, n_b=80)

    assert (difference.value, difference.low, difference.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_the_lady_tasting_tea_has_her_published_chance() -> None:
    # Fisher (1935): three of four cups named rightly
    assert fisher_exact(3, 4, 1, n_b=4).p_value == pytest.approx(34 / 70)


def test_shares_without_any_hit_are_compared_all_the_same() -> None:
    compared = compare_shares(0, 10, 0, n_b=12)

    assert compared.difference.value == 0
    assert compared.test.p_value == 1
    assert math.isnan(compared.test.statistic)
    assert score_test(0, 10, 0, n_b=12).p_value == 1


def test_difference_of_scores_adds_the_variances() -> None:
    first, second = (50, 17, 100), (120, 60, 300)
    alone = [net_promoter_score(*group[:2], group[2]) for group in (first, second)]
    half = math.hypot(*((estimate.high - estimate.low) / 2 for estimate in alone))

    compared = compare_scores(first, second)

    assert compared.difference.value == pytest.approx(13)
    assert compared.difference.low is not None
    assert compared.difference.high is not None
    assert compared.difference.high - compared.difference.low == pytest.approx(2 * half)
    # From the published intervals: centres 32.05 and 19.8, standard errors 7.37 and 4.29.
    z = (32.05 - 19.8) / math.hypot(7.37, 4.29)
    assert compared.test.p_value == pytest.approx(2 * NormalDist().cdf(-z), abs=0.002)


def test_a_rate_without_events_still_has_an_upper_limit() -> None:
    rate = poisson_rate(0, 100)

    assert (rate.value, rate.low) == (0, 0)
    assert rate.high == pytest.approx(3.689 / 100, abs=5e-5)  # Garwood (1936), table


def test_a_ratio_to_no_events_is_infinite_with_a_finite_lower_limit() -> None:
    ratio = compare_rates(8, 10, 0, exposure_b=10).ratio

    assert ratio.value == ratio.high == math.inf
    assert 1 < ratio.low < math.inf


def test_too_few_observations_say_how_many_more_are_needed() -> None:
    with pytest.raises(NotEnoughData, match="too few: 1 more observations needed"):
        wilson(4, 4)
    with pytest.raises(NotEnoughData, match="too few: 2 more answers needed"):
        net_promoter_score(3, 0, 3)
    with pytest.raises(NotEnoughData):
        compare_shares(10, 20, 2, n_b=3)
    with pytest.raises(NotEnoughData, match="1 more events needed"):
        compare_rates(0, 1, 0, exposure_b=1)


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="6 of 5 is no share"):
        wilson(6, 5)
    with pytest.raises(ValueError, match="-1 of 5 is no share"):
        fisher_exact(-1, 5, 2, n_b=5)
    with pytest.raises(ValueError, match="are no part of 8 answers"):
        net_promoter_score(5, 4, 8)
    with pytest.raises(ValueError, match="exposure > 0"):
        poisson_rate(3, 0)
    with pytest.raises(ValueError, match="level 1 is no coverage"):
        poisson_rate(3, 1, 1)
