"""Pipes: what is to be mended, the worst first, each with where it is mended."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import insert

from clew.clock import DAY_US, HOUR_US, MINUTE_US
from clew.db.engine import Database
from clew.db.tables import account, arrived, duplicate, worker
from clew.web.frame.files import workspace_of
from clew.web.pages.pipes.listening import Log, compared
from clew.web.queries.pipes import ownerless, rhythms
from tests.access_world import World, make_world
from tests.arriving_world import NOW, Desk

JOURNEY = """
journey: onboarding
subject: account
starts: {event: deal won}
stages:
  - {stage: signed, title: Signed, enter: {event: deal won}, limit: 3 days}
  - {stage: in-use, title: In use, enter: {event: said}}
"""


def text(answer: httpx.Response) -> str:
    """What a page says, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def next_step(answer: httpx.Response) -> str:
    return text(answer).partition("where each of it is mended.")[2][:200]


def work(desk: Desk) -> None:
    """Let a process be seen that takes events in."""
    row = {"id": "h:1:a", "role": "serve", "host": "h", "process": 1, "version": "0", "doing": {}}
    with desk.database.write() as connection:
        connection.execute(insert(worker).values(**row, started_at=NOW, seen_at=NOW))


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> Desk:
    made = Desk(tmp_path, database)
    make_world(tmp_path, database)
    (tmp_path / "journeys").mkdir()
    (tmp_path / "journeys" / "onboarding.yaml").write_text(JOURNEY)
    return made


@pytest.fixture
def otto(desk: Desk) -> httpx.Client:
    return World(desk.folder, desk.database, clock=NOW).signed_in("otto")


def came(desk: Desk, *minutes: int, source: str = "chat") -> None:
    """Let something have come so many minutes ago."""
    counts = dict.fromkeys(("received", "accepted"), 1)
    counts |= dict.fromkeys(("duplicate", "rejected", "held", "late", "about"), 0)
    with desk.database.write() as connection:
        rows = [{"source": source, "minute": NOW - ago * MINUTE_US, **counts} for ago in minutes]
        connection.execute(insert(arrived), rows)


def there_is(desk: Desk, thread: str, **more: Any) -> None:
    row = {"thread": thread, "name": thread, "teams": [], "shard": 0, "touches": 1, "as_of": 1, "context": b""}
    with desk.database.write() as connection:
        connection.execute(insert(account).values(row | more))


def test_a_source_is_silent_by_its_own_rhythm(desk: Desk, otto: httpx.Client) -> None:
    work(desk)
    otto.post("/sources/chat/keys", data={"scope": "events"})
    came(desk, *range(120, 1_000, 60))

    page = text(otto.get("/pipes"))

    assert "Source chat has been silent for 2 h" in next_step(otto.get("/pipes"))
    assert "Its longest pause in two weeks was 1 h" in page


@pytest.mark.parametrize(
    ("minutes", "silent"),
    [((5, *range(60, 700, 60)), False), ((61, *range(120, 1_000, 60)), True), ((600, 1_200), False)],
    ids=["within its rhythm", "longer than ever", "too few to tell"],
)
def test_a_rhythm_is_the_longest_pause(desk: Desk, minutes: tuple[int, ...], silent: bool) -> None:
    came(desk, *minutes)

    with desk.database.read() as connection:
        found: Mapping[str, Any] = rhythms(connection, NOW - 14 * DAY_US)

    assert found["chat"].silent_too_long(NOW) is silent


def test_duplicates_and_accounts_without_owner_lead_to_where_they_are_decided(desk: Desk, otto: httpx.Client) -> None:
    work(desk)
    there_is(desk, "account:1", owner="Mia", revenue=5)
    there_is(desk, "account:2", revenue=9)
    there_is(desk, "account:3", lost_at=NOW - HOUR_US)
    there_is(desk, "contact:7")
    pair = {"left": "account:1", "right": "account:2", "chance": 900_000, "reasons": [], "found_at": NOW}
    with desk.database.write() as connection:
        connection.execute(insert(duplicate).values(pair))

    page = otto.get("/pipes")

    assert "1 pair of accounts is probably one." in text(page)
    assert 'href="/duplicates"' in page.text
    assert "1 account has no owner." in text(page)
    with desk.database.read() as connection:
        assert ownerless(connection).largest == [("account:2", "account:2")]


def test_events_that_nothing_names_and_stages_that_hear_nothing_are_told(desk: Desk, otto: httpx.Client) -> None:
    parts = World(desk.folder, desk.database, clock=NOW).parts
    workspace = workspace_of(parts)

    found = compared(workspace, Log({"said": 3, "deal wonn": 2, "ticket opened": 9, "promise made": 1}, strays=4))

    assert found.unheard == [("ticket opened", 9), ("deal wonn", 2)]
    assert [(one.stage, one.event, one.nearest) for one in found.deaf] == [("Signed", "deal won", "deal wonn")]
    assert found.strays == 4
    assert compared(workspace, Log({}, 0)).deaf == []
    assert otto.get("/pipes").status_code == 200


def test_only_who_connects_sees_pipes(desk: Desk) -> None:
    world = World(desk.folder, desk.database, clock=NOW)

    assert [world.signed_in(name).get("/pipes").status_code for name in ("anna", "otto", "mia", "vera")] == [
        200,
        200,
        403,
        403,
    ]
