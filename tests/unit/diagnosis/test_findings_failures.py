"""Failures as findings, and the journeys that carry most of the revenue at risk."""

from __future__ import annotations

from dataclasses import replace

from clew.conditions.model import Event
from clew.diagnosis.measured import measured
from clew.durations import parse_duration
from clew.meanings.model import Sent
from clew.signals.sight import Sight
from tests.unit.diagnosis.measured_worlds import MEANINGS, day, findings, journey, seeing

SENT = replace(MEANINGS, sent=Sent(Event(("mail sent",))))


def mailed_twice(accounts: int, twice: int) -> list[tuple[object, ...]]:
    """Every account gets a mail of sales; some of them one of service on the next day."""
    events: list[tuple[object, ...]] = []
    for n in range(accounts):
        events += [(f"a{n}", day(100), "mail sent", {"team": "sales"}), (f"a{n}", day(150), "seen", {"team": "x"})]
        events += [(f"a{n}", day(101), "mail sent", {"team": "service"})] if n < twice else []
    return events


def test_a_failure_is_told_with_share_interval_one_case_and_the_revenue_of_its_accounts() -> None:
    revenue = [(f"a{n}", "annual_revenue", "100") for n in range(10)]

    won: list[tuple[object, ...]] = [(f"a{n}", day(99), "deal won", {}) for n in range(20)]

    found = findings(seeing([*won, *mailed_twice(20, 5)], revenue, meanings=SENT), "failure")

    assert len(found) == 1
    assert found[0].claim.startswith(
        "Contacted twice: 25.0 % [11.2, 46.9] (n 20) of the accounts looked at in the last 12 months show it, 5 times "
        "in 25 touches. For one: account:a"
    )
    assert found[0].meaning == (
        "A sign of inconsistent messages and duplicated effort. "
        "The customers among them bring 500 EUR a year (known of 5 of 5)."
    )
    assert found[0].see.startswith("clew signals duplicate-contact --since ")
    assert found[0].weight == 0.25


def test_what_no_detector_finds_is_no_failure() -> None:
    assert findings(seeing(mailed_twice(20, 0), meanings=SENT), "failure") == []


def test_quiet_losses_are_told_beside_those_who_stayed() -> None:
    events: list[tuple[object, ...]] = [("zz", day(0), "x")]
    for n in range(12):
        events += [(f"a{n}", day(1), "deal won"), (f"a{n}", day(300), "contract cancelled" if n < 8 else "seen")]
        events += [(f"a{n}", day(250), "complaint made")] if n < 2 else []

    found = findings(seeing(events), "failure")

    assert found[0].claim == (
        "In the last 12 months 6 of 8 lost accounts had given no loud signal in the 180 days before (75.0 %, 40.9 to "
        "92.9)."
    )
    assert "Of 4 customers that are still there" in found[0].meaning


def test_absence_after_recording_ends_is_said_to_be_perhaps_the_recordings() -> None:
    """The sale's events end on day 100, the log on day 200: whoever stands still since may have moved on unseen."""
    limited = journey("lead", "won")
    limited = replace(limited, stages=tuple(replace(s, limit=parse_duration("10 days")) for s in limited.stages))
    events = [(f"a{n}", day(n), "lead") for n in range(100)] + [(f"a{n}", day(n + 3), "won") for n in range(0, 97, 2)]

    stalled = findings(seeing([*events, ("zz", day(200), "x")], (), limited), "failure")

    assert stalled[0].claim.startswith("Stood still")
    assert "But hardly recorded any more: 'lead' after 2026-04-10 and 'won' after 2026-04-10" in stalled[0].meaning


