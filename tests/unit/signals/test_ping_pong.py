"""Sent back and forth: a request that goes from one team to another and straight back."""

from __future__ import annotations

from dataclasses import replace

from clew.conditions.model import Event
from clew.meanings.model import Meanings, Requests
from clew.signals.detectors.ping_pong import DETECTOR
from clew.signals.measuring.by_account import counted
from tests.unit.signals.message_sights import found, looking, occasions, sentences, way

REQUESTS = Requests("ticket", Event(("ticket opened",)), teams=2)
MEANINGS = Meanings(requests=REQUESTS)


def test_a_request_that_goes_straight_back_is_found_at_the_event_that_goes_back() -> None:
    sight = looking(way("first-line", "first-line", "second-line", "second-line", "first-line"), MEANINGS)

    assert found(DETECTOR, sight) == ["account:A-1 2026-03-06T09:00"]
    assert sentences(DETECTOR, sight) == [
        "account:A-1: ticket:T-1 went from first-line to second-line and back to first-line, 3 days after it had left "
        "(2026-03-06)."
    ]


def test_a_request_that_goes_to_and_fro_is_found_once_at_its_first_return() -> None:
    once, twice = looking(way("a", "b", "a"), MEANINGS), looking(way("a", "b", "a", "b"), MEANINGS)

    assert len(found(DETECTOR, once)) == 1
    assert found(DETECTOR, twice) == found(DETECTOR, once)
    assert occasions(DETECTOR, twice) == 1


def test_coming_back_by_way_of_a_third_team_is_no_ping_pong() -> None:
    assert found(DETECTOR, looking(way("a", "b", "c", "a"), MEANINGS)) == []


def test_events_without_a_team_are_passed_over() -> None:
    assert len(found(DETECTOR, looking(way("a", None, "b", None, "a"), MEANINGS))) == 1


def test_two_requests_of_one_account_are_kept_apart() -> None:
    events = [*way("a", "b", ticket="T-1"), ("A-1", "2026-03-09", "ticket assigned", {"ticket": "T-2", "team": "a"})]

    assert found(DETECTOR, looking(events, MEANINGS)) == []


def test_a_request_without_an_account_names_itself_alone() -> None:
    told = sentences(DETECTOR, looking(way("a", "b", "a", account=None), MEANINGS))

    assert told[0].startswith("ticket:T-1 went from a to b")


def test_over_time_a_request_counts_in_the_quarter_in_which_it_was_opened() -> None:
    """Ten requests are opened in March; those of three accounts come back in April."""
    events = [(f"A-{n}", "2026-03-20T09:00", "ticket opened", {"ticket": f"T-{n}", "team": "a"}) for n in range(10)]
    for day, team in (("2026-04-07", "b"), ("2026-04-08", "a")):
        events += [(f"A-{n}", day, "ticket assigned", {"ticket": f"T-{n}", "team": team}) for n in range(3)]
    events += [("A-9", "2026-05-01", "ticket opened", {"ticket": "T-90", "team": "a"})]
    sight = looking([("A-0", "2026-01-01", "mail sent"), *events], MEANINGS, as_of="2026-07-05")

    counts = counted(sight, DETECTOR)

    assert (counts.exposed.tolist(), counts.touched.tolist()) == ([10, 1, 0], [3, 0, 0])


def test_it_says_what_it_cannot_see() -> None:
    events = [*way("a", None), *way(None, None, ticket="T-2")]

    assert "'requests'" in DETECTOR.blind(looking(events, Meanings()))[0]
    assert DETECTOR.blind(looking(events, MEANINGS)) == [
        "75.0 % of 4 events of requests (3) name no team: they are passed over.",
        "1 request names no team in any event: left out.",
    ]
    other = Meanings(requests=replace(REQUESTS, subject="case"))
    assert DETECTOR.blind(looking(events, other)) == [
        "No event is about a 'case', which 'requests: subject' names: see 'subjects' of sources."
    ]
    assert occasions(DETECTOR, looking(events, MEANINGS)) == 1
