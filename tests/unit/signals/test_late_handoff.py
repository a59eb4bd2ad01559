"""Taken over late: handoffs that were not accepted in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from clew.conditions.model import Event
from clew.durations import parse_duration
from clew.engine.fold import fold
from clew.journeys.model import End, Handoff, Journey, Stage, Subject
from clew.meanings.model import Meanings
from clew.questions.ground import Ground
from clew.signals.detectors.late_handoff import DETECTOR
from clew.signals.sight import Sight
from clew.testing import memory_log
from tests.unit.signals.message_sights import FIRM, found, occasions, sentences


def journey(within: str | None = "1 working day", *, receipt: bool = True, reopens: bool = False) -> Journey:
    handoff = Handoff(
        "sales",
        "onboarding",
        Event(("handoff sent",)),
        Event(("handoff accepted",)) if receipt else None,
        accept_within=parse_duration(within) if within else None,
    )
    stages = (Stage("handover", Event(("deal won",))), Stage("set-up", Event(("kickoff held",))))
    ends = (End("live", Event(("went live",)), good=True, reopens=reopens),)
    return Journey("onboarding", "Onboarding", "v", Subject(), stages, ends=ends, handoffs=(handoff,))


def looking(events: list[tuple[str, str, str]], planned: Journey, as_of: str = "2026-12-01") -> Sight:
    view = memory_log(events, as_of=as_of)
    return Sight(view, FIRM, Meanings(), {"onboarding": Ground(fold(view, planned, FIRM), FIRM)})


def passed(*steps: tuple[str, str], account: str = "A-1") -> list[tuple[str, str, str]]:
    return [(account, at, event) for at, event in steps]


WON, SENT = ("2026-03-05T08:00", "deal won"), ("2026-03-06T13:00", "handoff sent")  # a Friday, 14:00 in Berlin


def test_a_handoff_without_a_receipt_is_found_at_its_deadline_in_the_receivers_working_calendar() -> None:
    sight = looking(passed(WON, SENT), journey())

    assert found(DETECTOR, sight) == ["account:A-1 2026-03-09T13:00"]  # Monday, 14:00 in Berlin
    assert sentences(DETECTOR, sight) == [
        "account:A-1: sales handed over to onboarding 2026-03-06 14:00; to be accepted by 2026-03-09 14:00 "
        "(1 working day), it is not accepted as of 2026-12-01."
    ]


def test_those_that_nobody_has_taken_yet_are_told_first_the_longest_late_before_the_others() -> None:
    waiting = [
        *passed(WON, SENT),
        *passed(("2026-03-01T08:00", "deal won"), ("2026-03-02T13:00", "handoff sent"), account="A-2"),
    ]
    taken = passed(WON, SENT, ("2026-03-11T13:00", "handoff accepted"), account="A-3")
    ended = passed(WON, SENT, ("2026-03-11T13:00", "went live"), account="A-4")  # nobody waits there any more

    assert DETECTOR.more(looking([*waiting, *taken, *ended], journey(), "2026-03-20T13:00")) == [
        "2 are open still, the longest first:",
        "account:A-2: sales handed over to onboarding 2026-03-02 14:00, 17 days late by now.",
        "account:A-1: sales handed over to onboarding 2026-03-06 14:00, 11 days late by now.",
    ]
    assert DETECTOR.more(looking([*taken, *ended], journey())) == [
        "None of them is open: all late ones were accepted later, or their run ended."
    ]
    assert DETECTOR.more(looking(passed(WON), journey())) == []


def test_a_handoff_accepted_late_is_found_at_the_same_instant_and_told_apart_in_words() -> None:
    sight = looking(passed(WON, SENT, ("2026-03-11T13:00", "handoff accepted")), journey())

    assert found(DETECTOR, sight) == ["account:A-1 2026-03-09T13:00"]
    assert sentences(DETECTOR, sight)[0].endswith("it was accepted 2026-03-11 14:00, 2 days late.")


def test_a_receipt_at_the_deadline_is_in_time() -> None:
    sight = looking(passed(WON, SENT, ("2026-03-09T13:00", "handoff accepted")), journey())

    assert found(DETECTOR, sight) == []
    assert occasions(DETECTOR, sight) == 1


def test_a_handoff_that_is_not_due_yet_is_no_occasion() -> None:
    assert occasions(DETECTOR, looking(passed(WON, SENT), journey(), as_of="2026-03-09T12:59")) == 0
    assert occasions(DETECTOR, looking(passed(WON, SENT), journey(), as_of="2026-03-09T13:00")) == 1


def test_a_run_that_ends_without_a_receipt_was_due_all_the_same() -> None:
    sight = looking(passed(WON, SENT, ("2026-03-08T13:00", "went live")), journey())

    assert len(found(DETECTOR, sight)) == 1


def test_a_receipt_after_an_end_that_was_withdrawn_later_could_not_be_seen_at_the_deadline() -> None:
    went = ("2026-03-08T13:00", "went live"), ("2026-03-09T10:00", "handoff accepted")
    again = ("2026-03-12T09:00", "kickoff held")
    planned = journey(reopens=True)

    for steps in (went, (*went, again)):
        assert found(DETECTOR, looking(passed(WON, SENT, *steps), planned)) == ["account:A-1 2026-03-09T13:00"]


def quarter_of_handoffs(count: int, days: int) -> list[tuple[str, str, str]]:
    """Handoffs of January and February, all but one accepted after so many days."""
    events = []
    for number in range(count):
        sent = datetime(2026, 1, 5, 9, tzinfo=UTC) + timedelta(days=number)
        events += passed((sent.isoformat(), "deal won"), (sent.isoformat(), "handoff sent"), account=f"N-{number}")
        if number:
            taken = (sent + timedelta(days=days)).isoformat()
            events += passed((taken, "handoff accepted"), account=f"N-{number}")
    return events


def test_without_a_limit_the_p90_of_the_quarters_before_counts() -> None:
    events = quarter_of_handoffs(20, days=4)
    late = passed(("2026-04-10T09:00", "deal won"), ("2026-04-10T09:00", "handoff sent"))
    sight = looking([*events, *late], journey(None))

    assert found(DETECTOR, sight) == ["account:A-1 2026-04-14T09:00"]
    assert occasions(DETECTOR, sight) == 1  # those of the first quarter had no norm yet
    assert "(4 days, P90), it is not accepted" in sentences(DETECTOR, sight)[0]
    assert "about one in ten is late by that alone" in DETECTOR.blind(sight)[0]


def test_too_few_receipts_give_no_norm() -> None:
    sight = looking([*quarter_of_handoffs(9, days=4), *passed(("2026-04-10", "handoff sent"))], journey(None))

    assert occasions(DETECTOR, sight) == 0
    assert "what is usual is not known" in DETECTOR.blind(sight)[0]


def test_it_says_what_it_cannot_see() -> None:
    silent = journey(receipt=False)

    assert DETECTOR.blind(looking(passed(WON, SENT), journey())) == []
    assert "no 'accepted' is declared" in DETECTOR.blind(looking(passed(WON, SENT), silent))[0]
    assert occasions(DETECTOR, looking(passed(WON, SENT), silent)) == 0
    view = memory_log(passed(WON))
    assert "no sound journey" in DETECTOR.blind(Sight(view, FIRM, Meanings()))[0]
    bare = Journey("j", "J", "v", Subject(), (Stage("s", Event(("deal won",))),))
    assert "declares handoffs" in DETECTOR.blind(looking(passed(WON), bare))[0]
