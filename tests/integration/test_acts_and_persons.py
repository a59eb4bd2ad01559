"""Acts and the rights of persons: export, erasure, and backups reach what waits."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import insert, select

from clew.accounts.persons import open_persons
from clew.acts import vocabulary
from clew.acts.model import Act
from clew.clock import now
from clew.context.model import Answer, Context, Header
from clew.db.engine import Database, open_database
from clew.db.tables import account, answer, due, signal
from clew.live import failpoints
from clew.live.backups.making import make_backup
from clew.live.backups.restoring import restore_backup
from clew.live.contexts.stored import packed, unpacked
from clew.live.dossier import whole_dossier
from clew.live.erasure.actions import erase_everywhere
from clew.live.model import shard_of
from tests.acting_desk import ActingDesk
from tests.arriving_world import NOW, event


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> ActingDesk:
    made = ActingDesk(tmp_path, database)
    made.send(event(1, contact={"id": "C-17", "email": "ada@x.org", "name": "Ada Lovelace"}))
    made.take_in()
    return made


def number_of(desk: ActingDesk, identifier: str) -> int:
    with open_persons(desk.store) as persons:
        return persons.find(identifier)[0].surrogate


def erase(desk: ActingDesk, identifier: str = "ada@x.org") -> None:
    erase_everywhere(desk.workspace, desk.database, identifier, clock=now)


def test_export_holds_acts_that_wait(desk: ActingDesk) -> None:
    desk.act(vocabulary.answer_given(None, "desk:f1", topic="size", says="ada@x.org says 12", contact="C-17"))
    desk.act(vocabulary.answer_given(None, "desk:f1", topic="size", says="eve says 13", contact="eve@x.org"))

    told = whole_dossier(desk.store, desk.database, "ada@x.org")

    [waiting] = told["acts"]
    assert (waiting["source"], waiting["event"]["properties"]["says"]) == ("clew", "ada@x.org says 12")
    desk.take_in()
    told = whole_dossier(desk.store, desk.database, "ada@x.org")
    assert told["acts"] == []
    assert "answer given" in {one["event"] for one in told["events"]}


def test_erasure_reaches_acts_that_wait(desk: ActingDesk) -> None:
    ada = number_of(desk, "ada@x.org")
    desk.act(vocabulary.answer_given(None, "desk:f1", topic="size", says="mail ada@x.org", contact="ADA@x.org"))

    erase(desk)

    everything = desk.everything().lower()
    assert b"ada@x.org" not in everything
    assert b"lovelace" not in everything
    [row] = desk.acts()
    assert row.body == b""
    told = [one for one in desk.log()["threads"]["desk:f1"] if one["source"] == "clew"]
    assert [(one["contact"], one["property:says"]) for one in told] == [(ada, f"mail erased-{ada}")]


def test_an_act_that_comes_during_an_erasure_stays_without_the_person(
    desk: ActingDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = number_of(desk, "ada@x.org")

    def reach(name: str) -> None:
        if name == "erasure.cleaned":
            desk.act(Act("call held", "desk:f1", contact="ada@x.org", contact_name="Ada Lovelace"))
            desk.act(Act("call held", "desk:f1", contact=vocabulary.person(ada)))

    monkeypatch.setattr(failpoints, "reach", reach)
    erase(desk)
    monkeypatch.undo()
    desk.now = now()
    desk.take_in()
    desk.keep()

    told = [one for one in desk.log()["threads"]["desk:f1"] if one["event"] == "call held"]
    assert [one["contact"] for one in told] == [ada, ada]
    assert number_is_nameless(desk, ada)


def number_is_nameless(desk: ActingDesk, number: int) -> bool:
    with open_persons(desk.store) as persons:
        record = persons.record(number)
        return record is not None and record.identifier is record.name is record.email is None


def test_what_was_derived_of_accounts_does_not_keep_a_person(desk: ActingDesk) -> None:
    said = "Write to ada@x.org"
    context = Context(Header("desk:f1", "F1", ["desk:f1"]), answers=[Answer("a-1", "size", NOW, NOW, said)])
    row = {
        "thread": "desk:f1", "shard": shard_of("desk:f1"), "name": "F1", "teams": [], "touches": 1, "as_of": NOW,
        "context": packed(context),
    }  # fmt: skip
    with desk.database.write() as connection:
        connection.execute(insert(account).values(row))
        connection.execute(insert(account).values({**row, "thread": "desk:f2", "context": packed(Context(
            Header("desk:f2", "F2", ["desk:f2"])))}))  # fmt: skip
        told = {"thread": "desk:f1", "id": "a-1", "topic": "size", "at": NOW, "until": NOW, "says": said}
        connection.execute(insert(answer).values(told))
        noticed = {"kind": "k", "subject": "account:ada@x.org", "at": NOW, "says": said, "evidence": [{"who": said}]}
        connection.execute(insert(signal).values(noticed))
    ada = number_of(desk, "ada@x.org")

    erase(desk)

    with desk.database.read() as connection:
        assert connection.execute(select(answer.c.says)).scalar_one() == f"Write to erased-{ada}"
        assert connection.execute(select(answer.c.folded)).scalar_one() == f"size write to erased-{ada}"
        kept = connection.execute(select(account.c.context).order_by(account.c.thread)).scalars().first()
        told_signal = connection.execute(select(signal)).one()
        waits = connection.execute(select(due.c.key).where(due.c.kind == "context")).scalars().all()
    context_now = unpacked(bytes(kept or b""))
    assert context_now is not None
    assert context_now.answers[0].says == f"Write to erased-{ada}"
    assert (told_signal.subject, told_signal.evidence) == (
        f"account:erased-{ada}",
        [{"who": f"Write to erased-{ada}"}],
    )
    assert waits == ["desk:f1"]


def test_a_backup_brings_back_acts_that_wait_and_they_are_taken_in_once(desk: ActingDesk) -> None:
    desk.act(Act("call held", "desk:f1"))
    desk.take_in()
    desk.act(Act("mail sent", "desk:f1"))
    made = desk.folder / "backups" / "all.tar.gz"
    make_backup(desk.folder, desk.database, made, now=desk.now)
    desk.take_in()

    into = desk.folder / "restored"
    restore_backup(made, into)
    database = open_database(into / ".clew")
    try:
        restored = ActingDesk(into, database)
        restored.now = now()
        taken = restored.take_in()
        restored.keep()
        told = [one["event"] for one in restored.log()["threads"]["desk:f1"] if one["source"] == "clew"]
    finally:
        database.close()

    assert taken.accepted == 1
    assert sorted(told) == ["call held", "mail sent"]
