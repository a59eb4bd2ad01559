"""Whose outcome is known, at which instant, and how those without it are looked at."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from clew.clock import DAY_US
from clew.drivers.outcomes import outcome_of
from clew.errors import BadRequest, UnknownName
from clew.signals.sight import Sight
from clew.testing import micros
from tests.unit.drivers.driver_sights import BEGIN, day, log, sight_of


def cases(sight: Sight, name: str, journey: str | None = None) -> dict[str, tuple[float, float]]:
    """account -> (outcome, day on which it is known)."""
    outcome = outcome_of(sight, name, journey)
    found: dict[str, tuple[float, float]] = {}
    for number in range(len(sight.buckets)):
        part = outcome.cases(sight, number)
        names = [sight.view.names["entity"].text(int(code)).removeprefix("account:") for code in part.thread]
        days = ((part.at - micros(BEGIN)) / DAY_US).tolist()
        found |= dict(zip(names, zip(part.value.tolist(), days, strict=True), strict=True))
    return found


EVENTS: list[Any] = [
    ("renews", day(0), "signed"),
    ("renews", day(100), "renewed"),
    ("renews", day(200), "renewed"),
    ("leaves", day(0), "signed"),
    ("leaves", day(100), "renewed"),
    ("leaves", day(250), "left"),
    ("waits", day(0), "signed"),
    ("young", day(300), "signed"),
    ("stranger", day(50), "renewed"),
    ("waits", day(310), "call made"),
]


@pytest.mark.parametrize("buckets", [1, 3])
def test_renewed_takes_the_latest_decision_of_customers_and_leaves_the_undecided_out(buckets: int) -> None:
    assert cases(sight_of(log(EVENTS, buckets=buckets)), "renewed") == {"renews": (1, 200), "leaves": (0, 250)}


@pytest.mark.parametrize("buckets", [1, 3])
def test_those_who_stayed_are_looked_at_when_they_were_as_old_as_those_lost(buckets: int) -> None:
    found = cases(sight_of(log(EVENTS, buckets=buckets)), "lost")

    assert found == {"leaves": (1, 250), "renews": (0, 250), "waits": (0, 250)}


def test_an_account_that_was_lost_is_none_that_stayed_yet_one_that_did_not_expand() -> None:
    events = [*EVENTS, ("renews", day(120), "bought more")]

    found = cases(sight_of(log(events)), "expanded")

    assert found == {"renews": (1, 120), "leaves": (0, 120), "waits": (0, 120)}


def test_the_ages_of_those_without_it_spread_over_the_ages_of_those_with_it() -> None:
    events: list[Any] = [(f"gone{n}", day(0), "signed") for n in range(20)]
    events += [(f"gone{n}", day(100 + 10 * n), "left") for n in range(20)]
    events += [(f"here{n}", day(0), "signed") for n in range(200)]
    events.append(("last", day(400), "call made"))

    found = cases(sight_of(log(events)), "lost")

    at = [known for account, (value, known) in found.items() if account.startswith("here")]
    assert len(at) == 200
    assert {*at} == {100.0 + 10 * n for n in range(20)}
    assert max(at.count(known) for known in at) <= 25  # 10 each expected


def test_achieved_takes_the_latest_ended_run_and_no_open_one() -> None:
    events = [
        ("good", day(0), "signed"),
        ("good", day(9), "done"),
        ("bad", day(0), "signed"),
        ("bad", day(12), "left"),
        ("open", day(95), "signed"),
        ("quiet", day(40), "signed"),
        ("open", day(100), "call made"),
    ]

    found = cases(sight_of(log(events)), "achieved")

    assert found == {"good": (1, 9), "bad": (0, 12), "quiet": (0, 60)}


def test_a_score_takes_the_latest_number_that_was_given() -> None:
    events = [
        ("a", day(1), "rated", {"nps": 3}),
        ("a", day(5), "rated", {"nps": 9}),
        ("a", day(7), "rated", {"nps": "no answer"}),
        ("b", day(2), "rated", {"nps": "7.5"}),
        ("c", day(2), "rated"),
    ]

    found = cases(sight_of(log(events)), "nps")

    assert found == {"a": (9, 5), "b": (7.5, 2)}


def test_an_unknown_outcome_names_those_there_are() -> None:
    with pytest.raises(UnknownName, match="achieved, expanded, lost, nps, renewed; did you mean 'renewed'"):
        outcome_of(sight_of(log(EVENTS)), "renew")
    with pytest.raises(UnknownName, match="no journey 'set'"):
        outcome_of(sight_of(log(EVENTS)), "achieved", "set")


def test_what_meanings_do_not_say_is_told_with_what_to_write() -> None:
    sight = sight_of(log(EVENTS))
    unsaid = replace(sight, meanings=replace(sight.meanings, renewed=None, lost=None))
    half = replace(sight, meanings=replace(sight.meanings, lost=None))

    with pytest.raises(BadRequest, match=r"does not say 'renewed'; add it, as renewed: \{event: contract renewed\}"):
        outcome_of(unsaid, "renewed")
    with pytest.raises(BadRequest, match="does not say 'lost', so nobody knows who did not renew"):
        outcome_of(half, "renewed")


def test_a_journey_without_a_good_end_has_nothing_to_achieve() -> None:
    sight = sight_of(log(EVENTS))
    ground = sight.journeys["setup"]
    ends = tuple(replace(end, good=False) for end in ground.journey.ends)
    worse = replace(ground, folded=replace(ground.folded, journey=replace(ground.journey, ends=ends)))

    with pytest.raises(BadRequest, match="no end of journey 'setup' is good; mark an end with 'good: true'"):
        outcome_of(replace(sight, journeys={"setup": worse}), "achieved")
    with pytest.raises(BadRequest, match="add --journey with one of: other, setup"):
        outcome_of(replace(sight, journeys={"setup": ground, "other": ground}), "achieved")
