"""Laws of the log, through the loader and real files: what it holds depends on what happened, not on how it arrived."""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from clew.archive.reader import open_archive
from clew.archive.spelling import spell
from clew.clock import DAY_US, to_datetime
from clew.ingest.load import load
from clew.sources.model import AttributeSpec, EventSpec, Kind, Source

BEGIN = 1_600_000_000_000_000
FIELDS = ("id", "kind", "account", "ticket", "event", "at", "lead", "linked_at", "tier", "tier_at")
MEMORY = Path("/dev/shm")  # hundreds of loads, each made durable: on a disk that takes minutes
FEW = settings(max_examples=25)


def iso(day: int | None) -> str:
    return "" if day is None else f"{to_datetime(BEGIN + day * DAY_US):%Y-%m-%d %H:%M:%S}"


@dataclass(frozen=True)
class Row:
    """One row of the world: an event, a link, an attribute or a mere mention, each with its day (None: undated)."""

    id: str
    account: str
    tells: str = "mention"
    day: int | None = None
    word: str = ""

    def cells(self) -> dict[str, str]:
        cells = {"id": self.id, "account": self.account}
        if self.tells == "event":
            cells |= {"event": self.word, "at": iso(self.day), "ticket": f"t{self.word}"}
        elif self.tells == "link":
            cells |= {"lead": self.word, "linked_at": iso(self.day)}
        elif self.tells == "attribute":
            cells |= {"tier": self.word, "tier_at": iso(self.day)}
        return cells


SOURCE = Source(
    name="touches",
    rank=0,
    version="000000000001",
    path=Path("sources/touches.yaml"),
    files=("exports/*.csv",),
    id=("id",),
    account=("seller", "account"),
    links=((("seller", "account"), ("lead", "lead")),),
    linked_at="linked_at",
    subjects={"ticket": "ticket"},
    events=(EventSpec("{event}", "at"),),
    attributes=(AttributeSpec("tier", "tier", "tier_at"),),
    properties=(),
)
SNAPSHOT = replace(SOURCE, kind=Kind.SNAPSHOT)
NAMELESS = replace(SOURCE, id=())

accounts = st.sampled_from(["acme", "bolt", "cove", "dune"])
words = st.sampled_from(["x", "y", "z"])
events = st.tuples(accounts, st.just("event"), st.integers(0, 5), words)
links = st.tuples(accounts, st.just("link"), st.none() | st.integers(0, 5), st.sampled_from(["l1", "l2"]))
attributes = st.tuples(accounts, st.just("attribute"), st.none() | st.integers(0, 5), words)
mentions = st.tuples(accounts, st.just("mention"), st.none(), st.just(""))
told = st.lists(events | links | attributes | mentions, min_size=1, max_size=12)


@st.composite
def worlds(draw: st.DrawFn, batches: int = 3) -> list[list[Row]]:
    """Batches of rows, as they arrive; ids are unique."""
    rows = [Row(f"r{number}", *parts) for number, parts in enumerate(draw(told))]
    cuts = sorted(draw(st.lists(st.integers(0, len(rows)), min_size=batches - 1, max_size=batches - 1)))
    return [rows[a:b] for a, b in zip([0, *cuts], [*cuts, len(rows)], strict=True)]


