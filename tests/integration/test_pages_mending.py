"""Pages on which rejected events are mended: what comes first, and what each act says that it did."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import httpx
import pytest

from clew.db.engine import Database
from tests.access_world import make_world
from tests.arriving_world import NOW, Desk, event

SPOILT = "receives: clew\naccount: {firm: links.firm}\n"


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> Desk:
    made = Desk(tmp_path, database)
    made.source("chat", SPOILT)
    made.send(event(1, contact=None), *({"id": f"n{n}", "event": "said", "at": "soon"} for n in range(3)))
    made.take_in()
    return made


@pytest.fixture
def otto(desk: Desk, database: Database) -> httpx.Client:
    world = make_world(desk.folder, database)
    world.clock = NOW
    return world.signed_in("otto")


def shown(answer: httpx.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_what_a_mapping_can_mend_comes_before_what_is_more(otto: httpx.Client) -> None:
    page = shown(otto.get("/rejected"))

    assert "1 event of chat: mapping, in the field links.firm. Mend the mapping" in page
    assert page.index("chat mapping") < page.index("chat no time")


def test_what_only_the_tool_can_mend_is_first_of_all_discarded(otto: httpx.Client) -> None:
    page = otto.get("/rejected/2").text

    assert page.index("Discard this one") < page.index("Take in again:")


def test_taking_in_again_says_how_many_that_helps(desk: Desk, otto: httpx.Client) -> None:
    again = {"source": "chat", "reason": "mapping"}

    before = otto.get(otto.post("/rejected", data=again).headers["location"].split("#")[0])
    desk.source("chat", "receives: clew\n")
    after = otto.get(otto.post("/rejected", data=again).headers["location"].split("#")[0])

    assert "1 event tried again: 0 accepted, 1 rejected as before." in shown(before)
    assert "1 event tried again: 1 accepted, 0 rejected as before." in shown(after)


def test_source_that_is_none_is_said_to_be_none(otto: httpx.Client) -> None:
    assert "There is no source 'chart'" in shown(otto.get("/rejected?source=chart"))
    assert "There is no source" not in shown(otto.get("/rejected?source=chat"))
