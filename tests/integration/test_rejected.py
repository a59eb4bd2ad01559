"""Events that could not be used: seen, tried again under the mended mapping, never twice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from clew.access.model import Actor, Role
from clew.cli.app import app
from clew.clock import HOUR_US
from clew.db.engine import Database, open_database
from clew.db.migrations import migrate
from clew.db.tables import audit, due, parked
from clew.errors import BadRequest
from clew.ingest.arriving.model import Arriving
from clew.live.intake.reading import replay_of
from clew.live.rejected import actions, queries
from clew.live.rejected.actions import discard, replay
from clew.live.rejected.model import Chosen, NoSuchEvent
from clew.live.state.parking import Fault, park
from tests.arriving_world import NOW, Desk, event

BY = Actor("command", "command:me", role=Role.ADMIN)
SECRET = "s" * 32
NEEDS_FIRM = "receives: clew\naccount: {firm: properties.firm}\ncontact: {id: properties.who}\n"


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> Desk:
    return Desk(tmp_path, database)


@pytest.fixture
def mistaken(desk: Desk) -> Desk:
    """Three events came while the mapping looked for the account in the wrong place."""
    desk.source("chat", NEEDS_FIRM)
    desk.send(event(1), event(2), event(3))
    assert desk.take_in().rejected == 3
    return desk


def ask(desk: Desk, chosen: Chosen) -> int:
    return replay(desk.database, chosen, by=BY, now=desk.now, secret=SECRET)


def test_they_are_counted_by_source_and_reason(mistaken: Desk) -> None:
    mistaken.send({"id": "x", "event": "e", "at": "never", "account": "f"})
    mistaken.take_in()

    with mistaken.database.read() as connection:
        told = [(group.source, group.reason, group.place, group.count) for group in queries.groups(connection)]
        listed = queries.listed(connection, Chosen(reason="mapping"), most=2)
        older = queries.listed(connection, Chosen(reason="mapping"), before=listed[-1].number)

    assert told == [("chat", "mapping", "properties.firm", 3), ("chat", "no time", "at", 1)]
    assert [one.number for one in (*listed, *older)] == [3, 2, 1]


def test_one_is_shown_as_it_was_sent(mistaken: Desk) -> None:
    with mistaken.database.read() as connection:
        told, content = queries.one(connection, 1)
        with pytest.raises(NoSuchEvent):
            queries.one(connection, 99)

    assert (told.reason, told.state) == ("mapping", "waiting")
    assert b'"e1"' in content


def test_what_would_become_of_them_is_said_without_doing_it(mistaken: Desk) -> None:
    [before] = queries.try_again(mistaken.database, mistaken.workspace, [1], now=mistaken.now)
    mistaken.source("chat", "receives: clew\n")
    [after] = queries.try_again(mistaken.database, mistaken.workspace, [1], now=mistaken.now)

    assert (before.outcome, before.reason) == ("rejected", "mapping")
    assert (after.outcome, after.account) == ("accepted", "account:f1")
    assert after.tells == (("said", NOW - HOUR_US),)
    assert (mistaken.rows(), len(mistaken.rejected())) == (0, 3)


def test_after_mending_they_are_taken_in_as_if_they_had_been_usable_at_once(mistaken: Desk) -> None:
    mistaken.source("chat", "receives: clew\n")
    mistaken.later()

    assert ask(mistaken, Chosen(source="chat")) == 3
    taken = mistaken.take_in()

    assert (taken.accepted, taken.settled) == (3, 3)
    assert mistaken.counts() == {"received": 3, "accepted": 3}
    assert {(row.state, bytes(row.event)) for row in mistaken.rejected()} == {("replayed", b"")}
    mistaken.keep()
    assert len(mistaken.log()["threads"]["account:f1"]) == 3


def test_asking_twice_does_it_once(mistaken: Desk) -> None:
    mistaken.source("chat", "receives: clew\n")
    ask(mistaken, Chosen(numbers=[1, 2]))
    ask(mistaken, Chosen(source="chat", reason="mapping"))

    mistaken.take_in()
    mistaken.take_in()

    assert mistaken.counts() == {"received": 3, "accepted": 3}
    assert ask(mistaken, Chosen(source="chat")) == 0


@pytest.mark.parametrize("chosen", [Chosen(source="chat"), Chosen(numbers=range(1, 70_000))])
def test_any_number_of_them_is_taken_in_again_in_portions(
    mistaken: Desk, monkeypatch: pytest.MonkeyPatch, chosen: Chosen
) -> None:
    read: list[int] = []
    monkeypatch.setattr(actions, "AT_ONCE", 2)

    def noted(number: int, *, source: str, wire: str, now: int) -> Arriving:
        read.append(number)
        return replay_of(number, source=source, wire=wire, now=now)

    monkeypatch.setattr(actions, "replay_of", noted)
    mistaken.source("chat", "receives: clew\n")

    assert ask(mistaken, chosen) == 3
    assert read == [1, 2, 3]
    assert mistaken.take_in().accepted == 3


def test_any_number_of_them_is_discarded(mistaken: Desk) -> None:
    chosen = Chosen(numbers=range(1, 70_000))
    with mistaken.database.read() as connection:
        assert queries.count(connection, chosen) == 3

    assert discard(mistaken.database, chosen, by=BY, now=mistaken.now, secret=SECRET) == 3


def test_what_still_cannot_be_used_stays_with_the_reason_of_now(mistaken: Desk) -> None:
    mistaken.source("chat", "receives: clew\nid: properties.number\n")
    ask(mistaken, Chosen(numbers=[2]))

    mistaken.take_in()

    told = [(row.id, row.reason, row.place, row.state) for row in mistaken.rejected()]
    assert len(told) == 3
    assert told[1] == (2, "mapping", "properties.number", "waiting")
    assert mistaken.counts() == {"received": 3, "rejected": 3}


def test_one_whose_id_came_again_meanwhile_turns_out_to_be_a_duplicate(mistaken: Desk) -> None:
    mistaken.source("chat", "receives: clew\n")
    mistaken.send(event(1))
    mistaken.take_in()
    ask(mistaken, Chosen(numbers=[1]))

    mistaken.take_in()

    assert mistaken.rejected()[0].state == "replayed"
    assert mistaken.counts() == {"received": 4, "accepted": 1, "duplicate": 1, "rejected": 2}


def test_backfill_stays_backfill(desk: Desk) -> None:
    desk.source("chat", NEEDS_FIRM)
    desk.send(event(1), quiet=True)
    desk.take_in()
    desk.source("chat", "receives: clew\n")
    ask(desk, Chosen(numbers=[1]))

    desk.take_in()

    assert desk.quiet() == [True]


def test_a_body_that_was_parked_as_a_whole_counts_as_its_events(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from clew.live.intake import decoding

    def fails(*_: object) -> None:
        raise RecursionError("a mistake of ours")

    with monkeypatch.context() as mistake:
        mistake.setattr(decoding, "decode", fails)
        desk.send(event(1), event(2), {"id": "x", "event": "e", "at": "never", "account": "f"})
        assert desk.take_in().rejected == 1
    ask(desk, Chosen(reason="crashed"))

    desk.take_in()

    assert desk.counts() == {"received": 3, "accepted": 2, "rejected": 1}
    assert [(row.reason, row.state) for row in desk.rejected()] == [("crashed", "replayed"), ("no time", "waiting")]


def test_discarded_ones_lose_their_content_and_stay_counted(mistaken: Desk) -> None:
    count = discard(mistaken.database, Chosen(numbers=[1, 2]), by=BY, now=mistaken.now, secret=SECRET)
    ask(mistaken, Chosen(source="chat"))
    mistaken.source("chat", "receives: clew\n")
    mistaken.take_in()

    assert count == 2
    assert [row.state for row in mistaken.rejected()] == ["discarded", "discarded", "replayed"]
    assert [(bytes(row.event), row.place, row.detail) for row in mistaken.rejected()] == [(b"", "", "")] * 3
    assert mistaken.counts() == {"received": 3, "accepted": 1, "rejected": 2}


def test_who_discards_while_a_replay_waits_is_heeded(mistaken: Desk) -> None:
    mistaken.source("chat", "receives: clew\n")
    ask(mistaken, Chosen(source="chat"))
    discard(mistaken.database, Chosen(source="chat"), by=BY, now=mistaken.now, secret=SECRET)

    mistaken.take_in()

    assert (mistaken.rows(), mistaken.counts()) == (0, {"received": 3, "rejected": 3})


def test_acts_leave_their_rows_in_the_audit_log(mistaken: Desk) -> None:
    ask(mistaken, Chosen(numbers=[1]))
    discard(mistaken.database, Chosen(reason="mapping"), by=BY, now=mistaken.now, secret=SECRET)

    with mistaken.database.read() as connection:
        told = [(row.actor, row.action, row.detail["count"]) for row in connection.execute(select(audit))]

    assert told == [("command:me", "replay", 1), ("command:me", "discard", 3)]


def test_one_that_stands_in_the_log_and_failed_to_fold_is_folded_again(desk: Desk) -> None:
    desk.send(event(1))
    desk.take_in()
    lease = desk.lease("fold:0")
    park(desk.database, Fault("account:f1", 0, "onboarding", "ZeroDivisionError"), [lease], now=desk.now)

    [preview] = queries.try_again(desk.database, desk.workspace, [1], now=desk.now)
    count = ask(desk, Chosen(reason="crashed"))

    assert (preview.outcome, count) == ("accepted", 1)
    assert [row.state for row in desk.rejected()] == ["replayed"]
    with desk.database.read() as connection:
        assert connection.execute(select(parked)).all() == []
        assert connection.execute(select(due.c.key).where(due.c.kind == "thread")).scalars().all() == ["account:f1"]
    assert desk.take_in().settled == 0
    assert desk.counts() == {"received": 1, "accepted": 1}


def test_nothing_chosen_and_unknown_reasons_are_refused() -> None:
    with pytest.raises(BadRequest, match="which events"):
        Chosen()
    with pytest.raises(BadRequest, match="'typo' is no reason; allowed: "):
        Chosen(reason="typo")


def test_the_command_lists_shows_replays_and_discards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLEW_DATABASE_URL", raising=False)
    database = open_database(tmp_path / ".clew")
    migrate(database)
    desk = Desk(tmp_path, database)
    desk.source("chat", NEEDS_FIRM)
    desk.send(event(1), event(2), event(3))
    desk.take_in()
    desk.source("chat", "receives: clew\n")
    monkeypatch.chdir(tmp_path)

    def clew(*words: str) -> str:
        result = CliRunner().invoke(app, ["rejected", *words])
        assert result.exit_code == 0, result.output
        return result.output

    assert re.search(r"3  chat  mapping .* as 3\n", clew("list"))
    assert [line.split()[0] for line in clew("list", "--reason", "mapping").splitlines()] == ["3", "2", "1"]
    shown = clew("show", "1")
    assert '"e1"' in shown
    assert "now it would be accepted: account:f1: said (2025-12-31 23:00 UTC)" in shown
    assert "taken in again: 2." in clew("replay", "1", "2")
    assert "Events discarded: 1." in clew("discard", "3", "--yes")
    desk.take_in()
    assert "No rejected event waits." in clew("list")
    assert desk.counts() == {"received": 3, "accepted": 2, "rejected": 1}
    database.close()
