"""Told differently: statements of two teams that differ on one topic."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clew.conditions.model import Event
from clew.durations import parse_duration
from clew.meanings.model import Meanings, Stated
from clew.signals.detectors.contradiction import DETECTOR
from clew.signals.keeping.noticed import noticed
from tests.unit.signals.message_sights import found, looking, measures, occasions, sentences

MEANINGS = Meanings(about="topic", stated=Stated(Event(("statement given",)), "says", parse_duration("60 days")))


def say(at: str, team: str | None, says: str | None, topic: str | None = "notice") -> tuple[object, ...]:
    words = {"team": team, "says": says, "topic": topic}
    return ("A-1", at, "statement given", {name: word for name, word in words.items() if word})


SALES = say("2026-03-02T09:00", "sales", "one month")


def test_another_word_on_the_same_topic_is_found_at_the_later_statement() -> None:
    sight = looking([SALES, say("2026-03-12T09:00", "finance", "three months")], MEANINGS)

    assert found(DETECTOR, sight) == ["account:A-1 2026-03-12T09:00"]
    assert measures(DETECTOR, sight) == [10.0]
    assert occasions(DETECTOR, sight) == 2
    assert sentences(DETECTOR, sight) == [
        "account:A-1: finance said 'three months' about notice 10 days after sales said 'one month' (2026-03-12)."
    ]


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (say("2026-05-01T09:00", "finance", "three months"), 1),  # sixty days to the minute
        (say("2026-05-01T09:01", "finance", "three months"), 0),
        (say("2026-03-12", "finance", "one month"), 0),  # the same word
        (say("2026-03-12", "sales", "three months"), 0),  # a team may correct itself
        (say("2026-03-12", None, "three months"), 0),
        (say("2026-03-12", "finance", None), 0),
        (say("2026-03-12", "finance", "three months", "price"), 0),
        (say("2026-03-12", "finance", "three months", None), 0),
    ],
)
def test_what_counts_as_a_contradiction(second: tuple[object, ...], expected: int) -> None:
    assert len(found(DETECTOR, looking([SALES, second], MEANINGS))) == expected


def test_a_team_that_corrected_itself_is_held_to_its_latest_word() -> None:
    events = [SALES, say("2026-03-05", "sales", "three months"), say("2026-03-12", "finance", "three months")]

    assert found(DETECTOR, looking(events, MEANINGS)) == []


def test_of_several_teams_the_one_that_spoke_last_counts() -> None:
    events = [SALES, say("2026-03-05", "finance", "three months"), say("2026-03-12", "service", "three months")]

    assert found(DETECTOR, looking(events, MEANINGS)) == ["account:A-1 2026-03-05T00:00"]


def test_it_says_what_it_cannot_see() -> None:
    events = [SALES, say("2026-03-12", "finance", None), say("2026-03-12", None, "x", None)]

    assert "'stated'" in DETECTOR.blind(looking(events, Meanings()))[0]
    assert "'about'" in DETECTOR.blind(looking(events, replace(MEANINGS, about=None)))[0]
    assert "'tells'" in DETECTOR.blind(looking(events, replace(MEANINGS, stated=Stated(Event(("x",)), "tells"))))[0]
    assert DETECTOR.blind(looking(events, MEANINGS)) == [
        "33.3 % of 3 statements (1) name no team: they are left out.",
        "33.3 % of 3 statements (1) have no topic: they are left out.",
        "33.3 % of 3 statements (1) do not record what was said: they are left out.",
    ]


def test_what_was_said_is_not_in_the_sentence_that_is_kept() -> None:
    """Kept signals are read by who may see the account and not what was said to it."""
    sight = looking([SALES, say("2026-03-12T09:00", "finance", "three months")], MEANINGS)

    assert [one.says for one in noticed(sight, [DETECTOR]).values()] == [
        "account:A-1: finance said something else about notice 10 days after sales did (2026-03-12)."
    ]
