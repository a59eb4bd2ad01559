"""Laws that hold of every question: buckets do not matter, parts add up, funnels never rise, shares lie in 0..1."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clew.questions.ask import ask
from clew.questions.ground import Ground
from clew.questions.model import Query, TooFew, Unit
from clew.questions.registry import REGISTRY

Grounded = Callable[..., Ground]
Story = tuple[list, list]  # type: ignore[type-arg]
Told = tuple[str, list[tuple[float, str]], str, int]  # name, (day, event), size, revenue

QUERIES = [
    Query("runs"),
    Query("runs", by=("segment",)),
    Query("runs", by=("size", "period:month")),
    Query("runs", options={"whole": "yes"}),
    Query("funnel"),
    Query("funnel", by=("team",)),
    Query("conversion", options={"points": "contacted > signed > sold", "within": "20 days"}),
    Query("conversion", options={"points": "lead > won", "mode": "any-order"}),
    Query("conversion", options={"points": "start > signed > end", "mode": "strict-order,strict-increase"}),
    Query("time"),
    Query("time", by=("segment",), options={"working": "yes"}),
    Query("time", options={"between": "contacted > sold"}),
    Query("time", options={"of": "run"}, finished_only=True),
    Query("time", options={"of": "event"}),
    Query("stalled"),
    Query("stalled", by=("stage",)),
    Query("transitions"),
    Query("transitions", options={"over": "events", "whole": "yes"}),
    Query("loops"),
    Query("loops", options={"over": "events"}),
    Query("pingpong"),
    Query("pingpong", options={"over": "events"}),
    Query("handoffs"),
    Query("handoffs", options={"working": "yes"}, by=("segment",)),
    Query("receipts"),
    Query("receipts", by=("segment",), options={"working": "yes"}),
    Query("receipts", options={"waiting": "yes"}),
    Query("kpis"),
    Query("kpis", by=("segment",)),
    Query("variants"),
    Query("variants", options={"over": "events", "top": "2"}),
    Query("touches", by=("segment",)),
    Query("silence", options={"gaps": "2"}),
    Query("coverage"),
    Query("funnel", compare=("segment", "smb", "enterprise")),
    Query("time", compare=("segment", "smb", "enterprise")),
    Query("receipts", compare=("segment", "smb", "enterprise")),
]


def named(query: Query) -> str:
    return " ".join([query.question, *query.by, *query.options.values(), "compared" if query.compare else ""])


@st.composite
def stories(draw: st.DrawFn) -> list[Told]:
    """Some accounts with events in any order, at whole days, so that many fall on one instant."""
    names = st.sampled_from(["contacted", "signed", "sold", "handed over", "declined"])
    steps = st.lists(st.tuples(st.integers(0, 50), names), min_size=1, max_size=8)
    told = draw(
        st.lists(st.tuples(steps, st.sampled_from(["small", "large"]), st.integers(0, 900)), min_size=1, max_size=14)
    )
    return [
        (f"a{number}", [(float(at), name) for at, name in steps], size, revenue)
        for number, (steps, size, revenue) in enumerate(told)
    ]


def test_every_question_is_held_to_these_laws() -> None:
    assert {query.question for query in QUERIES} == set(REGISTRY)


@given(told=stories())
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_answer_depends_on_how_the_log_is_split_into_buckets(
    told: list[Told], grounded: Grounded, tell: Callable[..., Story], at_day: Callable[..., str]
) -> None:
    world = [tell(name, *steps, size=size, revenue=revenue) for name, steps, size, revenue in told]
    whole, split = (grounded(*world, as_of=at_day(60), buckets=buckets) for buckets in (1, 5))

    for query in QUERIES:
        one, five = ask(whole, query), ask(split, query)

        assert (one.rows, one.n, one.notes) == (five.rows, five.n, five.notes), named(query)


@pytest.mark.parametrize("query", QUERIES, ids=named)
def test_every_share_lies_inside_its_interval_and_every_row_keeps_to_its_columns(
    query: Query, small_world: Ground
) -> None:
    answer = ask(small_world, query)

    names = {column.name for column in answer.columns}
    for row in answer.rows:
        assert set(row) <= names
        for column in answer.columns:
            value, low, high = (row.get(name) for name in (column.name, column.low or "", column.high or ""))
            if isinstance(value, float) and column.unit is Unit.SHARE and not column.name.startswith("difference"):
                assert 0 <= value <= 1
            if isinstance(value, int | float) and isinstance(low, int | float):
                assert low <= value
            if isinstance(value, int | float) and isinstance(high, int | float):
                assert value <= high
            if isinstance(value, TooFew):
                assert value.n < value.needed


@pytest.mark.parametrize("query", QUERIES, ids=named)
def test_every_column_that_names_its_n_has_it(query: Query, small_world: Ground) -> None:
    columns = ask(small_world, query).columns

    names = {column.name for column in columns}
    assert {column.n for column in columns if column.n} <= names
    assert {end for column in columns for end in (column.low, column.high) if end} <= names


@given(told=stories())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_funnel_never_rises_and_its_parts_add_up(
    told: list[Told],
    grounded: Grounded,
    tell: Callable[..., Story],
    at_day: Callable[..., str],
) -> None:
    ground = grounded(*(tell(name, *steps, size=size) for name, steps, size, _ in told), as_of=at_day(60))

    rows = ask(ground, Query("funnel")).rows
    reached = [int(str(row["reached"])) for row in rows]

    assert reached == sorted(reached, reverse=True)
    for row, following in zip(rows, [*reached[1:], 0], strict=True):
        here = int(str(row["open_here"])) + int(str(row["ended_here"]))
        assert int(str(row["reached"])) - here == following


@given(told=stories())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_handoff_sent_is_accepted_waits_or_ended_without_and_parts_add_up(
    told: list[Told],
    grounded: Grounded,
    tell: Callable[..., Story],
    at_day: Callable[..., str],
) -> None:
    ground = grounded(*(tell(name, *steps, size=size) for name, steps, size, _ in told), as_of=at_day(60))
    counts = ("sent", "accepted", "waiting", "without", "followed", "beyond")

    answer, split = ask(ground, Query("receipts")), ask(ground, Query("receipts", by=("size",))).rows
    listed = ask(ground, Query("receipts", options={"waiting": "yes", "top": "0"})).rows

    for row in answer.rows[:2]:
        sent, accepted, waiting, without = (row[name] for name in counts[:4])
        assert sent == accepted + waiting + without  # type: ignore[operator]
    for row in answer.rows:
        parts = [part for part in split if (part["from"], part["to"]) == (row["from"], row["to"])]
        for name in counts:
            assert sum(int(str(part[name] or 0)) for part in parts) == (row[name] or 0)
    assert answer.n == sum(int(str(row["sent"])) for row in answer.rows)
    assert len(listed) == sum(int(str(row["waiting"] or 0)) for row in answer.rows)
    assert sum(row["beyond"] is not None for row in listed) == answer.extra["beyond"]


def test_an_empty_selection_is_an_answer_of_none(small_world: Ground) -> None:
    for query in QUERIES:
        if query.question != "coverage" and not query.compare:
            narrowed = Query(
                query.question,
                by=query.by,
                where={"size": ("small",), "segment": ("enterprise",)},
                options=query.options,
            )
            assert ask(small_world, narrowed).n == 0
