"""Survival against lifelines (Davidson-Pilon) and the data sets that ship with it."""

from __future__ import annotations

import numpy as np
import pytest
from lifelines import KaplanMeierFitter  # type: ignore[import-untyped]
from lifelines.datasets import load_rossi, load_waltons  # type: ignore[import-untyped]
from lifelines.statistics import multivariate_logrank_test  # type: ignore[import-untyped]
from lifelines.utils import qth_survival_times  # type: ignore[import-untyped]

from clew.stats.logrank import compare_times, logrank
from clew.stats.survival import SurvivalCounts, kaplan_meier

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]  # the oracle warns of itself

WALTONS = load_waltons()
ROSSI = load_rossi()
MIR, CONTROL = (
    SurvivalCounts.of(rows["T"].to_numpy(), rows["E"].to_numpy())
    for _, rows in sorted(WALTONS.groupby("group"), reverse=True)
)


def test_waltons_has_its_published_median_and_share() -> None:
    curve = kaplan_meier(MIR.merge(CONTROL))

    assert curve.n == 163
    assert curve.quantile(0.5).value == 56
    assert curve.share_at(33) == pytest.approx(0.8025, abs=5e-5)


def test_waltons_groups_have_their_published_medians_and_log_rank() -> None:
    compared = compare_times(CONTROL, MIR)

    assert kaplan_meier(CONTROL).quantile(0.5).value == 58
    assert kaplan_meier(MIR).quantile(0.5).value == 26
    assert compared.difference.value == 32
    assert compared.test.statistic == pytest.approx(122.2491, abs=5e-5)
    assert compared.test.df == 1


def test_rossi_has_its_published_share_at_the_last_week() -> None:
    curve = kaplan_meier(SurvivalCounts.of(ROSSI["week"].to_numpy(), ROSSI["arrest"].to_numpy()))

    assert curve.share_at(52) == pytest.approx(0.7361, abs=5e-5)
    assert curve.quantile(0.5).value is None


def samples(seed: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 30, n), rng.random(n) < 0.6


@pytest.mark.parametrize("level", [0.8, 0.95])
@pytest.mark.parametrize(("seed", "n"), [(1, 8), (2, 30), (3, 300), (4, 2000)])
def test_curve_and_band_are_those_of_lifelines(seed: int, n: int, level: float) -> None:
    durations, observed = samples(seed, n)
    oracle = KaplanMeierFitter(alpha=1 - level).fit(durations, observed)
    band = oracle.confidence_interval_

    curve = kaplan_meier(SurvivalCounts.of(durations, observed), level)

    inside = (curve.share > 0) & (curve.share < 1)
    times = curve.durations[inside]
    assert curve.share == pytest.approx(oracle.survival_function_at_times(curve.durations).to_numpy())
    assert curve.low[inside] == pytest.approx(band.iloc[:, 0].loc[times].to_numpy())
    assert curve.high[inside] == pytest.approx(band.iloc[:, 1].loc[times].to_numpy())


@pytest.mark.parametrize("q", [0.25, 0.5, 0.75, 0.9])
@pytest.mark.parametrize("seed", [5, 6, 7])
def test_quantiles_and_their_limits_are_those_of_lifelines(seed: int, q: float) -> None:
    durations, observed = samples(seed, 60)
    oracle = KaplanMeierFitter().fit(durations, observed)
    limits = qth_survival_times(1 - q, oracle.confidence_interval_).to_numpy().ravel()

    estimate = kaplan_meier(SurvivalCounts.of(durations, observed)).quantile(q)

    ours = [np.inf if part is None else part for part in (estimate.value, estimate.low, estimate.high)]
    assert ours == [oracle.percentile(1 - q), *limits]


@pytest.mark.parametrize("groups", [2, 3, 5])
def test_log_rank_of_any_number_of_groups_is_that_of_lifelines(groups: int) -> None:
    durations, observed = samples(groups, 200)
    labels = np.random.default_rng(groups).integers(0, groups, 200)
    oracle = multivariate_logrank_test(durations, labels, observed)

    test = logrank([SurvivalCounts.of(durations[labels == g], observed[labels == g]) for g in range(groups)])

    assert test.statistic == pytest.approx(oracle.test_statistic)
    assert test.p_value == pytest.approx(oracle.p_value)
    assert test.df == groups - 1


def test_the_interval_of_a_difference_of_medians_covers_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(11)
    covered = reached = 0
    for _ in range(300):
        groups = []
        for scale in (1000, 2000):
            true, limit = rng.exponential(scale, 80), rng.uniform(0, 8000, 80)
            groups.append(SurvivalCounts.of(np.minimum(true, limit).astype(np.int64), true <= limit))
        difference = compare_times(groups[0], groups[1]).difference
        if difference.low is not None and difference.high is not None:
            reached += 1
            covered += difference.low <= -1000 * np.log(2) <= difference.high

    assert reached > 280
    assert 0.92 <= covered / reached <= 0.99
