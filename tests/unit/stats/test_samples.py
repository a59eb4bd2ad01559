from __future__ import annotations

import numpy as np
import pytest

from clew.errors import NotEnoughData
from clew.stats.model import Counts
from clew.stats.multiplicity import benjamini_hochberg, holm
from clew.stats.quantiles import sample_quantile
from clew.stats.ranks import compare_finished, hodges_lehmann, mann_whitney
from clew.stats.resampling import resample_clusters


def test_a_quantile_is_linear_between_two_values() -> None:
    assert sample_quantile([1, 2, 3, 4, 5, 10], 0.5).value == 3.5
    assert sample_quantile([1, 2, 3, 4, 5, 10], 0.9).value == 7.5


def test_six_values_enclose_their_median_and_five_are_too_few() -> None:
    median = sample_quantile([3, 1, 2, 6, 5, 4], 0.5)

    assert (median.low, median.high) == (1, 6)
    with pytest.raises(NotEnoughData, match="too few: 1 more values needed"):
        sample_quantile([1, 2, 3, 4, 5], 0.5)


def test_an_outer_quantile_of_few_values_has_no_outer_limit() -> None:
    p90 = sample_quantile(range(10), 0.9)

    assert p90.low is not None
    assert p90.high is None


def test_values_that_are_all_the_same_are_not_shifted() -> None:
    compared = compare_finished([5.0] * 6, [5.0] * 9)

    assert (compared.difference.low, compared.difference.value, compared.difference.high) == (0, 0, 0)
    assert compared.test.p_value == 1


def test_the_smallest_groups_that_can_differ_have_four_values() -> None:
    test = mann_whitney([1, 2, 3, 4], [5, 6, 7, 8])

    assert test.p_value == pytest.approx(2 / 70)
    with pytest.raises(NotEnoughData, match="1 more values in each group needed"):
        hodges_lehmann([1, 2, 3], [5, 6, 7, 8])


def test_a_shift_of_microseconds_is_exact() -> None:
    short = np.arange(50) * 1_000_003
    shift = hodges_lehmann(short + 86_400_000_000, short)

    assert shift.value == 86_400_000_000


def test_whole_clusters_are_drawn() -> None:
    accounts = np.repeat(np.arange(20), 5)
    answers = accounts.astype(float)  # all answers of an account are the same: there are 20 observations, not 100

    clustered = resample_clusters(accounts, lambda rows: float(answers[rows].mean()), seed=1, draws=500)
    single = resample_clusters(np.arange(100), lambda rows: float(answers[rows].mean()), seed=1, draws=500)

    assert clustered.value == single.value == 9.5
    assert clustered.n == 20
    assert clustered.high - clustered.low == pytest.approx(5**0.5 * (single.high - single.low), rel=0.2)
    assert clustered.high - clustered.low == pytest.approx(2 * 1.96 * answers.std() / 20**0.5, rel=0.2)


def test_the_same_seed_gives_the_same_interval_whatever_the_ids_are_called() -> None:
    accounts = np.arange(60) % 12
    values = np.random.default_rng(3).normal(size=60)

    first = resample_clusters(accounts, lambda rows: float(values[rows].mean()), seed=7, draws=200)
    again = resample_clusters(accounts * 10 + 4, lambda rows: float(values[rows].mean()), seed=7, draws=200)

    assert first == again


def test_limits_are_drawn_figures_taken_outward() -> None:
    seen: list[float] = []
    values = np.random.default_rng(5).normal(size=15)

    def mean(rows: Counts) -> float:
        seen.append(float(values[rows].mean()))
        return seen[-1]

    estimate = resample_clusters(np.arange(15), mean, seed=2, draws=100)

    drawn = sorted(seen[:100])
    assert (estimate.low, estimate.high) == (drawn[2], drawn[97])  # 2.5 % and 97.5 % of the way from 0 to 99


def test_a_figure_that_some_draws_do_not_reach_has_an_infinite_limit_and_nan_is_refused() -> None:
    accounts = np.arange(30)

    reached = resample_clusters(accounts, lambda rows: np.inf if rows.max() < 29 else 1.0, seed=1, draws=200)

    assert (reached.low, reached.high) == (1.0, np.inf)
    with pytest.raises(ValueError, match="nan"):
        resample_clusters(accounts, lambda rows: np.nan, seed=1, draws=5)
    with pytest.raises(NotEnoughData, match="1 more accounts needed"):
        resample_clusters(np.arange(9), lambda rows: 1.0, seed=1)


def test_corrections_agree_with_a_sum_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]).tolist() == pytest.approx([0.03, 0.06, 0.06])
    assert benjamini_hochberg([0.01, 0.04, 0.03]).tolist() == pytest.approx([0.03, 0.04, 0.04])
    assert holm([]).tolist() == []
    with pytest.raises(ValueError, match=r"1\.5 is no p-value"):
        holm([0.5, 1.5])
