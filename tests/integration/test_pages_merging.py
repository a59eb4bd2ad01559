"""Duplicates and merging on pages: side by side, previewed, done, seen by whoever may, taken back."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import insert, select

from clew.archive.words import APART
from clew.clock import to_datetime
from clew.context.model import Context, Header
from clew.db.engine import Database
from clew.db.tables import account, account_id, act, audit, duplicate
from clew.live.contexts.stored import packed
from clew.live.fresh.merging import links_of
from tests.access_world import World, make_world
from tests.acting_desk import ActingDesk
from tests.arriving_world import NOW

WERK, WERKE = "desk:a", "desk:b"
MERGE = f"/accounts/{WERK}/merge"


@pytest.fixture(autouse=True)
def no_worker_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clew.web.pages.merging.doing.WAIT_S", 0.0)


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> ActingDesk:
    """Nordwind Werk (with a link of a source to crm:x) and Nordwind Werke, both of sales."""
    made = ActingDesk(tmp_path, database)
    make_world(tmp_path, database)
    at = to_datetime(NOW).isoformat()
    made.send(
        {
            "id": "l1",
            "event": "said",
            "account": "a",
            "at": at,
            "links": {"crm": "x"},
            "attributes": {"industry": "Food"},
        },
        {"id": "l2", "event": "said", "account": "b", "at": at, "attributes": {"industry": "Pharma"}},
    )
    made.take_in()
    put(made, "crm:x", "Nordwind Werk", [WERK, "crm:x"])
    put(made, WERKE, "Nordwind Werke", [WERKE])
    return made


def put(desk: ActingDesk, thread: str, name: str, ids: list[str], team: str = "sales") -> None:
    header = Header(thread, name, ids, teams=[team], touches=1)
    row = {"thread": thread, "shard": 0, "name": name, "teams": [team], "touches": 1, "as_of": 1}
    with desk.database.write() as connection:
        connection.execute(insert(account).values(**row, context=packed(Context(header))))
        for entity in ids:
            bare = entity.partition(":")[2]
            connection.execute(insert(account_id).values(entity=entity, thread=thread, bare=bare))


def suggest(desk: ActingDesk, left: str, right: str) -> None:
    reasons = [{"what": "name", "level": "misspelt", "weight": 9.0, "values": ["Nordwind Werk", "Nordwind Werke"]}]
    row = {"left": left, "right": right, "chance": 930_000, "reasons": reasons, "found_at": NOW}
    with desk.database.write() as connection:
        connection.execute(insert(duplicate).values(row))


@pytest.fixture
def world(desk: ActingDesk) -> World:
    return World(desk.folder, desk.database, clock=NOW)


def text(answer: httpx.Response) -> str:
    assert answer.status_code < 500, answer.text
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def do(client: httpx.Client, path: str, **fields: Any) -> httpx.Response:
    return client.post(path, data=fields, headers={"x-csrf-token": client.headers["x-csrf-token"]})


def test_a_pair_stands_side_by_side_with_its_reasons(desk: ActingDesk, world: World) -> None:
    suggest(desk, "crm:x", WERKE)

    page = world.signed_in("mia").get("/duplicates")

    assert "1 pair of accounts is probably one customer" in text(page)
    assert "93 % chance" in text(page)
    assert "for names alike: Nordwind Werk and Nordwind Werke" in text(page)
    assert "Same: merge" in text(page)
    exported = world.signed_in("mia").get("/duplicates?as=json").json()
    assert exported[0]["left"] == "crm:x"
    assert exported[0]["chance"] == 0.93


def test_keeping_apart_is_said_once_and_taken_back(desk: ActingDesk, world: World) -> None:
    suggest(desk, "crm:x", WERKE)
    mia = world.signed_in("mia")

    do(mia, "/duplicates", left="crm:x", right=WERKE, do="apart")
    assert "1 pair of accounts" not in text(mia.get("/duplicates"))
    assert "Nordwind Werke" in text(mia.get("/duplicates?state=different"))

    do(mia, "/duplicates", left="crm:x", right=WERKE, do="ask again")
    assert "1 pair of accounts" in text(mia.get("/duplicates"))


def test_who_works_with_one_of_both_alone_does_not_decide(desk: ActingDesk, world: World) -> None:
    put(desk, "desk:c", "Nordwind Service", ["desk:c"], team="service")
    suggest(desk, "crm:x", "desk:c")
    mia = world.signed_in("mia")

    assert "Who works with both accounts decides" in text(mia.get("/duplicates"))
    assert do(mia, "/duplicates", left="crm:x", right="desk:c", do="apart").status_code == 403
    assert do(mia, MERGE, **{"with": "desk:c", "do": "merge"}).status_code == 403
    assert "can merge them" in text(mia.get(f"{MERGE}?with=desk:c"))
    assert world.signed_in("vera").get("/duplicates").status_code == 403
    assert desk.acts() == []


def test_the_preview_says_which_value_wins_and_why(desk: ActingDesk, world: World) -> None:
    page = text(world.signed_in("mia").get(f"{MERGE}?with={WERKE}"))

    assert "2 events in one timeline" in page
    assert "industry Food" in page
    assert "both were told of one moment" in page or "it is the later word" in page


def test_ids_links_and_whose_word_they_are_stand_on_the_page(desk: ActingDesk, world: World) -> None:
    page = text(world.signed_in("mia").get(MERGE))

    assert "desk:a 1 event" in page
    assert "source chat" in page
    assert "Merge with another account" in page


def test_merging_and_taking_it_back_are_words_of_who_did_it(desk: ActingDesk, world: World) -> None:
    mia = world.signed_in("mia")

    merged = do(mia, MERGE, **{"with": WERKE, "do": "merge"})
    desk.take_in()
    page = text(mia.get(MERGE))

    assert merged.headers["location"] == "/accounts/crm:x/merge?said=act-waits#said"
    assert "crm:x and desk:b one customer Mia" in page
    assert desk.threads([WERK, WERKE]) == ["crm:x", "crm:x"]

    desk.later()
    world.clock = desk.now
    do(mia, MERGE, left="crm:x", right=WERKE, do="undo")
    desk.take_in()
    assert desk.threads([WERK, WERKE]) == ["crm:x", WERKE]
    assert "crm:x and desk:b different customers Mia" in text(mia.get(MERGE))
    with desk.database.read() as connection:
        actions = connection.execute(select(audit.c.action).where(audit.c.actor == mia_id(world))).scalars().all()
    assert actions == ["merge accounts", "part accounts"]


def mia_id(world: World) -> str:
    return f"user:{world.user('mia').id}"


def test_a_split_is_previewed_done_and_taken_back(desk: ActingDesk, world: World) -> None:
    mia = world.signed_in("mia")

    preview = text(mia.get(f"{MERGE}?apart={WERK}"))
    assert "Chosen 1 event desk:a" in preview
    assert "The rest 0 events crm:x" in preview

    do(mia, MERGE, apart=WERK, do="split")
    desk.take_in()
    assert desk.threads([WERK, "crm:x"]) == [WERK, "crm:x"]

    desk.later()
    world.clock = desk.now
    do(mia, "/accounts/crm:x/merge", left="crm:x", right=WERK, do="again")
    desk.take_in()
    assert desk.threads([WERK, "crm:x"]) == ["crm:x", "crm:x"]
    assert all(link.joins for link in links_of(desk.fresh(), "crm:x") if link.word != APART)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"do": "vanish"}, 400),
        ({"do": "split", "apart": "desk:nobody"}, 400),
        ({"do": "undo", "left": "desk:a", "right": "desk:b"}, 400),
        ({"do": "merge", "with": "desk:nobody"}, 404),
        ({"do": "merge", "with": WERK}, 400),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    desk: ActingDesk, world: World, fields: dict[str, str], status: int
) -> None:
    assert do(world.signed_in("mia"), MERGE, **fields).status_code == status
    with desk.database.read() as connection:
        assert connection.execute(select(act.c.id)).first() is None


def test_an_account_that_is_none_is_not_there(world: World) -> None:
    assert world.signed_in("mia").get("/accounts/desk:nobody/merge").status_code == 404
