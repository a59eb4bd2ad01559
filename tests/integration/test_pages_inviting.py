"""The page of people: who was invited, who has no way in, and why somebody could not be let in."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import httpx
import pytest

from clew.clock import DAY_US
from clew.db.engine import Database
from tests.access_world import World, make_world

NILS = {"name": "Nils Voss", "email": "nils@hafen.example", "role": "member"}


@pytest.fixture
def world(tmp_path: Path, database: Database) -> World:
    return make_world(tmp_path, database)


def shown(answer: httpx.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_invitation_is_told_as_long_as_its_link_holds(world: World) -> None:
    anna = world.signed_in("anna")
    anna.post("/people", data=NILS)

    assert "nils@hafen.example member – invited the link ends in 1 d" in shown(anna.get("/people"))
    world.clock += DAY_US + 1
    again = shown(world.signed_in("anna").get("/people"))
    assert "nils@hafen.example member – no way in the link was used or has ended" in again


def test_address_that_is_there_already_is_the_next_thing_to_mend(world: World) -> None:
    anna = world.signed_in("anna")
    anna.post("/people", data=NILS)

    refused = anna.post("/people", data=NILS)

    found = re.search(r'<section class="next".*?</section>', refused.text, re.S)
    assert found
    assert "nils@hafen.example" in found[0]
    assert "Mend it" in found[0]


def test_permissions_of_a_key_are_said_in_words(world: World) -> None:
    assert "read the audit log" in shown(world.signed_in("anna").get("/people"))
