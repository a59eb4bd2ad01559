"""Erasing a person beside a running system: no store keeps them, no total changes, nothing brings them back."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from clew.accounts.persons import open_persons
from clew.clock import DAY_US, HOUR_US, now, to_datetime
from clew.db.engine import Database
from clew.db.tables import backup, rejected, run, tail_block, upload
from clew.ingest.erasure import UnknownPerson
from clew.live import failpoints
from clew.live.erasure import parked
from clew.live.erasure.actions import erase_everywhere
from clew.live.erasure.model import Everywhere
from clew.live.erasure.written import forget_pages
from clew.live.intake.forgetting import ERASED
from clew.live.intake.recent import recent
from clew.live.model import shard_of
from tests.arriving_world import NOW, Desk, event

ADA = {"id": "Ada@X.org", "name": "Ada Lovelace", "email": "ada@x.org"}
TRACES = (b"ada@x.org", b"lovelace", b"0471 12 34 56", b"byron street")


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> Desk:
    """Ada is in the archive, the tail, the inbox, held, rejected, in exports; Eve beside her."""
    made = Desk(tmp_path, database)
    made.send(event(1, contact=ADA, personal={"phone": "0471 12 34 56"}), event(2, contact="eve@x.org"))
    made.take_in()
    made.keep()
    made.send(event(3, contact=ADA, properties={"note": "ask ada@x.org again"}))
    made.send(event(4, contact=ADA, account="ada@x.org"))
    made.send({"id": "soon", "event": "renews", "at": at(DAY_US), "account": "f1", "contact": ADA, "value": 12})
    made.send({"id": "bad", "event": "said", "at": "never", "account": "f1", "contact": ADA})
    made.send({"id": "eve", "event": "said", "at": "never", "account": "f1", "contact": "eve@x.org"})
    made.take_in()
    made.send(event(5, contact=ADA, personal={"street": "Byron Street 1"}))
    failed = made.store / "uploads" / "chat"
    failed.mkdir(parents=True)
    (failed / "1.csv.gz").write_bytes(gzip.compress(b"id,who\n1,ADA@x.org\n"))
    (failed / "2.csv").write_text("id,who\n1,eve\n")
    with database.write() as connection:
        for number in (1, 2):
            file = f".clew/uploads/chat/{number}.csv" + (".gz" if number == 1 else "")
            row = {"source": "chat", "file": file, "received_at": NOW, "state": "failed"}
            connection.execute(insert(upload).values(row))
        connection.execute(insert(backup).values(place="/safe/monday.tar.gz", at=NOW, bytes=1))
        connection.execute(insert(run).values(a_run("account:ada@x.org")))
    return made


def at(us: int) -> str:
    return to_datetime(NOW + us).isoformat()


def a_run(thread: str) -> dict[str, object]:
    state = {"journey": "j", "thread": thread, "subject": thread, "number": 1, "version": "", "started_at": 0}
    return {**state, "shard": shard_of(thread), "entered_at": 0, "late": 0}


def erase(desk: Desk, whom: str = "ada@x.org") -> Everywhere:
    return erase_everywhere(desk.workspace, desk.database, whom, clock=lambda: desk.now)


def test_no_store_holds_the_person_any_more(desk: Desk) -> None:
    before = desk.everything().lower()
    assert all(trace in before for trace in TRACES)

    erased = erase(desk)

    after = desk.everything().lower()
    assert [trace for trace in TRACES if trace in after] == []
    assert b"eve@x.org" in after
    assert (erased.held, erased.rejected, erased.uploads, erased.state) == (1, 1, 1, 2)
    assert [one.place for one in erased.backups] == ["/safe/monday.tar.gz"]


def test_no_total_changes(desk: Desk) -> None:
    erase(desk)

    assert desk.counts() == {"received": 8, "accepted": 5, "held": 1, "rejected": 2}
    assert sum(len(told) for told in desk.log()["threads"].values()) == 5
    numbers = sorted(told["contact"] for thread in desk.log()["threads"].values() for told in thread)
    assert numbers == [0, 0, 0, 0, 1]
    with desk.database.read() as connection:
        assert sum(connection.execute(select(tail_block.c.rows)).scalars()) == 5


def test_what_was_held_comes_in_its_time_under_the_number(desk: Desk) -> None:
    erase(desk)
    desk.later(2 * DAY_US)
    desk.take_in()
    desk.keep()

    [renewal] = [told for told in desk.log()["threads"]["account:f1"] if told["event"] == "renews"]
    assert (renewal["contact"], renewal["value"]) == (0, 12_000_000)


def test_what_arrives_afterwards_finds_the_tombstone(desk: Desk) -> None:
    erase(desk)
    desk.send(event(6, contact=ADA, personal={"phone": "0471 12 34 56"}))
    desk.send({"id": "bad2", "event": "said", "at": "never", "account": "f1", "contact": ADA})
    desk.send({"id": "soon2", "event": "renews", "at": at(HOUR_US), "account": "f1", "contact": ADA})
    taken = desk.take_in()
    desk.keep()

    assert (taken.accepted, taken.rejected, taken.held) == (1, 1, 1)
    forget_pages(desk.database)  # SQLite's log of writes is overwritten by itself sooner or later
    after = desk.everything().lower()
    assert [trace for trace in TRACES if trace in after] == []
    assert [row.state for row in desk.rejected()] == ["discarded", "waiting", "discarded"]
    with open_persons(desk.store) as persons:
        assert persons.find("ada@x.org") == []


def test_the_last_events_are_shown_without_the_person(desk: Desk) -> None:
    erase(desk)

    with desk.database.read() as connection:
        told = recent(connection)

    assert {one.account for one in told} == {"account:f1", "account:erased-0", "f1", ""}


def test_a_thread_that_bore_the_address_keeps_its_place_under_another_name(desk: Desk) -> None:
    erase(desk)

    with desk.database.read() as connection:
        row = connection.execute(select(run)).one()
    assert (row.thread, row.subject, row.shard) == ("account:erased-0",) * 2 + (shard_of("account:erased-0"),)
    assert "account:erased-0" in desk.log()["threads"]


@pytest.mark.parametrize("depth", [150, 940, 50_000])
def test_an_event_nested_however_deeply_is_searched_and_stops_nothing(desk: Desk, depth: int) -> None:
    for number, told in ((1, '"ADA@x.org"'), (2, '"eve@x.org"')):
        nested = "[" * depth + told + "]" * depth
        written = f'{{"id":"deep{number}","event":"said","account":"f1","properties":{{"x":{nested}}}}}'
        desk.send(body=f'{{"events":[{written}]}}'.encode())
    desk.take_in()

    erased = erase(desk)
    desk.send(body=b'{"id":"late","event":"said","account":"f1","x":' + b"[" * depth + b'"ada@x.org"')
    desk.take_in()

    assert erased.rejected == 2
    assert [row.state for row in desk.rejected()] == ["discarded", "waiting", "discarded", "waiting", "discarded"]
    assert b"ada@x.org" not in b"".join(bytes(row.event) for row in desk.rejected()).lower()


@pytest.mark.parametrize(
    ("name", "content", "is_removed"),
    [
        ("broken.csv.gz", gzip.compress(b"id,who\n" * 90_000)[:60] + b"\xff" * 60, True),
        ("cut.csv.gz", gzip.compress(bytes(range(256)) * 90)[:-20], True),
        ("none.csv.gz", b"no gzip at all", True),
        ("late.csv.gz", gzip.compress(b"x" * 999_996 + b"ADA@x.org"), True),
        ("wide.csv", ("x" * 499_999 + "ada@x.org").encode("utf-16-le"), True),
        ("eve.csv.gz", gzip.compress(b"id,who\n1,eve@x.org\n" * 200_000), False),
    ],
)
def test_an_export_is_searched_in_pieces_and_removed_where_it_cannot_be(
    desk: Desk, name: str, content: bytes, is_removed: bool
) -> None:
    file = f".clew/uploads/chat/{name}"
    (desk.folder / file).write_bytes(content)
    with desk.database.write() as connection:
        connection.execute(insert(upload).values(source="chat", file=file, received_at=NOW, state="failed"))

    erase(desk)

    assert (desk.folder / file).exists() is not is_removed


def test_an_export_that_never_ends_is_given_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parked, "MOST_BYTES", 2_000_000)
    (desk.store / "uploads" / "chat" / "1.csv.gz").write_bytes(gzip.compress(b"x" * 3_000_000))

    assert erase(desk).uploads == 1


def test_a_person_of_whom_only_rejected_events_are_known_can_be_erased(desk: Desk) -> None:
    desk.send({"id": "z", "event": "said", "at": "never", "account": "f1", "contact": "P-77"})
    desk.take_in()

    erased = erase(desk, "P-77")

    assert erased.rejected == 1
    assert b"P-77" not in desk.everything()


def test_what_was_said_of_a_rejected_event_is_searched_too(desk: Desk) -> None:
    told = {"event": b"", "state": "discarded", "place": "properties.ada@x.org", "detail": "Ada@X.org is no time"}
    with desk.database.write() as connection:
        connection.execute(update(rejected).where(rejected.c.id == desk.rejected()[1].id).values(told))

    erase(desk)

    assert [row.detail for row in desk.rejected()] == [ERASED] * 2
    assert b"ada@x.org" not in repr(desk.rejected()).lower().encode()


def test_the_name_goes_where_it_is_a_whole_value_and_does_not_come_back(desk: Desk) -> None:
    told = {"owner": "ADA  Lovelace", "note": "ask Ada Lovelace", "plan": "gold"}
    desk.send(event(7, contact=ADA, properties=told))
    desk.take_in()
    desk.keep()
    desk.send(event(8, contact="eve@x.org", properties=told))

    erase(desk)
    desk.send(event(9, contact="eve@x.org", properties=told))
    desk.take_in()
    tail = desk.bodies()
    desk.keep()
    forget_pages(desk.database)

    rows = [row for row in desk.log()["threads"]["account:f1"] if row.get("property:plan")]
    assert [row["property:owner"] for row in rows] == ["erased-0"] * 3
    assert {row["property:note"] for row in rows} == {"ask Ada Lovelace"}  # as docs/howto/erase-a-person.md says
    assert b"ADA  Lovelace" not in tail + desk.everything()


def test_nobody_is_told_apart_from_somebody(desk: Desk) -> None:
    with pytest.raises(UnknownPerson):
        erase(desk, "nobody@x.org")
    with pytest.raises(UnknownPerson):
        erase(desk, "  ")


@pytest.mark.parametrize(
    "place", ["erasure.brought-in", "erasure.parked-erased", "erasure.cleaned", "erasure.log-erased"]
)
def test_one_that_was_stopped_is_taken_up_by_the_same_call(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def reach(name: str) -> None:
        if name == place:
            raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(failpoints, "reach", reach)
        with pytest.raises(KeyboardInterrupt):
            erase(desk)
    erase(desk)

    after = desk.everything().lower()
    assert [trace for trace in TRACES if trace in after] == []


def test_workers_go_on_afterwards(desk: Desk) -> None:
    erase_everywhere(desk.workspace, desk.database, "ada@x.org", clock=now)
    desk.now = now()

    assert desk.lease("intake", owner="worker").owner == "worker"
    assert desk.lease("archive", owner="worker").owner == "worker"
