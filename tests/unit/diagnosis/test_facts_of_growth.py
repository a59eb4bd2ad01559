"""Facts about revenue: where it comes from, how it is spread, what is renewed, what stands still."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clew.conditions.model import Event
from clew.diagnosis.model import Standing
from clew.durations import parse_duration
from clew.journeys.model import Stage
from clew.stats.resampling import resample_clusters
from tests.unit.diagnosis.measured_worlds import MEANINGS, day, facts, findings, journey, seeing


def twelve_customers(last: float = 300) -> list[tuple[object, ...]]:
    """Twelve accounts win a deal of 100 on day 0 and are seen until the last day."""
    events: list[tuple[object, ...]] = [(f"a{n:02d}", day(0), "deal won", {"value": 100}) for n in range(12)]
    return [*events, ("a00", day(last), "product used", {})]


def yearly(*amounts: int) -> list[tuple[object, ...]]:
    return [(f"a{n:02d}", "annual_revenue", str(amount)) for n, amount in enumerate(amounts)]


def test_renewals_and_extensions_are_set_against_first_deals_by_value() -> None:
    """First deals bring 12 x 100, renewals 3 x 100 and an extension 100: 400 of 1,600."""
    events = twelve_customers()
    events += [(f"a{n:02d}", day(200), "contract renewed", {"value": 100}) for n in range(3)]
    events += [("a05", day(210), "contract extended", {"value": 100})]

    fact = facts(seeing(events))["existing-business-share"]

    assert (fact.value, fact.n) == (0.25, 12)
    assert "(400 of 1,600 EUR)" in fact.sentence


def test_a_renewal_without_a_value_counts_with_what_the_account_brings_a_year() -> None:
    events = [*twelve_customers(), ("a00", day(200), "contract renewed", {}), ("a01", day(200), "contract extended")]

    fact = facts(seeing(events, yearly(300)))["existing-business-share"]

    assert fact.value == pytest.approx(300 / 1500)
    assert "1 events without a value are left out" in fact.sentence


def test_a_deal_that_is_told_by_two_events_is_counted_once() -> None:
    """The second event makes the account a customer again, which is neither a first deal nor a renewal."""
    events = twelve_customers()
    events += [("a00", day(9), "deal won", {"value": 100}), ("a01", day(20), "contract renewed", {"value": 300})]

    assert facts(seeing(events))["existing-business-share"].value == pytest.approx(300 / 1500)


def test_a_first_deal_that_two_events_tell_at_one_instant_is_counted_once() -> None:
    """Sales tells what was won, billing what was signed on the same day; two deals of one name are two."""
    means = replace(MEANINGS, customers=Event(("deal won", "contract signed")))
    events: list[tuple[object, ...]] = []
    for n in range(12):
        events += [(f"a{n:02d}", day(0), "deal won", {"value": 110}), (f"a{n:02d}", day(0), "contract signed", {})]
    events += [("a00", day(0), "contract signed", {"value": 60}), ("a00", day(0), "contract signed", {"value": 60})]
    events += [("a01", day(20), "contract renewed", {"value": 330})]

    fact = facts(seeing(events, yearly(*[500] * 12), meanings=means))["existing-business-share"]

    assert "(330 of 1,660 EUR)" in fact.sentence


def test_first_deals_of_more_than_a_year_ago_are_not_of_the_year() -> None:
    events = twelve_customers(last=500)
    events += [(f"a{n:02d}", day(400), "contract renewed", {"value": 10}) for n in range(10)]

    assert facts(seeing(events))["existing-business-share"].value == 1.0


def test_the_twenty_largest_are_weighed_against_all_whose_revenue_is_known() -> None:
    """Twenty bring 30 each, ten 20 each; of a last one it is unknown."""
    events = [(f"a{n:02d}", day(0), "deal won") for n in range(31)]

    fact = facts(seeing(events, yearly(*[30] * 20, *[20] * 10)))["revenue-in-top-20"]

    assert (fact.value, fact.n, fact.low) == (0.75, 30, None)
    assert fact.sentence.endswith("75.0 % of 800 EUR a year; of 1 it is unknown.")


def test_revenue_of_trillions_is_summed_exactly() -> None:
    events = [(f"a{n:02d}", day(0), "deal won") for n in range(40)]

    fact = facts(seeing(events, yearly(*[600_000_000_000] * 40)))["revenue-in-top-20"]

    assert fact.value == 0.5
    assert "24,000,000,000,000 EUR" in fact.sentence


def test_revenue_whose_text_is_no_number_is_unknown_and_the_attribute_is_named() -> None:
    fact = facts(seeing(twelve_customers(), [("a00", "annual_revenue", "much")]))["revenue-in-top-20"]

    assert fact.standing is Standing.UNKNOWN
    assert "'annual_revenue'" in fact.sentence


def test_the_renewal_rate_is_that_of_the_decisions_of_the_year() -> None:
    """Nine renewals of nine accounts, three losses; the tenth renewal lies too far back."""
    events = twelve_customers(last=500)
    events += [(f"a{n:02d}", day(400), "contract renewed", {}) for n in range(9)]
    events += [(f"a{n:02d}", day(410), "contract cancelled", {}) for n in range(9, 12)]
    events += [("a09", day(100), "contract renewed", {})]

    fact = facts(seeing(events))["renewal-rate"]

    assert (fact.value, fact.n) == (0.75, 12)


def test_decisions_of_one_account_hang_together_in_the_interval() -> None:
    """Two accounts with five renewals each and ten with one loss each: accounts are drawn, not decisions."""
    events = twelve_customers(last=300)
    events += [(f"a{n:02d}", day(20 * t), "contract renewed", {}) for n in range(2) for t in range(2, 7)]
    events += [(f"a{n:02d}", day(200), "contract cancelled", {}) for n in range(2, 12)]
    renewed, decided = [5, 5, *[0] * 10], [5, 5, *[1] * 10]

    fact = facts(seeing(events))["renewal-rate"]

    drawn = resample_clusters(
        range(12), lambda rows: sum(renewed[r] for r in rows) / sum(decided[r] for r in rows), seed=1
    )
    assert fact.value == pytest.approx(0.5)
    assert fact.low == pytest.approx(drawn.low, abs=0.03)
    assert fact.high == pytest.approx(drawn.high, abs=0.03)


def test_stalled_revenue_is_that_of_accounts_whose_open_run_is_beyond_its_limit() -> None:
    """Of twelve accounts of 100 with an open run, three stand in 'proposal' for longer than ten days."""
    sale = journey("proposal", "signed")
    limited = replace(sale.stages[0], limit=parse_duration("10 days"))
    sale = replace(sale, stages=(limited, sale.stages[1]))
    events = [(f"a{n:02d}", day(0 if n < 3 else 95), "proposal") for n in range(12)] + [("z", day(100), "x")]

    fact = facts(seeing(events, yearly(*[100] * 12), sale))["stalled-revenue"]

    assert (fact.value, fact.n) == (0.25, 12)
    assert fact.sentence.startswith(
        "Of 1,200 EUR a year of accounts with an open run whose norm is known, 300 EUR (25.0 %"
    )


def test_nothing_stalled_among_few_has_an_interval_that_says_so() -> None:
    stage = Stage("proposal", journey("proposal").stages[0].enter, limit=parse_duration("10 days"))
    sale = replace(journey("proposal", "signed"), stages=(stage,))
    events = [(f"a{n:02d}", day(95), "proposal") for n in range(12)] + [("z", day(100), "x")]

    fact = facts(seeing(events, yearly(*[100] * 12), sale))["stalled-revenue"]

    assert fact.value == 0
    assert fact.high is not None
    assert 0.2 < fact.high < 0.3  # Wilson of 0 of 12


def test_where_no_norm_is_known_no_revenue_is_said_to_move() -> None:
    events = [(f"a{n:02d}", day(95), "proposal") for n in range(12)] + [("z", day(100), "x")]

    fact = facts(seeing(events, yearly(*[100] * 12), journey("proposal", "signed")))["stalled-revenue"]

    assert (fact.value, fact.sentence) == (None, "Not measured: no norm is known for 12 open runs.")


def test_meanings_that_name_no_events_of_growth_leave_it_unknown() -> None:
    sight = seeing(twelve_customers(), meanings=replace(MEANINGS, renewed=None, expanded=None))

    fact = facts(sight)["existing-business-share"]

    assert fact.sentence == "Not measured: meanings.yaml does not say which events mean: renewed, expanded."


def test_an_event_that_no_log_holds_leaves_what_rests_on_it_unknown_and_is_a_limit() -> None:
    """With a slip in 'lost' every decision would look like a renewal, and no customer like a lost one."""
    misspelt = replace(MEANINGS, lost=Event(("contract canceled",)))
    events = [*twelve_customers(), *((f"x{n}", day(300), "contract cancelled") for n in range(8))]
    sight = seeing(events, meanings=misspelt)

    found = facts(sight)
    (limit,) = (one for one in findings(sight, "limit") if "contract canceled" in one.claim)

    assert found["renewal-rate"].value is None
    assert "no event 'contract canceled' ('lost' in meanings.yaml) is in the log" in found["renewal-rate"].sentence
    assert found["quiet-losses"].value is None
    assert "the log has 'contract cancelled'" in limit.claim
