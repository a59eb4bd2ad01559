"""Passed on: a request that too many teams held."""

from __future__ import annotations

from dataclasses import replace

from clew.conditions.model import Event
from clew.meanings.model import Meanings, Requests
from clew.signals.detectors.re_routing import DETECTOR
from tests.unit.signals.message_sights import found, looking, measures, occasions, sentences, way

REQUESTS = Requests("ticket", Event(("ticket opened",)), teams=2)
MEANINGS = Meanings(requests=REQUESTS)


def test_the_first_event_of_one_team_too_many_is_a_re_routing() -> None:
    sight = looking(way("a", "b", "a", "c", "c", "d"), MEANINGS)

    assert found(DETECTOR, sight) == ["account:A-1 2026-03-05T09:00"]
    assert measures(DETECTOR, sight) == [3.0]
    assert sentences(DETECTOR, sight) == ["account:A-1: ticket:T-1 reached its 3 teams (a, b, c) with c (2026-03-05)."]


def test_as_many_teams_as_the_firm_allows_are_no_re_routing() -> None:
    sight = looking(way("a", "b", "a", "b"), MEANINGS)

    assert found(DETECTOR, sight) == []
    assert occasions(DETECTOR, sight) == 1


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
