"""Segments that rest on events: which runs are in them, also where a subject has none of these events."""

from __future__ import annotations

from clew.conditions.model import All, AnyOf, Attribute, Condition, Count, Event, Not, Operator
from clew.conditions.model import Test as ValueTest
from clew.durations import parse_duration
from clew.engine.fold import fold
from clew.firm.model import Firm
from clew.journeys.model import Journey, Stage, Subject
from clew.questions.ground import Ground
from clew.questions.norms import segment_of_runs
from clew.testing import memory_log

EVENTS = [
    ("acme", "2026-01-01T08:00", "logged in"),
    ("acme", "2026-01-02T08:00", "logged in"),
    ("acme", "2026-01-03T08:00", "started"),
    ("bolt", "2026-01-01T08:00", "started"),
    ("bolt", "2026-01-05T08:00", "logged in"),
    ("crag", "2026-01-01T08:00", "started"),
]
GOLD = Attribute("tier", ValueTest(((Operator.IS, "gold"),)))
LOGGED_IN = Event(("logged in",))
JOURNEY = Journey("j", "J", "v", Subject(), (Stage("started", Event(("started",))),))


def accounts_in(segment: Condition) -> set[str]:
    view = memory_log(EVENTS, [("crag", "tier", "gold", {"at": "2025-01-01"})])
    firm = Firm("firm", "EUR", "UTC", segments={"these": segment})
    ground = Ground(fold(view, JOURNEY, firm), firm)
    return {
        view.names["entity"].text(int(code)).partition(":")[2]
        for part in ground.buckets
        for code in part.runs.thread[segment_of_runs(ground, part) == 0]
    }


def count(operator: Operator, number: int) -> Count:
    return Count(LOGGED_IN, ValueTest(((operator, number),)), parse_duration("30 days"))


def test_an_event_before_the_start_counts_and_one_after_it_does_not() -> None:
    assert accounts_in(LOGGED_IN) == {"acme"}


def test_an_account_without_any_such_event_is_not_taken_for_its_neighbour() -> None:
    assert accounts_in(Not(LOGGED_IN)) == {"bolt", "crag"}


def test_none_of_an_event_is_at_most_so_many() -> None:
    assert accounts_in(count(Operator.AT_LEAST, 2)) == {"acme"}
    assert accounts_in(count(Operator.AT_MOST, 1)) == {"bolt", "crag"}


def test_an_attribute_beside_an_event_counts_where_the_event_never_happened() -> None:
    assert accounts_in(AnyOf((GOLD, LOGGED_IN))) == {"acme", "crag"}
    assert accounts_in(All((GOLD, Not(LOGGED_IN)))) == {"crag"}
