"""Nobody is named by a signal: of a person without a known account no id is told, in no column and no sentence."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clew.conditions.model import Event
from clew.durations import parse_duration
from clew.errors import BadRequest
from clew.journeys.model import Handoff
from clew.meanings.model import Asked, Frictions, Meanings, Promises, Ready, Requests, Sent, Stated
from clew.signals.measuring.by_account import counted
from clew.signals.measuring.evidence import examples, of_account
from clew.signals.model import Detector
from clew.signals.parts.wording import NO_ACCOUNT
from clew.signals.registry import DETECTORS
from clew.signals.sight import Sight
from tests.unit.signals.friction_sights import JOURNEY, walking

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
MEANINGS = Meanings(
    about="topic",
    sent=Sent(Event(("mail sent",))),
    asked=Asked(Event(("question asked",))),
    stated=Stated(Event(("statement given",)), says="says"),
    promises=Promises(Event(("promise made",)), Event(("promise kept",)), id="promise_id"),
    requests=Requests(
        "ticket",
        Event(("ticket opened",)),
        answered=Event(("ticket answered",)),
        answer_within=parse_duration("1 day"),
        teams=2,
    ),
    frictions=Frictions(at_least=2, when=Event(("invoice disputed",))),
    ready={"more": Ready("more", Event(("product used",)), Event(("offer made",)), within=parse_duration("3 days"))},
)
HANDED = replace(
    JOURNEY,
    handoffs=(
        Handoff(
            "sales", "onboarding", Event(("deal won",)), Event(("went live",)), accept_within=parse_duration("1 day")
        ),
    ),
)


def on(days: float, event: str, **words: Any) -> Any:
    return "contact:417", START + timedelta(days=days), event, words


EVENTS = [
    on(0, "deal won"),
    *(on(1 + n / 4, "product used") for n in range(9)),
    *(on(4 + n / 4, "mail sent", team=team, topic="price") for n, team in enumerate("ab")),
    *(on(5 + n / 4, "question asked", team=team, topic="price") for n, team in enumerate("ab")),
    *(on(6 + n / 4, "statement given", team=team, topic="price", says=team) for n, team in enumerate("ab")),
    on(7, "promise made", team="a", promise_id="P-1", topic="price"),
    *(on(8 + n / 4, "ticket opened" if n == 0 else "note", team=team, ticket="T-1") for n, team in enumerate("abac")),
    on(10, "invoice disputed"),
    on(11, "invoice disputed"),
]


def people() -> Sight:
    return walking(EVENTS, MEANINGS, journey=HANDED, as_of="2026-06-30")


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.name)
def test_no_column_and_no_sentence_of_any_detector_names_a_person(detector: Detector) -> None:
    sight = people()

    shown = examples(sight, detector, counted(sight, detector), top=0, each=0)

    assert [example.account for example in shown] == [NO_ACCOUNT]
    assert shown[0].told
    assert "contact:" not in repr([asdict(example) for example in shown])
    assert "417" not in repr([asdict(example) for example in shown])


@pytest.mark.parametrize("asked", ["contact:417", "417"])
def test_signals_of_a_person_cannot_be_asked_for(asked: str) -> None:
    with pytest.raises(BadRequest) as refused:
        of_account(people(), DETECTORS, asked)

    assert "contact:" not in str(refused.value).replace(f"'{asked}'", "")


def test_the_refusal_says_why() -> None:
    with pytest.raises(BadRequest, match="'contact:417' is a person, and signals of a person are not shown"):
        of_account(people(), DETECTORS, "contact:417")
