"""Stood still: beyond the owner's limit, else beyond the norm that was known then; found when that is reached."""

from __future__ import annotations

from dataclasses import replace

from clew.conditions.model import Attribute, Operator
from clew.conditions.model import Test as ValueTest
from clew.signals.detectors.stall import DETECTOR
from clew.signals.measuring.stall_places import by_place
from tests.unit.signals.friction_sights import JOURNEY, norm, walking
from tests.unit.signals.message_sights import FIRM, found, measures, occasions, sentences

WON = ("A-1", "2026-03-05T09:00", "deal won")  # a Thursday, 10:00 in Berlin
KICKED_OFF = ("A-1", "2026-03-06T09:00", "kickoff held")
BIG = replace(FIRM, segments={"big": Attribute("size", ValueTest(((Operator.IS, "big"),)))})


def test_a_visit_beyond_its_limit_is_found_when_the_limit_is_reached_in_working_time() -> None:
    sight = walking([WON], as_of="2026-04-01")

    assert found(DETECTOR, sight) == ["account:A-1 2026-03-10T09:00"]
    assert measures(DETECTOR, sight) == [5.0]
    assert sentences(DETECTOR, sight) == [
        "account:A-1 stood in 'signed' of onboarding since 2026-03-05 10:00, beyond its limit of 3 working days from "
        "2026-03-10 10:00."
    ]


def test_a_visit_left_at_the_very_limit_is_in_time() -> None:
    at_limit = ("A-1", "2026-03-10T09:00", "kickoff held")
    later = ("A-1", "2026-03-10T09:01", "kickoff held")

    assert found(DETECTOR, walking([WON, at_limit], as_of="2026-04-01")) == []
    assert len(found(DETECTOR, walking([WON, later], as_of="2026-04-01"))) == 1


def test_a_visit_whose_limit_has_not_come_is_no_occasion() -> None:
    assert occasions(DETECTOR, walking([WON], as_of="2026-03-09")) == 0
    assert occasions(DETECTOR, walking([WON, KICKED_OFF], as_of="2026-03-12")) == 1


def test_a_visit_left_as_it_was_entered_is_an_occasion_as_one_left_a_second_later() -> None:
    for left in ("2026-03-06T09:00:00", "2026-03-06T09:00:01"):
        closed = ("A-1", left, "account closed", {"sequence": 1})
        sight = walking([WON, KICKED_OFF, closed], norms=[norm("set-up", 10)], as_of="2026-04-01")
        assert (occasions(DETECTOR, sight), found(DETECTOR, sight)) == (2, [])


def test_without_a_limit_the_stored_norm_decides() -> None:
    sight = walking([WON, KICKED_OFF], norms=[norm("set-up", 10)], as_of="2026-04-01")

    assert found(DETECTOR, sight) == ["account:A-1 2026-03-16T09:00"]
    assert "beyond the time by which nine in ten have left" in sentences(DETECTOR, sight)[0]


def test_a_norm_taken_later_judges_only_from_then_on() -> None:
    late = norm("set-up", 10, through="2026-03-25")
    left = ("A-1", "2026-03-20T09:00", "went live")

    standing = walking([WON, KICKED_OFF], norms=[late], as_of="2026-04-01")
    gone_by_then = walking([WON, KICKED_OFF, left], norms=[late], as_of="2026-04-01")
    not_known_yet = walking([WON, KICKED_OFF], norms=[late], as_of="2026-03-24")

    assert found(DETECTOR, standing) == ["account:A-1 2026-03-25T00:00"]
    assert found(DETECTOR, gone_by_then) == []
    assert found(DETECTOR, not_known_yet) == []


def test_each_instant_is_judged_by_the_norm_that_was_known_then() -> None:
    norms = [norm("set-up", 30), norm("set-up", 5, through="2026-03-20"), norm("set-up", 60, through="2026-03-30")]

    assert found(DETECTOR, walking([WON, KICKED_OFF], norms=norms, as_of="2026-06-01")) == [
        "account:A-1 2026-03-20T00:00"
    ]


def test_the_norm_of_the_segment_comes_before_that_of_all() -> None:
    norms = [norm("set-up", 10), norm("set-up", 20, segment="big")]
    size = ("A-1", "size", "big", {"at": "2026-01-01"})

    sight = walking([WON, KICKED_OFF], norms=norms, attributes=[size], firm=BIG, as_of="2026-06-01")

    assert found(DETECTOR, sight) == ["account:A-1 2026-03-26T09:00"]


def test_a_segment_learnt_after_the_start_counts_only_from_then_on() -> None:
    norms = [norm("set-up", 10), norm("set-up", 20, segment="big")]
    learnt = {"early": "2026-03-10", "late": "2026-03-18"}

    at = {
        when: found(
            DETECTOR,
            walking(
                [WON, KICKED_OFF],
                norms=norms,
                attributes=[("A-1", "size", "big", {"at": day})],
                firm=BIG,
                as_of="2026-06-01",
            ),
        )
        for when, day in learnt.items()
    }

    assert at == {"early": ["account:A-1 2026-03-26T09:00"], "late": ["account:A-1 2026-03-16T09:00"]}


def test_while_a_run_was_taken_for_ended_it_does_not_stand_still() -> None:
    closed, again = ("A-1", "2026-03-08T09:00", "account closed"), ("A-1", "2026-03-24T09:00", "kickoff held")
    norms = [norm("set-up", 10)]

    reopened = walking([WON, KICKED_OFF, closed, again], norms=norms, as_of="2026-04-01")
    still_closed = walking([WON, KICKED_OFF, closed, again], norms=norms, as_of="2026-03-23")

    assert found(DETECTOR, reopened) == ["account:A-1 2026-03-24T09:00"]
    assert found(DETECTOR, still_closed) == []


def test_a_timer_is_no_stall_whether_the_map_says_so_or_its_norm() -> None:
    paused = ("A-1", "2026-03-06T09:00", "pause agreed")

    assert found(DETECTOR, walking([paused], as_of="2026-04-01")) == []
    assert found(DETECTOR, walking([KICKED_OFF], norms=[norm("set-up", 5, timer=True)], as_of="2026-04-01")) == []


def test_stages_that_nobody_can_judge_are_named() -> None:
    bare = DETECTOR.blind(walking([WON]))
    known = DETECTOR.blind(walking([WON], norms=[norm("set-up", 5), norm("live", 5, through="2026-02-01")]))

    assert bare == [
        "onboarding: set-up and live have no limit, and no norm is stored: nobody can tell there who stands too long; "
        "set a limit, or load again once ten have left."
    ]
    assert known == [
        "onboarding: set-up and live have no limit; the norm is known from 2025-12-31 on, so nothing before that day "
        "is judged there."
    ]


def test_without_a_journey_nobody_knows_where_accounts_stand() -> None:
    sight = replace(walking([WON]), journeys={})

    assert found(DETECTOR, sight) == []
    assert DETECTOR.blind(sight)[0].startswith("There is no journey")


def test_stalls_are_counted_by_stage_and_segment() -> None:
    events = [(f"A-{n}", "2026-03-05T09:00", "deal won") for n in range(6)]
    sizes = [(f"A-{n}", "size", "big") for n in range(2)]

    places = by_place(walking(events, attributes=sizes, firm=BIG, as_of="2026-04-01"))

    assert [(place.stage, place.segment, place.stalls, place.visits) for place in places] == [
        ("signed", "", 4, 4),
        ("signed", "big", 2, 2),
    ]
    assert JOURNEY.name == places[0].journey
