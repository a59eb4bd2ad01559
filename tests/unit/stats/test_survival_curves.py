from __future__ import annotations

import numpy as np
import pytest

from clew.errors import NotEnoughData
from clew.stats.logrank import compare_times, logrank
from clew.stats.survival import SurvivalCounts, kaplan_meier

# Freireich et al. (1963), remission of leukaemia under 6-MP, weeks: the classic worked example of censoring.
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
ENDED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]

TREATED = SurvivalCounts.of(WEEKS, ENDED)
UNTREATED = SurvivalCounts.of(PLACEBO, [1] * 21)


@pytest.mark.parametrize(
    ("week", "share"),
    [(5, 1.0), (6, 0.857), (7, 0.807), (10, 0.753), (13, 0.690), (16, 0.627), (22, 0.538), (23, 0.448)],
)
def test_the_worked_example_has_its_published_shares(week: int, share: float) -> None:
    assert kaplan_meier(TREATED).share_at(week) == pytest.approx(share, abs=5e-4)


def test_the_worked_example_has_its_published_medians_and_log_rank() -> None:
    assert kaplan_meier(TREATED).quantile(0.5).value == 23
    assert kaplan_meier(UNTREATED).quantile(0.5).value == 8
    assert logrank([TREATED, UNTREATED]).statistic == pytest.approx(16.79, abs=5e-3)


def test_counts_know_who_was_at_risk() -> None:
    counts = SurvivalCounts.of([5, 3, 5, 9], [True, False, False, True])

    assert counts.durations.tolist() == [3, 5, 9]
    assert counts.events.tolist() == [0, 1, 1]
    assert counts.censored.tolist() == [1, 1, 0]
    assert counts.at_risk.tolist() == [4, 3, 1]
    assert (counts.n, counts.ended) == (4, 2)
    assert counts.finished().tolist() == [5, 9]


def test_an_end_comes_before_a_censoring_at_the_same_duration() -> None:
    curve = kaplan_meier(SurvivalCounts.of([5, 5, 9, 9], [True, False, True, True]))

    assert curve.share.tolist() == [0.75, 0.0]


def test_stays_of_no_length_count_at_duration_zero() -> None:
    curve = kaplan_meier(SurvivalCounts.of([0, 0, 4, 8], [True, False, True, False]))

    assert curve.share_at(0) == 0.75
    assert curve.share_at(4) == 0.375


def test_merging_no_parts_gives_no_stays() -> None:
    assert SurvivalCounts.merged([]).n == 0
    assert SurvivalCounts.merged([]).merge(TREATED).n == 21


def test_a_share_of_one_half_is_the_median_even_where_its_product_is_rounded_up() -> None:
    curve = kaplan_meier(SurvivalCounts.of(np.arange(1, 25), [True] * 24))

    assert curve.share_at(12) > 0.5  # 0.5000000000000001
    assert curve.quantile(0.5).value == 12


def test_a_quantile_that_has_not_been_reached_is_none() -> None:
    p90 = kaplan_meier(TREATED).quantile(0.9)

    assert p90.value is None
    assert p90.high is None
    assert p90.n == 21


def test_a_curve_of_stays_that_are_all_open_stays_at_one() -> None:
    curve = kaplan_meier(SurvivalCounts.of([1, 2, 3, 4, 5, 6], [False] * 6))

    assert curve.share.tolist() == [1.0] * 6
    assert curve.quantile(0.5).value is None


def test_where_everyone_has_left_the_upper_limit_stays_that_of_the_end_before() -> None:
    curve = kaplan_meier(UNTREATED)

    assert (curve.share[-1], curve.low[-1]) == (0, 0)
    assert curve.high[-1] == curve.high[-2] > 0


def test_ends_at_one_single_duration_leave_the_median_without_an_upper_limit() -> None:
    median = kaplan_meier(SurvivalCounts.of([7] * 10, [True] * 10)).quantile(0.5)

    assert (median.value, median.low, median.high) == (7, 7, None)


def test_large_durations_in_microseconds_keep_their_exact_value() -> None:
    durations = [86_400_000_000 * day + 1 for day in range(1, 12)]

    assert kaplan_meier(SurvivalCounts.of(durations, [True] * 11)).quantile(0.5).value == durations[5]


def test_too_few_stays_say_how_many_more_are_needed() -> None:
    five = SurvivalCounts.of([1, 2, 3, 4, 5], [True] * 5)

    with pytest.raises(NotEnoughData, match="too few: 1 more stays needed"):
        kaplan_meier(five).quantile(0.5)
    with pytest.raises(NotEnoughData, match="have 0, need 1"):
        kaplan_meier(SurvivalCounts.of([], []))
    with pytest.raises(NotEnoughData, match="1 more stays in each group needed"):
        logrank([UNTREATED, SurvivalCounts.of([1, 2, 3], [True] * 3)])
    with pytest.raises(NotEnoughData, match="5 more ended stays needed"):
        logrank([five, SurvivalCounts.of([1, 2, 3, 4], [False] * 4)])


def test_what_are_no_durations_is_refused() -> None:
    with pytest.raises(ValueError, match="a duration of -1 is negative"):
        SurvivalCounts.of([3, -1], [True, True])
    with pytest.raises(ValueError, match="of one length"):
        SurvivalCounts.of([3, 1], [True])
    with pytest.raises(ValueError, match="between 0 and 1"):
        kaplan_meier(TREATED).quantile(90)
    with pytest.raises(ValueError, match="level 95 is no coverage"):
        kaplan_meier(TREATED, 95)
    with pytest.raises(ValueError, match="two or more"):
        logrank([TREATED])


def test_a_difference_of_medians_has_the_limit_that_is_known() -> None:
    compared = compare_times(TREATED, UNTREATED)

    assert compared.difference.value == 15
    assert compared.difference.low is not None
    assert compared.difference.high is None  # the upper limit of the treated median has not been reached
    assert compared.test.n == (21, 21)


def test_a_difference_is_unknown_while_one_median_has_not_been_reached() -> None:
    still_open = SurvivalCounts.of(np.arange(20), [False] * 20)

    difference = compare_times(still_open, UNTREATED).difference

    assert (difference.value, difference.low, difference.high) == (None, None, None)


def test_equal_groups_show_no_difference() -> None:
    compared = compare_times(UNTREATED, UNTREATED)

    assert compared.difference.value == 0
    assert compared.test.statistic == pytest.approx(0)
    assert compared.test.p_value == pytest.approx(1)


def test_ends_that_come_all_at_once_tell_nothing_about_groups() -> None:
    at_once = SurvivalCounts.of([3] * 8, [True] * 8)

    assert logrank([at_once, at_once]).p_value == 1
