"""Lists of audit, people, keys, sources, rejected events and processes filter, sort, page and leave as files."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import insert

from clew.access.audit import record
from clew.access.keys.api_keys import make_key
from clew.access.model import Permission
from clew.clock import DAY_US
from clew.db.engine import Database
from clew.db.tables import worker
from tests.access_world import SECRET, SHELL, World, make_world
from tests.arriving_world import NOW, Desk, event


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> Desk:
    made = Desk(tmp_path, database)
    make_world(tmp_path, database)
    return made


@pytest.fixture
def world(desk: Desk) -> World:
    return World(desk.folder, desk.database, clock=NOW)


@pytest.fixture
def anna(world: World) -> httpx.Client:
    return world.signed_in("anna")


def first_cells(answer: httpx.Response, caption: str) -> list[str]:
    """What stands in the first cell of each row of a table, without markup and signs."""
    assert answer.status_code == 200, answer.text[:2000]
    table = re.search(rf"<caption>{caption}.*?</table>", answer.text, re.S)
    if table is None:
        return []
    body = table[0].partition("<tbody>")[2]
    found = re.findall(r"<tr[^>]*>\s*<t[hd][^>]*>(.*?)</t[hd]>", body, re.S)
    return [" ".join(re.sub(r"<span.*|<[^>]+>", " ", cell, flags=re.S).split()) for cell in found]


def rows_of(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.headers["content-disposition"].startswith("attachment"), answer.text[:500]
    return list(csv.DictReader(io.StringIO(answer.text)))


# -- audit -----------------------------------------------------------------------------------------------------------


def note(desk: Desk, action: str, target: str, *, at: int) -> None:
    with desk.database.write() as connection:
        record(connection, SHELL, action, object=target, now=at, secret=SECRET)


def test_audit_is_chosen_by_who_what_and_when(desk: Desk, anna: httpx.Client) -> None:
    note(desk, "change source", "source:crm", at=NOW)
    note(desk, "read", "account:a-1", at=NOW + DAY_US)
    note(desk, "read", "account:a-2", at=NOW + 2 * DAY_US)

    def found(query: str) -> list[str]:
        return [row["object"] for row in rows_of(anna.get(f"/audit?as=csv&{query}"))]

    assert found("action=read") == ["account:a-2", "account:a-1"]
    assert found("action=read&sort=id") == ["account:a-1", "account:a-2"]
    assert found("object=source:crm") == ["source:crm"]
    assert found("q=A-") == ["account:a-2", "account:a-1"]
    assert found("q=%25") == []
    assert found("from=2026-01-02&to=2026-01-02") == ["account:a-1"]  # days of Berlin
    assert found("actor=user:99") == []
    assert anna.get("/audit?from=soon").status_code == 400
    assert len(first_cells(anna.get("/audit?action=read"), "What was done")) == 2


def test_audit_goes_on_page_by_page(desk: Desk, anna: httpx.Client) -> None:
    for number in range(60):
        note(desk, "read", f"account:a-{number}", at=NOW + number)

    first, second = (anna.get(f"/audit?action=read&page={page}") for page in (1, 2))

    assert (len(first_cells(first, "What was done")), len(first_cells(second, "What was done"))) == (50, 10)
    assert 'rel="next" href="?action=read&amp;sort=-id&amp;page=2"' in first.text
    assert anna.get("/audit?sort=digest").status_code == 400


# -- people and keys -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Anna", "Mia", "Otto", "Vera"]),
        ("sort=-name", ["Vera", "Otto", "Mia", "Anna"]),
        ("role=member", ["Mia"]),
        ("team=sales", ["Mia"]),
        ("team=service", []),
        ("q=OTTO@", ["Otto"]),
        ("state=off", []),
    ],
)
def test_people_are_found_by_what_they_are(anna: httpx.Client, query: str, names: list[str]) -> None:
    shown = first_cells(anna.get(f"/people?{query}"), "Who may sign in")

    assert [name for name in shown if name != "Nobody fits."] == names
    assert [row["name"] for row in rows_of(anna.get(f"/people?as=csv&{query}"))] == names


def test_keys_have_a_list_of_their_own_on_the_same_page(desk: Desk, world: World, anna: httpx.Client) -> None:
    with desk.database.write() as connection:
        for name, who in (("robot", "otto"), ("dashboard", "anna")):
            make_key(connection, name, [Permission.SEE], user=world.user(who).id, by=SHELL, now=NOW, secret=SECRET)

    page = anna.get("/people?keys-sort=name&sort=-name")
    told = rows_of(anna.get("/people?keys-as=csv&keys-q=otto"))

    assert first_cells(page, "Keys that hold") == ["dashboard", "robot"]
    assert first_cells(page, "Who may sign in")[0] == "Vera"
    assert [(row["name"], row["acts_for"], row["may"]) for row in told] == [("robot", "Otto", "see")]


def test_lists_of_people_leave_for_admins_only(world: World) -> None:
    assert world.signed_in("otto").get("/people?as=csv").status_code == 403
    assert world.signed_in("otto").get("/audit?as=csv").status_code == 403
    assert world.signed_in("mia").get("/rejected?as=csv").status_code == 403


# -- sources, rejected events, processes ------------------------------------------------------------------------------


def test_sources_are_sorted_by_what_they_received(desk: Desk, anna: httpx.Client) -> None:
    desk.source("mail", "receives: clew\n")
    desk.source("crm", "file: x.csv\n")
    desk.send(event(1), event(2))
    desk.take_in()

    assert first_cells(anna.get("/sources?sort=-received"), "Counts")[0] == "chat"
    assert first_cells(anna.get("/sources?receives=files"), "Counts") == ["crm"]
    told = {row["name"]: row for row in rows_of(anna.get("/sources?as=csv"))}
    assert (told["chat"]["accepted_24h"], told["mail"]["accepted_24h"], told["crm"]["accepted_24h"]) == ("2", "0", "")


def bad(number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"bad-{number}", "event": "said", "at": "yesterday", "account": "f1", **more}


def test_rejected_events_are_sorted_and_leave_as_a_file(desk: Desk, anna: httpx.Client) -> None:
    desk.source("mail", "receives: clew\n")
    desk.send(*(bad(number) for number in range(60)))
    desk.send(bad(1), source="mail")
    desk.take_in()

    groups = anna.get("/rejected?sort=-source")
    rows = "/rejected?source=chat&reason=no+time"

    assert first_cells(groups, "Waiting") == ["mail", "chat"]
    assert first_cells(anna.get("/rejected?source=mail"), "Waiting") == ["mail"]
    assert [row["events"] for row in rows_of(anna.get("/rejected?as=csv&sort=count"))] == ["1", "60"]
    assert len(first_cells(anna.get(rows), "Events that wait")) == 50
    assert len(first_cells(anna.get(f"{rows}&page=2"), "Events that wait")) == 10
    assert first_cells(anna.get(f"{rows}&sort=number"), "Events that wait")[0] == "1"
    assert len(rows_of(anna.get(f"{rows}&as=csv"))) == 60


def test_processes_are_chosen_by_their_state(desk: Desk, anna: httpx.Client) -> None:
    with desk.database.write() as connection:
        for number, stopped in ((1, None), (2, NOW)):
            row = {"id": f"h:{number}:a", "role": "worker", "host": "h", "process": number, "version": "0", "doing": {}}
            connection.execute(insert(worker).values(**row, started_at=NOW - number, seen_at=NOW, stopped_at=stopped))

    told = rows_of(anna.get("/workers?as=csv&state=stopped"))

    assert [row["process"] for row in told] == ["2"]
    assert len(first_cells(anna.get("/workers"), "Processes")) == 2
    assert anna.get("/workers?state=asleep").status_code == 400
