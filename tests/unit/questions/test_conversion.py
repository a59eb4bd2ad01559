"""What share comes from one point to the next: window, cohorts without follow-up, order, modes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from clew.errors import BadRequest, UnknownName
from clew.questions.ask import ask
from clew.questions.ground import Ground
from clew.questions.model import Answer, Query

Ask = Callable[..., Answer]
Grounded = Callable[..., Ground]
DAY = 86400.0


def test_a_conversion_counts_who_came_there_of_all_who_passed_the_first_point(told: Ask) -> None:
    [row] = told("conversion", points="contacted > signed").rows

    assert (row["n"], row["converted"]) == (12, 9)
    assert row["share"] == pytest.approx(0.75)
    assert row["share_low"] == pytest.approx(0.4677, abs=1e-4)  # Wilson, 9 of 12
    assert row["share_high"] == pytest.approx(0.9111, abs=1e-4)


def test_runs_without_follow_up_for_the_whole_window_are_left_out_and_named(told: Ask) -> None:
    answer = told("conversion", points="contacted > signed", within="30 days")
    [row] = answer.rows

    assert (row["n"], row["converted"], row["left_out"]) == (10, 6, 2)
    assert any("2 runs passed the first point less than 30 days ago" in note for note in answer.notes)


@pytest.mark.parametrize(("begun", "n"), [(30, 1), (30.001, 0)])
def test_a_run_followed_for_exactly_the_window_counts(
    grounded: Grounded, tell: Ask, at_day: Callable[..., str], begun: float, n: int
) -> None:
    ground = grounded(tell("a", (begun, "contacted")), tell("b", (0, "contacted")), as_of=at_day(60))

    [row] = ask(ground, Query("conversion", options={"points": "contacted > signed", "within": "30 days"})).rows

    assert (row["n"], row["left_out"]) == (1 + n, 1 - n)


def test_all_counts_them_too_and_says_that_the_share_can_grow(told: Ask) -> None:
    answer = told("conversion", points="contacted > signed", within="30 days", all="yes")

    assert (answer.rows[0]["n"], answer.rows[0]["left_out"]) == (12, 0)
    assert any("can only grow" in note for note in answer.notes)


def test_the_window_closes_with_its_last_instant(told: Ask) -> None:
    # heath signs exactly 30 days after the first contact
    within, shorter = (told("conversion", points="contacted > signed", within=text) for text in ("30 days", "29 days"))

    assert within.rows[0]["converted"] == 6
    assert shorter.rows[0]["converted"] == 5


def test_further_points_count_of_the_first_and_of_the_one_before(told: Ask) -> None:
    signed, sold = told("conversion", points="contacted > signed > sold").rows

    assert (signed["converted"], sold["converted"], sold["n_previous"]) == (9, 5, 9)
    assert sold["share"] == pytest.approx(5 / 12)
    assert sold["of_previous"] == pytest.approx(5 / 9)


def test_the_median_time_is_that_of_those_who_came(told: Ask) -> None:
    [row] = told("conversion", points="contacted > signed").rows

    assert row["median"] == 27 * DAY


def test_a_point_that_came_first_counts_only_in_any_order(
    grounded: Grounded, tell: Ask, at_day: Callable[..., str]
) -> None:
    ground = grounded(tell("a", (0, "signed"), (2, "contacted")), as_of=at_day(9))

    ordered = ask(ground, Query("conversion", options={"points": "contacted > signed"}))
    either = ask(ground, Query("conversion", options={"points": "contacted > signed", "mode": "any-order"}))

    assert (ordered.rows[0]["converted"], either.rows[0]["converted"]) == (0, 1)


def test_strict_order_stops_at_an_event_in_between(grounded: Grounded, tell: Ask, at_day: Callable[..., str]) -> None:
    ground = grounded(tell("a", (0, "contacted"), (1, "declined again"), (2, "signed")), as_of=at_day(9))

    loose = ask(ground, Query("conversion", options={"points": "contacted > signed"}))
    strict = ask(ground, Query("conversion", options={"points": "contacted > signed", "mode": "strict-order"}))

    assert (loose.rows[0]["converted"], strict.rows[0]["converted"]) == (1, 0)


def test_cohorts_too_recent_are_named(told: Ask) -> None:
    answer = told("conversion", points="contacted > signed", within="30 days", by=("period:month",))

    assert any("(2018-02)" in note for note in answer.notes)


def test_two_groups_are_compared_with_difference_interval_and_test(told: Ask) -> None:
    [row] = told("conversion", points="contacted > signed", compare=("segment", "smb", "enterprise")).rows

    assert row["difference"] == pytest.approx(4 / 6 - 5 / 6)
    assert row["difference_low"] < 0 < row["difference_high"]  # type: ignore[operator]
    assert row["test"] == "Fisher's exact test"
    assert "no difference shown: the interval holds 0" in str(row["meaning"])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"points": "contacted"}, "two points or more"),
        ({"points": "contacted > signed", "within": "soon"}, "'soon' is no duration"),
        ({"points": "contacted > signed", "within": "3 working days"}, "write elapsed time here"),
        ({"points": "contacted > signed", "mode": "any-order,strict-order"}, "cannot be combined"),
        ({"points": "contacted > signed", "mode": "allow-reentry"}, "needs strict_order"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_would(told: Ask, given: dict[str, str], said: str) -> None:
    with pytest.raises(BadRequest, match=said):
        told("conversion", **given)


def test_an_unknown_mode_names_the_nearest(told: Ask) -> None:
    with pytest.raises(UnknownName, match="did you mean 'strict-order'"):
        told("conversion", points="contacted > signed", mode="strict-ordr")


def test_a_name_of_two_things_must_say_which(grounded: Grounded, tell: Ask, at_day: Callable[..., str]) -> None:
    ground = grounded(tell("a", (0, "contacted"), (1, "won")), as_of=at_day(9))

    with pytest.raises(BadRequest, match="write 'stage:won' or 'event:won'"):
        ask(ground, Query("conversion", options={"points": "contacted > won"}))
    assert ask(ground, Query("conversion", options={"points": "contacted > event:won"})).rows[0]["converted"] == 1
