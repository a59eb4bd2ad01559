"""Laws of contexts: whatever arrives in whatever order, whoever derives it, what is stored is what the log says."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from clew.conditions.model import Event
from clew.context.words import Words
from clew.db.engine import Database, open_database
from clew.db.leases import Fenced, Lease
from clew.db.tables import account, account_id, answer, cursor, due, handoff, lease, membership, promise
from clew.durations import parse_duration
from clew.engine.succession import Governing
from clew.journeys.model import Handoff, Journey
from clew.live.contexts.keeping import Contexts
from clew.live.contexts.stored import packed
from clew.live.state.definitions import define
from clew.live.state.model import Defined, Definitions
from clew.meanings.model import Asked, Meanings, Promises, Sent, Silence
from tests.context_rows import contexts_in_bulk
from tests.properties.memory_fresh import MemoryFresh
from tests.properties.small_worlds import FIRM
from tests.properties.test_live_laws import Process, Story

SEEDS = st.integers(0, 2**32)
CHECKED = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
MEANINGS = Meanings(
    about="v",
    customers=Event(("a",)),
    lost=Event(("e",)),
    revenue="tier",
    sent=Sent(Event(("b",))),
    asked=Asked(Event(("c",)), Event(("d",))),
    promises=Promises(Event(("a", "c")), Event(("b",)), "v", within=parse_duration("12 hours")),
    silence=Silence(Event(("a", "d"))),
    engaged=Event(("c",)),
)
HANDOFF = Handoff(
    "x", "y", Event(("a",)), Event(("b",)), returned=Event(("c",)), accept_within=parse_duration("6 hours")
)


@pytest.fixture(scope="module")
def db(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    folder = tmp_path_factory.mktemp("laws")
    shutil.copytree(migrated_sqlite, folder, dirs_exist_ok=True)
    database = open_database(folder)
    yield database
    database.close()


class Keeping(Story):
    """A story in which every process derives contexts after its rounds, a portion at a time."""

    def __init__(self, database: Database, seed: int) -> None:
        self.kept: dict[str, Contexts] = {}
        with database.write() as connection:
            for table in (account, account_id, answer, cursor, handoff, membership, promise):
                connection.execute(delete(table))
        super().__init__(database, seed)

    def _drawn_definitions(self) -> Definitions:
        drawn = [each.journey for each in super()._drawn_definitions().defined]
        return define([Defined(self._with_handoff(journey), FIRM) for journey in drawn])

    def _with_handoff(self, journey: Journey) -> Journey:
        teams = [replace(stage, team=f"team {stage.name}") for stage in journey.stages]
        return replace(journey, handoffs=(HANDOFF,) if self.chance.one_in(2) else (), stages=tuple(teams))

    @property
    def words(self) -> Words:
        return Words(FIRM, MEANINGS, [[Governing(each.journey, FIRM)] for each in self.definitions.defined])

    @property
    def fingerprint(self) -> int:
        return abs(hash(self.definitions.fingerprint)) or 1

    def _started(self, name: str) -> Process:
        process = super()._started(name)
        self.kept[name] = Contexts(self.database, process.state._fresh, self.words, self.fingerprint)
        self.kept[name]._at_once = self.random.randint(1, 3)
        return process

    def redefine(self) -> None:
        super().redefine()
        for contexts in self.kept.values():
            contexts.define(self.words, self.fingerprint)

    def round(self) -> None:
        process = self.random.choice(self.processes)
        try:
            now = self.now
            process.state.round(process.leases, now=now)
            self.kept[process.name].step(process.leases, now=now, seconds=0)
        except Fenced:
            process.state.forget()
            self.kept[process.name].forget()
            process.leases = [each for each in process.leases if self._is_held(each)]

    def end(self) -> None:
        super().end()
        last = self._started("last")
        with self.database.read() as connection:
            held = connection.execute(select(lease).where(lease.c.owner == "last")).all()
        last.leases = [Lease(row.name, row.owner, row.fence) for row in held]
        for _ in range(300):
            if not self.kept["last"].step(last.leases, now=self.now, seconds=0).more:
                return
        raise AssertionError("steps come to no end")


@CHECKED
@given(SEEDS)
def test_stored_contexts_are_what_the_whole_log_says(db: Database, seed: int) -> None:
    story = Keeping(db, seed)
    for _ in range(story.random.randint(5, 50)):
        story.go_on()
    story.end()

    told = contexts_in_bulk(db, MemoryFresh(story.store).view(story.now), story.words, story.now)
    with db.read() as connection:
        stored = {row.thread: row.context for row in connection.execute(select(account))}
        waiting = connection.execute(select(due.c.key).where(due.c.kind == "context")).all()
        lists = {
            table.name: connection.execute(select(table)).all() for table in (promise, handoff, answer, membership)
        }
        ids = {row.entity: row.thread for row in connection.execute(select(account_id))}
    assert waiting == []
    assert stored == {thread: packed(context) for thread, context in told.items()}
    assert ids == {entity: thread for thread, context in told.items() for entity in context.header.ids}
    assert {(row.thread, row.id) for row in lists["promise"]} == {
        (thread, one.id) for thread, context in told.items() for one in context.promises
    }
    assert {(row.thread, row.id, row.state) for row in lists["handoff"]} == {
        (thread, one.id, one.state.value) for thread, context in told.items() for one in context.handoffs
    }
    assert len(lists["answer"]) == sum(len(context.answers) for context in told.values())
