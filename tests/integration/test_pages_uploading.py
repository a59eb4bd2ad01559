"""Pages of a source that reads files: a tool uploads exports to it, and somebody sees what became of them."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import httpx
import pytest
from sqlalchemy import insert

from clew.db.engine import Database
from clew.db.tables import upload
from tests.access_world import make_world
from tests.arriving_world import NOW, Desk
from tests.live_desk import EXPORT


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> Desk:
    made = Desk(tmp_path, database)
    made.source("crm", EXPORT)
    return made


@pytest.fixture
def otto(desk: Desk, database: Database) -> httpx.Client:
    world = make_world(desk.folder, database)
    world.clock = NOW
    return world.signed_in("otto")


def shown(answer: httpx.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def sent(desk: Desk, name: str, state: str, report: object) -> None:
    file = f".clew/uploads/crm/20260101T000000000000Z-ab12-{name}"
    with desk.database.write() as connection:
        connection.execute(insert(upload).values(source="crm", file=file, received_at=NOW, state=state, report=report))


def test_key_of_a_source_that_reads_files_may_upload_and_stands_in_the_curl(otto: httpx.Client) -> None:
    made = otto.post("/sources/crm/keys", data={})

    found = re.search(r'id="new-key">([^<]+)<', made.text)
    assert found
    assert "It may send upload" in shown(made)
    assert f"Bearer {found[1]}" in shown(made)
    assert "/v1/sources/crm/upload?name=export.csv" in shown(made)


def test_source_that_receives_offers_no_uploads(otto: httpx.Client) -> None:
    assert 'value="upload"' not in otto.get("/sources/chat").text

    answer = otto.post("/sources/chat/keys", data={"scope": "upload"})

    assert answer.status_code == 400
    assert "source 'chat' takes no exports" in shown(answer)


def test_uploads_are_told_with_their_rows_and_why_some_failed(desk: Desk, otto: httpx.Client) -> None:
    counts = {"read": 1200, "accepted": 1190, "rejected": 10, "reasons": {"no time": 8, "no account": 2}}
    sent(desk, "may.csv", "loaded", counts)
    sent(desk, "june.csv", "failed", {"error": "bad-input", "says": "june.csv has no column 'at'"})
    sent(desk, "july-new.csv", "waiting", None)

    page = shown(otto.get("/sources/crm"))

    assert re.search(r"may.csv now loaded 1,200 1,190 10 no time \(8\), no account \(2\)", page)
    assert re.search(r"june.csv now failed – – – june.csv has no column 'at'", page)
    assert re.search(r"july-new.csv now waiting – – – –", page)


def test_where_an_upload_lies_is_not_told(desk: Desk, otto: httpx.Client) -> None:
    lies = desk.folder / ".clew/uploads/crm/20260101T000000000000Z-ab12-may.csv"
    sent(desk, "may.csv", "failed", {"error": "bad-input", "says": f"{lies} has no column 'at'"})

    page = shown(otto.get("/sources/crm"))

    assert "may.csv has no column 'at'" in page
    assert str(desk.folder) not in page
