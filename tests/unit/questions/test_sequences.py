"""What follows what, what comes back, who hands over to whom, which ways are taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from clew.calendars import Calendar, parse_hours
from clew.engine.fold import fold
from clew.errors import UnknownName
from clew.firm.model import Team
from clew.journeys.model import Journey
from clew.questions.ask import ask
from clew.questions.ground import Ground
from clew.questions.model import Answer, Query
from clew.testing import memory_log

Ask = Callable[..., Answer]
HOUR = 3600.0


@pytest.fixture
def desk(journey: Journey, small_world: Ground) -> Ground:
    """Three accounts whose work goes between teams A, B, C; hours apart, lines kept as a property."""

    def told(account: str, teams: str, start: str) -> list[tuple[str, str, str, dict[str, str]]]:
        names = ["contacted", *["signed", "contacted"] * len(teams)]
        return [
            (
                account,
                f"{start}T{9 + place:02d}:00",
                names[place],
                {"team": team, "line": "1st" if team == "A" else "2nd"},
            )
            for place, team in enumerate(teams)
        ]

    events = [*told("x", "ABA", "2018-01-01"), *told("y", "AABAB", "2018-01-02"), *told("z", "AAC", "2018-01-30")]
    view = memory_log(events, as_of="2018-02-01")
    return replace(small_world, folded=fold(view, journey, small_world.firm))


def pairs(answer: Answer, *names: str) -> dict[tuple[object, ...], Mapping[str, object]]:
    return {tuple(row[name] for name in names): row for row in answer.rows}


def test_transitions_count_what_directly_follows_what(desk: Ground) -> None:
    found = pairs(ask(desk, Query("transitions", options={"over": "events", "least": "1"})), "from", "to")

    assert found[("contacted", "signed")]["count"] == 4
    assert found[("signed", "contacted")]["count"] == 4
    assert found[("contacted", "signed")]["median"] == HOUR


def test_transitions_over_stages_begin_with_the_start_and_end_with_an_end(told: Ask) -> None:
    found = pairs(told("transitions"), "from", "to")

    assert found[("(start)", "lead")]["count"] == 12
    assert found[("selling", "live")]["count"] == 2
    assert found[("lead", "lost")]["count"] == 1


def test_shares_of_transitions_rest_on_all_that_follows_the_first(told: Ask) -> None:
    found = pairs(told("transitions"), "from", "to")

    assert found[("lead", "won")]["share"] == pytest.approx(0.9)
    assert found[("lead", "won")]["n"] == 10


def test_any_kept_property_can_be_followed(desk: Ground) -> None:
    found = pairs(ask(desk, Query("transitions", options={"over": "line"})), "from", "to")

    assert found[("1st", "2nd")]["count"] == 4


def test_what_is_not_kept_cannot_be_followed(told: Ask) -> None:
    with pytest.raises(UnknownName, match="there is no dimension 'lines'"):
        told("transitions", over="lines")


def test_a_loop_is_a_further_visit_of_a_stage(desk: Ground) -> None:
    found = pairs(ask(desk, Query("loops")), "what")

    assert (found[("lead",)]["runs"], found[("lead",)]["n"], found[("lead",)]["extra"]) == (3, 3, 4)
    assert found[("lead",)]["back"] == 4


def test_rework_over_events_counts_repeats_in_the_same_run(desk: Ground) -> None:
    found = pairs(ask(desk, Query("loops", options={"over": "events"})), "what")

    assert (found[("signed",)]["runs"], found[("signed",)]["extra"]) == (1, 1)


def test_pingpong_drops_repeats_and_counts_a_b_a(desk: Ground) -> None:
    # x: A B A; y: A B A B holds A B A and B A B; z: A C holds none
    found = pairs(ask(desk, Query("pingpong")), "a", "b")

    assert (found[("(all)", "(all)")]["occurrences"], found[("(all)", "(all)")]["runs"]) == (3, 2)
    assert (found[("A", "B")]["occurrences"], found[("B", "A")]["occurrences"]) == (2, 1)


def test_runs_can_be_split_by_whether_they_went_back_and_forth(desk: Ground) -> None:
    rows = ask(desk, Query("runs", by=("pingpong:team",))).rows

    assert {row["pingpong_team"]: row["n"] for row in rows} == {"no": 1, "yes": 2}


def test_handoffs_say_who_passes_to_whom_and_how_long_it_waits(desk: Ground) -> None:
    answer = ask(desk, Query("handoffs", options={"least": "1"}))
    found = pairs(answer, "from", "to")

    assert found[("A", "B")]["count"] == 3
    assert found[("A", "B")]["median"] == HOUR
    assert answer.extra["handoffs"] == 6


def test_a_handoff_is_returned_when_the_giver_has_it_again_in_time(desk: Ground) -> None:
    soon, never = (
        pairs(ask(desk, Query("handoffs", options={"least": "1", "returns-within": text})), "from", "to")
        for text in ("1 hour", "30 minutes")
    )

    assert soon[("A", "B")]["returned"] == pytest.approx(2 / 3)  # the last one of y does not come back
    assert never[("A", "B")]["returned"] == 0


def test_handoffs_too_recent_to_have_come_back_are_left_out_of_returns(desk: Ground) -> None:
    found = pairs(ask(desk, Query("handoffs", options={"least": "1"})), "from", "to")

    assert (found[("A", "C")]["count"], found[("A", "C")]["n_returned"]) == (1, 0)


def test_working_time_of_a_handoff_is_that_of_the_receiver(desk: Ground) -> None:
    found = pairs(ask(desk, Query("handoffs", options={"least": "1", "working": "yes"})), "from", "to")

    assert found[("A", "B")]["median"] == HOUR  # all on a weekday between nine and five


@pytest.mark.parametrize(("hours", "day"), [("08:00-18:00", None), ("08:00-16:00", 8 * HOUR)])
def test_a_working_day_is_named_only_where_all_calendars_have_the_same(
    desk: Ground, hours: str, day: float | None
) -> None:
    long = Calendar(hours=dict.fromkeys(range(5), (parse_hours(hours),)))
    teams = {"sales": Team("sales", "Sales", calendar="long")}
    ground = replace(desk, firm=replace(desk.firm, teams=teams, calendars={"long": long}))

    answer = ask(ground, Query("handoffs", options={"least": "1", "working": "yes"}))

    assert answer.extra["working_day_s"] == day


def test_variants_are_ways_through_the_stages(told: Ask) -> None:
    found = pairs(told("variants"), "way")

    assert found[("lead → won → selling",)]["runs"] == 5
    assert found[("lead → won → selling",)]["value"] == 8200
    assert told("variants").extra["distinct"] == 3


def test_ways_beyond_the_first_are_put_together(told: Ask) -> None:
    rows = told("variants", top=1).rows

    assert [(row["way"], row["ways"], row["runs"], row["value"]) for row in rows] == [
        ("lead → won → selling", 1, 5, 8200),
        ("(2 other ways)", 2, 7, 9600),
    ]


def test_runs_that_entered_no_stage_are_a_way_of_their_own(
    grounded: Callable[..., Ground], tell: Callable[..., object], journey: Journey, at_day: Callable[..., str]
) -> None:
    late = replace(journey, starts=journey.stages[0].enter, stages=journey.stages[1:])
    stories = (tell("acme", (0, "contacted"), (5, "signed")), tell("bolt", (1, "contacted")))

    rows = ask(grounded(*stories, as_of=at_day(60), journey=late), Query("variants")).rows

    assert {row["way"]: row["runs"] for row in rows} == {"won": 1, "(before the first stage)": 1}
