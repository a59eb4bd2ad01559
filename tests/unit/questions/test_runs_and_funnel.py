"""Runs by state and the funnel of stages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from clew.errors import BadRequest, UnknownName
from clew.questions.model import Answer, Period, TooFew
from clew.testing import micros

Ask = Callable[..., Answer]


def column(answer: Answer, name: str, key: str = "stage") -> dict[object, object]:
    return {row[key]: row[name] for row in answer.rows}


def test_runs_are_counted_by_where_they_stand_and_how_they_ended(told: Ask) -> None:
    answer = told("runs")

    states = column(answer, "runs", key="state")
    assert {name: states[name] for name in ("lead", "won", "selling", "live", "lost")} == {
        "lead": 2, "won": 4, "selling": 3, "live": 2, "lost": 1,
    }  # fmt: skip
    assert answer.n == 12


def test_states_carry_the_value_of_their_runs_and_a_share_with_its_interval(told: Ask) -> None:
    live = next(row for row in told("runs").rows if row["state"] == "live")

    assert live["value"] == 1100
    assert live["share"] == pytest.approx(2 / 12)
    assert 0 < live["share_low"] < live["share"] < live["share_high"] < 1  # type: ignore[operator]


def test_of_three_ended_runs_a_share_is_too_few_and_says_how_many_more(told: Ask) -> None:
    live = next(row for row in told("runs").rows if row["state"] == "live")

    assert live["share_of_ended"] == TooFew(3, 5)
    assert str(live["share_of_ended"]) == "too few: 2 more needed"


def test_a_funnel_counts_who_reached_a_stage_or_a_later_one(told: Ask) -> None:
    answer = told("funnel")

    assert column(answer, "reached") == {"lead": 12, "won": 9, "selling": 5}
    assert column(answer, "open_here") == {"lead": 2, "won": 4, "selling": 3}
    assert column(answer, "ended_here") == {"lead": 1, "won": 0, "selling": 2}


def test_the_parts_of_a_split_add_up_to_the_whole(told: Ask) -> None:
    whole = column(told("funnel"), "reached")
    split = told("funnel", by=("segment",))

    for stage, reached in whole.items():
        assert sum(row["reached"] for row in split.rows if row["stage"] == stage) == reached  # type: ignore[misc]


def test_a_filter_gives_the_row_that_the_split_gives(told: Ask) -> None:
    split = [row for row in told("funnel", by=("segment",)).rows if row["segment"] == "enterprise"]
    filtered = told("funnel", where={"segment": ("enterprise",)}).rows

    assert [row["reached"] for row in split] == [row["reached"] for row in filtered] == [6, 5, 2]


def test_periods_are_those_of_the_start_of_the_run(told: Ask) -> None:
    by_month = told("funnel", by=("period:month",))

    assert {(row["period"], row["n"]) for row in by_month.rows} == {("2018-01", 10), ("2018-02", 2)}


@pytest.mark.parametrize("wrong", ["2018-13", "2018-00", "2018-Q5", "2018-W60", "2018-02-40", "last month"])
def test_a_period_that_no_calendar_has_is_refused(told: Ask, wrong: str) -> None:
    with pytest.raises(BadRequest, match=f"'{wrong}' is no period; write it as 2018"):
        told("funnel", compare=("period", "2018-01", wrong))


def test_from_and_to_cut_by_the_start_of_the_run(told: Ask) -> None:
    february = Period(micros("2018-02-01"), micros("2018-03-01"), "February")

    assert told("funnel", period=february).n == 2


def test_attributes_are_dimensions_and_say_from_when_they_count(told: Ask) -> None:
    answer = told("runs", by=("size",))

    assert {row["size"] for row in answer.rows} == {"large", "small"}
    assert any("in force at the run's start" in note for note in answer.notes)


def test_teams_of_a_run_are_those_of_its_first_event(told: Ask) -> None:
    assert {row["team"] for row in told("runs", by=("team",)).rows} == {"marketing"}


def test_runs_that_any_event_of_a_team_touched_can_be_kept_or_left_out(told: Ask) -> None:
    touched = told("funnel", where={"any:team": ("succ*",)}).n
    untouched = told("funnel", where={"no:team": ("succ*",)}).n

    assert (touched, untouched) == (5, 7)


def test_an_unknown_dimension_names_those_that_exist(told: Ask) -> None:
    with pytest.raises(UnknownName, match="did you mean 'segment'"):
        told("funnel", by=("segmnt",))


def test_an_unknown_value_of_a_filter_names_the_nearest(told: Ask) -> None:
    with pytest.raises(UnknownName, match="did you mean 'enterprise'"):
        told("funnel", where={"segment": ("enterprize",)})


def test_a_dimension_cannot_stand_twice(told: Ask) -> None:
    with pytest.raises(BadRequest, match="stands twice"):
        told("funnel", by=("segment", "segment"))


def test_an_option_of_another_question_is_refused(told: Ask) -> None:
    with pytest.raises(UnknownName, match="there is no option of 'funnel' 'within'"):
        told("funnel", within="3 days")
