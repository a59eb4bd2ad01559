"""The whole context of an account in one call: what it says, to whom, and what of the read is noted."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import insert, select

from clew.access.model import Permission
from clew.accounts.persons import Record, open_persons
from clew.clock import DAY_US, MINUTE_US
from clew.db.engine import Database
from clew.db.tables import audit, run
from tests.access_world import World, make_world
from tests.account_world import NORDWIND, NOW, notice, put, story

BOTH = (Permission.SEE_ACCOUNTS, Permission.SEE_PERSONS)


@pytest.fixture
def world(tmp_path: Path, database: Database) -> World:
    """Nordwind, an account of sales; Karla is one of its people."""
    make_world(tmp_path, database)
    put(database, story())
    with open_persons(tmp_path / ".clew") as store, store.transaction():
        store.surrogates(["nobody@x.example", "karla@nordwind.example", "tom@nordwind.example"])
        store.describe([Record(1, "karla@nordwind.example", name="Karla Brandt", role="Head of purchasing")])
    return World(tmp_path, database, clock=NOW)


def context(client: httpx.Client, account: str = NORDWIND, **asked: str) -> dict[str, Any]:
    answer = client.get(f"/v1/accounts/{account}/context", params=asked)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def reads(world: World) -> list[tuple[str, str]]:
    with world.database.read() as connection:
        rows = connection.execute(select(audit.c.actor, audit.c.object).where(audit.c.action == "read")).all()
    return [(row.actor, row.object) for row in rows]


def test_one_call_tells_everything_with_names_to_who_works_with_the_account(world: World) -> None:
    told = context(world.with_key("mia", *BOTH))
    expected = story()

    assert (told["account"], told["header"]["name"], told["names"]) == (NORDWIND, expected.header.name, True)
    assert "Karla Brandt" in [one["name"] for one in told["committee"]]
    assert [one["role"] for one in told["committee"] if one["name"] == "Karla Brandt"] != [None]
    open_or_broken = [*told["promises"]["open"], *told["promises"]["broken"]]
    assert {one["id"] for one in open_or_broken} == {
        one.id for one in expected.promises if one.state(NOW).value in ("open", "broken")
    }
    assert told["do_not_ask"] == sorted({one.topic for one in expected.answers if one.until > NOW})
    assert set(told["four"]) == {"engaged", "received", "did", "where"}


def test_it_is_found_by_any_id_that_means_one_account(world: World) -> None:
    key = world.with_key("mia", *BOTH)

    assert context(key, story().header.ids[-1].partition(":")[2])["account"] == NORDWIND
    missing = key.get("/v1/accounts/crm:nobody/context")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "unknown-account")


def test_runs_and_signals_that_hold_are_told(world: World) -> None:
    notice(world.database, NORDWIND, "silence", "Nordwind is silent")
    row = {"journey": "onboarding", "thread": NORDWIND, "subject": NORDWIND, "version": "v", "shard": 0, "late": 0}
    since = {"started_at": NOW - 9 * DAY_US, "entered_at": NOW - 9 * DAY_US, "path": b"[]"}
    with world.database.write() as connection:
        connection.execute(insert(run).values(**row, **since, number=0, stage="signed", limit_at=NOW - DAY_US))
        connection.execute(insert(run).values(**row, **since, number=1, stage="over", ended_at=NOW))

    told = context(world.with_key("mia", *BOTH))

    assert [(one["stage"], one["days"], one["late"]) for one in told["stands"]] == [("signed", 9, True)]
    assert [one["kind"] for one in told["signals"]] == ["silence"]


@pytest.mark.parametrize(("name", "scopes"), [("mia", BOTH[:1]), ("otto", BOTH[:1])])
def test_without_the_permission_nobody_is_named_and_nothing_said_is_told(
    world: World, name: str, scopes: tuple[Permission, ...]
) -> None:
    told = context(world.with_key(name, *scopes))

    assert told["names"] is False
    assert {one["name"] for one in told["committee"]} == {"a contact"}
    assert not {"karla", "brandt"} & set(re.findall(r"\w+", str(told).casefold()))
    assert {one["title"] for one in told["committee"]} == {"Head of purchasing", None}  # what somebody is, not who
    assert all(one["says"] is None for one in [*told["answers"], *told["promises"]["open"]])
    assert reads(world) == []


def test_a_viewer_is_refused(world: World) -> None:
    assert world.signed_in("vera").get(f"/v1/accounts/{NORDWIND}/context").status_code == 403


def test_a_topic_is_looked_up_before_somebody_asks(world: World) -> None:
    topic = story().answers[0].topic
    key = world.with_key("mia", *BOTH)

    known, unknown = context(key, topic=topic.upper())["told"], context(key, topic="favourite colour")["told"]

    assert (known["known"], known["answer"]["topic"]) == (True, topic)
    assert (unknown["known"], unknown["answer"]) == (False, None)


def test_a_panel_that_asks_again_is_told_that_nothing_changed(world: World) -> None:
    key = world.with_key("mia", *BOTH)
    first = key.get(f"/v1/accounts/{NORDWIND}/context")
    tag = {"if-none-match": first.headers["etag"]}

    again = key.get(f"/v1/accounts/{NORDWIND}/context", headers=tag)
    notice(world.database, NORDWIND, "silence", "Nordwind is silent")
    changed = key.get(f"/v1/accounts/{NORDWIND}/context", headers=tag)

    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]


def test_reads_of_names_are_noted_once_a_quarter_of_an_hour_for_each_reader(tmp_path: Path, world: World) -> None:
    mia, otto = world.with_key("mia", *BOTH), world.with_key("otto", *BOTH)
    for _ in range(3):
        context(mia)
    context(otto)

    [one, other] = reads(world)
    assert (one[1], other[1]) == (NORDWIND, NORDWIND)
    assert one[0] != other[0]

    world.clock += 15 * MINUTE_US
    context(mia)
    assert len(reads(world)) == 3
