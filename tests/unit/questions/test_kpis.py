"""KPIs: the figures of 'time' and 'conversion' beside their targets, and what the interval allows to say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.journeys.model import Journey, Kpi
from clew.questions.ask import ask
from clew.questions.ground import Ground
from clew.questions.judge import State, judge
from clew.questions.model import Answer, Query, TooFew

Ask = Callable[..., Answer]
Grounded = Callable[..., Ground]
DAY = 86400.0


@pytest.fixture
def asked(grounded: Grounded, tell: Ask, at_day: Ask, journey: Journey) -> Callable[..., Mapping[str, object]]:
    """Ask one KPI of twenty accounts that sign after 10 to 29 days; nobody sells."""

    def row(kpi: Kpi, as_of: float = 60, **options: str) -> Mapping[str, object]:
        worlds = [tell(f"a{n}", (0, "contacted"), (10 + n, "signed")) for n in range(20)]
        ground = grounded(*worlds, as_of=at_day(as_of), journey=replace(journey, kpis=(kpi,)))
        [found] = ask(ground, Query("kpis", options=options)).rows
        return found

    return row


def days(target: str | None, **metric: object) -> Kpi:
    return Kpi("days", {"time": ["contacted", "signed"], **metric}, target)


def share(target: float, within: str, **metric: object) -> Kpi:
    return Kpi("share", {"share": ["contacted", "signed"], "within": within, **metric}, target)


def test_a_kpi_shows_the_very_figure_of_the_question_it_names(told: Ask) -> None:
    time, part = told("kpis").rows
    [between] = told("time", between="contacted > signed").rows
    [converted] = told("conversion", points="won > sold", within="20 days").rows

    for end in ("", "_low", "_high"):
        assert time[f"time{end}"] == between[f"median{end}"]
        assert part[f"share{end}"] == converted[f"share{end}"]
    assert (time["n"], part["n"], part["left_out"]) == (between["n"], converted["n"], converted["left_out"])


def test_kpis_say_what_they_measure_and_what_is_wanted(told: Ask) -> None:
    assert [(row["measures"], row["target"]) for row in told("kpis").rows] == [
        ("median time from 'contacted' to 'signed'", "at most 14 days"),
        ("share from 'won' to 'sold' within 20 days", "at least 90 %"),
    ]


@pytest.mark.parametrize(
    ("kpi", "state"),
    [
        (days("40 days"), "met"),
        (days("5 days"), "not met"),
        (days("20 days"), "not shown: the interval holds the target"),
        (days("20 days", statistic="p90"), "not met"),
        (days("5 days", better="higher"), "met"),
        (days(None), "no target"),
        (share(0.5, "40 days"), "met"),
        (share(0.9, "10 days"), "not met"),
        (share(0.5, "19 days"), "not shown: the interval holds the target"),
        (share(0.3, "10 days", better="lower"), "met"),
        (share(0.5, "40 days", better="lower"), "not met"),
    ],
)
def test_a_target_is_met_or_not_where_the_whole_interval_says_so(
    kpi: Kpi, state: str, asked: Callable[..., Mapping[str, object]]
) -> None:
    assert asked(kpi)["state"] == state


def test_too_few_runs_are_no_verdict(grounded: Grounded, tell: Ask, at_day: Ask) -> None:
    few = grounded(*(tell(f"a{n}", (0, "contacted"), (1, "signed")) for n in range(3)), as_of=at_day(30))

    time, part = ask(few, Query("kpis")).rows

    assert (time["time"], time["state"]) == (TooFew(3, 6), "too few")
    assert (part["share"], part["state"]) == (TooFew(3, 5), "too few")


def test_a_median_that_is_not_reached_can_be_beyond_its_target_already(
    grounded: Grounded, tell: Ask, at_day: Ask, journey: Journey
) -> None:
    # eight of twenty sign, after 80 days and more: whatever the median is, it is no 14 days
    stuck = [tell(f"a{n}", (0, "contacted")) for n in range(12)]
    signed = [tell(f"b{n}", (0, "contacted"), (80 + n, "signed")) for n in range(8)]
    ground = grounded(*stuck, *signed, as_of=at_day(100), journey=replace(journey, kpis=(days("14 days"),)))

    [row] = ask(ground, Query("kpis")).rows

    assert row["time"] is None
    assert isinstance(row["time_low"], float)
    assert row["time_low"] > 14 * DAY
    assert row["state"] == "not met"


def test_working_time_is_compared_with_a_target_in_working_days_only(
    asked: Callable[..., Mapping[str, object]],
) -> None:
    assert asked(days("25 working days", working=True))["state"] == "met"  # 29 days hold 21 working days
    assert asked(days("5 working weeks", working=True))["state"] == "met"
    assert asked(days("3 working days", working=True))["state"] == "not met"
    assert str(asked(days("25 days", working=True))["state"]).startswith("not comparable")
    assert str(asked(days("25 working days"))["state"]).startswith("not comparable")


def test_a_point_that_never_occurred_is_a_figure_not_reached_no_mistake(
    grounded: Grounded, tell: Ask, at_day: Ask, journey: Journey
) -> None:
    never = Kpi("never", {"share": ["contacted", "praised"], "within": "5 days"}, 0.5)
    ground = grounded(
        *(tell(f"a{n}", (0, "contacted")) for n in range(9)), as_of=at_day(30), journey=replace(journey, kpis=(never,))
    )

    [row] = ask(ground, Query("kpis")).rows

    assert (row["share"], row["state"]) == (0.0, "not met")


def test_kpis_are_split_like_other_questions(told: Ask) -> None:
    rows = told("kpis", by=("segment",)).rows

    assert [(row["segment"], row["kpi"]) for row in rows] == [
        ("enterprise", "days-to-signed"), ("smb", "days-to-signed"),
        ("enterprise", "sold-in-time"), ("smb", "sold-in-time"),
    ]  # fmt: skip


def test_without_a_declared_kpi_the_answer_says_how_to_write_one(
    grounded: Grounded, tell: Ask, at_day: Ask, journey: Journey
) -> None:
    ground = grounded(tell("a", (0, "contacted")), as_of=at_day(9), journey=replace(journey, kpis=()))

    answer = ask(ground, Query("kpis"))

    assert not answer.rows
    assert "declares no KPI" in answer.notes[0]


@given(
    ends=st.lists(st.floats(0, 100), min_size=2, max_size=2).map(sorted),
    target=st.floats(0, 100),
    lower=st.booleans(),
)
def test_a_verdict_turns_with_the_direction_unless_the_interval_holds_the_target(
    ends: list[float], target: float, lower: bool
) -> None:
    low, high = ends
    one, other = (judge(low, low, high, target=target, lower=side) for side in (lower, not lower))

    if low < target < high:
        assert one is other is State.NOT_SHOWN
    elif target not in ends:
        assert {one, other} == {State.MET, State.NOT_MET}
    assert State.TOO_FEW not in (one, other)
