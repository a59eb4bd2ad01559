"""What the fold gives beside the truth table: limits, values, things of accounts, columns in conditions, refusals."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import clew.engine.fold as fold_module
from clew.archive.model import NO_VALUE, UNIT
from clew.calendars import Calendar
from clew.clock import DAY_US, HOUR_US, NEVER
from clew.conditions.model import All, Attribute, Condition, Date, Dwell, Event, Operator, Segment, Silent
from clew.conditions.model import Test as ValueTest
from clew.durations import Duration
from clew.engine.compiled import fast_enough
from clew.engine.fold import fold
from clew.errors import BadRequest, UnknownName
from clew.firm.model import Firm, Team
from clew.journeys.model import Again, AgainKind, End, Journey, Stage, Subject, Variant
from clew.testing import memory_log

DAY_0 = 1_767_571_200_000_000  # 2026-01-05, a Monday, midnight UTC
FIRM = Firm("a firm", "EUR", "UTC")
STAGES = (Stage("s0", Event(("a",))), Stage("s1", Event(("b",))))
JOURNEY = Journey("j", "J", "v", Subject(), STAGES)
GOLD = Attribute("tier", ValueTest(((Operator.IS, "gold"),)))


def at(day: float) -> int:
    return DAY_0 + round(day * DAY_US)


def is_(value: Any) -> ValueTest:
    return ValueTest(((Operator.IS, value),))


def test_a_limit_in_working_days_follows_the_calendar_of_the_stages_team() -> None:
    nights = Calendar(hours=dict.fromkeys(range(7), ((0, 360),)))
    firm = Firm("a firm", "EUR", "UTC", calendars={"nights": nights}, teams={"ops": Team("ops", "Ops", "nights")})
    limit = Duration(2, "hour", working=True)
    stages = (replace(STAGES[0], limit=limit), replace(STAGES[1], limit=limit, team="ops"))

    visits = fold(memory_log([("acme", at(0.5), "a"), ("acme", at(1), "b")]), replace(JOURNEY, stages=stages), firm)

    assert visits.buckets[0].visits.deadline.tolist() == [at(0.5) + 2 * HOUR_US, at(1) + 2 * HOUR_US]


def test_a_variant_changes_the_limit_of_its_runs_only() -> None:
    stages = (replace(STAGES[0], limit=Duration(3, "day")), STAGES[1])
    variant = Variant("gold", GOLD, {"s0": {"limit": Duration(10, "day")}})
    log = memory_log([("acme", at(0), "a"), ("bolt", at(0), "a")], [("acme", "tier", "gold")])

    part = fold(log, replace(JOURNEY, stages=stages, variants=(variant,)), FIRM).buckets[0]

    assert part.runs.variant.tolist() == [0, -1]
    assert part.visits.deadline.tolist() == [at(10), at(3)]


def test_without_a_limit_there_is_no_deadline() -> None:
    part = fold(memory_log([("acme", at(0), "a")]), JOURNEY, FIRM).buckets[0]

    assert part.visits.deadline.tolist() == [NEVER]


def test_a_run_weighs_the_latest_known_value_of_its_subject_else_of_its_account() -> None:
    events = [
        ("acme", at(0), "a", {"deal": "d1"}),
        ("acme", at(0), "a", {"deal": "d2"}),
        ("bolt", at(0), "a", {"deal": "d3"}),
    ]
    attributes = [
        ("acme", "revenue", "100.5", {"at": at(-10)}),
        ("acme", "revenue", "200", {"at": at(-1)}),
        ("acme", "revenue", "7", {"deal": "d2"}),
        ("bolt", "revenue", "unknown"),
    ]
    log = memory_log(events, attributes, subjects=("deal",))

    of_account = fold(log, replace(JOURNEY, value="revenue"), FIRM).buckets[0].runs
    of_deal = fold(log, replace(JOURNEY, value="revenue", subject=Subject("deal", "id")), FIRM).buckets[0].runs
    unweighed = fold(log, JOURNEY, FIRM).buckets[0].runs

    assert of_account.value.tolist() == [200 * UNIT, NO_VALUE]
    assert of_deal.value.tolist() == [200 * UNIT, 7 * UNIT, NO_VALUE]
    assert unweighed.value.tolist() == [NO_VALUE, NO_VALUE]


def test_a_journey_of_things_follows_only_the_events_that_carry_the_thing() -> None:
    events = [
        ("acme", at(0), "a", {"ticket": "t1"}),
        ("acme", at(1), "a", {"ticket": "t2"}),
        ("acme", at(2), "b"),
        ("acme", at(3), "b", {"ticket": "t2"}),
        (None, at(4), "a", {"ticket": "t3"}),
    ]
    log = memory_log(events, subjects=("ticket",))

    part = fold(log, replace(JOURNEY, subject=Subject("ticket", "ticket_id")), FIRM).buckets[0]

    names = log.names["entity"].text
    runs = [
        (names(t), names(s), int(g))
        for t, s, g in zip(part.runs.thread, part.runs.subject, part.runs.stage, strict=True)
    ]
    assert runs == [("account:acme", "ticket:t1", 0), ("account:acme", "ticket:t2", 1), ("ticket:t3", "ticket:t3", 0)]
    assert [(int(r), int(log.buckets()[0].at[k])) for r, k in zip(part.steps.run, part.steps.row, strict=True)] == [
        (0, at(0)),
        (1, at(1)),
        (1, at(3)),
        (2, at(4)),
    ]


def test_a_thing_without_any_event_starts_by_its_own_date() -> None:
    journey = replace(JOURNEY, subject=Subject("contract", "id"), starts=Date("renewal", before=Duration(10, "day")))
    attributes = [("acme", "renewal", "2026-02-01", {"contract": "c1"}), ("acme", "renewal", "2027-02-01")]
    log = memory_log([("acme", at(40), "a", {"contract": "c2"})], attributes, subjects=("contract",))

    part = fold(log, journey, FIRM).buckets[0]

    text = log.names["entity"].text
    assert [text(code) for code in part.runs.subject] == ["contract:c1"]
    assert [text(code) for code in part.planned.subject] == ["contract:c2"]  # by the date of its account


def test_a_date_names_the_first_instant_of_its_day_in_the_firms_zone() -> None:
    firm = Firm("a firm", "BRL", "America/Sao_Paulo")
    log = memory_log([("acme", at(20), "x")], [("acme", "renewal", "2026-01-10")])

    part = fold(log, replace(JOURNEY, starts=Date("renewal", after=Duration(0, "day"))), firm).buckets[0]

    assert part.runs.start.tolist() == [at(5) + 3 * HOUR_US]


def test_events_after_an_end_at_the_same_instant_as_the_next_start_belong_to_the_next_run() -> None:
    journey = replace(JOURNEY, starts=Event(("a",)), again=Again(AgainKind.EACH_TRIGGER))
    events: list[Any] = [
        ("acme", at(0), "a"),
        ("acme", at(1), "x", {"sequence": 1}),
        ("acme", at(1), "a", {"sequence": 2}),
    ]
    events.append(("acme", at(1), "y", {"sequence": 3}))

    steps = fold(memory_log(events), journey, FIRM).buckets[0].steps

    assert steps.run.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("words", "where", "entered"),
    [
        ({"team": "support"}, {"team": is_("support")}, True),
        ({"team": "sales"}, {"team": is_("support")}, False),
        ({"channel": "mail", "user": "ann"}, {"channel": is_("mail"), "user": is_("ann")}, True),
        ({"value": 120.5}, {"value": ValueTest(((Operator.ABOVE, 120),))}, True),
        ({}, {"value": ValueTest(((Operator.ABOVE, 120),))}, False),
        ({}, {"value": ValueTest(((Operator.KNOWN, False),))}, True),
        ({"size": "big"}, {"size": is_("big"), "team": ValueTest(((Operator.KNOWN, False),))}, True),
    ],
)
def test_a_condition_may_ask_for_columns_of_the_log(words: Any, where: Any, entered: bool) -> None:
    stages = (STAGES[0], Stage("s1", Event(("b",), where)))
    log = memory_log([("acme", at(0), "a"), ("acme", at(1), "b", words)])

    assert (fold(log, replace(JOURNEY, stages=stages), FIRM).buckets[0].runs.stage == int(entered)).all()


def test_a_stage_may_be_entered_by_a_date_and_says_when_it_will_be() -> None:
    stages = (STAGES[0], Stage("s1", Date("renewal", before=Duration(10, "day"))))
    attributes = [("acme", "renewal", "2026-02-04")]
    journey = replace(JOURNEY, stages=stages)

    before = fold(memory_log([("acme", at(0), "a")], attributes, as_of=at(10)), journey, FIRM).buckets[0].runs
    after = fold(memory_log([("acme", at(0), "a")], attributes, as_of=at(25)), journey, FIRM).buckets[0].runs

    assert (before.stage.tolist(), before.due.tolist()) == ([0], [at(20)])
    assert (after.stage.tolist(), after.due.tolist()) == ([1], [NEVER])


def test_a_segment_may_listen_to_events_of_its_own() -> None:
    firm = replace(FIRM, segments={"active": Event(("login",)), "both": All((Segment("active"), GOLD))})
    stages = (STAGES[0], Stage("s1", All((Event(("b",)), Segment("both")))))
    log = memory_log(
        [
            ("acme", at(0), "login"),
            ("acme", at(1), "a"),
            ("acme", at(2), "b"),
            ("bolt", at(1), "a"),
            ("bolt", at(2), "b"),
        ],
        [("acme", "tier", "gold"), ("bolt", "tier", "gold")],
    )

    assert fold(log, replace(JOURNEY, stages=stages), firm).buckets[0].runs.stage.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"starts": Segment("big")}, UnknownName, "there is no segment 'big'"),
        ({"starts": Segment("loop")}, BadRequest, "segment 'loop' is defined by itself: loop > other"),
        ({"stages": (Stage("s0", Silent(("a",), Duration(1, "day"))),)}, BadRequest, "entered by silence"),
        (
            {"again": Again(AgainKind.AFTER_END, Duration(1, "day", working=True))},
            BadRequest,
            "wait: 1 working day: .* elapsed time; allowed: as '30 days'",
        ),
    ],
)
def test_what_cannot_be_walked_is_refused_with_the_reason(change: Any, error: type[Exception], says: str) -> None:
    firm = replace(FIRM, segments={"loop": Segment("other"), "other": All((Segment("loop"),))})
    with pytest.raises(error, match=says):
        fold(memory_log([("acme", at(0), "a")]), replace(JOURNEY, **change), firm)


def test_a_log_without_events_has_no_runs() -> None:
    silent = End("lapsed", Silent(("a",), Duration(1, "day")))

    part = fold(memory_log(buckets=2), replace(JOURNEY, ends=(silent,)), FIRM).buckets[0]

    assert (len(part.runs), len(part.visits), len(part.steps.run), len(part.planned.start)) == (0, 0, 0, 0)


def test_walking_in_small_pieces_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    events = [(f"firm {n % 7}", at(n / 3), "ab"[n % 2]) for n in range(60)]
    dwelling: Condition = All((Event(("b",)), Dwell("s0", None)))
    journey = replace(JOURNEY, ends=(End("e", dwelling), End("f", Silent(("a",), Duration(30, "day")), reopens=True)))
    whole = fold(memory_log(events), journey, FIRM).buckets[0]

    monkeypatch.setattr(fold_module, "ROWS_AT_ONCE", 5)
    pieces = fold(memory_log(events), journey, FIRM).buckets[0]

    for part in ("runs", "visits", "steps"):
        for name, column in vars(getattr(whole, part)).items():
            assert np.array_equal(column, getattr(getattr(pieces, part), name)), name


def test_a_small_log_never_loads_the_compiler() -> None:
    assert not fast_enough(1_000)
    code = (
        "import sys; from clew.testing import memory_log; import clew.engine.fold;"
        "from clew.engine.compiled import fast_enough; fast_enough(10); sys.exit('numba' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
