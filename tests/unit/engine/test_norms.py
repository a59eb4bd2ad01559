"""Norms are P90s of stays, open ones included, dated, and told apart from timers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from clew.clock import DAY_US, NEVER
from clew.conditions.model import Event, Silent
from clew.durations import Duration
from clew.engine.fold import fold
from clew.engine.norms import (
    Norm,
    beyond,
    ends_by_time,
    from_line,
    looks_like_timer,
    norm_of,
    norms_of,
    to_line,
    usual_span,
)
from clew.errors import BrokenStore
from clew.firm.model import Firm
from clew.journeys.model import End, Journey, Stage, Subject
from clew.stats.survival import SurvivalCounts
from clew.testing import memory_log

DAY_0 = 1_767_225_600_000_000
FIRM = Firm("a firm", "EUR", "UTC")
LAPSED = End("lapsed", Silent(("a", "b"), Duration(100, "day")))
JOURNEY = Journey("j", "J", "v1", Subject(), (Stage("s0", Event(("a",))), Stage("s1", Event(("b",)))), ends=(LAPSED,))


def day(n: float) -> int:
    return DAY_0 + round(n * DAY_US)


def stays(*days: float) -> SurvivalCounts:
    return SurvivalCounts.of([round(each * DAY_US) for each in days], [True] * len(days))


def norm(segment: str | None, dated: int, span_us: int = 1) -> Norm:
    return Norm("j", "v1", "s0", segment, span_us, n=20, ended=20, dated=dated)


def test_a_norm_counts_the_stays_that_are_still_open() -> None:
    finished = [(f"firm {n}", day(0), "a") for n in range(10)] + [(f"firm {n}", day(n + 1), "b") for n in range(10)]
    still_open = [(f"late {n}", day(0), "a") for n in range(5)]
    as_of = day(30)

    without = norms_of(fold(memory_log(finished, as_of=as_of), JOURNEY, FIRM), dated=1)
    with_open = norms_of(fold(memory_log(finished + still_open, as_of=as_of), JOURNEY, FIRM), dated=1)

    assert [(each.stage, each.span_us // DAY_US, each.n, each.ended) for each in without] == [("s0", 9, 10, 10)]
    assert with_open == []  # a third is still open: nine of ten have not left


def test_an_end_by_silence_does_not_count_as_leaving() -> None:
    events = [(f"firm {n}", day(0), "a") for n in range(20)]

    folded = fold(memory_log(events, as_of=day(150)), JOURNEY, FIRM)

    assert ends_by_time(JOURNEY) == [0]
    assert (folded.buckets[0].runs.outcome == 0).all()
    assert norms_of(folded, dated=1) == []


def test_each_segment_has_its_own_norm_where_stays_suffice() -> None:
    events = [(f"firm {n:02}", day(0), "a") for n in range(24)]
    events += [(f"firm {n:02}", day(1 if n < 12 else 20), "b") for n in range(24)]
    folded = fold(memory_log(events), JOURNEY, FIRM)
    big = np.arange(24) // 12

    found = {
        each.segment: each.span_us // DAY_US for each in norms_of(folded, dated=1, segments=("x", "y"), segment=[big])
    }

    assert found == {None: 20, "x": 1, "y": 20}


def test_fewer_than_ten_stays_give_no_norm() -> None:
    assert usual_span(stays(*range(1, 10))) is None
    assert usual_span(stays(*range(1, 11))) == 9 * DAY_US


def test_a_comparison_knows_only_norms_dated_before_it() -> None:
    known = [norm(None, 10), norm(None, 20, 2), norm("big", 30, 3)]

    def asked(segment: str | None, known_at: int) -> int | None:
        found = norm_of(known, version="v1", stage="s0", segment=segment, known_at=known_at)
        return found.span_us if found else None

    assert [asked(None, at) for at in (9, 10, 25)] == [None, 1, 2]
    assert [asked("big", at) for at in (25, 30)] == [2, 3]
    assert norm_of(known, version="v2", stage="s0", segment=None, known_at=99) is None


def test_a_visit_is_beyond_its_limit_else_beyond_its_norm() -> None:
    limited = Stage("s0", Event(("a",)), limit=Duration(10, "day"))
    journey = Journey("j", "J", "v1", Subject(), (limited, Stage("s1", Event(("b",)))))
    events = [("acme", day(0), "a"), ("bolt", day(0), "b"), ("cord", day(0), "a"), ("cord", day(1), "b")]
    visits = fold(memory_log(events, as_of=day(12)), journey, FIRM).buckets[0].visits

    over_five = beyond(visits, np.full(len(visits), 5 * DAY_US), day(12))
    without_norm = beyond(visits, np.full(len(visits), -1), day(12))

    assert visits.leave[2] != NEVER
    assert over_five.tolist() == [True, True, False, True]
    assert without_norm.tolist() == [True, False, False, False]


@pytest.mark.parametrize(
    ("days", "timer"),
    [
        ([7.0] * 40 + [3.0] * 5, True),  # an automatic close after a week, some close it earlier
        ([7.0] * 20, False),  # too few to say
        ([n / 2 for n in range(1, 60)], False),  # people
        ([0.5] * 60, False),  # mere speed
        ([7.0] * 30 + [7.6] * 10, True),  # a timer that runs once a night
        ([7.0] * 30 + [9.0] * 10, False),
    ],
)
def test_a_timer_is_told_apart_from_people(days: list[float], timer: bool) -> None:
    assert looks_like_timer(stays(*days)) is timer


@pytest.mark.parametrize(("stay", "timer"), [(lambda n: 7, True), (lambda n: 1 + n % 20, False)])
def test_a_stored_norm_says_whether_its_stage_is_a_timer(stay: Callable[[int], int], timer: bool) -> None:
    events = [(f"firm {n}", day(at), event) for n in range(40) for at, event in ((n, "a"), (n + stay(n), "b"))]

    [norm] = norms_of(fold(memory_log(events), JOURNEY, FIRM), dated=1)

    assert norm.timer is timer


def test_norms_survive_their_file() -> None:
    assert from_line(to_line(norm("büro", 5))) == norm("büro", 5)
    with pytest.raises(BrokenStore, match="delete the line"):
        from_line('{"stage": 1}')
