"""The head of the audit log follows every act, whichever way it was done: nobody has to think of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from clew.access.audit import record
from clew.access.audit_check import check_audit
from clew.access.audit_head import Head, kept_head, latest
from clew.access.model import Permission
from clew.db.engine import Database
from clew.live.rejected.actions import discard, replay
from clew.live.rejected.model import Chosen
from tests.access_world import SECRET, SHELL, World, make_world
from tests.arriving_world import NOW, Desk

PASSWORD = {"password": "six grey gulls at noon"}


@pytest.fixture
def world(tmp_path: Path, database: Database) -> World:
    desk = Desk(tmp_path, database)
    made = make_world(tmp_path, database)
    desk.send({"id": "bad", "event": "said", "at": "yesterday", "account": "f1"})
    desk.take_in()
    made.clock = NOW
    return made


def head_in(world: World) -> Head:
    with world.database.read() as connection:
        return latest(connection)


def sign_in(world: World) -> httpx.Response:
    return world.client().post("/sign-in", data={"email": "anna@hafen.example", "password": "wrong"})


ACTS: dict[str, Callable[[World], object]] = {
    "sign-in refused": sign_in,
    "replay": lambda world: replay(world.database, Chosen(source="chat"), by=SHELL, now=NOW, secret=SECRET),
    "discard": lambda world: discard(world.database, Chosen(source="chat"), by=SHELL, now=NOW, secret=SECRET),
    "discard on the page": lambda world: world.signed_in("otto").post(
        "/rejected", data={"source": "chat", "do": "discard"}
    ),
    "write key": lambda world: world.signed_in("otto").post("/sources/chat/keys", data={"scope": "events"}),
    "API key": lambda world: world.with_key("anna", Permission.SEE),
    "role": lambda world: world.signed_in("anna").patch(f"/v1/users/{world.user('mia').id}", json={"role": "viewer"}),
    "password": lambda world: world.signed_in("anna").put(f"/v1/users/{world.user('mia').id}/password", json=PASSWORD),
    "sign-out": lambda world: world.signed_in("mia").post("/sign-out"),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_head_follows_every_act(world: World, act: Callable[[World], object]) -> None:
    before = head_in(world)

    act(world)

    kept = kept_head(world.folder / ".clew", secret=SECRET)
    assert kept == head_in(world) != before
    assert check_audit(world.database, world.folder / ".clew", secret=SECRET).faults == ()


def give_up_after(database: Database) -> None:
    with database.write() as connection:
        record(connection, SHELL, "read", object="person:1", now=NOW, secret=SECRET)
        raise RuntimeError


def test_head_stays_where_an_act_was_given_up(world: World) -> None:
    before = kept_head(world.folder / ".clew", secret=SECRET)

    with pytest.raises(RuntimeError):
        give_up_after(world.database)
    with world.database.write():
        pass

    assert kept_head(world.folder / ".clew", secret=SECRET) == before == head_in(world)
