"""Files of the server that a source may read when it was written, or its export sent, through the web."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from sqlalchemy import insert, select

from clew.access.model import Permission
from clew.db.engine import Database
from clew.db.tables import upload
from clew.ingest.load import load
from tests.access_world import World, make_world
from tests.arriving_world import NOW, Desk

ORDERS = "file: {file}\nid: id\naccount: {{firm: firm}}\nevents: [{{event: ordered, at: at}}]\n"
JOINED = ORDERS + "join: {{file: '{joined}', on: {{firm: firm}}, columns: [name]}}\nproperties: [name]\n"
OUT = ["/etc/*.csv", "../other/*.csv", "${HOME}/*.csv", ".clew/exports/*.csv", "exports/../.clew/*.parquet"]


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> Desk:
    made = Desk(tmp_path, database)
    make_world(tmp_path, database)
    made.source("orders", ORDERS.format(file="exports/orders*.csv"))
    return made


@pytest.fixture
def world(desk: Desk) -> World:
    return World(desk.folder, desk.database, clock=NOW)


def saving(browser: httpx.Client, written: str) -> httpx.Response:
    found = re.search(r'name="before" value="([^"]+)"', browser.get("/sources/orders").text)
    assert found
    return browser.post("/sources/orders/file", data={"text": written, "before": found[1]})


@pytest.mark.parametrize("file", OUT)
def test_only_who_may_run_sql_writes_a_source_that_reads_other_files(world: World, file: str) -> None:
    otto, anna = world.signed_in("otto"), world.signed_in("anna")

    assert saving(otto, ORDERS.format(file=file)).status_code == 403
    assert saving(otto, ORDERS.format(file=f"[exports/a.csv, '{file}']")).status_code == 403
    assert saving(otto, JOINED.format(file="exports/a.csv", joined=file)).status_code == 403
    assert saving(anna, JOINED.format(file="exports/a.csv", joined=file)).status_code == 303
    assert saving(otto, ORDERS.format(file="exports/a.csv")).status_code == 303
    assert saving(anna, ORDERS.format(file=file)).status_code == 303
    assert "only an admin may change it" in otto.get("/sources/orders").text


def test_key_may_no_more_than_its_scopes_also_where_its_user_is_admin(world: World) -> None:
    robot = world.with_key("anna", Permission.CONNECT)

    refused = robot.post("/sources/orders/file", data={"text": ORDERS.format(file="/etc/*.csv"), "before": ""})

    assert refused.status_code == 403


def send(desk: Desk) -> None:
    """An export that waits to be loaded."""
    folder = desk.store / "uploads" / "orders"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sent.csv").write_text("id,firm,at\n9,f1,2025-01-02\n")
    row = {"source": "orders", "file": ".clew/uploads/orders/sent.csv", "received_at": NOW, "state": "waiting"}
    with desk.database.write() as connection:
        connection.execute(insert(upload).values(row))


def refusal(desk: Desk) -> str:
    with desk.database.read() as connection:
        row = connection.execute(select(upload)).one()
    assert row.state == "failed"
    return str(row.report["says"])


@pytest.mark.parametrize("file", ["{away}/orders.csv", "linked/orders.csv", ".clew/orders.csv"])
def test_export_that_was_sent_brings_no_file_in_that_was_not(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory, file: str
) -> None:
    away = tmp_path_factory.mktemp("away")
    for folder in (away, desk.store, desk.folder / "exports"):
        folder.mkdir(exist_ok=True)
        (folder / "orders.csv").write_text("id,firm,at\n1,secret-firm,2025-01-01\n")
    (desk.folder / "linked").symlink_to(away)
    load(desk.folder, desk.workspace.sources, now=NOW, only=["orders"])
    (desk.folder / "sources" / "orders.yaml").write_text(ORDERS.format(file=file.format(away=away)))
    send(desk)

    desk.keep()

    assert "no export of this workspace" in refusal(desk)


def test_export_that_was_sent_is_joined_with_no_file_of_others(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    away = tmp_path_factory.mktemp("away") / "names.csv"
    away.write_text("firm,name\nf1,secret\n")
    desk.source("orders", JOINED.format(file="exports/orders*.csv", joined=away))
    send(desk)

    desk.keep()

    assert "no export of this workspace" in refusal(desk)
