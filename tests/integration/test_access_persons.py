"""All that is known of a person, out of every store: handed out through the API, and noted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clew.access.audit_queries import Entry, entries
from clew.clock import DAY_US
from clew.config import Settings
from clew.db.engine import Database
from clew.live.dossier import whole_dossier
from tests.access_world import FIRM, SECRET, World, make_world
from tests.arriving_world import NOW, Desk, event


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> Desk:
    return Desk(tmp_path, database)


def filled(desk: Desk) -> None:
    """Ada and Bo stand in every store: archive, fresh tail, held, rejected, inbox."""
    desk.send(
        event(1, "archived", properties={"text": "call ada@x.org back"}), event(2, "archived", contact="bo@x.org")
    )
    desk.take_in()
    desk.keep()
    desk.send(event(3, "fresh"), event(4, "fresh", contact="bo@x.org"))
    desk.send(event(5, "to come", at=NOW + 3 * DAY_US), event(6, "to come", at=NOW + 3 * DAY_US, contact="bo@x.org"))
    desk.send(
        {"id": "e7", "event": "no account", "at": "nonsense", "contact": "ada@x.org"},
        {"id": "e8", "contact": "bo@x.org"},
    )
    desk.take_in()
    desk.send(event(9, "waiting"), event(10, "waiting", contact="bo@x.org"))


def test_a_dossier_holds_what_every_store_knows_and_nothing_of_anybody_else(desk: Desk) -> None:
    filled(desk)

    told = whole_dossier(desk.store, desk.database, "Ada@X.org ")

    assert [person["identifier"] for person in told["persons"]] == ["ada@x.org"]
    assert [one["event"] for one in told["events"]] == ["fresh", "archived"]
    for store, ids in (("held", ["e5"]), ("rejected", ["e7"]), ("inbox", ["e9"])):
        assert [one["event"]["id"] for one in told[store]] == ids, store
    assert "bo@x.org" not in json.dumps(told)
    assert {one["source"] for one in [*told["events"], *told["held"], *told["inbox"]]} == {"chat"}


def test_somebody_who_is_known_only_by_what_was_rejected_is_found(desk: Desk) -> None:
    desk.send(event(1, at_all="no key of ours", contact="eve@x.org"))
    desk.send(body=b"not json, eve@x.org")
    desk.take_in()

    told = whole_dossier(desk.store, desk.database, "eve@x.org")

    first, second = (one["event"] for one in told["rejected"])
    assert (first["contact"], second) == ("eve@x.org", "not json, eve@x.org")


def test_name_is_found_whole_and_not_inside_another(desk: Desk) -> None:
    desk.send(
        event(1, contact="ada@x.org", properties={"note": "from nada@x.org and ada@x.org.uk"}),
        event(2, contact="ada@x.organic"),
    )

    told = whole_dossier(desk.store, desk.database, "da@x.org")

    assert told["inbox"] == []


def test_nobody_has_an_empty_dossier(desk: Desk) -> None:
    filled(desk)

    told = whole_dossier(desk.store, desk.database, "nobody@x.org")

    assert not any(told[name] for name in ("persons", "events", "properties", "inbox", "held", "rejected", "user"))


def test_user_of_clew_is_told_as_such(tmp_path: Path, database: Database) -> None:
    make_world(tmp_path, database)

    told = whole_dossier(tmp_path / ".clew", database, "mia@hafen.example")

    assert told["user"] == {"email": "mia@hafen.example", "name": "Mia", "role": "member", "teams": ["sales"]}


def at_desk(desk: Desk) -> World:
    make_world(desk.folder, desk.database)
    (desk.folder / "clew.yaml").write_text(FIRM)
    return World(desk.folder, desk.database, Settings(secret=SECRET))


def noted(world: World, count: int) -> list[Entry]:
    with world.database.read() as connection:
        return entries(connection, limit=count)


def test_export_is_handed_out_and_noted_by_number(desk: Desk) -> None:
    filled(desk)
    world = at_desk(desk)

    answer = world.signed_in("anna").post("/v1/persons/exports", json={"person": "ada@x.org"})

    assert answer.status_code == 200
    assert len(answer.json()["events"]) == 2
    (row,) = noted(world, 1)
    number = answer.json()["persons"][0]["number"]
    assert (row.action, row.object) == ("export", f"person:{number}")
    assert row.detail == {"events": 2, "properties": 0, "inbox": 1, "acts": 0, "held": 1, "rejected": 1}
    assert "ada" not in str(row)


def test_export_of_nobody_is_not_found(desk: Desk) -> None:
    world = at_desk(desk)

    answer = world.signed_in("anna").post("/v1/persons/exports", json={"person": "eve@x.org"})

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "unknown-person"


def test_erasure_takes_the_name_and_is_noted_at_its_begin_and_end(desk: Desk) -> None:
    desk.send(event(1, "archived"), event(2, "archived", contact="bo@x.org"))
    desk.take_in()
    desk.keep()
    world = at_desk(desk)
    anna = world.signed_in("anna")

    answer = anna.post("/v1/persons/erasures", json={"person": "ada@x.org"})

    assert answer.status_code == 201
    end, begin = noted(world, 2)
    assert (begin.action, end.action) == ("begin erasure", "erase")
    assert begin.object == end.object
    assert begin.object.startswith("person:")
    assert anna.post("/v1/persons/exports", json={"person": "ada@x.org"}).status_code == 404
    assert anna.post("/v1/persons/exports", json={"person": "bo@x.org"}).status_code == 200
