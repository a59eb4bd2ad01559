"""Laws that every statistic keeps for all inputs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.stats.logrank import compare_times, logrank
from clew.stats.model import Estimate, OpenEstimate
from clew.stats.multiplicity import benjamini_hochberg, holm
from clew.stats.quantiles import sample_quantile
from clew.stats.ranks import compare_finished
from clew.stats.rates import compare_rates, poisson_rate
from clew.stats.scores import compare_scores, net_promoter_score
from clew.stats.shares import compare_shares, wilson
from clew.stats.survival import SurvivalCounts, kaplan_meier

Stays = list[tuple[int, bool]]
stays = st.lists(st.tuples(st.integers(0, 50), st.booleans()), min_size=1, max_size=60)
many_ended = st.lists(st.tuples(st.integers(0, 50), st.just(True)), min_size=10, max_size=40)
levels = st.floats(0.5, 0.999)
quantiles = st.floats(0.01, 0.99)
values = st.lists(st.integers(-1000, 1000).map(float), min_size=6, max_size=40)


def counted(some: Stays) -> SurvivalCounts:
    return SurvivalCounts.of([duration for duration, _ in some], [ended for _, ended in some])


def contains(estimate: Estimate | OpenEstimate) -> bool:
    low = -math.inf if estimate.low is None else estimate.low
    high = math.inf if estimate.high is None else estimate.high
    return estimate.value is None or low <= estimate.value <= high


@given(stays, levels)
def test_survival_stays_between_its_limits_and_never_rises(some: Stays, level: float) -> None:
    curve = kaplan_meier(counted(some), level)

    assert (np.diff(curve.share) <= 0).all()
    assert (curve.low >= 0).all()
    assert (curve.low <= curve.share).all()
    assert (curve.share <= curve.high).all()
    assert (curve.high <= 1).all()


@given(stays, st.lists(st.integers(0, 3), min_size=60, max_size=60))
def test_any_split_merges_to_the_whole_in_any_order(some: Stays, part_of: list[int]) -> None:
    parts = [counted([stay for stay, part in zip(some, part_of, strict=False) if part == p]) for p in range(4)]

    merged, reversed_ = SurvivalCounts.merged(parts), SurvivalCounts.merged(parts[::-1])

    for split in (merged, reversed_):
        assert split.durations.tolist() == counted(some).durations.tolist()
        assert split.events.tolist() == counted(some).events.tolist()
        assert split.censored.tolist() == counted(some).censored.tolist()


@given(stays)
def test_without_censoring_survival_is_the_share_that_lasted_longer(some: Stays) -> None:
    durations = np.array([duration for duration, _ in some])

    curve = kaplan_meier(SurvivalCounts.of(durations, np.ones(len(durations), np.bool_)))

    assert curve.share == pytest.approx([(durations > duration).mean() for duration in curve.durations], abs=1e-12)


@given(stays)
def test_a_stay_seen_for_longer_never_shortens_the_others(some: Stays) -> None:
    short, long = (kaplan_meier(counted([*some, (when, False)])) for when in (0, 60))

    assert all(long.share_at(duration) >= short.share_at(duration) - 1e-12 for duration in range(51))


@given(stays.filter(lambda some: len(some) >= 6), quantiles, st.integers(2, 10**9))
def test_quantiles_follow_the_unit(some: Stays, q: float, factor: int) -> None:
    plain = kaplan_meier(counted(some)).quantile(q)
    scaled = kaplan_meier(counted([(duration * factor, ended) for duration, ended in some])).quantile(q)

    assert contains(plain)
    for one, other in ((plain.value, scaled.value), (plain.low, scaled.low), (plain.high, scaled.high)):
        assert other == (None if one is None else one * factor)


@given(stays.filter(lambda some: len(some) >= 6), quantiles, quantiles)
def test_a_higher_quantile_is_not_reached_earlier(some: Stays, one: float, other: float) -> None:
    curve = kaplan_meier(counted(some))

    early, late = (curve.quantile(q).value for q in sorted((one, other)))

    assert late is None or (early is not None and early <= late)


@given(many_ended, many_ended)
def test_comparing_times_the_other_way_round_turns_the_sign(a: Stays, b: Stays) -> None:
    forth, back = compare_times(counted(a), counted(b)), compare_times(counted(b), counted(a))

    assert contains(forth.difference)
    assert forth.difference.value == -(back.difference.value or 0)
    assert (forth.difference.low is None) == (back.difference.high is None)
    if forth.difference.low is not None:
        assert forth.difference.low == pytest.approx(-(back.difference.high or 0))
    assert forth.test.p_value == pytest.approx(back.test.p_value)


@given(many_ended, many_ended, many_ended)
def test_log_rank_does_not_mind_the_order_of_groups_or_the_unit(a: Stays, b: Stays, c: Stays) -> None:
    groups = [counted(a), counted(b), counted(c)]
    scaled = [counted([(duration * 7, ended) for duration, ended in group]) for group in (c, a, b)]

    plain, other = logrank(groups), logrank(scaled)

    assert plain.statistic == pytest.approx(other.statistic, rel=1e-6, abs=1e-9)
    assert 0 <= plain.p_value <= 1


shares = st.integers(5, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(shares, levels)
def test_a_share_lies_in_its_interval_and_its_complement_mirrors_it(share: tuple[int, int], level: float) -> None:
    hits, n = share

    estimate, complement = wilson(hits, n, level), wilson(n - hits, n, level)

    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1
    assert estimate.low < estimate.high
    assert (1 - complement.high, 1 - complement.low) == pytest.approx((estimate.low, estimate.high), abs=1e-12)


@given(shares, shares)
def test_comparing_shares_the_other_way_round_turns_the_sign(a: tuple[int, int], b: tuple[int, int]) -> None:
    forth, back = compare_shares(*a, b[0], n_b=b[1]), compare_shares(*b, a[0], n_b=a[1])

    assert contains(forth.difference)
    assert forth.difference.low == pytest.approx(-(back.difference.high or 0), abs=1e-12)
    assert forth.test.p_value == pytest.approx(back.test.p_value)
    assert 0 <= forth.test.p_value <= 1 + 1e-12


answers = st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(5, 60)).map(
    lambda parts: (parts[0], parts[1], sum(parts))
)


@given(answers, answers, levels)
def test_scores_lie_in_intervals_of_some_width(a: tuple[int, int, int], b: tuple[int, int, int], level: float) -> None:
    score = net_promoter_score(*a[:2], a[2], level=level)
    mirrored = net_promoter_score(a[1], a[0], a[2], level=level)

    assert -100 <= score.low <= score.value <= score.high <= 100
    assert score.low < score.high
    assert (mirrored.low, mirrored.high) == pytest.approx((-score.high, -score.low))
    assert contains(compare_scores(a, b).difference)


@given(st.integers(0, 500), st.integers(0, 500), st.floats(0.1, 1000), levels)
def test_rates_lie_in_their_intervals_and_ratios_invert(a: int, b: int, exposure: float, level: float) -> None:
    rate = poisson_rate(a, exposure, level)
    forth = compare_rates(a + 1, exposure, b + 1, exposure_b=3, level=level)
    back = compare_rates(b + 1, 3, a + 1, exposure_b=exposure, level=level)

    assert 0 <= rate.low <= rate.value <= rate.high
    assert contains(forth.ratio)
    assert forth.ratio.low == pytest.approx(1 / back.ratio.high, rel=1e-6)
    assert forth.test.p_value == pytest.approx(back.test.p_value, rel=1e-6)


@given(values, quantiles, levels)
def test_a_sample_quantile_lies_between_its_order_statistics(sample: list[float], q: float, level: float) -> None:
    assert contains(sample_quantile(sample, q, level=level))


@given(values, values, st.integers(1, 1000))
def test_finished_values_compare_alike_in_every_unit_and_direction(a: list[float], b: list[float], unit: int) -> None:
    forth, back = compare_finished(a, b), compare_finished(b, a)
    scaled = compare_finished(np.array(a) * unit + 5, np.array(b) * unit + 5)

    assert contains(forth.difference)
    assert forth.difference.value == -(back.difference.value or 0)
    assert forth.test.p_value == pytest.approx(back.test.p_value)
    assert scaled.difference.value == pytest.approx((forth.difference.value or 0) * unit)
    assert scaled.test.p_value == pytest.approx(forth.test.p_value)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_corrections_keep_the_order_and_only_raise(p_values: list[float]) -> None:
    p = np.array(p_values)
    strict, lenient = holm(p), benjamini_hochberg(p)

    assert (p <= lenient + 1e-12).all()
    assert (lenient <= strict + 1e-12).all()
    assert (strict <= 1).all()
    for adjusted in (strict, lenient):
        assert (np.diff(adjusted[np.argsort(p, kind="stable")]) >= -1e-12).all()
