"""Answered late: no answer to a request when one was due, in the calendar of the team that opened it."""

from __future__ import annotations

from dataclasses import replace

from clew.calendars import Calendar
from clew.conditions.model import Event
from clew.durations import parse_duration
from clew.firm.model import Team
from clew.meanings.model import Meanings, Requests
from clew.signals.detectors.slow_answer import DETECTOR
from tests.unit.signals.message_sights import FIRM, found, looking, measures, occasions, sentences

REQUESTS = Requests(
    "ticket",
    Event(("ticket opened",)),
    answered=Event(("ticket answered",)),
    closed=Event(("ticket closed",)),
    answer_within=parse_duration("8 working hours"),
)
MEANINGS = Meanings(requests=REQUESTS)
OPENED = ("A-1", "2026-03-05T13:00", "ticket opened", {"ticket": "T-1"})  # a Thursday, 14:00 in Berlin


def at(when: str, event: str, ticket: str = "T-1") -> tuple[object, ...]:
    return ("A-1", when, event, {"ticket": ticket})


def test_a_request_without_an_answer_is_found_when_the_answer_was_due() -> None:
    sight = looking([OPENED], MEANINGS, as_of="2026-04-01")

    assert found(DETECTOR, sight) == ["account:A-1 2026-03-06T13:00"]
    assert measures(DETECTOR, sight) == [24.0]
    assert sentences(DETECTOR, sight) == [
        "account:A-1: ticket:T-1, opened 2026-03-05 14:00, had no answer by 2026-03-06 14:00, 8 working hours later."
    ]


def test_an_answer_or_a_closing_when_it_is_due_is_in_time_and_one_later_is_not() -> None:
    cases = {"2026-03-06T13:00": 0, "2026-03-06T13:01": 1}

    for when, signals in cases.items():
        for event in ("ticket answered", "ticket closed"):
            assert len(found(DETECTOR, looking([OPENED, at(when, event)], MEANINGS, as_of="2026-04-01"))) == signals


def test_the_answer_to_another_request_or_before_the_opening_is_none() -> None:
    others = [at("2026-03-05T15:00", "ticket answered", "T-2"), at("2026-03-05T12:00", "ticket answered")]

    assert len(found(DETECTOR, looking([OPENED, *others], MEANINGS, as_of="2026-04-01"))) == 1


def test_a_request_opened_again_still_counts_from_its_first_opening() -> None:
    again = at("2026-03-12T13:00", "ticket opened")
    sight = looking([OPENED, at("2026-03-05T14:00", "ticket answered"), again], MEANINGS, as_of="2026-04-01")

    assert found(DETECTOR, sight) == []
    assert occasions(DETECTOR, sight) == 1


def test_a_request_whose_answer_is_not_due_yet_is_no_occasion() -> None:
    assert occasions(DETECTOR, looking([OPENED], MEANINGS, as_of="2026-03-06T12:59")) == 0
    assert occasions(DETECTOR, looking([OPENED], MEANINGS, as_of="2026-03-06T13:00")) == 1


def test_working_time_is_that_of_the_team_which_the_opening_names() -> None:
    night = Calendar("UTC", dict.fromkeys(range(7), ((0, 1440),)))
    firm = replace(FIRM, calendars={"always": night}, teams={"desk": Team("desk", "Desk", "always")})
    opened = (*OPENED[:3], {"ticket": "T-1", "team": "desk"})

    sight = looking([opened], MEANINGS, firm=firm, as_of="2026-04-01")

    assert found(DETECTOR, sight) == ["account:A-1 2026-03-05T21:00"]


def test_what_keeps_slow_answers_from_being_seen_is_said() -> None:
    by_day = ("A-1", "2026-03-05", "ticket opened", {"ticket": "T-1"})

    assert "'requests'" in DETECTOR.blind(looking([OPENED], Meanings()))[0]
    without = Meanings(requests=replace(REQUESTS, answered=None))
    assert "'requests: answered'" in DETECTOR.blind(looking([OPENED], without))[0]
    assert any("only the day" in line for line in DETECTOR.blind(looking([by_day], MEANINGS)))