class Place:
    """A workspace folder with one source."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "exports").mkdir()

    def put(self, name: str, rows: Sequence[Row]) -> None:
        with (self.folder / "exports" / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, FIELDS)
            writer.writeheader()
            writer.writerows(row.cells() for row in rows)

    def load(self, source: Source = SOURCE, *, now: int = 100, per_bucket: int = 500_000) -> Any:
        at = BEGIN + now * DAY_US
        return load(self.folder, {source.name: source}, now=at, events_per_bucket=per_bucket)

    def told(self, *, as_of: int | None = None, known_at: int | None = None, learnt: bool = False) -> Any:
        moments = [None if day is None else BEGIN + day * DAY_US for day in (as_of, known_at)]
        return spell(open_archive(self.folder / ".clew").view(*moments), learnt=learnt)


@contextmanager
def place() -> Iterator[Place]:
    folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
    try:
        yield Place(folder)
    finally:
        shutil.rmtree(folder)


def told_of(*batches: Sequence[Row], source: Source = SOURCE, **view: Any) -> Any:
    """What a log tells that learnt each batch on its own day, from day 100 on."""
    with place() as fresh:
        for number, rows in enumerate(batches):
            fresh.put(f"{number}", rows)
            fresh.load(source, now=100 + number)
        return fresh.told(**view)


@FEW
@given(world=worlds(), order=st.permutations(range(3)), per_bucket=st.sampled_from([1, 3, 500_000]))
def test_any_order_of_files_and_any_number_of_buckets_give_the_same_log(
    world: list[list[Row]], order: list[int], per_bucket: int
) -> None:
    at_once = told_of([row for rows in world for row in rows])

    with place() as other:
        for number in order:
            other.put(f"{number}", list(reversed(world[number])))
            other.load(per_bucket=per_bucket)

        assert other.told() == at_once


@FEW
@given(world=worlds(), source=st.sampled_from([SOURCE, SNAPSHOT, NAMELESS]))
def test_loading_twice_is_loading_once(world: list[list[Row]], source: Source) -> None:
    with place() as twice:
        for number, rows in enumerate(world):
            twice.put(f"{number}", rows)
            twice.load(source)
        once = twice.told(learnt=True)

        for number, rows in enumerate(world):
            twice.put(f"{number} again", rows)
        report = twice.load(source, now=200)

        assert twice.told(learnt=True) == once
        (counts,) = report.sources
        assert (counts.accepted, counts.superseding, counts.duplicate) == (0, 0, counts.read)


@FEW
@given(world=worlds(), known=st.integers(99, 103), source=st.sampled_from([SOURCE, SNAPSHOT]))
def test_looking_back_shows_the_log_as_it_was_known(world: list[list[Row]], known: int, source: Source) -> None:
    then = world[: max(known - 99, 0)]

    seen = told_of(*world, source=source, known_at=known, as_of=50, learnt=True)

    assert seen == (told_of(*then, source=source, as_of=50, learnt=True) if then else EMPTY)


EMPTY: dict[str, Any] = {"threads": {}, "attributes": {}, "entities": {}, "undated": []}


@FEW
@given(world=worlds(), day=st.integers(0, 6), per_bucket=st.sampled_from([1, 500_000]))
def test_log_as_of_a_day_is_a_log_of_what_had_occurred(world: list[list[Row]], day: int, per_bucket: int) -> None:
    rows = [row for batch in world for row in batch]
    occurred = [row for row in rows if row.day is None or row.day <= day]

    with place() as whole:
        whole.put("all", rows)
        whole.load(per_bucket=per_bucket)
        cut = whole.told(as_of=day)

    assert cut == told_of(occurred, as_of=50)


@FEW
@given(
    world=worlds(batches=2),
    account=accounts,
    lead=st.sampled_from(["l1", "l2"]),
    day=st.none() | st.integers(0, 5),
    per_bucket=st.sampled_from([1, 500_000]),
)
def test_linked_then_unlinked_is_never_linked(
    world: list[list[Row]], account: str, lead: str, day: int | None, per_bucket: int
) -> None:
    bond, unbound = Row("bond", account, "link", day, lead), Row("bond", account)

    with place() as changed:
        for number, rows in enumerate(([*world[0], bond], [*world[0], *world[1], unbound])):
            changed.put("all", rows)
            changed.load(SNAPSHOT, now=100 + number, per_bucket=per_bucket)
        present = changed.told(as_of=50)
        past = changed.told(as_of=50, known_at=100)

    assert present == told_of([*world[0], *world[1], unbound], source=SNAPSHOT, as_of=50)
    assert past == told_of([*world[0], bond], source=SNAPSHOT, as_of=50)


owners = st.sets(accounts, min_size=1, max_size=2)
editions = st.lists(st.dictionaries(st.integers(0, 3), owners, max_size=4), min_size=1, max_size=4)
"""Exports of a snapshot, one after the other: by id the accounts that it is under."""


def edition(owned: dict[int, set[str]], day: int) -> list[Row]:
    """The rows of an export: what each tells depends on its id, and changes every second day."""
    rows = [(number, account) for number in sorted(owned) for account in sorted(owned[number])]
    return [Row(f"r{number}", account, "event", number, "xyz"[day // 2 % 3]) for number, account in rows]


def latest(exports: Sequence[Sequence[Row]]) -> list[Row]:
    """What stands after these exports: of each id the rows of the last one that holds it."""
    last = {row.id: number for number, rows in enumerate(exports) for row in rows}
    return [row for number, rows in enumerate(exports) for row in rows if last[row.id] == number]


@FEW
@given(told=editions, per_bucket=st.sampled_from([1, 500_000]))
def test_every_id_stands_as_the_last_export_that_holds_it_says(
    told: list[dict[int, set[str]]], per_bucket: int
) -> None:
    exports = [edition(owned, day) for day, owned in enumerate(told)]

    with place() as changed:
        for day, rows in enumerate(exports):
            before = latest(exports[:day])
            changed.put("all", rows)
            (report,) = changed.load(SNAPSHOT, now=100 + day, per_bucket=per_bucket).sources
            absent = {row.id for row in before} - {row.id for row in rows}
            assert report.unchanged or report.vanished == sum(row.id in absent for row in before)
        seen = [changed.told(as_of=50, known_at=100 + day) for day in range(len(exports))]

    assert seen == [told_of(latest(exports[: day + 1]), source=SNAPSHOT, as_of=50) for day in range(len(exports))]


@FEW
@given(told=editions, batches=st.integers(1, 4))
def test_files_of_a_snapshot_follow_each_other_however_they_are_loaded(
    told: list[dict[int, set[str]]], batches: int
) -> None:
    exports = [edition(owned, day) for day, owned in enumerate(told)]

    with place() as several:
        for number, rows in enumerate(exports):
            several.put(f"{number}", rows)
            if number % batches == 0:
                several.load(SNAPSHOT, now=100 + number)
        several.load(SNAPSHOT, now=200)
        present = several.told(as_of=50)
        several.put("0 again", exports[0])  # the same once more, before all the others but the first
        (report,) = several.load(SNAPSHOT, now=201).sources

        assert present == several.told(as_of=50) == told_of(latest(exports), source=SNAPSHOT, as_of=50)
        assert (report.accepted, report.superseding) == (0, 0)


@FEW
@given(first=worlds(batches=1), second=worlds(batches=1))
def test_newer_snapshot_leaves_the_log_of_that_snapshot_and_of_the_vanished_rows(
    first: list[list[Row]], second: list[list[Row]]
) -> None:
    (old,), (new,) = first, second
    vanished = old[len(new) :]  # ids are numbered, so the longer one has rows that the other lacks

    with place() as changed:
        changed.put("all", old)
        changed.load(SNAPSHOT)
        changed.put("all", new)
        report = changed.load(SNAPSHOT, now=101)
        present = changed.told(as_of=50)

    assert present == told_of([*new, *vanished], source=SNAPSHOT, as_of=50)
    assert report.sources[0].vanished == len(vanished)
