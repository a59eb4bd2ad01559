"""Laws of conformance: alignments against brute force, fitness of paths the map allows, buckets, parts and wholes."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from clew.conditions.model import Event
from clew.discovery.conformance.alignment import Lines, costs
from clew.discovery.conformance.conform import Conformance, conform
from clew.discovery.conformance.order import DropOut
from clew.discovery.conformance.tally import Measure
from clew.engine.fold import fold
from clew.journeys.model import Back, End, Handoff, Journey, Stage, Subject
from clew.questions.ground import Ground
from clew.questions.model import Query
from clew.testing import memory_log
from tests.properties.small_worlds import FIRM, Chance

Path = tuple[int, ...]
QUERY = Query("conform", options={"top": "0", "least": "1"})
START = datetime(2026, 1, 1, tzinfo=UTC)

maps = st.lists(st.booleans(), min_size=1, max_size=5)  # of each stage, whether it may not be left out


def paths_over(stages: int, *, longest: int = 7) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(0, stages - 1), min_size=1, max_size=longest)


def language(required: list[bool], *, whole: bool) -> list[Path]:
    """Every way that the map allows, spelled out."""
    ways = [way for n in range(len(required) + 1) for way in itertools.combinations(range(len(required)), n)]
    ends = {way: len(required) if whole else max(way, default=0) for way in ways}
    return [
        way for way in ways if (way or whole) and all(stage in way for stage in range(ends[way]) if required[stage])
    ]


def edits(path: list[int], way: Path) -> int:
    """Least number of insertions and deletions from one to the other, by the longest common subsequence."""
    common = [[0] * (len(way) + 1) for _ in range(len(path) + 1)]
    for i, j in itertools.product(range(len(path)), range(len(way))):
        common[i + 1][j + 1] = max(common[i][j + 1], common[i + 1][j], common[i][j] + (path[i] == way[j]))
    return len(path) + len(way) - 2 * common[-1][-1]


def cost(path: list[int], required: list[bool], *, whole: bool) -> int:
    lines = Lines(np.array([required], np.bool_), np.array([whole]))
    return int(costs(np.array([0, len(path)]), np.array(path), np.array([0]), lines)[0])


def fitness(path: list[int], required: list[bool], *, whole: bool) -> float:
    shortest = sum(required) if whole else 1
    return 1 - cost(path, required, whole=whole) / (len(path) + shortest)


@given(maps, st.booleans(), st.data())
def test_the_cost_of_an_alignment_is_the_least_edit_to_any_way_the_map_allows(
    required: list[bool], whole: bool, data: Any
) -> None:
    path = data.draw(paths_over(len(required)))

    assert cost(path, required, whole=whole) == min(edits(path, way) for way in language(required, whole=whole))


@given(maps, st.booleans(), st.data())
def test_many_paths_at_once_cost_what_each_costs_alone(required: list[bool], whole: bool, data: Any) -> None:
    stages = len(required)
    other = data.draw(st.lists(st.booleans(), min_size=stages, max_size=stages))
    paths = data.draw(st.lists(st.tuples(paths_over(stages), st.integers(0, 1)), min_size=1, max_size=6))

    lines = Lines(np.array([required, other], np.bool_), np.array([whole, not whole]))
    edges = np.cumsum([0, *(len(path) for path, _ in paths)])
    found = costs(edges, np.concatenate([path for path, _ in paths]), np.array([line for _, line in paths]), lines)

    maps_of = [(required, whole), (other, not whole)]
    assert found.tolist() == [cost(path, maps_of[line][0], whole=maps_of[line][1]) for path, line in paths]


@given(maps, st.booleans(), st.data())
def test_a_further_deviation_never_makes_a_path_fit_better(required: list[bool], whole: bool, data: Any) -> None:
    path = data.draw(paths_over(len(required)))
    place = data.draw(st.integers(0, len(path) - 1))
    once_more = [*path[:place], path[place], *path[place:]]

    assert cost(once_more, required, whole=whole) == cost(path, required, whole=whole) + 1
    assert fitness(once_more, required, whole=whole) <= fitness(path, required, whole=whole)


@given(maps, st.booleans(), st.data())
def test_leaving_a_needed_stage_out_of_an_allowed_way_takes_one_move(
    required: list[bool], whole: bool, data: Any
) -> None:
    way = data.draw(st.sampled_from(language(required, whole=whole)))
    needed = [stage for stage in way if required[stage] and (whole or stage < way[-1])]
    assume(needed)
    left_out = data.draw(st.sampled_from(needed))
    path = [stage for stage in way if stage != left_out]
    assume(path)

    assert cost(list(way), required, whole=whole) == 0
    assert cost(path, required, whole=whole) == 1


def journey_of(required: list[bool], *, back: Back = Back.ALLOWED) -> Journey:
    stages = tuple(
        Stage(f"s{number}", Event((f"enter {number}",)), optional=not needed, back=back)
        for number, needed in enumerate(required)
    )
    return Journey("j", "J", "v", Subject(), stages, ends=(End("done", Event(("done",)), good=True),))


def grounded(journey: Journey, told: list[tuple[list[int], bool]], *, buckets: int = 1) -> Ground:
    """One account per path; the mark says whether its run has ended."""
    events = []
    for number, (path, ended) in enumerate(told):
        names = [f"enter {stage}" for stage in path] + (["done"] if ended else [])
        events += [(f"a{number}", START + timedelta(days=day), name) for day, name in enumerate(names)]
    view = memory_log(events, as_of=START + timedelta(days=99), buckets=buckets)
    return Ground(fold(view, journey, FIRM), FIRM)


def without_repeats(path: list[int]) -> list[int]:
    return [stage for stage, _ in itertools.groupby(path)]


def fits(found: Conformance) -> dict[str, Any]:
    return dict(found.fitness.rows[0])


@given(maps, st.sampled_from(DropOut), st.data())
def test_runs_that_the_map_allows_fit_and_show_no_deviation(required: list[bool], drop_out: DropOut, data: Any) -> None:
    ended = data.draw(st.lists(st.booleans(), min_size=1, max_size=5))
    told = []
    for each in ended:
        ways = [list(way) for way in language(required, whole=each and drop_out is not DropOut.ANY) if way]
        told.append((data.draw(st.sampled_from(ways)) if ways else [0], each))

    found = conform(grounded(journey_of(required), told), QUERY, Measure(drop_out=drop_out, ordered_only=True))

    assert fits(found)["alignment"] == 1.0
    assert found.deviations.rows == ()


@given(maps, st.sampled_from(DropOut), st.data())
def test_a_run_is_straight_exactly_where_its_alignment_needs_no_move(
    required: list[bool], drop_out: DropOut, data: Any
) -> None:
    path = without_repeats(data.draw(paths_over(len(required))))
    ended = data.draw(st.booleans())
    whole = ended and drop_out is not DropOut.ANY

    found = conform(grounded(journey_of(required), [(path, ended)] * 5), QUERY, Measure(drop_out=drop_out))

    moves, shortest = cost(path, required, whole=whole), sum(required) if whole else 1
    assert fits(found)["alignment"] == pytest.approx(1 - moves / (len(path) + shortest))
    assert fits(found)["straight"] == (1.0 if moves == 0 else 0.0)
    assert fits(found)["allowed"] >= fits(found)["straight"]


@given(maps, st.data())
def test_what_has_not_happened_yet_is_no_deviation(required: list[bool], data: Any) -> None:
    path = without_repeats(data.draw(paths_over(len(required))))
    journey = journey_of(required)

    found = [
        conform(grounded(journey, [(path[:n], False)] * 5), QUERY, Measure(drop_out=DropOut.NONE))
        for n in range(1, len(path) + 1)
    ]

    shown = [{str(row["key"]): int(str(row["times"])) for row in each.deviations.rows} for each in found]
    for earlier, later in itertools.pairwise(shown):
        gone = {key for key in earlier if earlier[key] > later.get(key, 0)}
        assert all(key.startswith("skipped:") for key in gone)  # entered after all, and then out of order
        assert all(key.replace("skipped", "out-of-order") in later for key in gone)


def worldly(seed: int, buckets: int) -> Conformance:
    """A random journey with limits, teams and handoffs over a random log."""
    chance = Chance(seed)
    world, journey = chance.world(), chance.journey()
    stages = tuple(
        replace(stage, limit=chance.span(), team=chance.pick("red", "blue", None), optional=chance.one_in(3))
        for stage in journey.stages
    )
    handoff = Handoff("red", "blue", chance.event(), chance.event(), accept_within=chance.pick(None, chance.span()))
    teams = random.Random(seed)
    events = [(*row[:-1], {**row[-1], "team": teams.choice(["red", "blue", None])}) for row in world.events]
    view = replace(world, events=events).view(buckets=buckets)
    ground = Ground(fold(view, replace(journey, stages=stages, handoffs=(handoff,)), FIRM), FIRM)
    return conform(ground, QUERY, Measure(drop_out=chance.pick(*DropOut)))


@given(st.integers(0, 2**32), st.integers(2, 5))
def test_the_number_of_buckets_does_not_matter(seed: int, buckets: int) -> None:
    def plain(answer: Any) -> list[dict[str, Any]]:
        rows = [{key: round(v, 9) if isinstance(v, float) else v for key, v in row.items()} for row in answer.rows]
        return sorted(rows, key=repr)

    one, many = worldly(seed, 1), worldly(seed, buckets)

    assert plain(one.fitness) == plain(many.fitness)
    assert plain(one.stages) == plain(many.stages)
    assert plain(one.deviations) == plain(many.deviations)


@given(st.integers(0, 2**32))
def test_a_deviation_touches_no_more_runs_than_could_show_it_nor_more_than_it_occurred(seed: int) -> None:
    for row in worldly(seed, 2).deviations.rows:
        runs, n, times = (int(str(row[name])) for name in ("runs", "n", "times"))
        assert 1 <= runs <= n
        assert runs <= times
        if row["kind"] == "skipped":
            assert runs == times  # a run skips a stage once
