"""Laws of the fold on small random worlds, and its equality with a slow interpreter that shares no code with it."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from clew.clock import ALWAYS, DAY_US, HOUR_US, NEVER, to_datetime
from clew.conditions.model import (
    All,
    AnyOf,
    Date,
    Dwell,
    Event,
    Silent,
)
from clew.durations import Duration
from clew.engine.fold import fold, fold_bucket
from clew.engine.model import OPEN, Folded, ended
from clew.journeys.model import Again, AgainKind, Back, End, Journey, Stage, Subject
from clew.testing import MemoryView
from tests.properties.naive_fold import naive_fold
from tests.properties.small_worlds import FIRM, NAMES, START, Chance, World


def told(folded: Folded) -> tuple[list[Any], list[Any]]:
    runs: list[Any] = []
    planned: list[Any] = []
    text, event = folded.view.names["entity"].text, folded.view.names["event"].text
    for part in folded.buckets:
        r, v, s = part.runs, part.visits, part.steps
        for n in range(len(r)):
            columns = (r.number, r.start, r.end, r.outcome, r.stage, r.variant, r.due, r.late)
            visits = tuple(
                (int(v.stage[k]), int(v.enter[k]), int(v.leave[k]), int(v.came[k]), int(v.next[k]))
                for k in np.flatnonzero(v.run == n)
            )
            steps = tuple((int(part.bucket.at[k]), event(part.bucket.event[k])) for k in s.row[s.run == n])
            head = (text(r.thread[n]), text(r.subject[n]), *(int(column[n]) for column in columns))
            runs.append((*head, visits, steps))
        planned += [(text(s), int(at)) for s, at in zip(part.planned.subject, part.planned.start, strict=True)]
    return sorted(runs), sorted(planned)


SEEDS = st.integers(0, 2**32)
CHECKED = settings(deadline=None, suppress_health_check=list(HealthCheck))


def drawn(seed: int) -> tuple[World, Journey, Chance]:
    chance = Chance(seed)
    world, journey = chance.world(), chance.journey()
    note(f"{world}\n{journey}")
    return world, journey, chance


@CHECKED
@given(SEEDS)
def test_the_fold_says_what_a_slow_interpreter_says(seed: int) -> None:
    world, journey, chance = drawn(seed)
    view = world.view(as_of=chance.pick(None, chance.instant()))

    assert told(fold(view, journey, FIRM)) == naive_fold(journey, view)


@CHECKED
@given(SEEDS)
def test_the_order_of_arrival_does_not_matter(seed: int) -> None:
    world, journey, chance = drawn(seed)
    shuffled = World(*(chance.random.sample(rows, len(rows)) for rows in (world.events, world.attributes, world.links)))

    assert told(fold(shuffled.view(), journey, FIRM)) == told(fold(world.view(), journey, FIRM))


@CHECKED
@given(SEEDS)
def test_the_same_events_twice_are_the_events_once(seed: int) -> None:
    world, journey, _ = drawn(seed)
    twice = replace(world, events=world.events + world.events, attributes=world.attributes * 2, links=world.links * 2)

    assert told(fold(twice.view(), journey, FIRM)) == told(fold(world.view(), journey, FIRM))


@CHECKED
@given(SEEDS)
def test_all_threads_at_once_are_the_threads_one_by_one(seed: int) -> None:
    world, journey, _ = drawn(seed)
    whole = world.view()
    linked = {"acme", "lead:9"} if world.links else {"acme"}
    groups = [linked, {"bolt"}] if world.links else [linked, {"bolt"}, {"lead:9"}]

    runs: list[Any] = []
    planned: list[Any] = []
    for group in groups:
        events, attributes = ([row for row in rows if row[0] in group] for rows in (world.events, world.attributes))
        links = world.links if len(group) > 1 else []
        alone = told(fold(World(events, attributes, links).view(as_of=whole.as_of), journey, FIRM))
        runs, planned = runs + alone[0], planned + alone[1]

    assert (sorted(runs), sorted(planned)) == told(fold(whole, journey, FIRM))


@CHECKED
@given(SEEDS)
def test_a_view_as_of_a_moment_is_the_log_cut_there(seed: int) -> None:
    world, journey, chance = drawn(seed)
    as_of, known_at = chance.instant(), chance.instant()

    def told_by(row: Any) -> tuple[int, int]:
        words = row[-1]
        at = words.get("at", ALWAYS) if len(row) == 3 or "id" not in words else _micros(row[1])
        return at, words.get("known", at)

    cut = World(
        *(
            [row for row in rows if told_by(row)[0] <= as_of and told_by(row)[1] <= known_at]
            for rows in (world.events, world.attributes, world.links)
        )
    )

    seen = told(fold(world.view(as_of=as_of, known_at=known_at), journey, FIRM))
    assert seen == told(fold(cut.view(as_of=as_of), journey, FIRM))


def _micros(when: int | str) -> int:
    return when if isinstance(when, int) else int(np.datetime64(when, "us").astype(np.int64))


@CHECKED
@given(SEEDS)
def test_a_run_is_ended_in_the_log_cut_at_a_moment_where_an_end_stood_that_was_withdrawn_later(seed: int) -> None:
    world, journey, chance = drawn(seed)
    world, moment = replace(world, links=[]), chance.instant()
    journey = replace(journey, subject=Subject())  # a ticket that is heard of later may start at a date in the past
    whole, cut = world.view(as_of=START + 30 * DAY_US), world.view(as_of=moment)

    assert ended_by(fold(whole, journey, FIRM), moment) == ended_by(fold(cut, journey, FIRM), moment)


def ended_by(folded: Folded, moment: int) -> dict[Any, bool]:
    found = {}
    text = folded.view.names["entity"].text
    for part in folded.buckets:
        runs, withdrawn = part.runs, part.withdrawn
        for n in np.flatnonzero(runs.start <= moment):
            stood = (withdrawn.run == n) & (withdrawn.at <= moment) & (moment < withdrawn.until)
            key = (text(runs.thread[n]), text(runs.subject[n]), int(runs.number[n]))
            found[key] = bool(stood.any() or runs.end[n] <= moment)
    return found


@CHECKED
@given(SEEDS)
def test_visits_tile_their_run_without_gap_or_overlap(seed: int) -> None:
    world, journey, _ = drawn(seed)
    for run in told(fold(world.view(), journey, FIRM))[0]:
        _, _, _, start, end, outcome, stage, _, due, _, visits, steps = run
        entered = [visit[1] for visit in visits]
        left = [visit[2] for visit in visits]

        assert entered[0] == start
        assert left[-1] == end
        assert entered[1:] == left[:-1]
        assert [visit[3] for visit in visits[1:]] == [visit[0] for visit in visits[:-1]]
        assert [visit[4] for visit in visits[:-1]] == [visit[0] for visit in visits[1:]]
        assert visits[-1][4] == (OPEN if outcome == OPEN else ended(outcome))
        assert visits[-1][0] == stage
        assert (end == NEVER) == (outcome == OPEN)
        assert all(start <= at <= end for at, _ in steps)
        assert outcome == OPEN or due == NEVER


@CHECKED
@given(SEEDS, st.integers(2, 5))
def test_any_number_of_buckets_gives_the_same_hash(seed: int, buckets: int) -> None:
    world, journey, _ = drawn(seed)

    def digest(view: MemoryView) -> str:
        return hashlib.sha256(repr(told(fold(view, journey, FIRM))).encode()).hexdigest()

    assert digest(world.view(buckets=buckets)) == digest(world.view())


@CHECKED
@given(SEEDS)
def test_one_bucket_folds_as_its_part_of_the_whole(seed: int) -> None:
    world, journey, _ = drawn(seed)
    view = world.view(buckets=3)
    parts = [fold_bucket(bucket, view, journey, firm=FIRM) for bucket in view.buckets()]

    assert told(Folded(journey, view, parts)) == told(fold(view, journey, FIRM))


@CHECKED
@given(SEEDS)
def test_a_date_moved_before_its_instant_plans_anew(seed: int) -> None:
    world, _, chance = drawn(seed)
    old, new, before = chance.instant(), chance.instant(), chance.span()
    journey = Journey("j", "J", "v", Subject(), (Stage("s0", Event(("a",))),), starts=Date("renewal", before=before))
    instant = old - before.micros
    moved_at = instant - HOUR_US
    first = ("acme", "renewal", to_datetime(old).replace(tzinfo=None).isoformat(), {"at": moved_at - HOUR_US})
    second = ("acme", "renewal", to_datetime(new).replace(tzinfo=None).isoformat(), {"at": moved_at})
    options = {"as_of": START + 30 * DAY_US}

    moved = World(world.events, [first, second], []).view(**options)
    never_otherwise = World(world.events, [second], []).view(**options)

    assert told(fold(moved, journey, FIRM)) == told(fold(never_otherwise, journey, FIRM))


def test_compiled_and_interpreted_folds_are_equal() -> None:
    pytest.importorskip("numba")
    chance = random.Random(7)
    events = [
        (f"firm {chance.randrange(60)}", START + chance.randrange(400) * 6 * HOUR_US, chance.choice(NAMES), {"id": n})
        for n in range(3_000)
    ]
    dates: list[Any] = [(f"firm {n}", "renewal", str(to_datetime(START + n * DAY_US).date()), {}) for n in range(60)]
    view = World(events, dates, []).view(buckets=2, as_of=START + 60 * DAY_US)
    day = Duration(1, "day")
    journey = Journey(
        "j",
        "J",
        "v",
        Subject(),
        (Stage("s0", Event(("a",))), Stage("s1", Event(("b",)), back=Back.IGNORED), Stage("s2", Event(("c",)))),
        starts=AnyOf((Event(("a",)), Date("renewal", before=day))),
        again=Again(AgainKind.AFTER_END, day),
        ends=(
            End("won", All((Event(("d",)), Dwell("s2", None)))),
            End("lapsed", Silent(("a", "b"), Duration(2, "day")), reopens=True),
            End("stuck", Dwell("s1", Duration(1, "day"))),
        ),
    )

    compiled = told(fold(view, journey, FIRM, compiled=True))

    assert len(compiled[0]) > 200
    assert compiled == told(fold(view, journey, FIRM, compiled=False))
