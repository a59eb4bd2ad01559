"""Contacted twice: whom two teams reached about one thing within a short time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from clew.conditions.model import Event
from clew.durations import parse_duration
from clew.meanings.model import Meanings, Sent
from clew.signals.detectors.duplicate_contact import DETECTOR
from tests.unit.signals.message_sights import found, looking, measures, occasions, sentences

MEANINGS = Meanings(about="topic", sent=Sent(Event(("mail sent", "call made")), parse_duration("3 days")))
CALL: tuple[Any, ...] = (
    "A-1",
    "2026-03-02T07:00",
    "call made",
    {"team": "account-management", "contact": 1, "topic": "invoices"},
)
MAIL: tuple[Any, ...] = (
    "A-1",
    "2026-03-02T14:00",
    "mail sent",
    {"team": "marketing", "contact": 1, "topic": "invoices"},
)


def mail(at: str = "2026-03-02T14:00", **words: object) -> tuple[object, ...]:
    told = {**MAIL[3], **words}
    return (*MAIL[:1], at, "mail sent", {name: word for name, word in told.items() if word is not None})


def test_two_teams_that_reach_one_person_about_one_thing_are_found_at_the_later_touch() -> None:
    sight = looking([CALL, MAIL], MEANINGS)

    assert found(DETECTOR, sight) == ["account:A-1 2026-03-02T14:00"]
    assert measures(DETECTOR, sight) == [7.0]
    assert occasions(DETECTOR, sight) == 2


def test_the_sentence_says_who_reached_whom_about_what_and_how_soon_without_naming_the_person() -> None:
    assert sentences(DETECTOR, looking([CALL, MAIL], MEANINGS)) == [
        "account:A-1: 'mail sent' by marketing reached the same person about invoices 7 hours after 'call made' by "
        "account-management (2026-03-02)."
    ]


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (mail("2026-03-05T07:00"), 1),  # three days to the minute
        (mail("2026-03-05T07:01"), 0),
        (mail("2026-03-02T07:00"), 1),  # at the same instant, later in the total order or not
        (mail(team="account-management"), 0),  # the same team may write and call
        (mail(team=None), 0),  # nobody knows which team it was
        (mail(contact=2), 0),  # somebody else
        (mail(contact=None), 1),  # nobody knows who: the account counts
        (mail(topic="training"), 0),
        (mail(topic=None), 0),  # a touch without a topic is compared with its like alone
        (("A-2", *MAIL[1:]), 0),
        (("A-1", "2026-03-02T14:00", "mail opened", MAIL[3]), 0),  # nothing that the firm sends
    ],
)
def test_what_counts_as_twice(second: tuple[object, ...], expected: int) -> None:
    assert len(found(DETECTOR, looking([CALL, second], MEANINGS))) == expected


def test_without_a_topic_to_compare_any_two_touches_of_two_teams_count() -> None:
    other = mail(topic="training")

    assert len(found(DETECTOR, looking([CALL, other], replace(MEANINGS, about=None)))) == 1


def test_a_touch_of_the_own_team_in_between_hides_nothing() -> None:
    between = mail("2026-03-02T12:00")

    assert found(DETECTOR, looking([CALL, between, MAIL], MEANINGS)) == [
        "account:A-1 2026-03-02T12:00",
        "account:A-1 2026-03-02T14:00",
    ]


def test_a_touch_whose_contact_is_unknown_is_compared_with_every_contact() -> None:
    nameless = mail(contact=None)
    sight = looking([CALL, nameless], MEANINGS)

    assert "reached the same account about invoices" in sentences(DETECTOR, sight)[0]


def test_where_only_days_are_known_the_sentence_speaks_of_days() -> None:
    sight = looking([("A-1", "2026-03-01", *CALL[2:]), ("A-1", "2026-03-02", *MAIL[2:])], MEANINGS)

    assert "1 day after 'call made'" in sentences(DETECTOR, sight)[0]


def test_a_person_without_an_account_is_not_named_by_number() -> None:
    thread = "contact:77"
    sight = looking([(thread, *CALL[1:]), (thread, *MAIL[1:])], MEANINGS)

    assert sentences(DETECTOR, sight)[0].startswith("somebody without a known account: 'mail sent' by marketing")
    assert "77" not in sentences(DETECTOR, sight)[0]


def test_it_says_what_it_cannot_see() -> None:
    teamless = [mail(team=None, topic=None, contact=None), mail("2026-03-03T09:00")]

    assert DETECTOR.blind(looking([CALL, MAIL], replace(MEANINGS, sent=None))) == [
        "meanings.yaml does not say 'sent': nobody knows which events are touches that the firm makes, so nothing of "
        "this is seen."
    ]
    assert DETECTOR.blind(looking([("A-1", "2026-03-02", "deal won")], MEANINGS)) == [
        "Nothing that 'sent' names happens in this log."
    ]
    blind = DETECTOR.blind(looking([CALL, MAIL, *teamless], MEANINGS))
    assert [sentence.split(":")[0] for sentence in blind] == [
        "25.0 % of 4 touches (1) name no team",
        "25.0 % of 4 touches (1) name no contact",
        "25.0 % of 4 touches (1) have no topic",
    ]
    assert DETECTOR.blind(looking([CALL], MEANINGS)) == [
        "All touches that name a team name 'account-management': what another team does is not in this log."
    ]
    assert any("'about'" in each for each in DETECTOR.blind(looking([CALL, MAIL], replace(MEANINGS, about=None))))
    assert any("'theme'" in each for each in DETECTOR.blind(looking([CALL, MAIL], replace(MEANINGS, about="theme"))))


@pytest.mark.parametrize(("accounts", "common", "expected"), [(10, False, 1), (9, False, 0), (10, True, 0)])
def test_it_says_where_two_teams_never_name_the_same_person(accounts: int, common: bool, expected: int) -> None:
    events = []
    for number in range(accounts):
        same = common and number == 0
        events.append((f"A-{number}", *CALL[1:3], {**CALL[3], "contact": 2 * number}))
        events.append((f"A-{number}", *MAIL[1:3], {**MAIL[3], "contact": 2 * number + (not same)}))

    blind = DETECTOR.blind(looking(events, MEANINGS, buckets=2))
    assert len(blind) == expected
    assert all("of the same 10 accounts and never the same contact" in sentence for sentence in blind)


def test_where_nothing_is_missing_it_is_not_blind() -> None:
    assert DETECTOR.blind(looking([CALL, MAIL], MEANINGS)) == []


def test_without_a_meaning_it_finds_nothing() -> None:
    assert occasions(DETECTOR, looking([CALL, MAIL], Meanings())) == 0
