"""Small frictions that pile up without a complaint: which count, in which window, and when one is found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from clew.conditions.model import Event
from clew.durations import parse_duration
from clew.meanings.model import Frictions, Meanings, Requests, ScoreMeaning
from clew.signals.detectors.small_frictions import DETECTOR
from tests.unit.signals.friction_sights import walking
from tests.unit.signals.message_sights import found, looking, measures, occasions, sentences

REQUESTS = Requests(
    "ticket",
    Event(("ticket opened",)),
    answered=Event(("ticket answered",)),
    reopened=Event(("ticket reopened",)),
    answer_within=parse_duration("1 day"),
)
MEANINGS = Meanings(
    loud=Event(("complaint made",)),
    requests=REQUESTS,
    scores={"nps": ScoreMeaning("nps", "nps", good=9, poor=6)},
    frictions=Frictions(at_least=3, within=parse_duration("30 days"), when=Event(("invoice disputed",))),
)


def disputed(*days: int) -> list[Any]:
    return [("A-1", f"2026-03-{day:02d}T09:00", "invoice disputed") for day in days]


def test_the_friction_that_completes_the_number_is_the_signal() -> None:
    sight = looking(disputed(1, 5, 9), MEANINGS, as_of="2026-04-01")

    assert found(DETECTOR, sight) == ["account:A-1 2026-03-09T09:00"]
    assert measures(DETECTOR, sight) == [3.0]
    assert sentences(DETECTOR, sight) == [
        "account:A-1: 3 small frictions within 30 days up to 2026-03-09 (3 frictions that the firm named), no "
        "complaint."
    ]


OPENED = ("A-1", "2026-03-02T09:00", "ticket opened", {"ticket": "T-1"})
ONE_FRICTION: dict[str, list[Any]] = {
    "a slow answer": [OPENED],
    "a reopened request": [("A-1", "2026-03-03T09:00", "ticket reopened", {"ticket": "T-1"})],
    "a lukewarm score": [("A-1", "2026-03-03T09:00", "survey answered", {"nps": 7})],
    "a stall": [("A-1", "2026-02-27T09:00", "deal won"), ("A-1", "2026-03-08T09:00", "kickoff held")],
    "an unwanted step back": [
        ("A-1", "2026-03-02T09:00", "kickoff held"),
        ("A-1", "2026-03-02T10:00", "went live"),
        ("A-1", "2026-03-03T09:00", "kickoff held"),
    ],
}
NO_FRICTION: dict[str, list[Any]] = {
    "an answer in time": [OPENED, ("A-1", "2026-03-02T10:00", "ticket answered", {"ticket": "T-1"})],
    "a good score": [("A-1", "2026-03-03T09:00", "survey answered", {"nps": 9})],
    "a step back that is allowed": [
        ("A-1", "2026-03-02T09:00", "went live"),
        ("A-1", "2026-03-03T09:00", "deal won"),
        ("A-1", "2026-03-03T10:00", "went live"),
    ],
}


@pytest.mark.parametrize("what", ONE_FRICTION)
def test_this_counts_as_a_small_friction(what: str) -> None:
    sight = walking([*ONE_FRICTION[what], *disputed(10, 11)], MEANINGS, as_of="2026-04-01")

    assert found(DETECTOR, sight) == ["account:A-1 2026-03-11T09:00"]


@pytest.mark.parametrize("what", NO_FRICTION)
def test_this_does_not(what: str) -> None:
    assert found(DETECTOR, walking([*NO_FRICTION[what], *disputed(10, 11)], MEANINGS, as_of="2026-04-01")) == []


def test_two_frictions_at_one_instant_are_one() -> None:
    reopened = ("A-1", "2026-03-01T09:00", "ticket reopened", {"ticket": "T-1"})

    assert found(DETECTOR, looking([reopened, *disputed(1, 5)], MEANINGS, as_of="2026-04-01")) == []


def test_frictions_further_apart_than_the_window_do_not_pile_up() -> None:
    at_edge = [*disputed(3, 10), ("A-1", "2026-04-02T09:00", "invoice disputed")]
    inside = [*disputed(4, 10), ("A-1", "2026-04-02T09:00", "invoice disputed")]

    assert found(DETECTOR, looking(at_edge, MEANINGS, as_of="2026-05-01")) == []
    assert len(found(DETECTOR, looking(inside, MEANINGS, as_of="2026-05-01"))) == 1


@pytest.mark.parametrize("loud", [("complaint made", {}), ("survey answered", {"nps": 6})])
def test_whoever_was_loud_in_the_window_is_no_quiet_account(loud: tuple[str, dict[str, int]]) -> None:
    event, words = loud
    during, before = ("A-1", "2026-03-07T09:00", event, words), ("A-1", "2026-02-01T09:00", event, words)

    assert found(DETECTOR, looking([*disputed(1, 5, 9), during], MEANINGS, as_of="2026-04-01")) == []
    assert len(found(DETECTOR, looking([*disputed(5, 7, 9), before], MEANINGS, as_of="2026-04-01"))) == 1


def test_a_complaint_afterwards_withdraws_nothing() -> None:
    afterwards = ("A-1", "2026-03-10T09:00", "complaint made")

    assert len(found(DETECTOR, looking([*disputed(1, 5, 9), afterwards], MEANINGS, as_of="2026-04-01"))) == 1


def test_once_for_each_account_and_window() -> None:
    events = [*disputed(1, 2, 3, 4, 5, 6), ("A-1", "2026-04-02T09:00", "invoice disputed")]

    assert found(DETECTOR, looking(events, MEANINGS, as_of="2026-05-01")) == [
        "account:A-1 2026-03-03T09:00",
        "account:A-1 2026-04-02T09:00",
    ]


def test_only_frictions_of_customers_count() -> None:
    meanings = replace(MEANINGS, customers=Event(("deal won",)))
    won = ("A-1", "2026-03-04T09:00", "deal won")

    assert found(DETECTOR, looking([*disputed(1, 5, 9), won], meanings, as_of="2026-04-01")) == []
    sight = looking([*disputed(5, 7, 9), won], meanings, as_of="2026-04-01")
    assert len(found(DETECTOR, sight)) == 1
    assert occasions(DETECTOR, sight) == 2  # the first quarter, and the second that has just begun in Berlin


@pytest.mark.parametrize(
    ("first", "quarters"),
    [
        (("B-1", "2025-11-03", "invoice disputed", {}), 3),
        (("B-1", "2025-11-03", "ticket opened", {"ticket": "T-9"}), 3),
        (("B-1", "2025-11-03", "survey answered", {"nps": 10}), 3),
        (("B-1", "2025-11-03", "deal won", {}), 3),  # the first run of the journey
        (("B-1", "2025-11-03", "mail sent", {}), 2),
    ],
)
def test_customers_are_watched_from_the_first_record_that_could_show_a_friction(first: Any, quarters: int) -> None:
    """Contracts go back to 2024; nothing else is recorded before some day."""
    signed = ("A-1", "2024-04-10", "contract signed")
    meanings = replace(MEANINGS, customers=Event(("contract signed",)))
    later = ("A-1", "2026-01-02", "survey answered", {"nps": 9})

    sight = walking([signed, first, later], meanings, as_of="2026-04-10")

    assert occasions(DETECTOR, sight) == quarters
    assert occasions(DETECTOR, walking([signed], meanings, as_of="2026-04-10")) == 0


def test_what_cannot_be_seen_is_said() -> None:
    lines = DETECTOR.blind(looking(disputed(1), Meanings()))

    assert lines[0].startswith("Steps back, stalls, reopened requests, slow answers and lukewarm scores cannot be seen")
    assert any("'loud'" in line for line in lines)
    assert any("'customers'" in line for line in lines)
