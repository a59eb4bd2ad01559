"""Whatever order, repetition and crash: what arrived ends up in the log as if all of it had been loaded at once."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from clew.accounts.persons import open_persons
from clew.archive.reader import open_archive
from clew.archive.spelling import spell
from clew.clock import DAY_US, HOUR_US, to_datetime
from clew.db.engine import Database
from clew.db.tables import INBOX, MAIN, arrived, cursor
from clew.ingest.load import load
from clew.ingest.wires.decoding import decode
from clew.ingest.wires.model import Wire
from clew.ingest.wires.shaping import shape_arrivals
from clew.live import failpoints
from clew.live.intake.actions import Memory
from clew.sources.blocks import ShapedBlock
from clew.workspace.workspace import open_workspace
from tests.arriving_world import NOW, Desk

EVENTS = 14
END = NOW + 10 * DAY_US
POINTS = (
    "intake.read",
    "intake.decoded",
    "intake.persons-kept",
    "intake.within-transaction",
    "intake.acts-taken",
    "intake.before-commit",
    "intake.after-commit",
    "intake.inbox-cleared",
    "keeping.read",
    "keeping.matched",
    "keeping.written",
    "keeping.fenced",
    "keeping.in-force",
)
SOURCE = """
receives: clew
account: {firm: account}
subjects: {ticket: subjects.ticket}
links: [{firm: account, lead: links.lead}]
"""


class Crash(BaseException):
    """The process dies here."""


class Firm(Desk):
    """A desk whose process dies at a chosen place."""

    dies_at: str | None = None
    deaths = 0
    memory: Memory | None = None

    def reach(self, name: str) -> None:
        if name == self.dies_at:
            self.dies_at, self.deaths = None, self.deaths + 1
            raise Crash

    def begin(self) -> None:
        """Begin anew, with nothing."""
        with self.database.write() as connection:
            for table in MAIN.tables.values():
                connection.execute(table.delete())
        with self.database.inbox.begin() as connection:
            for table in INBOX.tables.values():
                connection.execute(table.delete())
        self.let_go()
        self.store.mkdir(exist_ok=True)
        for path in self.store.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif not path.name.startswith(("operations.", "inbox.")):
                path.unlink()
        self.now = NOW

    def let_go(self) -> None:
        if self.memory is not None:
            self.memory.close()
        self.memory = None

    def do(self, step: Step) -> None:
        """Do a step; a process that dies forgets what it kept in memory."""
        what, dies_at = step
        self.dies_at = dies_at
        try:
            if isinstance(what, list):
                self.send(*(EVENT[number] for number in what))
            elif what == "take in":
                self.memory = self.memory or Memory(self.store)
                self.take_in(self.memory, limit=2)
            elif what == "keep":
                self.keep()
            else:
                self.later(DAY_US)
        except Crash:
            self.let_go()
        self.dies_at = None
        self.check_counts()

    def check_counts(self) -> None:
        """Received is accepted, duplicate, rejected and held; accepted is what has a position."""
        with self.database.read() as connection:
            rows = connection.execute(select(arrived)).all()
            position = connection.execute(select(cursor.c.position).where(cursor.c.name == "tail")).scalar() or 0
        assert all(row.received == row.accepted + row.duplicate + row.rejected + row.held for row in rows)
        assert sum(row.accepted for row in rows) == position

    def finish(self) -> None:
        """Let the time of every event come, and take in what is left."""
        self.now = END
        while self.take_in().more:
            pass
        self.keep()


Step = tuple[Any, str | None]


def an_event(number: int) -> dict[str, Any]:
    """The n-th event: few accounts and persons, some that lie ahead, some that tell of no event."""
    told: dict[str, Any] = {"id": f"e{number}", "at": to_datetime(NOW + (number - 6) * HOUR_US * 7).isoformat()}
    told["account"] = f"f{number % 3}"
    told["contact"] = {"id": f"p{number % 4}@x.org", "name": f"P{number % 4}"}
    if number % 5 == 1:
        told["attributes"] = {"plan": "gold" if number % 2 else "iron"}
    else:
        told |= {"event": "said" if number % 2 else "paid", "value": number}
        told["properties"] = {"n": number, "city": "Ghent"}
    if number % 4 == 2:
        told["subjects"] = {"ticket": f"t{number % 2}"}
        told["personal"] = {"note": f"secret {number}"}
    if number % 7 == 3:
        told["links"] = {"lead": f"l{number}"}
    if number % 6 == 5:
        del told["account"]
    return told


EVENT = [an_event(number) for number in range(EVENTS)]

a_body = st.lists(st.integers(0, EVENTS - 1), min_size=1, max_size=5)
a_step = st.one_of(
    st.tuples(a_body, st.none()),
    st.tuples(st.just("take in"), st.none() | st.sampled_from(POINTS[:8])),
    st.tuples(st.just("keep"), st.none() | st.sampled_from(POINTS[8:])),
    st.tuples(st.just("wait"), st.none()),
)


@pytest.fixture
def firm(tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Firm]:
    made = Firm(tmp_path, database)
    made.source("chat", SOURCE)
    monkeypatch.setattr(failpoints, "reach", made.reach)
    yield made
    made.let_go()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(a_step, max_size=14))
def test_any_interleaving_of_arrivals_repetitions_and_crashes_ends_as_one_load(firm: Firm, steps: list[Step]) -> None:
    firm.begin()
    for step in steps:
        firm.do(step)
    firm.finish()

    sent = sorted({number for what, _ in steps if isinstance(what, list) for number in what})
    assert firm.counts().get("accepted", 0) == len(sent)
    if sent:
        assert told(firm.store) == told(loaded_at_once(firm, [EVENT[number] for number in sent]))


@pytest.mark.parametrize("point", POINTS)
def test_a_crash_at_each_place_loses_nothing_and_counts_nothing_twice(firm: Firm, point: str) -> None:
    firm.begin()
    everything = list(range(EVENTS))
    part = "take in" if point.startswith("intake") else "keep"
    before: list[Step] = [("take in", None)] if part == "keep" else []

    for step in [(everything[:9], None), *before, (part, point), (everything[4:], None), ("take in", None)]:
        firm.do(step)
    firm.finish()

    assert firm.deaths == 1
    assert firm.counts() == {"received": 19, "accepted": 14, "duplicate": 5, "about": 3, "late": 2}
    assert told(firm.store) == told(loaded_at_once(firm, EVENT))


def loaded_at_once(firm: Firm, events: Sequence[Mapping[str, Any]]) -> Path:
    """Load these events, each once, by the code that loads exports, into a store of its own."""
    folder = firm.folder / "at-once"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "export").write_text("stands for the events")
    source = open_workspace(firm.folder).sources["chat"]
    body = json.dumps({"events": events}).encode()
    shaped = shape_arrivals(source, decode(Wire.CLEW, "batch", None, body, END), END)
    assert not shaped.refused

    def read(*_: object, **__: object) -> Iterator[ShapedBlock]:
        yield replace(shaped.block, file=folder / "export")

    export = replace(source, receives=None, files=("export",))
    load(folder, {"chat": export}, now=END, files=lambda _: [folder / "export"], read=read)
    return folder / ".clew"


def told(store: Path) -> Any:
    """The log as words and the persons beside it; numbers of persons are given in the order of arrival."""
    with open_persons(store) as persons:
        known = {record.surrogate: record for n in range(4) for record in persons.find(f"p{n}@x.org")}
        kept = {(p.hi, p.lo, p.name, p.value) for p in persons.properties_of(list(known))}
    names = {number: str(record.identifier) for number, record in known.items()}
    log = _by_name(spell(open_archive(store).view(as_of=END), learnt=False), names)
    log["entities"] = {kind: sorted(pairs) for kind, pairs in log["entities"].items()}
    return log, sorted((record.identifier, record.name) for record in known.values()), kept


def _by_name(value: Any, names: Mapping[int, str]) -> Any:
    """Put identifiers in the places of numbers of persons."""
    if isinstance(value, dict):
        found = {_by_name(key, names): _by_name(each, names) for key, each in value.items()}
        if isinstance(value.get("contact"), int):
            found["contact"] = names.get(value["contact"])
        return found
    if isinstance(value, list | tuple):
        return [_by_name(each, names) for each in value]
    number = re.fullmatch(r"contact:(\d+)", value) if isinstance(value, str) else None
    return f"contact:{names[int(number[1])]}" if number else value
