"""Who stands still now: norms, what they are worth, whom they wait for; a timer is no stall."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from clew.engine.norms import Norm
from clew.journeys.model import Journey, WaitingOn
from clew.questions.ask import ask
from clew.questions.ground import Ground
from clew.questions.model import Answer, Query

Ask = Callable[..., Answer]
Grounded = Callable[..., Ground]
DAY = 86400.0


def test_a_run_beyond_the_owners_limit_is_stalled_and_ranked_by_value_times_time_over_it(told: Ask) -> None:
    rows = told("stalled").rows

    assert [row["subject"] for row in rows] == ["heath", "dune", "jade"]
    assert (rows[0]["norm"], rows[0]["beyond"], rows[0]["value"]) == ("limit 10 days", 19 * DAY, 9000)
    assert (rows[0]["waiting_on"], rows[0]["team"]) == ("customer", "sales")


def test_a_long_stall_of_little_value_comes_before_a_short_one_of_more(
    grounded: Grounded, tell: Ask, at_day: Callable[..., str]
) -> None:
    long = tell("long", (0, "contacted"), (1, "signed"), revenue=100)
    short = tell("short", (0, "contacted"), (18, "signed"), revenue=200)

    rows = ask(grounded(long, short, as_of=at_day(31)), Query("stalled")).rows

    assert [(row["subject"], row["beyond"]) for row in rows] == [("long", 20 * DAY), ("short", 3 * DAY)]


def test_values_of_trillions_are_summed_exactly(grounded: Grounded, tell: Ask, at_day: Callable[..., str]) -> None:
    """Forty runs of 6e11: more than 64 bits hold in millionths."""
    large = [tell(f"a{n}", (0, "contacted"), (1, "signed"), revenue=600_000_000_000) for n in range(40)]
    ground = grounded(*large, as_of=at_day(31))

    assert ask(ground, Query("stalled")).extra["value_at_stake"] == 24e12
    assert [row["value"] for row in ask(ground, Query("variants")).rows] == [24e12]


def test_a_stage_without_limit_is_judged_by_the_p90_of_its_own_visits(
    grounded: Grounded, tell: Ask, at_day: Callable[..., str]
) -> None:
    quick = [tell(f"q{n}", (n, "contacted"), (n + 1 + n % 2, "signed"), (n + 3, "sold")) for n in range(19)]
    ground = grounded(*quick, tell("slow", (0, "contacted")), as_of=at_day(40))

    [slow] = (row for row in ask(ground, Query("stalled")).rows if row["subject"] == "slow")

    assert (slow["norm"], slow["norm_span"], slow["stage"]) == ("P90 of smb", 2 * DAY, "lead")


def test_stored_norms_come_before_those_of_the_log(small_world: Ground) -> None:
    dated = 1_514_764_800_000_000
    norm = Norm("onboarding", "0123456789ab", "lead", "smb", 5 * 86_400_000_000, n=40, ended=38, dated=dated)
    ground = replace(small_world, norms=[norm])

    answer = ask(ground, Query("stalled", where={"stage": ("lead",)}))

    assert [(row["subject"], row["norm"]) for row in answer.rows] == [("fjord", "P90 of smb")]
    assert any("as stored on 2018-01-01" in note for note in answer.notes)


def test_too_few_visits_are_no_norm_and_that_is_said(told: Ask) -> None:
    assert any("3 open runs" in note and "not judged" in note for note in told("stalled").notes)


@pytest.mark.parametrize(
    ("waiting_on", "team", "shown"),
    [(WaitingOn.US, "sales", "us"), (WaitingOn.US, None, "unowned"), (WaitingOn.THIRD_PARTY, None, "third party")],
)
def test_it_is_told_apart_whose_move_it_is(
    grounded: Grounded,
    tell: Ask,
    at_day: Callable[..., str],
    journey: Journey,
    waiting_on: WaitingOn,
    team: str | None,
    shown: str,
) -> None:
    won = replace(journey.stages[1], waiting_on=waiting_on, team=team)
    altered = replace(journey, stages=(journey.stages[0], won, journey.stages[2]))
    ground = grounded(tell("a", (0, "contacted"), (1, "signed")), as_of=at_day(30), journey=altered)

    assert [row["waiting_on"] for row in ask(ground, Query("stalled")).rows] == [shown]


def test_a_run_that_waits_for_a_timer_is_not_stalled_and_is_counted(
    grounded: Grounded, tell: Ask, at_day: Callable[..., str], journey: Journey
) -> None:
    won = replace(journey.stages[1], waiting_on=WaitingOn.TIMER)
    altered = replace(journey, stages=(journey.stages[0], won, journey.stages[2]))
    ground = grounded(tell("a", (0, "contacted"), (1, "signed")), as_of=at_day(30), journey=altered)

    answer = ask(ground, Query("stalled"))

    assert not answer.rows
    assert any("1 open run in won only wait for a timer" in note for note in answer.notes)


def test_stays_of_one_length_have_the_shape_of_a_timer(
    grounded: Grounded, tell: Ask, at_day: Callable[..., str], journey: Journey
) -> None:
    altered = replace(journey, stages=(journey.stages[0], replace(journey.stages[1], limit=None), journey.stages[2]))
    closed = [tell(f"c{n}", (n, "contacted"), (n, "signed"), (n + 7, "sold")) for n in range(32)]
    ground = grounded(*closed, tell("late", (0, "contacted"), (1, "signed")), as_of=at_day(50), journey=altered)

    assert not [row for row in ask(ground, Query("stalled")).rows if row["stage"] == "won"]
    assert any("looks like a timer" in note for note in ask(ground, Query("coverage")).notes)


def test_groups_show_their_share_of_open_runs_and_the_value_at_stake(told: Ask) -> None:
    rows = {row["segment"]: row for row in told("stalled", by=("segment",)).rows}

    assert (rows["enterprise"]["stalled"], rows["enterprise"]["n"], rows["enterprise"]["value"]) == (2, 6, 9100)
    assert rows["smb"]["stalled"] == 1


def test_the_totals_stand_beside_a_list_that_is_cut(told: Ask) -> None:
    answer = told("stalled", top=1)

    assert (len(answer.rows), answer.extra["stalled"], answer.extra["value_at_stake"]) == (1, 3, 9200)
    assert "The first 1 of 3 stalled runs are shown; --top 0 shows all." in answer.notes
