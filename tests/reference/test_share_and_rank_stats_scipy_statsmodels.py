"""Shares, ranks, rates and corrections against scipy and statsmodels."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.special  # type: ignore[import-untyped]
import scipy.stats  # type: ignore[import-untyped]
from statsmodels.stats.multitest import multipletests  # type: ignore[import-untyped]
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportions_ztest  # type: ignore[import-untyped]

from clew.stats.distributions import (
    beta_quantile,
    beta_share,
    binomial_share,
    chi_square_tail,
    gamma_quantile,
    gamma_share,
    normal_two_sided_tail,
    two_sided_z,
)
from clew.stats.multiplicity import benjamini_hochberg, holm
from clew.stats.quantiles import sample_quantile
from clew.stats.ranks import hodges_lehmann, mann_whitney
from clew.stats.rates import compare_rates, poisson_rate
from clew.stats.shares import compare_shares, fisher_exact, score_test, share_difference, wilson

pytestmark = pytest.mark.oracle

TABLES = [(17, 20, 9, 22), (0, 9, 4, 12), (5, 5, 0, 6), (3, 40, 11, 300), (120, 400, 90, 410), (7, 7, 7, 7)]


@pytest.mark.parametrize(("hits", "n"), [(0, 5), (5, 5), (17, 20), (1, 1000), (999, 1000)])
@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_wilson_is_that_of_statsmodels(hits: int, n: int, level: float) -> None:
    estimate = wilson(hits, n, level)

    assert (estimate.low, estimate.high) == pytest.approx(proportion_confint(hits, n, 1 - level, "wilson"), abs=1e-12)


@pytest.mark.parametrize(("hits_a", "n_a", "hits_b", "n_b"), TABLES)
def test_newcombe_is_that_of_statsmodels(hits_a: int, n_a: int, hits_b: int, n_b: int) -> None:
    oracle = confint_proportions_2indep(hits_a, n_a, hits_b, n_b, method="newcomb", compare="diff", correction=False)

    difference = share_difference(hits_a, n_a, hits_b, n_b=n_b)

    assert (difference.low, difference.high) == pytest.approx(oracle, abs=1e-12)


@pytest.mark.parametrize(("hits_a", "n_a", "hits_b", "n_b"), [*TABLES, (2, 30_000, 9, 50_000)])
def test_fisher_is_that_of_scipy(hits_a: int, n_a: int, hits_b: int, n_b: int) -> None:
    oracle = scipy.stats.fisher_exact([[hits_a, n_a - hits_a], [hits_b, n_b - hits_b]])

    test = fisher_exact(hits_a, n_a, hits_b, n_b=n_b)

    assert test.p_value == pytest.approx(oracle.pvalue, rel=1e-9)
    assert test.statistic == pytest.approx(oracle.statistic, nan_ok=True)


@pytest.mark.parametrize(("hits_a", "n_a", "hits_b", "n_b"), [(120, 400, 90, 410), (3, 40, 11, 300)])
def test_the_score_test_is_that_of_statsmodels(hits_a: int, n_a: int, hits_b: int, n_b: int) -> None:
    z, p_value = proportions_ztest([hits_a, hits_b], [n_a, n_b])

    test = score_test(hits_a, n_a, hits_b, n_b=n_b)

    assert (test.statistic, test.p_value) == pytest.approx((z**2, p_value))


@pytest.mark.parametrize(
    ("table", "method"),
    [((9, 20, 2, 20), "score test of two shares"), ((8, 20, 1, 20), "Fisher's exact test")],  # expected 5.5, 4.5
)
def test_the_exact_test_is_taken_where_an_expected_count_is_below_five(table: tuple[int, ...], method: str) -> None:
    hits_a, n_a, hits_b, n_b = table
    least = scipy.stats.contingency.expected_freq([[hits_a, n_a - hits_a], [hits_b, n_b - hits_b]]).min()

    assert (least < 5) == (method == "Fisher's exact test")
    assert compare_shares(hits_a, n_a, hits_b, n_b=n_b).test.method == method


def values(seed: int, *sizes: int, tied: bool) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.integers(0, 12, size).astype(float) + seed if tied else rng.lognormal(0, 1, size) for size in sizes]


@pytest.mark.parametrize(("n", "m"), [(4, 4), (5, 9), (20, 20), (20, 4)])
def test_mann_whitney_without_ties_in_small_samples_is_exact(n: int, m: int) -> None:
    first, second = values(n, n, m, tied=False)
    oracle = scipy.stats.mannwhitneyu(first, second, method="exact")

    test = mann_whitney(first, second)

    assert test.method == "Mann-Whitney U test, exact"
    assert (test.statistic, test.p_value) == pytest.approx((oracle.statistic, oracle.pvalue))


@pytest.mark.parametrize(("n", "m", "tied"), [(6, 7, True), (60, 90, True), (60, 90, False), (21, 4, False)])
def test_mann_whitney_with_ties_or_in_large_samples_is_normal(n: int, m: int, tied: bool) -> None:
    first, second = values(n, n, m, tied=tied)
    oracle = scipy.stats.mannwhitneyu(first, second, method="asymptotic")

    test = mann_whitney(first, second)

    assert test.method == "Mann-Whitney U test"
    assert (test.statistic, test.p_value) == pytest.approx((oracle.statistic, oracle.pvalue))


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize(("n", "m"), [(4, 4), (15, 22), (200, 150)])
def test_hodges_lehmann_is_the_median_of_all_differences(n: int, m: int, tied: bool) -> None:
    first, second = values(n, n, m, tied=tied)
    differences = np.sort(np.subtract.outer(first, second).ravel())

    shift = hodges_lehmann(first, second)

    assert shift.value == np.median(differences)
    outer = math.floor(n * m / 2 - 1.959964 * math.sqrt(n * m * (n + m + 1) / 12))  # Hollander & Wolfe (1999), (4.35)
    assert (shift.low, shift.high) == (differences[max(outer, 1) - 1], differences[-max(outer, 1)])


def test_the_shift_has_the_limits_of_a_published_example() -> None:
    # Hollander & Wolfe, Nonparametric Statistical Methods, example 4.1: permeability of the chorioamnion, here by the
    # normal approximation; R's wilcox.test(x, y, conf.int=TRUE) prints 0.305 as the estimate.
    at_term = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
    early = [1.15, 0.88, 0.90, 0.74, 1.21]

    shift, test = hodges_lehmann(at_term, early), mann_whitney(at_term, early)

    assert shift.value == pytest.approx(0.305)
    assert (shift.low, shift.high) == pytest.approx((-0.15, 0.76), abs=0.02)
    assert test.statistic == 35
    assert test.p_value == pytest.approx(0.2544, abs=5e-5)


@pytest.mark.parametrize("events", [0, 1, 7, 250, 40_000])
def test_garwood_limits_are_chi_square_quantiles(events: int) -> None:
    low = scipy.stats.chi2.ppf(0.025, 2 * events) / 2 if events else 0.0
    high = scipy.stats.chi2.ppf(0.975, 2 * events + 2) / 2

    rate = poisson_rate(events, 10)

    assert (rate.value, rate.low, rate.high) == pytest.approx((events / 10, low / 10, high / 10))


@pytest.mark.parametrize(("events_a", "events_b"), [(10, 3), (0, 6), (6, 0), (400, 310)])
def test_the_ratio_of_rates_is_the_exact_binomial_one(events_a: int, events_b: int) -> None:
    total, fair = events_a + events_b, 100 / 350
    interval = scipy.stats.binomtest(events_a, total).proportion_ci(method="exact")
    tails = scipy.stats.binom.cdf(events_a, total, fair), scipy.stats.binom.sf(events_a - 1, total, fair)

    compared = compare_rates(events_a, 100, events_b, exposure_b=250)

    limits = [share / (1 - share) * 2.5 if share < 1 else math.inf for share in interval]
    assert [compared.ratio.low, compared.ratio.high] == pytest.approx(limits)
    assert compared.test.p_value == pytest.approx(min(1, 2 * min(tails)))


@pytest.mark.parametrize("n", [1, 2, 50])
def test_corrections_for_many_tests_are_those_of_statsmodels(n: int) -> None:
    p_values = np.random.default_rng(n).beta(0.4, 2, n)

    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1])
    assert benjamini_hochberg(p_values) == pytest.approx(multipletests(p_values, method="fdr_bh")[1])


@pytest.mark.parametrize("q", [0.1, 0.5, 0.75, 0.9])
@pytest.mark.parametrize("n", [6, 40, 1001])
def test_order_statistics_that_bound_a_quantile_are_the_binomial_ones(n: int, q: float) -> None:
    ordered = np.arange(n, dtype=float)
    ranks = scipy.stats.binom.cdf(np.arange(n), n, q)

    estimate = sample_quantile(ordered, q)

    low, high = np.flatnonzero(ranks <= 0.025), np.flatnonzero(ranks >= 0.975)
    assert estimate.value == np.quantile(ordered, q)
    assert estimate.low == (low[-1] if low.size else None)
    assert estimate.high == (high[0] if high.size else None)


def test_tails_and_quantiles_are_those_of_scipy() -> None:
    for a in (0.5, 1, 3.5, 40, 3000):
        for x in (0.01, 0.5, a * 0.9, a, a * 1.1, a + 30):
            assert gamma_share(a, x) == pytest.approx(scipy.special.gammainc(a, x), rel=1e-9, abs=1e-14)
            assert chi_square_tail(x, round(2 * a)) == pytest.approx(scipy.stats.chi2.sf(x, round(2 * a)), rel=1e-9)
        for share in (1e-6, 0.025, 0.5, 0.975):
            assert gamma_quantile(a, share) == pytest.approx(scipy.special.gammaincinv(a, share), rel=1e-9)
            for b in (0.5, 2, 700):
                assert beta_quantile(a, b, share) == pytest.approx(scipy.special.betaincinv(a, b, share), rel=1e-9)
                assert beta_share(a, b, share) == pytest.approx(scipy.special.betainc(a, b, share), rel=1e-9, abs=1e-14)
    for k in (0, 3, 9, 10):
        assert binomial_share(k, 10, 0.3) == pytest.approx(scipy.stats.binom.cdf(k, 10, 0.3))
    assert chi_square_tail(900, 1) == pytest.approx(scipy.stats.chi2.sf(900, 1))
    assert normal_two_sided_tail(-2.5) == pytest.approx(2 * scipy.stats.norm.sf(2.5))
    assert two_sided_z(0.95) == pytest.approx(scipy.stats.norm.ppf(0.975))
