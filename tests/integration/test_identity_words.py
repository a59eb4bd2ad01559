"""Merging, undoing and splitting accounts by a person's word: what follows in the live state, past views, erasure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clew.access.model import Actor
from clew.acts import vocabulary
from clew.acts.recording import record
from clew.archive.reader import open_archive
from clew.clock import DAY_US, HOUR_US, to_datetime
from clew.db.engine import Database
from clew.live.contexts.settled import Settled, settled
from clew.live.fresh.log import open_fresh
from clew.live.fresh.merging import cut, links_of
from tests.acting_desk import MINA, ActingDesk
from tests.arriving_world import NOW, Desk
from tests.live_desk import LiveDesk


@pytest.fixture
def live(tmp_path: Path, database: Database) -> LiveDesk:
    return LiveDesk(Desk(tmp_path, database))


def told(number: int, name: str, account: str, *, hours: int = 0) -> dict[str, Any]:
    return {
        "id": f"e{number}",
        "event": name,
        "at": to_datetime(NOW + (hours - 10) * HOUR_US).isoformat(),
        "account": account,
    }


def act(live: LiveDesk, one: Any, *, by: Actor = MINA) -> int:
    with live.database.write() as connection:
        number = record(connection, one, by=by, now=live.desk.now)
    live.desk.take_in()
    return number


def runs(live: LiveDesk) -> list[Any]:
    """What lists show of runs."""
    names = ("journey", "thread", "subject", "number", "started_at", "ended_at", "outcome", "stage", "entered_at")
    return [tuple(getattr(row, name) for name in names) for row in live.runs()]


PAIR = ("account:f1", "account:f2")


@pytest.mark.parametrize("kept", ["never", "before folding", "after folding"])
def test_runs_after_a_merge_and_its_undoing_are_those_before(live: LiveDesk, kept: str) -> None:
    live.happens(told(1, "deal won", "f1"), told(2, "kickoff held", "f1", hours=1), told(3, "deal won", "f2", hours=2))
    before = runs(live)
    live.later(5 * HOUR_US)

    def say(one: Any) -> None:
        act(live, one)
        if kept == "before folding":
            live.desk.keep()
        live.rounds()
        if kept == "after folding":
            live.desk.keep()
            live.rounds()
        live.later(HOUR_US)

    say(vocabulary.merged("account:f1", [PAIR]))
    merged = runs(live)
    say(vocabulary.parted("account:f1", [PAIR]))

    assert {run[1] for run in merged} == {"account:f1"}
    assert [run[7] for run in before] == ["set-up", "handed-over"]
    assert runs(live) == before
    say(vocabulary.merged("account:f2", [PAIR[::-1]]))
    assert runs(live) == merged


def test_what_happens_to_either_id_counts_for_the_merged_account(live: LiveDesk) -> None:
    live.happens(told(1, "deal won", "f1"), told(2, "deal won", "f2", hours=1))
    live.later(5 * HOUR_US)
    act(live, vocabulary.merged("account:f1", [PAIR]))
    live.rounds()

    live.happens(told(3, "trained", "f2", hours=4))

    assert [(run[1], run[7]) for run in runs(live)] == [("account:f1", "training")]


def test_a_link_of_a_source_is_parted_and_stays_so_when_it_is_told_again(live: LiveDesk) -> None:
    linked = told(1, "deal won", "f1") | {"links": {"crm": "A-1"}}
    live.happens(linked, told(2, "deal won", "f2") | {"links": {"crm": "A-1"}})
    assert {run[1] for run in runs(live)} == {"account:f1"}
    live.later(HOUR_US)

    act(live, vocabulary.parted("account:f1", [("account:f2", "crm:A-1")]))
    live.rounds()
    live.happens(told(3, "kickoff held", "f2", hours=1) | {"links": {"crm": "A-1"}})

    assert [(run[1], run[7]) for run in runs(live)] == [("account:f1", "handed-over"), ("account:f2", "set-up")]


def test_the_past_is_as_it_was_before_the_word(tmp_path: Path, database: Database) -> None:
    desk = ActingDesk(tmp_path, database)
    ids = ["desk:a", "crm:a"]
    desk.send({"id": "l1", "account": "a", "at": to_datetime(NOW).isoformat(), "links": {"crm": "a"}})
    desk.take_in()
    desk.keep()
    desk.later(DAY_US)
    desk.part(("desk:a", "crm:a"))
    desk.take_in()
    desk.keep()

    archive = open_archive(desk.store)
    names = archive.names["entity"]
    known = archive.view(2**61, known_at=NOW + HOUR_US)

    assert desk.archived_threads(ids, as_of=NOW + HOUR_US) == ["crm:a", "crm:a"]
    assert desk.archived_threads(ids) == ids
    assert [names.text(int(known.threads[names.code(one)])) for one in ids] == ["crm:a", "crm:a"]
    assert {entity for entity, _ in _members(known)} == {"desk:a", "crm:a"}


def _members(view: Any) -> set[tuple[str, str]]:
    entity, thread = view.members
    text = view.names["entity"].text
    return {(text(a), text(b)) for a, b in zip(entity.tolist(), thread.tolist(), strict=True)}


def test_a_page_shows_why_ids_are_one_account_and_what_would_part(tmp_path: Path, database: Database) -> None:
    desk = ActingDesk(tmp_path, database)
    desk.send({"id": "l1", "account": "a", "at": to_datetime(NOW).isoformat(), "links": {"crm": "x"}, "contact": "ada"})
    desk.take_in()
    desk.keep()
    desk.merge(("desk:a", "desk:b"))
    desk.take_in()

    links = links_of(desk.fresh(), "crm:x")

    assert [(one.left, one.right, one.source, one.word, one.joins) for one in links] == [
        ("desk:a", "crm:x", "chat", 0, True),
        ("desk:a", "desk:b", "clew", 1, True),
    ]
    assert cut(links, {"desk:b"}) == [("desk:a", "desk:b")]
    assert cut(links, {"desk:a"}) == [("crm:x", "desk:a"), ("desk:a", "desk:b")]
    assert cut(links, {"desk:a", "desk:b", "crm:x"}) == []
    desk.later()
    desk.part(("desk:b", "desk:a"))
    desk.take_in()
    assert [one.joins for one in links_of(desk.fresh(), "crm:x")] == [True, False, False]
    assert [one.joins for one in links_of(desk.fresh(), "desk:b")] == [False, False]
    assert links_of(desk.fresh(), "desk:nobody") == ()


def test_an_act_that_merges_settles_when_everything_is_folded(live: LiveDesk) -> None:
    live.happens(told(1, "deal won", "f1"), told(2, "deal won", "f2"))
    number = act(live, vocabulary.merged("account:f1", [PAIR]))

    assert settled(live.database, number) is Settled.WAITING
    live.rounds()
    assert settled(live.database, number, wait_s=0.1) in (Settled.TAKEN_IN, Settled.WAITING)  # as contexts follow
    fresh = open_fresh(live.desk.store, live.database)
    assert fresh.position == 3


def test_a_word_by_a_clock_that_is_ahead_holds_when_its_time_has_come(live: LiveDesk) -> None:
    live.happens(told(1, "deal won", "f1"), told(2, "kickoff held", "f1", hours=1), told(3, "deal won", "f2", hours=2))
    apart = runs(live)
    live.later(HOUR_US)
    act(live, vocabulary.merged("account:f1", [PAIR]))
    live.rounds()
    together = runs(live)
    live.later(HOUR_US)

    with live.database.write() as connection:
        record(connection, vocabulary.parted("account:f1", [PAIR]), by=MINA, now=live.desk.now + 30_000_000)
    live.desk.take_in()
    live.rounds()
    assert runs(live) == together
    live.later(60_000_000)
    live.rounds()

    assert runs(live) == apart != together
