"""Laws of the live state: whatever arrives in whatever order, whoever folds it, stored runs are what the fold says."""

from __future__ import annotations

import shutil
from collections import Counter
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
from clew.engine.fold import fold
from clew.engine.model import BEFORE_STAGES, OPEN, RESTARTED
from clew.journeys.model import Journey
from clew.live.model import SHARDS
from clew.live.state.actions import LiveState
from clew.live.state.definitions import define
from clew.live.state.model import Defined, Definitions
from clew.live.state.paths import read
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


def in_bulk(story: Story) -> dict[Any, Any]:
    """Runs by a fold of the whole log, spelled out one by one."""
    view = MemoryFresh(story.store).view(story.now)
    spelled = view.names["entity"].text
    found = {}
    for each in story.definitions.defined:
        for part in fold(view, each.journey, each.firm).buckets:
            for n in range(len(part.runs)):
                key = each.journey.name, spelled(part.runs.thread[n]), spelled(part.runs.subject[n])
                found[*key, int(part.runs.number[n])] = _row(each.journey, part, n)
    return found


def _row(journey: Journey, part: Any, n: int) -> tuple[Any, ...]:
    runs, visits = part.runs, part.visits
    own = [k for k in range(len(visits)) if visits.run[k] == n]
    stages = [None if visits.stage[k] == BEFORE_STAGES else journey.stages[visits.stage[k]].name for k in own]
    outcome = int(runs.outcome[n])
    named = None if outcome == OPEN else "restarted" if outcome == RESTARTED else journey.ends[outcome].name
    path = [
        (int(visits.enter[k]), ([None, *stages])[place], stages[place], None) for place, k in enumerate(own)
    ] + ([(int(runs.end[n]), stages[-1], stages[-1], named)] if named else [])  # fmt: skip
    return (
        journey.version,
        int(runs.start[n]),
        _instant(runs.end[n]),
        named,
        None if runs.stage[n] == BEFORE_STAGES else journey.stages[runs.stage[n]].name,
        int(visits.enter[own[-1]]),
        _instant(visits.deadline[own[-1]]),
        _instant(runs.due[n]),
        journey.variants[runs.variant[n]].name if runs.variant[n] >= 0 else None,
        int(runs.late[n]),
        path,
    )


def _instant(at: Any) -> int | None:
    return None if at == NEVER else int(at)


def stored(database: Database) -> dict[Any, Any]:
    columns = (
        run.c.version, run.c.started_at, run.c.ended_at, run.c.outcome, run.c.stage, run.c.entered_at, run.c.limit_at,
        run.c.due_at, run.c.variant, run.c.late, run.c.path,
    )  # fmt: skip
    with database.read() as connection:
        rows = connection.execute(select(run.c.journey, run.c.thread, run.c.subject, run.c.number, *columns))
        return {tuple(row[:4]): (*row[4:-1], [tuple(step) for step in read(row[-1])]) for row in rows}


def replayed(database: Database) -> dict[Any, Counter[Any]]:
    """The steps of every run that its transitions leave, one by one."""
    steps: dict[Any, Counter[Any]] = {}
    with database.read() as connection:
        for row in connection.execute(select(transition).order_by(transition.c.id)):
            own = steps.setdefault((row.journey, row.thread, row.subject, row.number), Counter())
            step = (row.at, row.came, row.went, row.outcome)
            assert not row.withdrawn or own[step] > 0, "a step is withdrawn that was never taken"
            own[step] += -1 if row.withdrawn else 1
    return {key: +own for key, own in steps.items() if +own}


@CHECKED
@given(SEEDS)
def test_stored_runs_are_what_a_fold_of_the_whole_log_says(db: Database, seed: int) -> None:
    story = Story(db, seed)
    for _ in range(story.random.randint(5, 60)):
        story.go_on()
    story.end()

    assert stored(db) == in_bulk(story)
    assert replayed(db) == {key: Counter(row[-1]) for key, row in stored(db).items()}


@CHECKED
@given(SEEDS)
def test_nothing_is_left_to_do_before_the_next_instant(db: Database, seed: int) -> None:
    story = Story(db, seed)
    for _ in range(story.random.randint(5, 40)):
        story.go_on()
    story.end()

    with db.read() as connection:
        waiting = connection.execute(select(due.c.at)).scalars().all()
        before = connection.execute(text("SELECT count(*) FROM transition")).scalar()
    assert all(at > story.now for at in waiting)
    story.now = min([*waiting, story.now + 2]) - 1
    story.end()
    with db.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM transition")).scalar() == before
