"""Laws of journeys under versions published one after the other, on small random worlds."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from clew.clock import NEVER
from clew.conditions.model import Event
from clew.engine.fold import fold
from clew.engine.model import OPEN, REPLACED, Folded
from clew.engine.succession import Choice, Governing, InFlight, fold_succession
from clew.journeys.model import Journey
from tests.properties.small_worlds import FIRM, QUARTER, START, Chance, World

SEEDS = st.integers(0, 2**32)
MOMENTS = st.integers(-2, 18).map(lambda quarter: START + quarter * QUARTER)
HALVES = st.sampled_from([0, QUARTER // 2])
CHECKED = settings(deadline=None, suppress_health_check=list(HealthCheck))


def courses(parts: tuple[Folded, ...]) -> dict[tuple[str, str, int], tuple[Any, ...]]:
    """Each run by (thread, subject, number): version, start, end, outcome, stage it stands in and since when, due."""
    found: dict[tuple[str, str, int], tuple[Any, ...]] = {}
    for folded in parts:
        text, stages = folded.view.names["entity"].text, (*folded.journey.stage_names, None)
        for part in folded.buckets:
            runs, visits = part.runs, part.visits
            for n in range(len(runs)):
                last = int(np.flatnonzero(visits.run == n)[-1])
                key = (text(int(runs.thread[n])), text(int(runs.subject[n])), int(runs.number[n]))
                assert key not in found, "a run belongs to one version"
                found[key] = (
                    folded.journey.version, int(runs.start[n]), int(runs.end[n]), int(runs.outcome[n]),
                    stages[runs.stage[n]], int(visits.enter[last]), int(runs.due[n]),
                )  # fmt: skip
    return found


def drawn(seed: int) -> tuple[World, Journey, Journey]:
    """A world and two versions of a journey, with the same subject."""
    chance = Chance(seed)
    world, first, second = chance.world(), chance.journey(), chance.journey()
    second = replace(second, subject=first.subject, version="w")
    note(f"{world}\n{first}\n{second}")
    return world, first, second


def unversioned(runs: dict[Any, tuple[Any, ...]]) -> dict[Any, tuple[Any, ...]]:
    return {key: course[1:] for key, course in runs.items()}


@CHECKED
@given(SEEDS, MOMENTS, HALVES, st.sampled_from([Choice.STAY, Choice.MOVE]))
def test_publishing_the_same_definition_again_changes_no_run(seed: int, at: int, half: int, choice: Choice) -> None:
    world, first, _ = drawn(seed)
    first = replace(first, ends=tuple(replace(end, reopens=False) for end in first.ends))
    again = replace(first, version="w")

    parts = fold_succession(world.view(), [Governing(first, FIRM), Governing(again, FIRM, at + half, InFlight(choice))])

    assert unversioned(courses(parts)) == unversioned(courses((fold(world.view(), first, FIRM),)))


@CHECKED
@given(SEEDS, MOMENTS, st.sampled_from(list(Choice)))
def test_before_a_publication_everything_is_as_if_it_never_came(seed: int, at: int, choice: Choice) -> None:
    world, first, second = drawn(seed)
    view = world.view(as_of=at - 1)

    parts = fold_succession(view, [Governing(first, FIRM), Governing(second, FIRM, at, InFlight(choice))])

    assert courses(parts) == courses((fold(view, first, FIRM),))


@CHECKED
@given(SEEDS, MOMENTS)
def test_runs_that_stay_take_the_course_of_their_version(seed: int, at: int) -> None:
    world, first, second = drawn(seed)

    parts = fold_succession(world.view(), [Governing(first, FIRM), Governing(second, FIRM, at)])

    found, plain = courses(parts), courses((fold(world.view(), first, FIRM),))
    before = {key: course for key, course in plain.items() if course[1] < at}
    assert {key: course for key, course in found.items() if course[0] == "v"} == (
        before if world_reaches(world, at) else plain
    )
    assert all(course[1] >= at for course in found.values() if course[0] == "w")


def world_reaches(world: World, at: int) -> bool:
    return world.view().as_of >= at


@CHECKED
@given(SEEDS, MOMENTS)
def test_runs_that_are_ended_end_at_the_publication_at_the_latest(seed: int, at: int) -> None:
    world, first, second = drawn(seed)
    world = replace(world, links=[], attributes=[])  # which a view of the past would not know
    view = world.view()

    parts = fold_succession(view, [Governing(first, FIRM), Governing(second, FIRM, at, InFlight(Choice.END))])

    if view.as_of < at:
        return
    was_open = {key for key, run in courses((fold(world.view(as_of=at - 1), first, FIRM),)).items() if run[2] == NEVER}
    of_first = {key: run for key, run in courses(parts).items() if run[0] == "v"}
    assert {key for key, run in of_first.items() if run[3] == REPLACED} == was_open
    assert all(run[2] <= at and run[3] != OPEN for run in of_first.values())


@CHECKED
@given(SEEDS, MOMENTS, st.dictionaries(st.sampled_from(["s0", "s1", "s2"]), st.sampled_from(["s0", "s1", "s2"])))
def test_runs_that_move_stand_where_the_mapping_says(seed: int, at: int, stages: dict[str, str]) -> None:
    world, first, second = drawn(seed)
    world = replace(world, links=[], attributes=[])
    quiet = replace(second, stages=tuple(replace(s, enter=nothing_like(s.enter)) for s in second.stages), ends=())
    quiet = replace(quiet, starts=first.starts or nothing_like(None), variants=())
    view = world.view()

    parts = fold_succession(view, [Governing(first, FIRM), Governing(quiet, FIRM, at, InFlight(Choice.MOVE, stages))])

    if view.as_of < at:
        return
    flying = {k: run for k, run in courses((fold(world.view(as_of=at - 1), first, FIRM),)).items() if run[2] == NEVER}
    found = courses(parts)
    for key, run in flying.items():
        moved = found[key]
        assert moved[:2] == ("w", run[1]), "it keeps its number and its start"
        if moved[2] == NEVER:
            assert moved[4] == (stages.get(run[4], run[4]) if run[4] else None)
            assert moved[5] == run[5], "the clock of its stage goes on"


def nothing_like(_: Any) -> Event:
    return Event(("never happens",))


@CHECKED
@given(SEEDS, st.lists(st.tuples(MOMENTS, st.sampled_from(list(Choice))), min_size=1, max_size=4))
def test_runs_of_a_subject_follow_each_other_whatever_was_published(seed: int, published: list[Any]) -> None:
    world, first, second = drawn(seed)
    versions = [replace(second if n % 2 == 0 else first, version=f"v{n}") for n in range(len(published))]
    moments = sorted(published, key=lambda each: each[0])
    later = [
        Governing(version, FIRM, at, InFlight(choice)) for version, (at, choice) in zip(versions, moments, strict=True)
    ]

    found = courses(fold_succession(world.view(), [Governing(first, FIRM), *later]))

    subjects: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for thread, subject, number in sorted(found):
        subjects[thread, subject].append((number, *found[thread, subject, number]))
    for runs in subjects.values():
        assert [run[0] for run in runs] == list(range(len(runs)))
        assert all(one[3] <= other[2] for one, other in pairwise(runs)), "one at a time"
