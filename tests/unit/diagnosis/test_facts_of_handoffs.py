"""Facts about journeys: handoffs, how late and how often returned, ways that runs take, segments that differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from clew.conditions.model import Event
from clew.diagnosis.facts.accounts import year_begins
from clew.diagnosis.model import Standing
from clew.durations import parse_duration
from clew.journeys.model import End, Handoff, Journey
from clew.signals.measuring.measure import measured
from clew.signals.registry import BY_NAME
from tests.unit.diagnosis.measured_worlds import PLAIN, day, facts, journey, seeing, segment

LIMITED = Handoff("sales", "service", Event(("a",)), Event(("b",)), accept_within=parse_duration("2 days"))


Way = Sequence[tuple[float, str, str]]


def runs(ways: Mapping[str, Way], last: float = 60) -> list[tuple[object, ...]]:
    """Events of accounts: day, event, team."""
    events = [(account, day(at), name, {"team": team}) for account, way in ways.items() for at, name, team in way]
    return [*events, ("zz", day(last), "other", {})]


def test_handoffs_of_a_run_are_counted_over_the_teams_of_its_events() -> None:
    """Ten runs pass on twice, ten not at all: one on average."""
    ways: dict[str, Way] = {f"a{n}": [(0, "a", "x"), (1, "b", "y"), (3, "b", "x")] for n in range(10)}
    ways |= {f"b{n}": [(0, "a", "x"), (1, "b", "x")] for n in range(10)}

    fact = facts(seeing(runs(ways), (), journey("a", "b")))["handoffs-per-run"]

    assert (fact.value, fact.n) == (1.0, 20)
    assert fact.low is not None
    assert fact.high is not None
    assert 0.4 < fact.low < 1 < fact.high < 1.6
    assert fact.see == "clew show handoffs --from 2025-03-03"


def test_a_handoff_is_returned_when_its_giver_has_the_work_again_within_a_week() -> None:
    """x > y > x within two days: the first is returned, the second not. x > y > x after eight days: neither."""
    ways: dict[str, Way] = {f"a{n}": [(0, "a", "x"), (1, "b", "y"), (2, "b", "x")] for n in range(10)}
    ways |= {f"b{n}": [(0, "a", "x"), (1, "b", "y"), (9, "b", "x")] for n in range(10)}

    fact = facts(seeing(runs(ways), (), journey("a", "b")))["returned-handoffs"]

    assert (fact.value, fact.n) == (0.25, 40)


def test_handoffs_without_a_receipt_when_due_are_late() -> None:
    """Twelve handoffs with a limit of two days: 6 accepted on the next day, 3 on the fourth, 3 never."""
    accepted = dict.fromkeys(range(6), 1.0) | dict.fromkeys(range(6, 9), 4.0)
    ways = {f"a{n}": [(0, "a", "x"), *([(accepted[n], "b", "y")] if n in accepted else [])] for n in range(12)}
    sale = replace(journey("a", "b"), handoffs=(LIMITED,))

    fact = facts(seeing(runs(ways), (), sale))["late-handoffs"]

    assert (fact.value, fact.n) == (0.5, 12)


def test_a_handoff_that_is_not_due_yet_is_not_judged() -> None:
    ways = {f"a{n}": [(0.0, "a", "x"), (1.0, "b", "y")] for n in range(11)} | {"late": [(59.5, "a", "x")]}
    sale = replace(journey("a", "b"), handoffs=(LIMITED,))

    fact = facts(seeing(runs(ways), (), sale))["late-handoffs"]

    assert (fact.value, fact.n) == (0.0, 11)
    assert fact.high is not None
    assert fact.high > 0.2  # eleven accounts cannot rule out every fourth


def test_late_handoffs_are_those_of_the_year_and_as_many_as_the_detector_saw() -> None:
    """Twelve were due two years ago and never came; of twelve due in the year nine did."""
    ways: dict[str, Way] = {f"old{n}": [(0, "a", "x")] for n in range(12)}
    ways |= {f"new{n}": [(700, "a", "x"), *([(701, "b", "y")] if n < 9 else [])] for n in range(12)}
    sale = replace(journey("a", "b"), handoffs=(LIMITED,))
    sight = seeing(runs(ways, last=730), (), sale)

    fact = facts(sight)["late-handoffs"]

    seen = measured(sight, BY_NAME["late-handoff"], since=year_begins(sight))
    assert (fact.value, fact.n) == (seen.signals / seen.occasions, seen.occasions) == (0.25, 12)
    assert "due in the last 12 months" in fact.sentence
    assert fact.see == "clew signals late-handoff --since 2027-01-02"


def test_a_year_that_holds_too_little_gives_way_to_the_whole_log() -> None:
    ways: dict[str, Way] = {f"old{n}": [(0, "a", "x"), (1, "b", "y")] for n in range(20)}
    sale = replace(journey("a", "b"), handoffs=(LIMITED,))

    found = facts(seeing(runs(ways, last=730), (), sale))

    for name in ("path-variety", "handoffs-per-run", "late-handoffs", "returned-handoffs"):
        assert (found[name].n > 0, "in the whole log" in found[name].sentence) == (True, True)
        assert "--" not in found[name].see


def test_ways_and_handoffs_are_those_of_runs_begun_in_the_year() -> None:
    """Twenty runs of long ago went a b a; those of the year go a b."""
    ways: dict[str, Way] = {f"old{n}": [(0, "a", "x"), (1, "b", "y"), (2, "b", "x")] for n in range(20)}
    ways |= {f"new{n}": [(700, "a", "x"), (701, "b", "y")] for n in range(20)}

    found = facts(seeing(runs(ways, last=730), (), journey("a", "b")))

    assert [found[name].value for name in ("path-variety", "handoffs-per-run", "returned-handoffs")] == [1, 1, 0]
    assert [found[name].n for name in ("path-variety", "handoffs-per-run", "returned-handoffs")] == [20, 20, 20]
    assert "begun in the last 12 months" in found["handoffs-per-run"].sentence


def test_handoffs_without_a_limit_are_neither_late_nor_in_time() -> None:
    sale = replace(journey("a", "b"), handoffs=(replace(LIMITED, accept_within=None),))

    fact = facts(seeing(runs({"a": [(0, "a", "x"), (9, "b", "y")]}), (), sale))["late-handoffs"]

    assert fact.standing is Standing.UNKNOWN
    assert "accept_within" in fact.sentence


def ways_taken() -> dict[str, Way]:
    """Of 30 runs 15 go a b, 9 go a alone, 4 a b c, 2 a c."""
    kinds = [("ab", 15), ("a", 9), ("abc", 4), ("ac", 2)]
    return {
        f"{way}{n}": [(at, name, "x") for at, name in enumerate(way)] for way, number in kinds for n in range(number)
    }


def test_path_variety_is_the_number_of_ways_that_eight_in_ten_take() -> None:
    """15 + 9 are exactly eight in ten of 30."""
    fact = facts(seeing(runs(ways_taken()), (), journey("a", "b", "c")))["path-variety"]

    assert (fact.value, fact.n) == (2, 30)
    assert fact.sentence.endswith("4 different ones occur.")


def test_the_journey_with_most_ways_is_told() -> None:
    plain = replace(journey("a"), name="plain")

    fact = facts(seeing(runs(ways_taken()), (), plain, journey("a", "b", "c")))["path-variety"]

    assert fact.value == 2
    assert fact.see == "clew show variants --journey sale --from 2025-03-03"


FIRM = replace(PLAIN, segments={"large": segment("size", "large"), "small": segment("size", "small")})
SALE = journey("a", "b", ends=(End("lost", Event(("declined",))),))


def two_sizes(large: int, small: int, of: int = 100) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """So many of a hundred runs of each size reach b."""
    events, attributes = [], []
    for size, reaching in (("large", large), ("small", small)):
        for n in range(of):
            events += [(f"{size}{n}", day(n % 20), "a"), *([(f"{size}{n}", day(30), "b")] if n < reaching else [])]
            attributes.append((f"{size}{n}", "size", size, {"at": day(-1)}))
    return events, attributes  # type: ignore[return-value]


def differing(large: int, small: int, sale: Journey = SALE) -> tuple[float | None, int]:
    fact = facts(seeing(*two_sizes(large, small), sale, firm=FIRM))["segments-differ"]
    return fact.value, fact.n


def test_segments_differ_where_a_stage_is_reached_clearly_more_often_and_by_ten_points() -> None:
    assert differing(80, 40) == (1.0, 1)  # a hundred of each begin in 'a' and nobody is lost: one stage can differ


def test_segments_that_reach_alike_do_not_differ() -> None:
    assert differing(50, 52) == (0.0, 1)


def test_a_clear_difference_below_ten_points_does_not_count() -> None:
    sight = seeing(*two_sizes(1900, 1980, of=2000), SALE, firm=FIRM)

    assert facts(sight)["segments-differ"].value == 0.0


def test_without_segments_nobody_can_say_whether_they_differ() -> None:
    fact = facts(seeing(*two_sizes(80, 40), SALE))["segments-differ"]

    assert fact.sentence == "Not measured: clew.yaml names no segments."


def test_the_fact_names_the_largest_difference() -> None:
    fact = facts(seeing(*two_sizes(80, 40), SALE, firm=FIRM))["segments-differ"]

    assert "the most at 'b' of 'sale': 80.0 % of 100 runs of 'large', 40.0 % of 100 of 'small'" in fact.sentence
    assert fact.value == pytest.approx(1.0)
