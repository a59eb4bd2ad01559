"""Laws of the live state: whatever arrives in whatever order, whoever folds it, stored runs are what the fold says."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, text, update

from clew.clock import NEVER
from clew.db.engine import Database, open_database
from clew.db.leases import Fenced, Lease, claim
from clew.db.tables import due, lease, parked, run, shard, tail_block, transition
from clew.live.model import SHARDS
from clew.live.state.actions import LiveState
from clew.live.state.definitions import define
from clew.live.state.model import Defined, Definitions
from tests.live_rows import in_bulk, replayed, steps_of, stored
from tests.properties.memory_fresh import ATTRIBUTE, EVENT, LINK, MemoryFresh, Store
from tests.properties.small_worlds import FIRM, QUARTER, START, Chance

SEEDS = st.integers(0, 2**32)
CHECKED = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
TABLES = (run, transition, due, shard, lease, tail_block, parked)


@pytest.fixture(scope="module")
def db(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    folder = tmp_path_factory.mktemp("laws")
    shutil.copytree(migrated_sqlite, folder, dirs_exist_ok=True)
    database = open_database(folder)
    yield database
    database.close()


@dataclass
class Process:
    """One worker: what it believes to hold, and its live state."""

    name: str
    state: LiveState
    leases: list[Lease] = field(default_factory=list)


class Story:
    """Rows that arrive, clocks that go on, processes that fold, die and take over: drawn from a seed."""

    def __init__(self, database: Database, seed: int) -> None:
        self.database, self.chance, self.random = database, Chance(seed), Chance(seed + 1).random
        self.store, self.now = Store(), START - QUARTER
        world = self.chance.world()
        self.waiting = [
            (kind, row)
            for kind, rows in ((EVENT, world.events), (ATTRIBUTE, world.attributes), (LINK, world.links))
            for row in rows
        ]
        self.random.shuffle(self.waiting)
        self.waiting += self.random.sample(self.waiting, len(self.waiting) // 3)  # some come twice
        self.definitions = self._drawn_definitions()
        note(f"{world}\n{self.definitions}")
        with database.write() as connection:
            for table in TABLES:
                connection.execute(delete(table))
        self.processes = [self._started(name) for name in "ab"]
        self.claim_anew()

    def _drawn_definitions(self) -> Definitions:
        journeys = [replace(self.chance.journey(), name=name, version=f"{name}{self.random.random()}") for name in "jk"]
        return define([Defined(journey, FIRM) for journey in journeys[: self.chance.pick(1, 2)]])

    def _started(self, name: str) -> Process:
        state = LiveState(
            self.database,
            MemoryFresh(self.store),
            self.definitions,
            loads=lambda: self.store.loads,
            rows_per_round=self.random.randint(1, 6),
            threads_at_once=self.random.randint(1, 3),
        )
        return Process(name, state)

    def go_on(self) -> None:
        """Let one thing happen."""
        acts = [self.arrive] * 4 + [self.round] * 6 + [self.wait] * 3
        acts += [self.claim_anew, self.restart, self.load, self.redefine]
        self.random.choice(acts)()

    def arrive(self) -> None:
        rows = [self.waiting.pop() for _ in range(min(self.random.randint(1, 4), len(self.waiting)))]
        if rows:
            block = {"position": len(self.store.tail), "rows": len(rows), "quiet": self.random.random() < 0.3}
            with self.database.write() as connection:
                connection.execute(insert(tail_block).values(source="", learnt_at=self.now, body=b"", **block))
            self.store.tail += rows

    def wait(self) -> None:
        self.now += self.random.randint(1, 4) * QUARTER

    def load(self) -> None:
        count = min(self.random.randint(0, 5), len(self.waiting))
        self.store.load([self.waiting.pop() for _ in range(count)])

    def redefine(self) -> None:
        self.definitions = self._drawn_definitions()
        for process in self.processes:
            process.state.define(self.definitions)

    def restart(self) -> None:
        place = self.random.randrange(len(self.processes))
        died = self.processes[place]
        self.processes[place] = replace(self._started(died.name), leases=died.leases)

    def claim_anew(self) -> None:
        """Give shards to other processes; those that lose some do not learn of it before they write."""
        with self.database.write() as connection:
            connection.execute(update(lease).values(until=0))
            for number in range(SHARDS):
                if self.random.random() < 0.5:
                    self._claim(connection, number)

    def _claim(self, connection: Any, number: int) -> None:
        process = self.random.choice(self.processes)
        held = claim(connection, f"fold:{number}", process.name, now=1, for_us=NEVER - 2)
        assert held is not None
        process.leases = [each for each in process.leases if each.name != held.name] + [held]

    def round(self) -> None:
        process = self.random.choice(self.processes)
        try:
            process.state.round(process.leases, now=self.now - self.random.choice([0, 0, QUARTER]))
        except Fenced:
            process.state.forget()
            process.leases = [each for each in process.leases if self._is_held(each)]

    def _is_held(self, held: Lease) -> bool:
        with self.database.read() as connection:
            row = connection.execute(select(lease).where(lease.c.name == held.name)).one()
        return (row.owner, row.fence) == (held.owner, held.fence)

    def end(self) -> None:
        """Let everything arrive, and fold until nothing is left to do."""
        while self.waiting:
            self.arrive()
        self.now = START + 40 * QUARTER
        last = self._started("last")
        with self.database.write() as connection:
            connection.execute(update(lease).values(until=0))
            last.leases = [held for n in range(SHARDS) if (held := claim(connection, f"fold:{n}", "last", now=1))]
        for _ in range(200):
            if not last.state.round(last.leases, now=self.now).more:
                return
        raise AssertionError("rounds come to no end")


@CHECKED
@given(SEEDS)
def test_stored_runs_are_what_a_fold_of_the_whole_log_says(db: Database, seed: int) -> None:
    story = Story(db, seed)
    for _ in range(story.random.randint(5, 60)):
        story.go_on()
    story.end()

    runs = stored(db)
    assert runs == in_bulk(MemoryFresh(story.store).view(story.now), story.definitions)
    assert replayed(db) == steps_of(runs)


@CHECKED
@given(SEEDS)
def test_nothing_is_left_to_do_before_the_next_instant(db: Database, seed: int) -> None:
    story = Story(db, seed)
    for _ in range(story.random.randint(5, 40)):
        story.go_on()
    story.end()

    with db.read() as connection:
        waiting = connection.execute(select(due.c.at).where(due.c.kind == "thread")).scalars().all()
        before = connection.execute(text("SELECT count(*) FROM transition")).scalar()
    assert all(at > story.now for at in waiting)
    story.now = min([*waiting, story.now + 2]) - 1
    story.end()
    with db.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM transition")).scalar() == before
