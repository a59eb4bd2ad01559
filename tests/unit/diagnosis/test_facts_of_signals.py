"""Facts that rest on detectors: accounts with a signal, slow answers, who is silent now, and who left quietly."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clew.conditions.model import Event
from clew.meanings.model import Requests, Sent, Silence
from clew.stats.shares import wilson
from tests.unit.diagnosis.measured_worlds import MEANINGS, day, facts, seeing

SENT = replace(MEANINGS, sent=Sent(Event(("mail sent",))))


def mails(account: str, *when: tuple[float, str]) -> list[tuple[object, ...]]:
    return [(account, day(at), "mail sent", {"team": team}) for at, team in when]


def test_accounts_with_a_signal_are_a_share_of_those_with_an_occasion() -> None:
    """Eight accounts get mails; two hear of both teams within three days, one of them twice."""
    events = [mail for n in range(6) for mail in mails(f"a{n}", (100, "sales"), (110, "service"))]
    events += mails("b0", (100, "sales"), (101, "service"), (120, "sales"), (121, "service"))
    events += mails("b1", (100, "sales"), (102, "service"))

    fact = facts(seeing(events, meanings=SENT))["duplicate-contact"]

    share = wilson(2, 8)
    assert (fact.value, fact.low, fact.high, fact.n) == (0.25, share.low, share.high, 8)
    assert fact.sentence.endswith(
        "of accounts looked at in the last 12 months (touches) show 'Contacted twice', 3 times in all."
    )
    assert fact.see == "clew signals duplicate-contact --since 2025-05-03"


def test_signals_of_more_than_a_year_ago_do_not_count() -> None:
    events = [mail for n in range(8) for mail in mails(f"a{n}", (0, "sales"), (1, "service"), (400, "sales"))]

    fact = facts(seeing(events, meanings=SENT))["duplicate-contact"]

    assert (fact.value, fact.n) == (0.0, 8)


def test_a_detector_that_is_blind_leaves_its_fact_unknown_and_says_why() -> None:
    fact = facts(seeing([("a", day(0), "deal won")]))["ping-pong"]

    assert fact.value is None
    assert "'requests'" in fact.sentence


def test_slow_answers_are_a_share_of_requests() -> None:
    """Ten accounts with three requests each; of every account the third is answered on the next day but one."""
    events: list[tuple[object, ...]] = []
    for n in range(10):
        for t, hours in enumerate((1, 2, 48)):
            ticket = {"ticket": f"{n}-{t}"}
            events += [
                (f"a{n}", day(4 + 7 * t), "opened", ticket),
                (f"a{n}", day(4 + 7 * t + hours / 24), "closed", ticket),
            ]
    meanings = replace(MEANINGS, requests=Requests("ticket", Event(("opened",)), answered=Event(("closed",))))

    fact = facts(seeing([*events, ("a0", day(60), "x", {})], meanings=meanings))["slow-answers"]

    assert fact.value == pytest.approx(1 / 3)
    assert fact.n == 30
    assert "8 working hours" in fact.sentence


def rhythm(account: str, until: int, every: int = 5) -> list[tuple[object, ...]]:
    """A customer who uses the product every few days until a day."""
    used: list[tuple[object, ...]] = [(account, day(at), "product used", {}) for at in range(0, until + 1, every)]
    return [(account, day(0), "deal won", {}), *used]


SILENT = replace(MEANINGS, silence=Silence(when=Event(("product used",))))


def test_silent_now_are_customers_without_a_sign_of_life_since_their_silence_began() -> None:
    """Of eight customers with a rhythm of five days two have stopped on day 100, one paused until day 190."""
    events = [event for n in range(5) for event in rhythm(f"a{n}", 200)]
    events += [*rhythm("b0", 100), *rhythm("b1", 100), *rhythm("c", 100), ("c", day(190), "product used", {})]
    events += [("b1", day(195), "mail sent", {})]  # of ours: no sign of life

    fact = facts(seeing(events, meanings=SILENT))["silent-accounts"]

    assert (fact.value, fact.n) == (0.25, 8)


def test_nobody_is_called_silent_where_signs_of_life_are_recorded_no_more() -> None:
    events = [event for n in range(20) for event in rhythm(f"a{n}", 150)]
    events += [(f"a{n}", day(220), "mail sent", {}) for n in range(20)]

    fact = facts(seeing(events, meanings=SILENT))["silent-accounts"]

    assert fact.value is None
    assert "product used) are hardly recorded any more after 2026-05-31." in fact.sentence


def losses(loud: int, quiet: int) -> list[tuple[object, ...]]:
    """Customers of day 0 who leave on day 300, some of them after a complaint on day 250; two touches on day 200."""
    events: list[tuple[object, ...]] = [("zz", day(0), "deal won", {}), ("zz", day(301), "x", {})]
    for n in range(loud + quiet):
        events += [(f"a{n}", day(0), "deal won", {}), *mails(f"a{n}", (200, "sales"), (201, "service"))]
        events += [(f"a{n}", day(250), "complaint made", {})] if n < loud else []
        events += [(f"a{n}", day(300), "contract cancelled", {})]
    return events


def test_quiet_losses_are_those_without_a_complaint_in_the_time_of_notice() -> None:
    fact = facts(seeing(losses(6, 14), meanings=SENT))["quiet-losses"]

    share = wilson(14, 20)
    assert (fact.value, fact.low, fact.high, fact.n) == (0.7, share.low, share.high, 20)


def test_losses_before_anybody_could_have_listened_long_enough_are_left_out_and_counted() -> None:
    early = [
        (f"early{n}", day(at), name) for n in range(2) for at, name in ((1, "deal won"), (50, "contract cancelled"))
    ]

    fact = facts(seeing([*losses(6, 14), *early], meanings=SENT))["quiet-losses"]

    assert (fact.value, fact.n) == (0.7, 20)
    assert fact.sentence.endswith("in the 180 days before; 2 lost sooner after the log begins are left out.")


def test_warning_days_are_the_median_from_the_first_small_sign_to_the_loss() -> None:
    """The second touch of day 201, 99 days before, is the only sign that the quiet ones gave."""
    fact = facts(seeing(losses(6, 14), meanings=SENT))["warning-days"]

    assert fact.value == pytest.approx(99)
    assert fact.n == 14


def test_losses_are_those_of_the_year_and_where_they_are_too_few_those_of_the_log() -> None:
    """Twenty left on day 300, 14 of them quietly; six on day 900, all quietly."""
    late: list[tuple[object, ...]] = [(f"b{n}", day(0), "deal won", {}) for n in range(6)]
    late += [(f"b{n}", day(900), "contract cancelled", {}) for n in range(6)]

    of_year = facts(seeing([*losses(6, 14), *late], meanings=SENT))["quiet-losses"]
    of_log = facts(seeing([*losses(6, 14), ("zz", day(900), "x", {})], meanings=SENT))["quiet-losses"]

    assert (of_year.value, of_year.n, of_log.value, of_log.n) == (1.0, 6, 0.7, 20)
    assert "customers lost in the last 12 months had" in of_year.sentence
    assert of_year.see.startswith("clew signals --since ")
    assert "customers lost in the whole log had" in of_log.sentence


def test_too_few_losses_say_how_many_more_are_needed() -> None:
    found = facts(seeing(losses(1, 2), meanings=SENT))

    assert found["quiet-losses"].sentence == "Too few: 3 customers lost, 2 more needed."
    assert found["warning-days"].sentence.startswith("Too few: 2 ")
