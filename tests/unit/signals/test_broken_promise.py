"""Promise missed: promises whose due day ended without what was promised."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clew.conditions.model import Event
from clew.durations import parse_duration
from clew.meanings.model import Meanings, Promises
from clew.signals.detectors.broken_promise import DETECTOR
from tests.unit.signals.message_sights import found, looking, occasions, sentences

PROMISES = Promises(Event(("promise made",)), Event(("promise kept",)), "promise_id", due="due_on")
MEANINGS = Meanings(about="topic", promises=PROMISES)
WITHIN = Meanings(promises=replace(PROMISES, due=None, within=parse_duration("14 days")))
LATER = "2026-06-01"


def made(due: str | None, at: str = "2026-03-02T09:00", promise: str | None = "P-7") -> tuple[object, ...]:
    words = {"team": "sales", "promise_id": promise, "due_on": due, "topic": "discount"}
    return ("A-1", at, "promise made", {name: word for name, word in words.items() if word})


def kept(at: str, promise: str | None = "P-7") -> tuple[object, ...]:
    return ("A-1", at, "promise kept", {"promise_id": promise} if promise else {})


def test_a_promise_that_is_not_kept_is_found_when_its_due_day_ends_in_the_firms_zone() -> None:
    # Berlin is an hour ahead of UTC in early March
    sight = looking([made("2026-03-10")], MEANINGS, as_of=LATER)

    assert found(DETECTOR, sight) == ["account:A-1 2026-03-10T23:00"]
    assert sentences(DETECTOR, sight) == [
        "account:A-1: promise about discount of sales, made 2026-03-02, was due 2026-03-10 and is not kept as of "
        "2026-06-01."
    ]


def test_a_promise_kept_late_is_found_at_the_same_instant_and_told_apart_in_words() -> None:
    sight = looking([made("2026-03-10"), kept("2026-03-14T23:00")], MEANINGS, as_of=LATER)

    assert found(DETECTOR, sight) == ["account:A-1 2026-03-10T23:00"]
    assert sentences(DETECTOR, sight)[0].endswith("was due 2026-03-10 and was kept 2026-03-15, 4 days late.")


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-05", 0),
        ("2026-03-10T22:59:59", 0),  # the last second of the day in Berlin
        ("2026-03-10T23:00", 1),  # midnight is the next day
    ],
)
def test_kept_in_time_means_by_the_end_of_the_day(at: str, expected: int) -> None:
    sight = looking([made("2026-03-10"), kept(at)], MEANINGS, as_of=LATER)

    assert len(found(DETECTOR, sight)) == expected
    assert occasions(DETECTOR, sight) == 1


def test_the_end_of_a_day_follows_the_clocks() -> None:
    # on the night to Sunday, 29 March 2026, clocks in Berlin go forward
    assert found(DETECTOR, looking([made("2026-03-29")], MEANINGS, as_of=LATER)) == ["account:A-1 2026-03-29T22:00"]


def test_a_due_date_with_a_time_means_its_day_in_the_firms_zone() -> None:
    late_evening = made("2026-03-10T23:30:00+00:00")

    assert found(DETECTOR, looking([late_evening], MEANINGS, as_of=LATER)) == ["account:A-1 2026-03-11T23:00"]


def test_a_promise_that_is_not_due_yet_is_no_occasion() -> None:
    assert occasions(DETECTOR, looking([made("2026-03-10")], MEANINGS, as_of="2026-03-10T22:59:59")) == 0
    assert len(found(DETECTOR, looking([made("2026-03-10")], MEANINGS, as_of="2026-03-10T23:00"))) == 1


def test_without_a_due_day_of_its_own_a_promise_is_due_so_long_after_it_was_made() -> None:
    assert found(DETECTOR, looking([made(None)], WITHIN, as_of=LATER)) == ["account:A-1 2026-03-16T23:00"]


def test_a_promise_made_again_before_its_day_ended_is_due_on_the_new_day_alone() -> None:
    events = [made("2026-03-10"), made("2026-03-20", at="2026-03-09")]

    assert found(DETECTOR, looking(events, MEANINGS, as_of=LATER)) == ["account:A-1 2026-03-20T23:00"]


def test_a_promise_made_again_after_its_day_was_broken_all_the_same() -> None:
    events = [made("2026-03-10"), made("2026-03-20", at="2026-03-11T09:00"), kept("2026-03-19")]

    assert found(DETECTOR, looking(events, MEANINGS, as_of=LATER)) == ["account:A-1 2026-03-10T23:00"]


def test_another_promise_kept_keeps_nothing() -> None:
    sight = looking([made("2026-03-10"), kept("2026-03-09", "P-8")], MEANINGS, as_of=LATER)

    assert len(found(DETECTOR, sight)) == 1


def test_what_cannot_be_followed_is_left_out_and_counted() -> None:
    unreadable = [
        made("soon", promise="P-1"),
        made(None, promise="P-2"),
        made("2026-03-01", promise="P-3"),  # over before it was made
        made("2026-03-10", promise=None),
    ]
    sight = looking([*unreadable, made("2026-03-10"), kept("2026-03-10", None)], MEANINGS, as_of=LATER)

    assert occasions(DETECTOR, sight) == 1
    assert DETECTOR.blind(sight) == [
        "20.0 % of 5 promises (1) have no id: they are left out.",
        "60.0 % of 5 promises (3) have no readable date in 'due_on', or one before they were made: they are left out.",
        "100.0 % of 1 records of kept promises (1) have no id: what they keep is not known.",
    ]


def test_it_says_which_meaning_is_missing() -> None:
    events = [made("2026-03-10")]

    assert "'promises'" in DETECTOR.blind(looking(events, Meanings()))[0]
    assert "'number'" in DETECTOR.blind(looking(events, Meanings(promises=replace(PROMISES, id="number"))))[0]
    assert "'day'" in DETECTOR.blind(looking(events, Meanings(promises=replace(PROMISES, due="day"))))[0]
    assert DETECTOR.blind(looking(events, MEANINGS)) == ["Nothing that 'promises: kept' names happens in this log."]
    assert occasions(DETECTOR, looking(events, Meanings(), as_of=LATER)) == 0
