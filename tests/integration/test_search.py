"""Search finds what somebody may see, and does not betray what they may not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import insert, select

from clew.accounts.persons import Record, open_persons
from clew.db.engine import Database
from clew.db.tables import account, account_id, answer, audit, membership, promise
from tests.access_world import NOW, World, make_world

JOURNEY = """
journey: onboarding
title: From signature to use
subject: account
starts: {event: deal won}
stages:
  - {stage: signed, title: Kickoff prepared, enter: {event: deal won}, team: sales}
"""


@pytest.fixture
def world(tmp_path: Path, database: Database) -> World:
    """Nordwind belongs to sales, Südwind to service; Ada is at both, Emil at Südwind alone."""
    made = make_world(tmp_path, database)
    (tmp_path / "journeys").mkdir()
    (tmp_path / "journeys" / "onboarding.yaml").write_text(JOURNEY)
    with open_persons(database.store) as persons, persons.transaction():
        ada, emil = persons.surrogates(["ada@nordwind.example", "emil@suedwind.example"])
        persons.describe([Record(ada, None, None, "Ada Quast"), Record(emil, None, None, "Emil Quast")])
    with database.write() as connection:
        for thread, name, team in (("crm:1", "Nordwind 100% Werk", "sales"), ("crm:2", "Südwind AG", "service")):
            row = {"thread": thread, "name": name, "teams": [team], "shard": 0, "touches": 1, "as_of": 1}
            connection.execute(insert(account).values(**row, context=b""))
            for entity in (thread, f"desk:org-{thread[-1]}7"):
                bare = entity.partition(":")[2]
                connection.execute(insert(account_id).values(entity=entity, thread=thread, bare=bare))
            text = {"id": "p", "topic": "pricing", "says": f"A discount for {name}"}
            connection.execute(insert(promise).values(thread=thread, made_at=1, due_at=2, **text))
            connection.execute(insert(answer).values(thread=thread, at=1, until=2, **text))
        for thread, contact in (("crm:1", ada), ("crm:2", ada), ("crm:2", emil)):
            values = {"thread": thread, "contact": contact, "role": "", "since": 0, "touches": 1}
            connection.execute(insert(membership).values(values))
    return made


def search(client: httpx.Client, text: str) -> dict[str, list[str]]:
    """What is found, kind by kind: names and what stands beside them."""
    told = client.get("/v1/search", params={"q": text})
    assert told.status_code == 200, told.text
    return {one["kind"]: [f"{hit['name']} ({hit['says']})" for hit in one["hits"]] for one in told.json()["groups"]}


@pytest.mark.parametrize("text", ["nordwind", "WERK", "100%", "org-17", "desk:org-17", "nord werk"])
def test_an_account_is_found_by_its_name_and_by_any_id(world: World, text: str) -> None:
    found = search(world.signed_in("anna"), text)

    assert [one.partition(" (")[0] for one in found["accounts"]] == ["Nordwind 100% Werk"]


def test_letters_beyond_ascii_are_found_as_they_are_written(world: World) -> None:
    assert search(world.signed_in("anna"), "Südw")["accounts"]


def test_what_fits_from_its_beginning_stands_first(world: World) -> None:
    with world.database.write() as connection:
        for thread, name in (("crm:8", "Wind"), ("crm:9", "Windrad GmbH"), ("crm:7", "Ost Wind")):
            row = {"thread": thread, "name": name, "teams": [], "shard": 0, "touches": 1, "as_of": 1}
            connection.execute(insert(account).values(**row, context=b""))

    found = search(world.signed_in("anna"), "wind")["accounts"]

    assert [one.partition(" (")[0] for one in found][:3] == ["Wind", "Windrad GmbH", "Ost Wind"]


def test_people_are_found_only_at_accounts_whose_people_one_may_see(world: World) -> None:
    anna, mia, vera = (search(world.signed_in(name), "quast") for name in ("anna", "mia", "vera"))

    assert len(anna["people"]) == 3
    assert mia["people"] == ["Ada Quast (Nordwind 100% Werk)"]
    assert "people" not in vera
    assert "accounts" not in search(world.signed_in("vera"), "nordwind")


@pytest.mark.parametrize("text", ["emil", "emil@suedwind.example"])
def test_nothing_betrays_a_person_of_other_teams(world: World, text: str) -> None:
    mia = world.signed_in("mia")

    assert search(mia, text) == search(mia, "nobody-of-this-name") == {}
    assert "Nothing found" in mia.get("/search", params={"q": text}).text


def test_texts_of_promises_and_answers_are_found_where_they_may_be_read(world: World) -> None:
    anna, mia = search(world.signed_in("anna"), "discount"), search(world.signed_in("mia"), "discount")

    assert len(anna["promises"]) == len(anna["answers"]) == 2
    assert mia["promises"] == mia["answers"] == ["A discount for Nordwind 100% Werk (pricing, Nordwind 100% Werk)"]


@pytest.mark.parametrize("text", ["SÜDWIND", "QUAST", "Ødegård"])
def test_capitals_of_any_letters_are_found(world: World, text: str) -> None:
    with open_persons(world.database.store) as persons, persons.transaction():
        (ada,) = persons.surrogates(["ada@nordwind.example"])
        persons.describe([Record(ada, None, None, "Ada Quast-ØDEGÅRD")])

    assert search(world.signed_in("anna"), text)


def test_what_one_may_see_is_found_behind_any_number_of_what_one_may_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clew.web.queries.search.LOOKED_AT", 2)
    with open_persons(world.database.store) as persons, persons.transaction():
        others = persons.surrogates([f"a{number}@suedwind.example" for number in range(9)])
        persons.describe(Record(one, None, None, "Quast A.") for one in others)
    with world.database.write() as connection:
        for one in others:
            row = {"thread": "crm:2", "contact": one, "role": "", "since": 0, "touches": 1}
            connection.execute(insert(membership).values(row))
            text = {"id": f"p{one}", "topic": "pricing", "says": "A discount", "made_at": 9, "due_at": 9}
            connection.execute(insert(promise).values(thread="crm:2", **text))

    assert search(world.signed_in("mia"), "quast")["people"] == ["Ada Quast (Nordwind 100% Werk)"]
    assert len(search(world.signed_in("mia"), "discount")["promises"]) == 1


def test_finding_people_is_noted_and_finding_none_is_not(world: World) -> None:
    anna = world.signed_in("anna")

    search(anna, "südwind gmbh")
    search(anna, "quast")

    with world.database.read() as connection:
        asked = select(audit.c.detail).where(audit.c.object == "search")
        assert connection.execute(asked).scalars().all() == [{"persons": 3, "texts": 0}]


def test_journeys_questions_pages_and_settings_are_found_by_rights(world: World) -> None:
    anna, vera = world.signed_in("anna"), world.signed_in("vera")

    assert search(anna, "kickoff")["journeys"] == ["Kickoff prepared (From signature to use, sales)"]
    assert "questions" in search(vera, "stalled")
    assert search(vera, "workers")["pages"] == ["Workers (Run)"]
    assert any("CLEW_PORT" in one for one in search(anna, "clew_port")["settings"])
    assert "settings" not in search(vera, "clew_port")
    assert "pages" not in search(vera, "audit")


def test_the_page_searches_teaches_and_is_in_the_header(world: World) -> None:
    anna = world.signed_in("anna")

    empty, page = anna.get("/search"), anna.get("/search", params={"q": "nordwind"})

    assert "A name, a part of it" in empty.text
    assert 'href="/accounts/crm:1"' in page.text
    assert 'data-focus-key="/"' in page.text


@pytest.mark.parametrize(("text", "status"), [("", 400), ("x " * 9, 400), ("y" * 201, 400), ("'; --", 200), ("%", 200)])
def test_what_cannot_be_searched_for_is_refused(world: World, text: str, status: int) -> None:
    told: Any = world.signed_in("anna").get("/v1/search", params={"q": text})

    assert told.status_code == status
    assert world.clock == NOW
