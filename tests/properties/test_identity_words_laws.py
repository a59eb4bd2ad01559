"""Laws of a person's word over links: it follows from the set of rows alone, wherever identity is worked out."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clew.acts.recording import record
from clew.acts.vocabulary import merged, parted
from clew.archive.identity import threads_of_entities
from clew.archive.words import APART, SAME, links_in_force
from clew.clock import NEVER, to_datetime
from clew.db.engine import open_database
from clew.db.migrations import migrate
from clew.live.fresh.identity import Identity, Stored, relinked
from clew.live.fresh.links import Link, Links, Table
from clew.live.fresh.merging import cut, links_of
from clew.live.state.definitions import definitions_of
from tests.acting_desk import MINA, ActingDesk
from tests.arriving_world import NOW
from tests.live_desk import LiveDesk
from tests.live_rows import in_bulk, stored
from tests.properties.test_identity_laws import TEXTS, naive_thread
from tests.properties.test_log_laws import MEMORY

codes = st.integers(0, len(TEXTS) - 1)


@dataclass(frozen=True)
class Row:
    """A row of links as the log has it."""

    left: int
    right: int
    at: int
    hi: int
    lo: int
    word: int


rows = st.builds(Row, codes, codes, st.integers(0, 3), st.integers(0, 2), st.integers(0, 1), st.integers(0, 2))
links = st.lists(rows, max_size=12, unique_by=lambda row: (row.at, row.hi, row.lo, frozenset((row.left, row.right))))


def naive(told: Sequence[Row]) -> list[str]:
    """The definition, word by word: the latest word on a pair holds, then connected components."""
    held: list[tuple[int, int]] = []
    for row in told:
        same = [one for one in told if {one.left, one.right} == {row.left, row.right} and one.word]
        latest = max(same, key=lambda one: (one.at, one.hi, one.lo), default=None)
        if row.word != APART and (latest is None or latest.word == SAME):
            held.append((row.left, row.right))
    return [naive_thread(code, held) for code in range(len(TEXTS))]


def columns(told: Sequence[Row]) -> dict[str, np.ndarray]:
    return {
        name: np.array([getattr(row, name) for row in told], np.uint64 if name in ("hi", "lo") else np.int64)
        for name in ("left", "right", "at", "hi", "lo", "word")
    }


def at_once(told: Sequence[Row]) -> list[str]:
    """As the archive works it out."""
    column = columns(told)
    joins = links_in_force(
        column["left"], column["right"], column["at"], **{n: column[n] for n in ("hi", "lo", "word")}
    )
    return spelt(threads_of_entities(TEXTS, column["left"][joins], column["right"][joins]))


def spelt(threads: np.ndarray) -> list[str]:
    return [TEXTS[code] for code in threads.tolist()]


@given(links, st.randoms(use_true_random=False))
def test_threads_are_those_of_the_definition_in_any_order(told: list[Row], chance: random.Random) -> None:
    shuffled = [*told]
    chance.shuffle(shuffled)

    assert at_once(shuffled) == naive(told)


@given(links)
def test_without_a_word_nothing_is_left_out(told: list[Row]) -> None:
    said = [row for row in told if not row.word]

    assert links_in_force(
        *(columns(said)[n] for n in ("left", "right", "at")), **{n: columns(said)[n] for n in ("hi", "lo", "word")}
    ).all()


@given(stored=links, told=links, as_of=st.integers(-1, 3), before=st.integers(0, 4))
def test_identity_grows_row_by_row_to_what_it_is_at_once(
    stored: list[Row], told: list[Row], as_of: int, before: int
) -> None:
    told = [row for row in told if all(_key(row) != _key(one) for one in stored)]
    column = columns(stored)
    known = Links(Table(*(column[name] for name in ("left", "right", "at", "word", "hi", "lo"))))
    archived = np.array([TEXTS.index(text) for text in naive(stored)], np.int32)
    identity = Identity.of(Stored.of(archived, known.stored_ends))
    for number, row in enumerate(told):
        new = known.add([Link(row.left, row.right, row.at, number, row.word, (row.hi, row.lo) if row.word else (0, 0))])
        identity = relinked(identity, known, TEXTS, new, as_of=NEVER, before=NEVER)

    assert spelt(identity.threads) == naive([*stored, *told])
    without = known.without(as_of=as_of, before=before)
    past = relinked(identity, known, TEXTS, without, as_of=as_of, before=before)
    assert spelt(past.threads) == naive([row for row in (*stored, *told[:before]) if row.at <= as_of])
    for thread in range(len(TEXTS)):
        members = [code for code, found in enumerate(past.threads.tolist()) if found == thread]
        assert past.parties(np.array([thread], np.int32)).tolist() == members


def _key(row: Row) -> tuple[int, int, int, frozenset[int]]:
    return row.at, row.hi, row.lo, frozenset((row.left, row.right))


# -- through the real stores ------------------------------------------------------------------------------------------

SLOW = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
ENTITIES = ["desk:a", "desk:b", "desk:c", "crm:a", "crm:b", "crm:c"]
ends = st.sampled_from(ENTITIES)
pair = st.tuples(ends, ends).filter(lambda two: two[0] != two[1])
steps = st.lists(
    st.tuples(st.just("merge") | st.just("part"), pair, st.integers(0, 5))
    | st.tuples(st.just("link"), st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), st.integers(0, 5))
    | st.tuples(st.just("keep"), pair, st.just(0)),
    max_size=10,
)


@contextmanager
def acting() -> Iterator[ActingDesk]:
    folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
    database = open_database(folder / ".clew")
    try:
        migrate(database)
        yield ActingDesk(folder, database)
    finally:
        database.close()
        shutil.rmtree(folder)


@SLOW
@given(steps, st.integers(0, 5))
def test_acts_and_links_in_any_order_with_loads_between_are_what_the_definition_says(
    told: list[tuple[str, tuple[str, str], int]], day: int
) -> None:
    with acting() as desk:
        said: list[tuple[str, str, int, int, int]] = []  # left, right, at, turn, word
        for turn, (what, (one, other), age) in enumerate(told):
            desk.later(1_000_000)
            at = NOW + turn * 1_000_000 - age * 86_400_000_000
            if what == "keep":
                desk.keep()
            elif what == "link":
                shown = _shown(at)
                desk.send({"id": f"l{turn}", "account": one, "at": shown, "links": {"crm": other}})
                said.append((f"desk:{one}", f"crm:{other}", at, turn, 0))
            else:
                (desk.merge if what == "merge" else desk.part)((one, other), at=at)
                said.append((one, other, at, turn, SAME if what == "merge" else APART))
            if turn % 2:
                desk.take_in()
        desk.take_in()

        as_of = NOW + 20_000_000 - day * 86_400_000_000
        assert desk.threads(ENTITIES) == _oracle(said)
        assert desk.threads(ENTITIES, as_of=as_of) == _oracle([one for one in said if one[2] <= as_of])
        desk.keep()
        assert desk.threads(ENTITIES) == desk.archived_threads(ENTITIES) == _oracle(said)
        assert desk.archived_threads(ENTITIES, as_of=as_of) == _oracle([one for one in said if one[2] <= as_of])


def _shown(at: int) -> str:
    return to_datetime(at).isoformat()


def _oracle(said: Sequence[tuple[str, str, int, int, int]]) -> list[str]:
    """Connected components after the parted pairs are taken out."""
    held = []
    for left, right, _, _, word in said:
        words = [one for one in said if {*one[:2]} == {left, right} and one[4]]
        latest = max(words, key=lambda one: one[2], default=None)
        if word != APART and (latest is None or latest[4] == SAME):
            held.append({left, right})
    found = []
    for entity in ENTITIES:
        reached = {entity}
        while more := {end for two in held if two & reached for end in two} - reached:
            reached |= more
        found.append(min(reached))
    return found


@SLOW
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), max_size=4), pair, st.booleans())
def test_a_merge_that_is_undone_gives_the_former_threads(
    linked: list[tuple[str, str]], two: tuple[str, str], kept: bool
) -> None:
    with acting() as desk:
        for number, (one, other) in enumerate(linked):
            desk.send({"id": f"l{number}", "account": one, "at": _shown(NOW), "links": {"crm": other}})
        desk.take_in()
        former = desk.threads(ENTITIES)
        told_by_source = {frozenset((f"desk:{one}", f"crm:{other}")) for one, other in linked}

        desk.later()
        desk.merge(two)
        desk.take_in()
        if kept:
            desk.keep()
        merged = desk.threads(ENTITIES)
        assert merged[ENTITIES.index(two[0])] == merged[ENTITIES.index(two[1])]
        desk.later()
        if frozenset(two) not in told_by_source:  # parting what a source links is a split, not an undoing
            desk.part(two)
            desk.take_in()
            assert desk.threads(ENTITIES) == former


@SLOW
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), max_size=6), st.sets(ends, min_size=1))
def test_a_split_takes_the_chosen_ids_from_the_rest(linked: list[tuple[str, str]], chosen: set[str]) -> None:
    with acting() as desk:
        for number, (one, other) in enumerate(linked):
            desk.send({"id": f"l{number}", "account": one, "at": _shown(NOW), "links": {"crm": other}})
        desk.take_in()
        if not linked:
            return
        thread = desk.threads([f"desk:{linked[0][0]}"])[0]
        fresh = desk.fresh()

        pairs = cut(links_of(fresh, thread), chosen)
        desk.later()
        if pairs:
            desk.part(*pairs)
            desk.take_in()

        threads = dict(zip(ENTITIES, desk.threads(ENTITIES), strict=True))
        members = {end for link in links_of(fresh, thread) for end in (link.left, link.right)}
        assert not {threads[one] for one in members & chosen} & {threads[one] for one in members - chosen}


# -- live runs --------------------------------------------------------------------------------------------------------

accounts = st.sampled_from(["account:f1", "account:f2", "account:f3", "crm:c1"])
two_accounts = st.tuples(accounts, accounts).filter(lambda two: two[0] != two[1])
doings = st.lists(
    st.tuples(st.sampled_from(["merge", "part"]), two_accounts, st.integers(-50, 40))
    | st.tuples(st.just("event"), st.sampled_from(["deal won", "kickoff held", "went live"]), st.integers(1, 3))
    | st.tuples(st.just("link"), st.just("c1"), st.integers(1, 3))
    | st.tuples(st.sampled_from(["keep", "round", "later", "take in"]), st.just(""), st.just(0)),
    max_size=14,
)


@SLOW
@given(doings)
def test_live_runs_are_those_of_a_fold_of_the_whole_log(told: list[tuple[str, Any, int]]) -> None:
    with acting() as desk:
        live = LiveDesk(desk)
        for turn, (what, which, number) in enumerate(told):
            desk.later(1_000_000)
            if what in ("merge", "part"):
                act = (merged if what == "merge" else parted)(which[0], [which])
                with desk.database.write() as connection:  # by a clock that is behind or ahead
                    record(connection, act, by=MINA, now=desk.now + number * 1_000_000)
            elif what in ("event", "link"):
                more = {"event": which} if what == "event" else {"links": {"crm": which}}
                desk.send({"id": f"e{turn}", "account": f"f{number}", "at": _shown(desk.now), **more})
            elif what == "keep":
                desk.keep()
            elif what == "round":
                live.round()
            elif what == "later":
                desk.later(45_000_000)
            if what != "keep":
                desk.take_in()
        desk.later(120_000_000)
        desk.take_in()
        live.rounds()

        fresh = desk.fresh()
        assert stored(desk.database) == in_bulk(fresh.view(desk.now), definitions_of(desk.workspace))
