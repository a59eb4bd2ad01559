"""Contexts are kept beside the fold: what arrives shows, other words derive anew, what fails waits and harms nobody."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import clew.live.contexts.keeping as keeping
from clew.access.model import NOBODY
from clew.clock import DAY_US
from clew.context.derive import derive
from clew.context.model import Context, HandoffState, PromiseState
from clew.context.words import Words
from clew.db.engine import Database
from clew.db.leases import Fenced
from clew.db.tables import account, account_id, due, handoff, promise
from clew.live.contexts.keeping import Contexts
from clew.live.contexts.queries import context_of, find_account, handoffs_page, promises_page
from clew.live.contexts.stored import packed
from clew.live.contexts.wording import fingerprint_of, words_of
from clew.live.contexts.writing import replace_contexts
from clew.live.fresh.log import open_fresh
from tests.arriving_world import NOW, Desk
from tests.context_rows import contexts_in_bulk, contexts_stored
from tests.live_desk import LiveDesk

MEANINGS = """
about: topic
promises: {made: {event: promised}, kept: {event: kept}, id: pid, due: due}
asked: {when: {event: asked}, answered: {event: told}}
"""
HANDOFFS = """
handoffs:
  - {from: sales, to: service, sent: {event: deal won}, accepted: {event: taken over}, packet: [risks]}
