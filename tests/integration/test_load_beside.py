"""Loading exports beside a running system: one writes the archive at a time; who was overtaken loses nothing."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clew.archive.manifest import read_manifest
from clew.clock import now
from clew.db.engine import Database
from clew.db.leases import Fenced, claim
from clew.ingest.load import load
from clew.live.keeping.actions import keep
from clew.live.keeping.holding import held_archive
from tests.arriving_world import Desk, event

ORDERS = "file: exports/orders.csv\nid: id\naccount: {account: firm}\nevents: [{event: ordered, at: at}]\n"


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> Desk:
    made = Desk(tmp_path, database)
    made.source("orders", ORDERS)
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "orders.csv").write_text("id,firm,at\n1,f1,2025-01-01\n2,f2,2025-01-02\n")
    return made


def silent(_: str) -> None: ...


def test_a_load_leaves_the_tail_where_it_is_and_what_arrives_goes_on_behind_it(desk: Desk) -> None:
    desk.send(event(1))
    desk.take_in()
    desk.keep()
    desk.send(event(2))
    desk.take_in()

    load(desk.folder, desk.workspace.sources, now=desk.now)

    manifest = read_manifest(desk.store)
    assert (manifest.tail, sorted(manifest.sources)) == (1, ["chat", "orders"])
    desk.send(event(1), event(3))
    assert desk.take_in().duplicate == 1
    desk.keep()
    events = {thread: len(told) for thread, told in desk.log()["threads"].items()}
    assert events == {"account:f1": 4, "account:f2": 1}


def test_a_worker_that_is_overtaken_puts_nothing_in_force_and_does_it_again(desk: Desk) -> None:
    desk.send(event(1))
    desk.take_in()
    worker = desk.lease("archive", owner="worker:1")
    with held_archive(desk.database, desk.store, owner="command:load", clock=now, told=silent) as holding:
        with pytest.raises(Fenced):
            keep(desk.database, desk.workspace, worker, now=desk.now, at_once=True)
        assert read_manifest(desk.store).tail == 0
        load(desk.folder, desk.workspace.sources, now=desk.now, fence=holding.fence)

    kept = desk.keep()

    assert kept is not None
    assert (kept.rows, kept.events) == (1, 3)


def test_no_worker_gets_the_archive_as_long_as_a_command_holds_it(desk: Desk) -> None:
    def claimed() -> bool:
        with desk.database.write() as connection:
            return claim(connection, "archive", "worker:1", now=now()) is not None

    with held_archive(desk.database, desk.store, owner="command:load", clock=now, told=silent):
        assert not claimed()
    assert claimed()


def test_a_second_command_says_that_it_waits_for_the_first(desk: Desk) -> None:
    said, entered = list[str](), threading.Event()
    waiting = threading.Event()

    def told(sentence: str) -> None:
        said.append(sentence)
        waiting.set()

    def second() -> None:
        with held_archive(desk.database, desk.store, owner="command:2", clock=now, told=told):
            entered.set()

    with held_archive(desk.database, desk.store, owner="command:1", clock=now, told=silent):
        thread = threading.Thread(target=second)
        thread.start()
        assert waiting.wait(10)
        assert not entered.is_set()
    thread.join(10)

    assert entered.is_set()
    assert said == ["Another load or erasure of this workspace is running; waiting for its end."]


def test_the_command_alone_makes_no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from clew.cli.app import app

    monkeypatch.delenv("CLEW_DATABASE_URL", raising=False)
    (tmp_path / "sources").mkdir()
    (tmp_path / "exports").mkdir()
    (tmp_path / "clew.yaml").write_text("firm: Desk\ncurrency: EUR\ntime_zone: UTC\n")
    (tmp_path / "sources" / "orders.yaml").write_text(ORDERS)
    (tmp_path / "exports" / "orders.csv").write_text("id,firm,at\n1,f1,2025-01-01\n")
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(app, ["load"])

    assert result.exit_code == 0, result.output
    made = {path.name for path in (tmp_path / ".clew").iterdir()}
    assert not made & {"operations.sqlite", "inbox.sqlite", "secret"}
