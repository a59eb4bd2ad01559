"""Laws of members in a log: who belongs to an account brings what was known of them alone, whenever it is learnt."""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.archive.reader import View, open_archive
from clew.archive.spelling import spell
from clew.clock import DAY_US, to_datetime
from clew.engine.fold import fold
from clew.firm.parse import parse_firm
from clew.ingest.load import load
from clew.journeys.parse import parse_journey
from clew.sources.parse import parse_source

BEGIN = 1_600_000_000_000_000
MEMORY = Path("/dev/shm")  # many loads, each made durable: on a disk that takes minutes
PEOPLE = ("ann", "bea", "cyd")
FIELDS = ("id", "who", "was", "of", "firm", "event", "at", "linked")
SOURCE = parse_source(
    """
file: exports/*.csv
id: id
account: {domain: of}
contact: {id: who}
formerly: was
links: [{contact: who, domain: firm}]
linked_at: linked
events: [{event: "{event}", at: at}]
properties: []
""",
    Path("sources/app.yaml"),
)
JOURNEY = parse_journey(
    """
journey: adoption
subject: account
starts: {event: x}
stages: [{stage: tried, enter: {event: x}}, {stage: used, enter: {event: y}}]
ends: {won: {event: z, good: true}}
""",
    Path("journeys/adoption.yaml"),
)
FIRM = parse_firm("firm: F\ncurrency: EUR\ntime_zone: UTC\n", Path("clew.yaml"))


@dataclass(frozen=True)
class Said:
    """What a row says of a person: an event on a day, a firm that they belong to, or an id that they had before."""

    who: str
    tells: str
    day: int
    word: str

    def cells(self, number: str) -> dict[str, str]:
        at = f"{to_datetime(BEGIN + self.day * DAY_US):%Y-%m-%d %H:%M:%S}"
        cells = {"id": number, "who": self.who, "of": f"{self.who}@gmail.com", "linked": at}
        if self.tells == "event":
            return cells | {"event": self.word, "at": at}
        if self.tells == "member":
            return cells | {"firm": f"info@{self.word}.test"}
        return cells | {"was": self.word}


people, days = st.sampled_from(PEOPLE), st.integers(0, 5)
events = st.builds(Said, people, st.just("event"), days, st.sampled_from(["x", "y", "z"]))
members = st.builds(Said, people, st.just("member"), days, st.sampled_from(["acme", "bolt"]))
formers = st.builds(Said, people, st.just("was"), days, people)
worlds = st.lists(events | members | formers, min_size=1, max_size=10)


class Log:
    """A workspace folder with one source; everybody has their number from the first load on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "exports").mkdir()
        self.learn("people", {f"p{who}": Said(who, "was", 0, who) for who in PEOPLE}, now=99)

    def learn(self, name: str, rows: dict[str, Said], *, now: int, per_bucket: int = 500_000) -> None:
        with (self.folder / "exports" / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, FIELDS)
            writer.writeheader()
            writer.writerows(row.cells(number) for number, row in rows.items())
        load(self.folder, {SOURCE.name: SOURCE}, now=BEGIN + now * DAY_US, events_per_bucket=per_bucket)

    def view(self, day: int | None = None) -> View:
        return open_archive(self.folder / ".clew").view(None if day is None else BEGIN + day * DAY_US)


@contextmanager
def log() -> Iterator[Log]:
    folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
    try:
        yield Log(folder)
    finally:
        shutil.rmtree(folder)


def told(view: View) -> Any:
    """The log in words, and what the fold says of it."""
    texts, runs = view.names["entity"].texts(), []
    for bucket in fold(view, JOURNEY, FIRM, compiled=False).buckets:
        found = bucket.runs
        columns = (found.thread, found.number, found.start, found.end, found.stage, found.outcome)
        runs += [(texts[row[0]], *row[1:]) for row in zip(*(column.tolist() for column in columns), strict=True)]
    return spell(view, learnt=False), sorted(runs)


def numbered(world: Sequence[Said]) -> dict[str, Said]:
    return {f"r{number}": row for number, row in enumerate(world)}


@settings(max_examples=25)
@given(
    world=worlds,
    order=st.permutations(range(10)),
    cut=st.integers(0, 10),
    day=days,
    per_bucket=st.sampled_from([1, 500_000]),
)
def test_when_a_membership_is_learnt_changes_nothing(
    world: list[Said], order: list[int], cut: int, day: int, per_bucket: int
) -> None:
    rows = numbered(world)
    shuffled = [f"r{number}" for number in order if number < len(world)]

    with log() as whole, log() as parts:
        whole.learn("all", rows, now=100)
        for name, some in (("first", shuffled[:cut]), ("second", shuffled[cut:])):
            parts.learn(name, {number: rows[number] for number in some}, now=101, per_bucket=per_bucket)

        assert told(parts.view()) == told(whole.view())
        assert told(parts.view(day)) == told(whole.view(day))


STORIES = [
    # what is said, in which thread the event of ann is
    ([Said("ann", "event", 0, "x")], "contact:0"),
    ([Said("ann", "event", 0, "x"), Said("ann", "member", 1, "acme")], "domain:acme.test"),
    ([Said("ann", "member", 1, "acme"), Said("ann", "member", 2, "bolt"), Said("ann", "event", 0, "x")], "contact:0"),
    (
        [Said("ann", "event", 0, "x"), Said("bea", "was", 1, "ann"), Said("bea", "member", 2, "acme")],
        "domain:acme.test",
    ),
    # a browser that two persons used is neither's
    ([Said("ann", "event", 0, "x"), Said("bea", "was", 1, "ann"), Said("cyd", "was", 1, "ann")], "contact:0"),
]


@pytest.mark.parametrize(("world", "thread"), STORIES)
def test_events_of_a_contact_are_where_they_belong(world: list[Said], thread: str) -> None:
    with log() as learnt:
        learnt.learn("all", numbered(world), now=100)
        view = learnt.view(5)
        spelt, runs = told(view)
        entities = view.names["entity"].texts()

    assert [where for where, rows in spelt["threads"].items() if any(row["event"] == "x" for row in rows)] == [thread]
    assert [run[0] for run in runs] == [thread]
    assert not [text for text in entities if "ann" in text or "bea" in text]  # the log knows persons by number


def test_membership_counts_from_its_day_on() -> None:
    world = [Said("ann", "event", 0, "x"), Said("ann", "member", 2, "acme"), Said("ann", "event", 4, "y")]

    with log() as learnt:
        learnt.learn("all", numbered(world), now=100)

        assert list(spell(learnt.view(1))["threads"]) == ["contact:0"]
        assert list(spell(learnt.view(2))["threads"]) == ["domain:acme.test"]