"""
CHAT = "receives: clew\nlinks: [{account: account, crm: links.crm}]\nproperties: [topic, says, pid, due]\n"
FIRM = "firm: Desk\ncurrency: EUR\ntime_zone: UTC\nteams: {sales: Sales, service: Service}\n"


class Kept(LiveDesk):
    """A desk whose accounts are derived after its rounds."""

    def restart(self) -> None:
        super().restart()
        workspace = self.desk.workspace
        fresh = open_fresh(self.desk.store, self.database, workspace.sources)
        self.fresh, self.words = fresh, words_of(workspace, self.state.definitions)
        self.contexts = Contexts(self.database, fresh, self.words, fingerprint_of(self.words, self.state.definitions))

    def rounds(self) -> None:
        super().rounds()
        self.steps_on()

    def steps_on(self) -> None:
        self.fresh.refresh()
        for _ in range(100):
            if not self.contexts.step(self.leases, now=self.desk.now, seconds=1).more:
                return
        raise AssertionError("steps come to no end")

    def context(self, thread: str) -> Context:
        with self.database.read() as connection:
            found = context_of(connection, thread)
        assert found is not None
        return found

    def waiting(self) -> list[Any]:
        with self.database.read() as connection:
            return list(connection.execute(select(due).where(due.c.kind == "context")).all())


@pytest.fixture
def kept(tmp_path: Path, database: Database) -> Kept:
    desk = Desk(tmp_path, database)
    made = Kept(desk)
    (tmp_path / "clew.yaml").write_text(FIRM)
    (tmp_path / "meanings.yaml").write_text(MEANINGS)
    desk.source("chat", CHAT)
    path = tmp_path / "journeys" / "onboarding.yaml"
    path.write_text(path.read_text() + HANDOFFS)
    desk.workspace.require_sound()
    made.restart()
    made.rounds()
    return made


def event(number: int, what: str, name: str = "f1", days: int = 1, **said: str) -> dict[str, Any]:
    return {"id": f"e{number}", "event": what, "account": name, "at": (NOW - days * DAY_US) // 1000, "properties": said}


def test_an_event_shows_in_the_context_and_in_every_list(kept: Kept) -> None:
    kept.happens(event(1, "deal won"), event(2, "promised", pid="p1", due="2026-02-01", topic="prices", says="a\\list"))

    context = kept.context("account:f1")
    with kept.database.read() as connection:
        [promised] = promises_page(connection, NOBODY, now=NOW).rows
        [handed] = handoffs_page(connection, NOBODY, now=NOW).rows
        found = find_account(connection, "F1")

    assert (found, context.header.touches) == ("account:f1", 2)
    assert (promised.promise, promised.state) == (context.promises[0], PromiseState.OPEN)
    assert promised.promise.says == "a\\list"
    assert (handed.handoff.state, handed.handoff.missing) == (HandoffState.SENT, ["risks"])
    assert handed.handoff.promises == ["p1"]
    assert kept.waiting() == []


def test_what_is_stored_is_what_the_whole_log_says(kept: Kept) -> None:
    kept.happens(
        *(event(n, ["deal won", "told", "promised"][n % 3], f"f{n % 7}", topic="t", pid="p") for n in range(40))
    )
    kept.happens(event(90, "deal won", "f3", days=400))  # late

    told = contexts_in_bulk(kept.database, kept.fresh.view(kept.desk.now), kept.words, kept.desk.now)

    assert {thread: packed(one) for thread, one in told.items()} == {
        thread: packed(one) for thread, one in contexts_stored(kept.database).items() if one is not None
    }
    assert len(told) == 7


def test_a_thread_that_became_part_of_another_loses_its_rows(kept: Kept) -> None:
    kept.happens(event(1, "promised", "f1", pid="p1", due="2026-02-01"), event(2, "deal won", "f2"))
    kept.happens(
        {"id": "l1", "account": "f1", "links": {"crm": "c9"}}, {"id": "l2", "account": "f2", "links": {"crm": "c9"}}
    )

    with kept.database.read() as connection:
        threads = set(connection.execute(select(account.c.thread)).scalars())
        rows = {
            table.name: set(connection.execute(select(table.c.thread)).scalars())
            for table in (promise, handoff, account_id)
        }
        found = {find_account(connection, id) for id in ("account:f1", "account:f2", "crm:c9")}
    assert len(threads) == 1
    assert rows == {"promise": threads, "handoff": threads, "account_id": threads}
    assert found == threads


def test_other_meanings_derive_every_account_anew(kept: Kept) -> None:
    kept.happens(event(1, "told", topic="budget"), event(2, "told", "f2", topic="budget"))
    assert len(kept.context("account:f1").answers) == 1

    (kept.desk.folder / "meanings.yaml").write_text("about: topic\n")
    kept.restart()
    kept.steps_on()

    assert [kept.context(f"account:f{n}").answers for n in (1, 2)] == [[], []]
    assert kept.waiting() == []


def test_an_account_that_cannot_be_derived_waits_and_keeps_no_other_from_it(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(view: Any, words: Words, now: int) -> Any:
        found = derive(view, words, now)
        if "account:f3" in found:
            raise ZeroDivisionError
        return found

    monkeypatch.setattr(keeping, "derive", failing)
    kept.happens(*(event(n, "deal won", f"f{n}") for n in range(1, 9)))

    [ill] = kept.waiting()
    assert (ill.key, ill.tries, "ZeroDivisionError" in ill.error) == ("account:f3", 1, True)
    assert len(contexts_stored(kept.database)) == 7

    monkeypatch.undo()
    kept.desk.later(DAY_US)
    kept.steps_on()
    assert kept.context("account:f3").header.touches == 1
    assert kept.waiting() == []


def test_who_lost_its_leases_writes_nothing(kept: Kept) -> None:
    kept.desk.send(event(1, "deal won"))
    kept.desk.take_in()
    LiveDesk.rounds(kept)
    kept.fresh.refresh()
    other = kept.another("other")
    other.take_all_shards()

    with pytest.raises(Fenced):
        kept.contexts.step(kept.leases, now=kept.desk.now, seconds=1)

    assert contexts_stored(kept.database) == {}
    assert len(kept.waiting()) == 1


def test_a_sign_that_no_database_takes_is_left_out_of_texts(kept: Kept) -> None:
    kept.load_exports("id,account,what,at\n1,f1,deal won,2025-12-01\n")
    kept.rounds()
    context = kept.context("account:f1")

    odd = replace(context, header=replace(context.header, name="Ac\0me", teams=["a\0b"]))
    with kept.database.write() as connection:
        replace_contexts(connection, ["account:f1"], {"account:f1": odd}, now=kept.desk.now)
    with kept.database.read() as connection:
        row = connection.execute(select(account.c.name, account.c.teams)).one()
    assert (row.name, row.teams) == ("Acme", ["ab"])
