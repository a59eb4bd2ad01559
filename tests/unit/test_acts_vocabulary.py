"""What acts are called: in the firm's own words where it has some, else in those of the built-in source."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clew.acts import vocabulary
from clew.acts.model import Act
from clew.conditions.model import AnyOf, Condition, Count, Event, Operator, Score, Segment, Silent
from clew.conditions.model import Test as Passing
from clew.context import vocabulary as words
from clew.durations import parse_duration
from clew.errors import UnknownName
from clew.journeys.model import Handoff, Journey, Stage, Subject
from clew.meanings.model import Asked, Meanings, Promises, Stated

IS, IN, KNOWN, ABOVE = Operator.IS, Operator.IN, Operator.KNOWN, Operator.ABOVE


def an_event(name: str, **tests: tuple[Operator, object]) -> Event:
    return Event((name,), {key: Passing((test,)) for key, test in tests.items()})  # type: ignore[arg-type]


FIRM = Meanings(
    about="subject_matter",
    asked=Asked(an_event("question sent"), an_event("question answered")),
    stated=Stated(an_event("price told"), "told_price"),
    promises=Promises(an_event("commitment", kind=(IS, "promise")), an_event("delivered"), "number", "due"),
)


def test_without_meanings_acts_bear_the_words_of_the_built_in_source() -> None:
    made = vocabulary.promise_made(
        None,
        "desk:f1",
        says="A router",
        due=date(2026, 3, 4),
        topic="router",
        contact="person:5",
        team="care",
        id="p-1",
    )

    assert made == Act(
        "promise made",
        "desk:f1",
        contact="person:5",
        team="care",
        properties={"promise_id": "p-1", "due_on": "2026-03-04", "topic": "router", "says": "A router"},
    )
    assert vocabulary.promise_kept(None, "desk:f1", id="p-1") == Act(
        "promise kept", "desk:f1", properties={"promise_id": "p-1"}
    )


def test_meanings_say_what_acts_are_called_and_where_what_is_said_stands() -> None:
    made = vocabulary.promise_made(FIRM, "desk:f1", says="A router", due=date(2026, 3, 4), topic="router", id="p-1")
    kept = vocabulary.promise_kept(FIRM, "desk:f1", id="p-1")
    released = vocabulary.promise_released(FIRM, "desk:f1", id="p-1", reason="bought elsewhere")
    answered = vocabulary.answer_given(FIRM, "desk:f1", topic="size", says="12 people")
    told = vocabulary.touch_logged(FIRM, "desk:f1", event="price told", about="router", says="49 euros")

    assert (made.event, dict(made.properties)) == (
        "commitment",
        {"number": "p-1", "due": "2026-03-04", "subject_matter": "router", "says": "A router", "kind": "promise"},
    )
    assert (kept.event, dict(kept.properties)) == ("delivered", {"number": "p-1"})
    assert (released.event, dict(released.properties)) == (
        "promise released",
        {"number": "p-1", "reason": "bought elsewhere"},
    )
    assert (answered.event, dict(answered.properties)) == (
        "question answered",
        {"subject_matter": "size", "says": "12 people"},
    )
    assert dict(told.properties) == {"subject_matter": "router", "told_price": "49 euros"}


def test_every_promise_has_an_id_of_its_own() -> None:
    two = [vocabulary.promise_made(None, "desk:f1", says="x").properties["promise_id"] for _ in range(2)]

    assert len(set(two)) == 2
    assert all(id.startswith("p-") for id in two)


NAMES: list[tuple[Condition, str, dict[str, str]]] = [
    (an_event("a"), "a", {}),
    (Event(("a", "b")), "a", {}),
    (an_event("a", kind=(IN, ("x", "y"))), "a", {"kind": "x"}),
    (an_event("a", topic=(IN, ("x", "t"))), "a", {"topic": "t"}),  # what is said passes already
    (an_event("a", topic=(KNOWN, True)), "a", {"topic": "t"}),
    (an_event("a", size=(KNOWN, True)), "answer given", {}),  # nothing says what it should be
    (AnyOf((an_event("a", size=(ABOVE, 3)), an_event("b"))), "b", {}),
    (AnyOf((Segment("large"), Score("nps", Passing(((ABOVE, 3),))))), "answer given", {}),
    (Silent(("a",), parse_duration("3 days")), "answer given", {}),
    (Count(an_event("a"), Passing(((ABOVE, 1),)), None), "a", {}),
]


@pytest.mark.parametrize(("condition", "event", "more"), NAMES)
def test_an_act_is_the_first_event_that_a_person_can_bring_about(
    condition: Condition, event: str, more: dict[str, str]
) -> None:
    meanings = Meanings(asked=Asked(an_event("asked"), condition))

    act = vocabulary.answer_given(meanings, "desk:f1", topic="t", says="s")

    assert (act.event, dict(act.properties)) == (event, {"topic": "t", "says": "s"} | more)


JOURNEY = Journey(
    "care",
    "Care",
    "v",
    Subject("contract", "contract_id"),
    (Stage("begun", Event(("deal won",))),),
    starts=Event(("deal won",)),
    handoffs=(
        Handoff("sales", "care", Event(("passed on",)), Event(("received",)), returned=Event(("given back",))),
        Handoff("care", "sales", Event(("deal won",))),
    ),
)


def test_a_handoff_speaks_the_words_of_its_journey() -> None:
    run = {"account": "desk:f1", "subject": "contract:C-1"}
    sent = vocabulary.handoff_sent(JOURNEY, 0, **run, packet={"risks": "none", "next step": ""})
    accepted = vocabulary.handoff_accepted(JOURNEY, 0, **run, handoff="care/contract:C-1/0/0")
    returned = vocabulary.handoff_returned(JOURNEY, 0, **run, handoff="care/contract:C-1/0/0", reason="no packet")

    assert sent == Act(
        "passed on",
        "desk:f1",
        team="sales",
        subject="contract:C-1",
        properties={"handoff": "care/contract:C-1/0", "packet: risks": "none"},
    )
    assert (accepted.event, accepted.team, dict(accepted.properties)) == (
        "received",
        "care",
        {"handoff": "care/contract:C-1/0/0"},
    )
    assert (returned.event, returned.properties["reason"]) == ("given back", "no packet")


def test_handing_over_again_starts_no_journey_anew() -> None:
    sent = vocabulary.handoff_sent(JOURNEY, 1, account="desk:f1", subject="contract:C-1", packet={})
    account = replace(JOURNEY, subject=Subject())
    returned = vocabulary.handoff_returned(account, 1, account="desk:f1", subject="desk:f1", handoff="h", reason="r")

    assert sent.event == words.HANDOFF_SENT
    assert (returned.event, returned.subject) == (words.HANDOFF_RETURNED, "")


def test_what_does_not_exist_is_told() -> None:
    with pytest.raises(UnknownName, match="handoff of journey 'care' '7'"):
        vocabulary.handoff_sent(JOURNEY, 7, account="desk:f1", subject="desk:f1", packet={})
    with pytest.raises(UnknownName, match="role 'chief'"):
        vocabulary.role_given("desk:f1", contact="person:5", role="chief")


def test_roles_hold_from_and_until_a_day() -> None:
    given = vocabulary.role_given("desk:f1", contact="person:5", role="champion", since=date(2025, 1, 1))
    ended = vocabulary.role_ended("desk:f1", contact="person:5", until=date(2026, 1, 1))

    assert (given.event, dict(given.properties)) == (
        "role given",
        {"committee_role": "champion", "since": "2025-01-01"},
    )
    assert (ended.event, dict(ended.properties)) == ("role ended", {"until": "2026-01-01"})


def test_what_is_lasting_is_an_attribute_and_who_is_who_a_pair() -> None:
    assert vocabulary.owner_named("desk:f1", {"owner": "m", "team": ""}).attributes == {"owner": "m"}
    assert vocabulary.merged("desk:f1", [("desk:f1", "crm:1")]).same == (("desk:f1", "crm:1"),)
    assert vocabulary.parted("desk:f1", [("desk:f1", "crm:1")]).apart == (("desk:f1", "crm:1"),)
