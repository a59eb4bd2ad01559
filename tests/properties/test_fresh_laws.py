"""Laws of the fresh log: archive and tail say together what a load of the same rows would say."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clew.archive.identity import threads_of_entities
from clew.archive.reader import open_archive
from clew.archive.spelling import spell
from clew.clock import DAY_US, NEVER, to_datetime
from clew.conditions.model import Date, Event
from clew.durations import Duration
from clew.engine.fold import fold
from clew.engine.model import OPEN
from clew.ingest.load import load
from clew.journeys.model import End, Journey, Stage, Subject
from clew.live.fresh.asking import Sight
from tests.properties.fresh_worlds import SOURCES, Living, exported, only, spelt_threads
from tests.properties.small_worlds import FIRM, QUARTER, START, World
from tests.properties.test_fold_laws import CHECKED, SEEDS, drawn, told
from tests.properties.test_log_laws import BEGIN, FEW, MEMORY, Row, told_of, worlds


@contextmanager
def living() -> Iterator[Living]:
    folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
    try:
        place = Living(folder)
        yield place
        place.close()
    finally:
        shutil.rmtree(folder)


def taken_apart(place: Living, world: list[list[Row]], archived: int, per_bucket: int) -> None:
    """Load the first batches; the others become blocks of the tail."""
    for number, rows in enumerate(world):
        if number < archived:
            place.put(f"{number}", rows)
            place.load(now=100 + number, per_bucket=per_bucket)
        else:
            place.learn(rows)


def spelt(view: Any) -> Any:
    told = spell(view, learnt=False)
    return only(told, sorted(spelt_threads(told)))


archived = st.integers(0, 3)
buckets = st.sampled_from([1, 3, 500_000])


@FEW
@given(world=worlds(), archived=archived, per_bucket=buckets, day=st.integers(0, 7), chosen=st.sets(st.integers(0, 9)))
def test_some_threads_are_what_the_whole_log_says_of_them(
    world: list[list[Row]], archived: int, per_bucket: int, day: int, chosen: set[int]
) -> None:
    whole = told_of([row for rows in world for row in rows], as_of=day)
    threads = [thread for number, thread in enumerate(sorted(spelt_threads(whole))) if number in chosen]

    with living() as place:
        taken_apart(place, world, archived, per_bucket)
        view = place.fresh().view_of(threads, BEGIN + day * DAY_US)

        assert spelt(view) == only(whole, threads)


@FEW
@given(world=worlds(batches=4), per_bucket=buckets, until=st.integers(1, 4))
def test_the_log_before_a_position_is_the_log_without_what_was_learnt_since(
    world: list[list[Row]], per_bucket: int, until: int
) -> None:
    whole = told_of([row for rows in world[:until] for row in rows], as_of=50)
    threads = sorted(spelt_threads(whole))

    with living() as place:
        taken_apart(place, world[:until], 1, per_bucket)
        before = place.position
        taken_apart(place, [[], *world[until:]], 1, per_bucket)
        fresh = place.fresh()

        assert spelt(fresh.view_of(threads, BEGIN + 50 * DAY_US, before=before)) == only(whole, threads)


@FEW
@given(world=worlds(batches=4), per_bucket=buckets)
def test_what_is_not_touched_is_as_it_was(world: list[list[Row]], per_bucket: int) -> None:
    with living() as place:
        taken_apart(place, world[:2], 1, per_bucket)
        fresh, since = place.fresh(), place.position
        for rows in world[2:]:
            place.learn(rows)
            fresh.refresh()
        touched = set(fresh.touched(since, place.position))

    before, after = (told_of([row for rows in batches for row in rows], as_of=50) for batches in (world[:2], world))
    others = sorted((spelt_threads(before) | spelt_threads(after)) - touched)
    assert only(before, others) == only(after, others)
    assert not (touched - spelt_threads(before)) - {
        entity for pairs in after["entities"].values() for entity, _ in pairs
    }


@FEW
@given(world=worlds(), archived=archived, per_bucket=buckets, day=st.integers(0, 7) | st.just(150))
def test_the_whole_fresh_log_is_a_load_of_the_same_rows(
    world: list[list[Row]], archived: int, per_bucket: int, day: int
) -> None:
    whole = told_of([row for rows in world for row in rows], as_of=day)

    with living() as place:
        taken_apart(place, world, archived, per_bucket)

        assert spell(place.fresh().view(BEGIN + day * DAY_US), learnt=False) == whole  # type: ignore[arg-type]


@CHECKED
@given(SEEDS)
def test_a_fold_kept_up_block_by_block_is_the_fold_of_the_whole_log(seed: int) -> None:
    world, journey, chance = drawn(seed)
    rows = exported(world)
    shuffled = chance.random.sample(range(len(rows.rows)), len(rows.rows))
    cuts = sorted(chance.random.sample(range(len(shuffled) + 1), min(4, len(shuffled) + 1)))
    batches = [shuffled[a:b] for a, b in zip([0, *cuts], [*cuts, len(shuffled)], strict=True)]
    moments = sorted(START + (8 + chance.random.randrange(16)) * QUARTER for _ in batches)

    with living() as place:
        rows.batch(place.folder / "exports", "0", batches[0])
        load(place.folder, SOURCES, now=START + 3 * DAY_US, events_per_bucket=chance.pick(1, 3, 500_000))
        sight = None
        fresh = place.fresh()
        for number, (batch, now) in enumerate(zip(batches[1:], moments, strict=False), start=1):
            blocks = place.folder / f"batch{number}"
            blocks.mkdir()
            rows.batch(blocks, "told", batch)
            for name, source in SOURCES.items():
                place.learn_file(blocks / f"{name}-told.csv", source, now=START + 30 * DAY_US)
            if chance.one_in(4):
                rows.batch(
                    place.folder / "exports", f"{number}", [each for some in batches[1 : number + 1] for each in some]
                )
                load(place.folder, SOURCES, now=START + 3 * DAY_US)
                place.archived()
            fresh.refresh()
            if sight is None or not sight.may_follow(now):
                sight = Sight(fresh, now)
            sight.layers.follow(now)
            seen = told(sight.folds(journey, FIRM, lambda: None).fold())

            with living() as other:
                for count, each in enumerate(batches[: number + 1]):
                    rows.batch(other.folder / "exports", f"{count}", each)
                load(other.folder, SOURCES, now=START + 30 * DAY_US)
                whole = open_archive(other.folder / ".clew").view(now)
                assert seen == told(fold(whole, journey, FIRM))


@FEW
@given(world=worlds(), archived=archived, day=st.integers(-1, 5))
def test_the_next_row_of_a_thread_is_the_first_that_lies_later(world: list[list[Row]], archived: int, day: int) -> None:
    rows = [row for batch in world for row in batch]
    entities = sorted(
        {f"seller:{row.account}" for row in rows} | {f"lead:{row.word}" for row in rows if row.tells == "link"}
    )
    ends = {row.id: [f"seller:{row.account}", *([f"lead:{row.word}"] if row.tells == "link" else [])] for row in rows}
    links = [ends[row.id] for row in rows if row.tells == "link" and (row.day is None or row.day <= day)]
    left, right = (np.array([entities.index(pair[side]) for pair in links], np.int64) for side in (0, 1))
    threads = threads_of_entities(entities, left, right)
    expected: dict[str, int] = {}
    for row in rows:
        if row.day is not None and row.day > day:
            for end in ends[row.id]:
                thread = entities[threads[entities.index(end)]]
                expected[thread] = min(expected.get(thread, NEVER), BEGIN + row.day * DAY_US)

    with living() as place:
        taken_apart(place, world, archived, 500_000)

        assert place.fresh().next_after(entities, BEGIN + day * DAY_US) == expected


def test_a_date_that_lets_an_ended_run_go_on_is_not_slept_through() -> None:
    began, ended, date = (START + days * DAY_US for days in (0, 1, 5))
    shown = to_datetime(date).replace(tzinfo=None).isoformat()
    told_so_far: list[Any] = [("acme", began, "a", {}), ("acme", ended, "b", {})]
    rows = exported(World(told_so_far, [("acme", "renewal", shown, {})], []))
    stages = (Stage("s0", Event(("a",))), Stage("s1", Date("renewal", after=Duration(1, "hour"))))
    journey = Journey("j", "J", "v", Subject(), stages, ends=(End("e0", Event(("b",)), reopens=True),))

    with living() as place:
        rows.batch(place.folder / "exports", "0", range(3))
        load(place.folder, SOURCES, now=START + 3 * DAY_US)
        sight = Sight(place.fresh(), START + 4 * DAY_US)
        folds = sight.folds(journey, FIRM, lambda: None)
        before = told(folds.fold())[0]
        sight.layers.follow(START + 6 * DAY_US)
        after = told(folds.fold())[0]

    assert [run[5:7] for run in before] == [(0, 0)]
    assert [run[5:7] for run in after] == [(OPEN, 1)]
