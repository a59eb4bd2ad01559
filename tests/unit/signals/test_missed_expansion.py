"""Ready and nobody called: readiness without outreach in time, and what comparable accounts did."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clew.conditions.model import Attribute, Count, Event, Operator
from clew.conditions.model import Test as ValueTest
from clew.durations import parse_duration
from clew.meanings.model import Meanings, Ready
from clew.questions.model import TooFew
from clew.signals.detectors.missed_expansion import DETECTOR
from clew.signals.measuring.expansion import Followed, followed
from clew.signals.measuring.expansion_words import ASSOCIATION
from clew.signals.measuring.expansion_words import sentences as words
from tests.unit.signals.message_sights import FIRM, found, looking, occasions, sentences

SEATS = Ready(
    "more-seats",
    Event(("seats full",)),
    Event(("offer made",)),
    within=parse_duration("30 days"),
    watch=parse_duration("180 days"),
)
MEANINGS = Meanings(
    revenue="annual_revenue",
    customers=Event(("deal won",)),
    lost=Event(("contract cancelled",)),
    expanded=Event(("contract extended",)),
    ready={"more-seats": SEATS},
)
WON, FULL = ("A-1", "2025-01-01", "deal won"), ("A-1", "2025-03-01T09:00", "seats full")
LATER = "2026-12-31"


def offer(at: str, account: str = "A-1") -> tuple[str, str, str]:
    return (account, at, "offer made")


def test_readiness_without_outreach_is_found_at_the_deadline() -> None:
    sight = looking([WON, FULL], MEANINGS, as_of=LATER)

    assert found(DETECTOR, sight) == ["account:A-1 2025-03-31T09:00"]
    assert sentences(DETECTOR, sight) == [
        "account:A-1: ready for more seats since 2025-03-01, no outreach within 30 days (by 2025-03-31)."
    ]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2025-03-01T09:00", 0),  # at once
        ("2025-03-31T09:00", 0),  # at the deadline
        ("2025-03-31T09:01", 1),
        ("2025-02-28T09:00", 1),  # before it was ready
    ],
)
def test_outreach_from_readiness_to_the_deadline_is_in_time(at: str, expected: int) -> None:
    sight = looking([WON, FULL, offer(at)], MEANINGS, as_of=LATER)

    assert len(found(DETECTOR, sight)) == expected
    assert occasions(DETECTOR, sight) == 1


def test_the_sentence_tells_of_late_outreach_and_of_expansion_without_being_asked() -> None:
    extended = ("A-1", "2025-04-20", "contract extended")

    late = sentences(DETECTOR, looking([WON, FULL, offer("2025-04-10"), extended], MEANINGS, as_of=LATER))
    alone = sentences(DETECTOR, looking([WON, FULL, extended], MEANINGS, as_of=LATER))

    assert late[0].endswith("; it came 2025-04-10; the account expanded 2025-04-20.")
    assert alone[0].endswith("; the account expanded 2025-04-20 without being asked.")


def test_an_account_is_ready_once_until_an_outreach_or_until_the_time_watched_has_passed() -> None:
    def full(at: str) -> tuple[str, str, str]:
        return ("A-1", at, "seats full")

    still = [WON, FULL, full("2025-04-15"), full("2025-08-28T09:00")]  # the last 180 days after to the minute
    answered = [WON, FULL, offer("2025-03-05"), full("2025-04-15")]
    watched = [WON, FULL, full("2025-08-28T09:01")]

    assert occasions(DETECTOR, looking(still, MEANINGS, as_of=LATER)) == 1
    assert found(DETECTOR, looking(answered, MEANINGS, as_of=LATER)) == ["account:A-1 2025-05-15T00:00"]
    assert occasions(DETECTOR, looking(watched, MEANINGS, as_of=LATER)) == 2


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([FULL], 0),  # never a customer
        ([FULL, ("A-1", "2025-03-02", "deal won")], 0),  # not yet one when it was ready
        ([WON, ("A-1", "2025-02-01", "contract cancelled"), FULL], 0),
        ([WON, FULL, ("A-1", "2025-03-31T09:00", "contract cancelled")], 0),  # gone by the deadline
        ([WON, FULL, ("A-1", "2025-03-31T09:01", "contract cancelled")], 1),
        ([WON, ("A-1", "2025-02-01", "contract cancelled"), ("A-1", "2025-02-10", "deal won"), FULL], 1),  # won back
    ],
)
def test_only_customers_that_are_still_there_at_the_deadline_count(events: list[object], expected: int) -> None:
    assert occasions(DETECTOR, looking(events, MEANINGS, as_of=LATER)) == expected


def test_a_deadline_that_has_not_come_is_no_occasion() -> None:
    assert occasions(DETECTOR, looking([WON, FULL], MEANINGS, as_of="2025-03-31T08:59")) == 0
    assert occasions(DETECTOR, looking([WON, FULL], MEANINGS, as_of="2025-03-31T09:00")) == 1


def test_each_kind_of_readiness_is_armed_by_itself_and_named() -> None:
    test = ValueTest(((Operator.AT_LEAST, 2),))
    sites = replace(SEATS, name="sites", when=Count(Event(("seats full",)), test, parse_duration("60 days")))
    meanings = replace(MEANINGS, ready={"more-seats": SEATS, "sites": sites})
    sight = looking([WON, FULL, ("A-1", "2025-03-15T09:00", "seats full")], meanings, as_of=LATER)

    assert found(DETECTOR, sight) == ["account:A-1 2025-03-31T09:00", "account:A-1 2025-04-14T09:00"]
    assert ["for sites" in sentence for sentence in sentences(DETECTOR, sight)] == [False, True]


def test_two_readinesses_at_one_event_are_two_signals_with_their_own_sentences() -> None:
    meanings = replace(MEANINGS, ready={"one": replace(SEATS, name="one"), "two": replace(SEATS, name="two")})

    told = sentences(DETECTOR, looking([WON, FULL], meanings, as_of=LATER))
    assert ["for one" in told[0], "for two" in told[1]] == [True, True]


def test_it_says_what_it_cannot_see() -> None:
    assert "'ready'" in DETECTOR.blind(looking([WON, FULL], Meanings()))[0]
    assert "every readiness looks unanswered" in DETECTOR.blind(looking([WON, FULL], MEANINGS))[0]
    assert DETECTOR.blind(looking([WON], MEANINGS))[0].startswith("Nothing that 'ready: more-seats: when' names")
    bare = replace(MEANINGS, customers=None, lost=None)
    assert [sentence.split("'")[1] for sentence in DETECTOR.blind(looking([WON, FULL, offer("2025-03-02")], bare))] == [
        "customers",
        "lost",
    ]


# What comparable accounts did.


def story(
    account: str,
    *,
    called: bool = False,
    expanded: str | None = None,
    ready: str = "2025-03-01",
    lost: str | None = None,
) -> list[tuple[str, str, str]]:
    events = [(account, "2025-01-01", "deal won"), (account, ready, "seats full")]
    events += [(account, "2025-03-10", "offer made")] if called else []
    events += [(account, expanded, "contract extended")] if expanded else []
    return events + ([(account, lost, "contract cancelled")] if lost else [])


def firm_of(called: int, of: int, unasked: int, quiet: int, prefix: str = "") -> list[tuple[str, str, str]]:
    """Accounts with outreach, so many of which expanded, and accounts without, so many of which did."""
    events = []
    for number in range(of):
        expanded = "2025-05-01" if number < called else None
        events += story(f"{prefix}called-{number}", called=True, expanded=expanded)
    for number in range(quiet):
        events += story(f"{prefix}quiet-{number}", expanded="2025-05-01" if number < unasked else None)
    return events


def compared(events: list[tuple[str, str, str]], **options: object) -> Followed:
    [result] = followed(looking(events, MEANINGS, as_of=LATER, **options))  # type: ignore[arg-type]
    return result


def test_ready_accounts_with_outreach_are_set_beside_those_without() -> None:
    whole = compared(firm_of(12, 20, 4, 20)).whole

    assert (whole.reached.expanded, whole.reached.n) == (12, 20)
    assert (whole.unreached.expanded, whole.unreached.n) == (4, 20)
    assert not isinstance(whole.difference, TooFew)
    gap = whole.difference.difference
    # Newcombe (1998), method 10, from the Wilson limits 0.3866 to 0.7812 of 12/20 and 0.0807 to 0.4160 of 4/20
    assert (gap.value, gap.low, gap.high) == pytest.approx((0.4, 0.0964, 0.6169), abs=0.001)


def test_who_expanded_or_left_before_the_deadline_is_on_neither_side() -> None:
    events = [
        *firm_of(2, 5, 1, 5),
        *story("early-asked", called=True, expanded="2025-03-20"),
        *story("early-alone", expanded="2025-03-20"),
        *story("early-before-the-call", called=True, expanded="2025-03-05"),
        *story("gone", lost="2025-03-15"),
    ]

    result = compared(events)

    assert (result.whole.reached.n, result.whole.unreached.n) == (5, 5)
    assert (result.expanded_reached, result.expanded_unasked, result.lost) == (1, 2, 1)
    assert result.accounts == 14


def test_an_account_watched_for_too_short_a_time_is_too_early_to_know() -> None:
    result = compared([*firm_of(2, 5, 1, 5), *story("new", ready="2026-07-05")])

    assert (result.accounts, result.too_early) == (11, 1)


def test_an_expansion_after_the_time_watched_does_not_count() -> None:
    events = [*firm_of(0, 5, 0, 5), *story("in-time", expanded="2025-08-28"), *story("late", expanded="2025-08-29")]

    assert compared(events).whole.unreached.expanded == 1


def test_below_five_on_a_side_it_says_how_many_more_are_needed() -> None:
    result = compared(firm_of(2, 3, 1, 8))

    assert result.whole.difference == TooFew(3, 5)
    assert "too few: 2 more needed to compare" in words(result)[1]


def test_revenue_counts_where_it_is_known() -> None:
    attributes = [(f"called-{number}", "annual_revenue", "1000", {"at": "2025-01-01"}) for number in range(3)]

    whole = compared(firm_of(2, 5, 1, 5), attributes=attributes).whole

    assert (whole.reached.revenue, whole.reached.known) == (3000.0, 3)
    assert (whole.unreached.revenue, whole.unreached.known) == (None, 0)


def test_sides_that_differ_in_mix_are_compared_within_segments_and_it_is_said() -> None:
    large = Attribute("size", ValueTest(((Operator.IS, "large"),)))
    firm = replace(FIRM, segments={"enterprise": large})
    events = firm_of(16, 20, 4, 5, prefix="L-") + firm_of(1, 5, 4, 20, prefix="S-")
    attributes = [(account, "size", "large", {"at": "2025-01-01"}) for account in {event[0] for event in events}
                  if account.startswith("L-")]  # fmt: skip

    [result] = followed(looking(events, MEANINGS, firm=firm, attributes=attributes, as_of=LATER))

    assert [(part.segment, part.reached.n, part.unreached.n) for part in result.strata] == [
        ("enterprise", 20, 5),
        ("no segment", 5, 20),
    ]
    assert not isinstance(result.whole.difference, TooFew)
    assert result.whole.difference.difference.low is not None
    assert result.whole.difference.difference.low > 0  # as a whole a large difference, within segments none
    assert [part.reached.share.value for part in result.strata] == pytest.approx([0.8, 0.2])  # type: ignore[union-attr]
    assert [part.unreached.share.value for part in result.strata] == pytest.approx([0.8, 0.2])  # type: ignore[union-attr]
    assert "differ in mix" in " ".join(words(result))
    assert "enterprise: 80.0 % of those with outreach, 20.0 % of those without" in " ".join(words(result))


def test_the_words_say_landmark_interval_and_that_it_is_no_cause() -> None:
    told = words(compared(firm_of(12, 20, 4, 20)))

    assert told[0].startswith("'more-seats': 40 accounts ready, each taken at its first time; 0 too early to know")
    assert "12 of 20 expanded after the deadline (60.0 %, 38.7 % to 78.1 %)" in told[1]
    assert "Both are followed from the deadline" in told[2]
    assert told[-1] == ASSOCIATION


def test_a_watch_that_ends_before_the_deadline_compares_nothing() -> None:
    short = replace(SEATS, watch=parse_duration("20 days"))

    [result] = followed(looking([WON, FULL], replace(MEANINGS, ready={"more-seats": short}), as_of=LATER))

    assert "nothing can be compared" in words(result)[1]


def test_without_expanded_there_is_nothing_to_compare() -> None:
    assert followed(looking([WON, FULL], replace(MEANINGS, expanded=None))) == []
