"""A detector measured: rate, share of accounts, trend, revenue, examples; too few is said, blind spots are named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from clew.conditions.model import Event
from clew.durations import parse_duration
from clew.errors import BadRequest, UnknownName
from clew.meanings.model import Meanings, Requests
from clew.questions.model import TooFew
from clew.signals.measuring.evidence import of_account, thread_named
from clew.signals.measuring.figures_in_words import occasions_in_words, revenue_in_words, trend_in_words
from clew.signals.measuring.measure import Measured, measured
from clew.signals.measuring.recording import began, ended
from clew.signals.model import Detector
from clew.signals.registry import BY_NAME, DETECTORS, detector_of
from clew.signals.sight import Sight
from clew.stats.model import Estimate
from clew.stats.resampling import resample_clusters
from clew.testing import memory_log, micros
from tests.unit.signals.message_sights import FIRM

SLOW = detector_of("slow-answer")
REQUESTS = Requests(
    "ticket", Event(("ticket opened",)), answered=Event(("ticket answered",)), answer_within=parse_duration("1 day")
)
MEANINGS = Meanings(revenue="annual_revenue", requests=REQUESTS)


def desk(months: dict[int, int], *, accounts: int = 20, also: tuple[Any, ...] = (), **options: Any) -> Sight:
    """Every account opens a request on the 10th of each month of 2025; so many of them (by month) get no answer."""
    events: list[Any] = [(None, "2025-01-01T09:00", "desk began", {"ticket": "T-0"}), *also]
    for month, slow in months.items():
        for n in range(accounts):
            at, ticket = datetime(2025, month, 10, 9, tzinfo=UTC), f"T-{month}-{n}"
            events.append((f"A-{n:02d}", at, "ticket opened", {"ticket": ticket}))
            if n >= slow:
                events.append((f"A-{n:02d}", at + timedelta(hours=2), "ticket answered", {"ticket": ticket}))
    revenue: list[Any] = [(f"A-{n:02d}", "annual_revenue", str(1000 * (n + 1)), {}) for n in range(accounts - 5)]
    view = memory_log(events, revenue, subjects=("ticket",), **{"as_of": "2025-12-31T12:00"} | options)
    return Sight(view, FIRM, MEANINGS)


def slow(sight: Sight, **options: Any) -> Measured:
    return measured(sight, SLOW, **options)


def test_signals_and_occasions_are_counted_and_the_rate_has_the_interval_of_resampled_accounts() -> None:
    found = slow(desk({1: 4, 2: 2, 3: 0}))

    late = np.array([2, 2, 1, 1] + [0] * 16)
    reference = resample_clusters(np.arange(20), lambda of: float(late[of].sum() / (3 * len(of))), seed=3)
    assert (found.signals, found.occasions, found.touched, found.accounts) == (6, 60, 4, 20)
    assert isinstance(found.rate, Estimate)
    assert found.rate.value == 0.1
    assert found.rate.low == pytest.approx(reference.low, abs=0.02)
    assert found.rate.high == pytest.approx(reference.high, abs=0.02)
    assert found.rate.n == 20


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda each: each.name)
def test_one_occasion_is_told_in_the_singular(detector: Detector) -> None:
    one = replace(slow(desk({1: 4})), detector=detector, occasions=1)

    assert occasions_in_words(one) in (
        "1 touch", "1 question asked", "1 request", "1 statement", "1 promise due", "1 handoff due", "1 visit",
        "1 customer quarter", "1 customer ready",
    )  # fmt: skip
    assert occasions_in_words(replace(one, occasions=2)) == f"2 {detector.of}"


def test_the_share_of_accounts_is_of_those_with_an_occasion() -> None:
    found = slow(desk({1: 4, 2: 2}))

    assert isinstance(found.share, Estimate)
    assert (found.share.value, found.share.n) == (0.2, 20)


def test_where_nothing_was_found_the_interval_is_not_of_no_width() -> None:
    found = slow(desk({1: 0, 2: 0}))

    assert isinstance(found.rate, Estimate)
    assert (found.rate.value, found.rate.low) == (0.0, 0.0)
    assert 0.1 < found.rate.high < 0.2


def test_too_few_accounts_are_said_instead_of_a_rate() -> None:
    found = slow(desk({1: 1}, accounts=6))
    fewer = slow(desk({1: 1}, accounts=4))

    assert found.rate == TooFew(6, 10)
    assert isinstance(found.share, Estimate)
    assert fewer.share == TooFew(4, 5)


def test_the_last_two_whole_quarters_are_compared() -> None:
    found = slow(desk({2: 18, 5: 2, 8: 2, 11: 16}))

    quarters = [(quarter.label, quarter.touched, quarter.accounts) for quarter in found.trend.quarters]
    assert quarters == [("2025-Q1", 18, 20), ("2025-Q2", 2, 20), ("2025-Q3", 2, 20), ("2025-Q4", 16, 20)]
    assert isinstance(found.trend.difference, Estimate)
    assert found.trend.difference.value == pytest.approx(0.7)
    assert found.trend.difference.low > 0
    assert trend_in_words(found).startswith("up 70.0 points, ")
    assert found.trend.changed == "No source and no event began or ceased to be recorded in 2025-Q3 or 2025-Q4."


def test_a_quarter_that_is_not_over_is_not_compared() -> None:
    found = slow(desk({2: 18, 5: 2, 8: 2, 11: 17}, as_of="2025-12-30T12:00"))

    assert found.trend.quarters[-1].label == "2025-Q3"
    assert trend_in_words(found).startswith("unclear: ")


def joining(first: int, last: int, *, used_from: int) -> tuple[Any, ...]:
    """An account joins every second day of 2025 from one day to another; each uses the product three days later, and
    again every week, of which nothing is recorded before some day."""
    begin, events = datetime(2025, 1, 1, 12, tzinfo=UTC), []
    for day in range(first, last, 2):
        events.append((f"B-{day:03d}", begin + timedelta(days=day), "account opened"))
        uses = range(max(day + 3, used_from), last, 7)
        events += [(f"B-{day:03d}", begin + timedelta(days=use), "product used") for use in uses]
    return tuple(events)


def test_what_began_to_be_recorded_between_two_quarters_is_said_in_one_sentence() -> None:
    rare = (("A-01", datetime(2025, 8, 1, 12, tzinfo=UTC), "audit held"),)
    also = (*joining(0, 272, used_from=212), *rare)
    sight = desk({2: 18, 5: 2, 8: 2}, also=also, as_of="2025-09-30T12:00")

    assert slow(sight).trend.changed == (
        "Began to be recorded in 2025-Q2 or 2025-Q3, so part of the difference may be that: 'product used' "
        "(2025-08-01)."
    )


def test_a_firm_that_grows_began_nothing_and_what_comes_late_in_a_life_is_not_recorded_late() -> None:
    """One account a month at first and one a day at last; each is offered a renewal after half a year."""
    begin, days = datetime(2025, 1, 1, 12, tzinfo=UTC), [*range(0, 150, 30), *range(150, 360)]
    joined = [(f"B-{day:03d}", begin + timedelta(days=day), "account opened") for day in days]
    called = [(f"B-{day:03d}", begin + timedelta(days=day + 40), "call made") for day in days if day % 60]
    renewed = [(f"B-{day:03d}", begin + timedelta(days=day + 180), "renewal offered") for day in days]
    sight = desk({2: 18}, also=(*joined, *called, *renewed), as_of="2025-12-31T12:00")

    assert began(sight, 0, sight.as_of) == []


def test_what_ceased_to_be_recorded_is_said_too_and_a_weekend_is_no_end() -> None:
    begin = datetime(2025, 4, 1, 12, tzinfo=UTC)
    old = tuple(("A-01", begin + timedelta(days=day), "product used") for day in range(60))
    weekdays = tuple(
        ("A-02", day, "report read") for n in range(271) if (day := begin + timedelta(days=n - 90)).weekday() < 5
    )
    sight = desk({2: 18, 5: 2, 8: 2}, also=(*old, *weekdays), as_of="2025-09-28T12:00")  # a Sunday, in no whole quarter

    assert {each.event: each.until for each in ended(sight)} == {"'product used'": micros("2025-05-30T12:00")}
    assert slow(sight).trend.changed.endswith(
        "Ceased to be recorded in 2025-Q1 or 2025-Q2, so part of the difference may be that: 'product used' "
        "(2025-05-30)."
    )


def test_revenue_touched_says_of_how_many_it_is_known() -> None:
    found = slow(desk({1: 17}))

    assert found.revenue.amount == sum(1000 * (n + 1) for n in range(15))
    assert (found.revenue.known, found.revenue.n) == (15, 17)
    assert found.revenue.of == found.revenue.amount


def test_revenue_is_that_of_customers_of_today_and_never_more_than_all_of_them_bring() -> None:
    left: tuple[Any, ...] = tuple((f"A-{n:02d}", "2025-06-01T09:00", "left", {}) for n in range(10, 15))
    sight = desk({1: 17, 2: 2}, also=left)
    found = slow(Sight(sight.view, FIRM, replace(MEANINGS, lost=Event(("left",)))))

    assert found.touched == 17
    assert found.revenue.amount == sum(1000 * (n + 1) for n in range(10))
    assert (found.revenue.known, found.revenue.n, found.revenue.former) == (10, 12, 5)
    assert found.revenue.of == found.revenue.amount
    assert revenue_in_words(found.revenue, "EUR") == (
        "55,000 of 55,000 EUR a year, known of 10 of 12 customers of today; 5 further accounts no longer or not yet"
    )


def test_revenue_beyond_what_64_bits_hold_is_summed_exactly() -> None:
    large: list[Any] = [(f"A-{n:02d}", "annual_revenue", "600000000000", {}) for n in range(40)]
    events = [(f"A-{n:02d}", "2025-01-10T09:00", "ticket opened", {"ticket": f"T-{n}"}) for n in range(40)]
    sight = Sight(memory_log(events, large, subjects=("ticket",), as_of="2025-12-31T12:00"), FIRM, MEANINGS)

    assert slow(sight).revenue.amount == slow(sight).revenue.of == 24e12


def test_examples_are_the_most_valuable_accounts_each_with_its_newest_signal() -> None:
    found = slow(desk({1: 17, 2: 16}))

    told = [(example.account, example.revenue, example.signals) for example in found.examples]
    assert told == [("account:A-14", 15000.0, 2), ("account:A-13", 14000.0, 2), ("account:A-12", 13000.0, 2)]
    [newest] = found.examples[0].told
    assert "T-2-14" in newest.sentence


def test_accounts_of_unknown_revenue_come_last_by_name() -> None:
    found = slow(desk({1: 20}), top=20)

    assert [example.account for example in found.examples][-5:] == [f"account:A-{n}" for n in range(15, 20)]


def test_since_leaves_out_what_was_there_to_be_seen_before() -> None:
    found = slow(desk({1: 4, 5: 2, 8: 2}), since=micros("2025-04-01"))

    assert (found.signals, found.occasions) == (4, 40)
    assert [quarter.label for quarter in found.trend.quarters] == ["2025-Q2", "2025-Q3", "2025-Q4"]


def test_a_detector_without_an_occasion_sees_nothing_and_says_why() -> None:
    blind = measured(desk({1: 4}), BY_NAME["broken-promise"])

    assert blind.sees_nothing
    assert blind.rate == TooFew(0, 10)
    assert "'promises'" in blind.blind[0]


def test_the_signals_of_one_account_come_newest_first_whatever_its_kind() -> None:
    sight = desk({1: 4, 2: 4, 3: 4})

    for name in ("A-03", "account:A-03"):
        found = of_account(sight, DETECTORS, name)
        assert [told.at for told in found.told] == sorted((told.at for told in found.told), reverse=True)
        assert (found.signals, found.revenue) == (3, 4000.0)
    assert of_account(sight, DETECTORS, "A-03", since=micros("2025-03-01")).signals == 1
    assert of_account(sight, DETECTORS, "A-15").signals == 0


def test_an_account_or_a_detector_that_nobody_knows_is_refused_with_what_is_allowed() -> None:
    with pytest.raises(BadRequest, match="no account 'B-1'; write its id as the source does"):
        thread_named(desk({1: 4}), "B-1")
    with pytest.raises(UnknownName, match="did you mean 'silence'"):
        detector_of("silense")


def test_every_detector_of_the_contract_is_there_in_its_order() -> None:
    assert [detector.name for detector in DETECTORS] == [
        "duplicate-contact", "repeated-question", "ping-pong", "re-routing", "contradiction", "broken-promise",
        "late-handoff", "stall", "slow-answer", "small-frictions", "silence", "missed-expansion",
    ]  # fmt: skip


def test_a_detector_of_the_registry_looks_at_a_bucket_once() -> None:
    sight = desk({1: 4})

    assert SLOW.detect(sight, 0) is SLOW.detect(sight, 0)
