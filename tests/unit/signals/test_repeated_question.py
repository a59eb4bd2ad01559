"""Asked again: questions whose answer the firm already had."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clew.conditions.model import Event
from clew.durations import parse_duration
from clew.meanings.model import Asked, Meanings
from clew.signals.detectors.repeated_question import DETECTOR
from tests.unit.signals.message_sights import found, looking, measures, occasions, sentences

ASKED = Asked(Event(("question asked",)), Event(("answer given",)), parse_duration("365 days"))
MEANINGS = Meanings(about="topic", asked=ASKED)
UNANSWERED = replace(MEANINGS, asked=replace(ASKED, answered=None))


def ask(at: str, team: str | None = "onboarding", topic: str | None = "security") -> tuple[object, ...]:
    return ("A-1", at, "question asked", {"team": team, "topic": topic} if topic else {"team": team})


def answer(at: str, topic: str | None = "security") -> tuple[object, ...]:
    return ("A-1", at, "answer given", {"topic": topic} if topic else {})


def test_a_question_after_its_answer_is_found_at_the_question() -> None:
    sight = looking([ask("2026-01-05", "sales"), answer("2026-01-06T09:00"), ask("2026-02-10T09:00")], MEANINGS)

    assert found(DETECTOR, sight) == ["account:A-1 2026-02-10T09:00"]
    assert measures(DETECTOR, sight) == [35.0]
    assert occasions(DETECTOR, sight) == 2
    assert sentences(DETECTOR, sight) == [
        "account:A-1: onboarding asked again about security 35 days after the customer had answered it (2026-02-10)."
    ]


def test_asking_twice_before_any_answer_is_a_reminder() -> None:
    sight = looking([ask("2026-01-05", "sales"), ask("2026-01-12"), answer("2026-01-13")], MEANINGS)

    assert found(DETECTOR, sight) == []
    assert occasions(DETECTOR, sight) == 2


def test_an_answer_that_nobody_had_asked_for_is_known_all_the_same() -> None:
    assert len(found(DETECTOR, looking([answer("2026-01-06"), ask("2026-01-07")], MEANINGS))) == 1


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (ask("2027-01-06T09:00"), 1),  # 365 days to the minute
        (ask("2027-01-06T09:01"), 0),  # the answer counts as forgotten
        (
            ask("2026-02-10", "sales"),
            1,
        ),  # the team that got the answer asks again: the customer answered it all the same
        (ask("2026-02-10", None), 1),
        (ask("2026-02-10", topic="data"), 0),
        (ask("2026-02-10", topic=None), 0),
    ],
)
def test_what_counts_as_asked_again(question: tuple[object, ...], expected: int) -> None:
    events = [ask("2026-01-05", "sales"), answer("2026-01-06T09:00"), question]

    assert len(found(DETECTOR, looking(events, MEANINGS))) == expected


def test_where_answers_are_not_recorded_a_question_of_another_team_counts() -> None:
    events = [ask("2026-01-05", "sales"), ask("2026-01-09", "sales"), ask("2026-01-12"), ask("2026-01-13", None)]
    sight = looking(events, UNANSWERED)

    assert found(DETECTOR, sight) == ["account:A-1 2026-01-12T00:00"]
    assert occasions(DETECTOR, sight) == 3  # one names no team
    assert "3 days after sales had asked it" in sentences(DETECTOR, sight)[0]


def test_it_says_what_it_cannot_see() -> None:
    events = [ask("2026-01-05", "sales"), ask("2026-01-06", topic=None), answer("2026-01-07", topic=None)]

    assert "'asked'" in DETECTOR.blind(looking(events, Meanings()))[0]
    assert "'about'" in DETECTOR.blind(looking(events, replace(MEANINGS, about=None)))[0]
    assert "'theme'" in DETECTOR.blind(looking(events, replace(MEANINGS, about="theme")))[0]
    assert DETECTOR.blind(looking(events, MEANINGS)) == [
        "50.0 % of 2 questions (1) have no topic: they are left out, for nobody can say what they are about.",
        "100.0 % of 1 answers (1) have no topic: what they answer is not known.",
    ]
    assert DETECTOR.blind(looking(events[:1], MEANINGS)) == [
        "Nothing that 'asked: answered' names happens in this log."
    ]
    assert any("another team asked before counts" in each for each in DETECTOR.blind(looking(events, UNANSWERED)))


def test_without_a_topic_it_finds_nothing() -> None:
    events = [answer("2026-01-06"), ask("2026-01-07")]

    assert occasions(DETECTOR, looking(events, replace(MEANINGS, about=None))) == 0