def two_journeys(*, revenue: bool = True) -> Sight:
    """Forty open sales of 10 each, four of them stalled; five open renewals of 1,000 each, three of them stalled."""
    sale, renewal = journey("lead", "won"), replace(journey("due", "signed"), name="renewal", title="The renewal")
    limit = parse_duration("10 days")
    sale, renewal = (replace(j, stages=tuple(replace(s, limit=limit) for s in j.stages)) for j in (sale, renewal))
    events = [(f"s{n}", day(50 if n < 4 else 95), "lead") for n in range(40)]
    events += [(f"r{n}", day(50 if n < 3 else 95), "due") for n in range(5)]
    yearly = [(f"s{n}", "annual_revenue", "10") for n in range(40)] + [
        (f"r{n}", "annual_revenue", "1000") for n in range(5)
    ]
    return seeing([*events, ("zz", day(100), "x")], yearly if revenue else (), sale, renewal)


def test_journeys_rank_by_the_revenue_of_open_runs_that_is_at_risk() -> None:
    renewal, sale = measured(two_journeys()).journeys

    assert (renewal.name, renewal.open_runs, renewal.revenue, renewal.at_risk) == ("renewal", 5, 5000, 3000)
    assert (sale.name, sale.open_runs, sale.revenue, sale.at_risk) == ("sale", 40, 400, 40)
    assert sale.reasons[0] == (
        "4 of 40 open runs stand beyond their norm, 10.0 % [4.0, 23.1] (n 40); most in 'lead' 4."
    )
    assert sale.reasons[-1] == (
        "Accounts with an open run bring 400 EUR a year (known of 40 of 40); of those whose run here stands still or "
        "shows a signal: 40 EUR."
    )


def test_where_revenue_is_unknown_journeys_rank_by_runs_at_risk_and_say_so() -> None:
    sale, renewal = measured(two_journeys(revenue=False)).journeys

    assert (sale.name, sale.revenue, sale.at_risk, sale.score) == ("sale", None, None, 4)
    assert renewal.score == 3
    assert "ranked by its runs" in sale.unknown[-1]


def test_where_no_norm_is_known_nobody_is_said_to_keep_it() -> None:
    """Without limits and with too few visits for a norm, open runs are not judged; two of three have one here."""
    sale = journey("lead", "won")
    events = [(f"s{n}", day(50), "lead") for n in range(4)] + [("zz", day(100), "x")]
    limited = replace(sale, stages=(replace(sale.stages[0], limit=parse_duration("10 days")), sale.stages[1]))

    bare, judged = (measured(seeing(events, (), each)).journeys[0] for each in (sale, limited))

    assert bare.unknown[0] == "No norm is known for 4 open runs, so nobody can say which stand still."
    assert not any("beyond" in reason for reason in bare.reasons)
    assert judged.reasons[0].startswith("4 of 4 open runs stand beyond their norm; most in 'lead' 4.")


def test_signals_of_something_else_do_not_make_a_journey_the_first() -> None:
    """Sales whose runs stand still come before renewals whose rich accounts were written to twice about a campaign."""
    sale, renewal = journey("lead", "won"), replace(journey("due", "signed"), name="renewal", title="The renewal")
    limit = parse_duration("10 days")
    sale = replace(sale, stages=tuple(replace(stage, limit=limit) for stage in sale.stages))
    events: list[tuple[object, ...]] = [("s", day(50), "lead"), ("r", day(95), "due")]
    events += [("r", day(96 + n), "mail sent", {"team": team}) for n, team in enumerate(("marketing", "sales"))]
    yearly = [("s", "annual_revenue", "10"), ("r", "annual_revenue", "1000")]

    first, second = measured(seeing([*events, ("zz", day(100), "x")], yearly, sale, renewal, meanings=SENT)).journeys

    assert (first.name, first.score) == ("sale", 10)
    assert (second.score, second.at_risk) == (0, 1000)


def test_a_journey_without_open_runs_has_nothing_at_stake() -> None:
    events = [("a", day(0), "x")]

    ranked = measured(seeing(events, (), journey("lead", "won"))).journeys[0]

    assert (ranked.open_runs, ranked.revenue, ranked.score) == (0, 0.0, 0.0)
    assert ranked.reasons == ("No run is open.", "So no revenue is at stake now.")
