"""Questions as pages and programs ask them: over the log to the second, and only what one may see."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from clew.access.model import Permission
from clew.cli.app import app
from clew.db.engine import Database
from clew.questions.registry import REGISTRY
from clew.web.analytics import answering
from clew.web.analytics.keeping import Analytics
from clew.web.pages.questions import themes
from tests.access_world import World, make_world
from tests.arriving_world import NOW, Desk, event

FIRM = """firm: Hafen
currency: EUR
time_zone: Europe/Berlin
teams: {sales: Sales, service: Service}
segments: {gold: {attribute: plan, is: gold}, other: {attribute: plan, is: tin}}
"""
JOURNEY = """
journey: onboarding
subject: account
starts: {event: deal won}
stages:
  - {stage: signed, enter: {event: deal won}, limit: 3 days}
  - {stage: in-use, enter: {event: used}}
ends:
  lost: {event: cancelled}
"""


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> Desk:
    """Eight firms that signed; six of them use it, one of the small plan."""
    made = Desk(tmp_path, database)
    make_world(tmp_path, database)
    (tmp_path / "clew.yaml").write_text(FIRM)
    (tmp_path / "journeys").mkdir()
    (tmp_path / "journeys" / "onboarding.yaml").write_text(JOURNEY)
    for number in range(8):
        told: dict[str, Any] = {"account": f"f{number}", "attributes": {"plan": "tin" if number == 7 else "gold"}}
        made.send(event(200 + number, "deal won", id=f"won {number}", **told))
        if number < 6:
            made.send(event(20 + number, "used", id=f"used {number}", account=f"f{number}"))
    made.take_in()
    return made


@pytest.fixture
def world(desk: Desk) -> World:
    return World(desk.folder, desk.database, clock=NOW)


def text(answer: httpx.Response) -> str:
    """What a page says, without its markup."""
    assert answer.status_code < 500, answer.text
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def funnel(client: httpx.Client, **more: Any) -> Mapping[str, int]:
    told = client.get("/v1/questions/funnel", params=more)
    assert told.status_code == 200, told.text
    return {row["stage"]: row["reached"] for row in told.json()["rows"]}


def test_an_event_that_was_just_taken_in_is_in_the_next_answer(desk: Desk, world: World) -> None:
    otto = world.signed_in("otto")
    assert funnel(otto) == {"signed": 8, "in-use": 6}

    desk.send(event(1, "used", account="f6"))
    desk.take_in()

    assert funnel(otto) == {"signed": 8, "in-use": 7}
    desk.keep()
    assert funnel(otto) == {"signed": 8, "in-use": 7}


def test_files_that_changed_hold_at_once(desk: Desk, world: World) -> None:
    otto = world.signed_in("otto")
    funnel(otto)
    path = desk.folder / "journeys" / "onboarding.yaml"

    path.write_text(path.read_text().replace("stage: in-use", "stage: uses-it-now"))

    assert funnel(otto) == {"signed": 8, "uses-it-now": 6}


def test_answer_is_what_the_command_line_prints(desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.keep()
    monkeypatch.chdir(desk.folder)
    asked = "2025-12-31T12:00"
    arguments = ["--by", "segment", "--from", "2025-01-01", "--where", "end=open", "--as-of", asked, "--json"]

    printed = CliRunner().invoke(app, ["show", "time", "--between", "signed", "in-use", *arguments])
    served = world.signed_in("otto").get(
        "/v1/questions/time",
        params={
            "between": "signed > in-use",
            "by": "segment",
            "from": "2025-01-01",
            "where": "end=open",
            "as-of": asked,
        },
    )

    assert printed.exit_code == 0, printed.output
    assert served.json() == json.loads(printed.stdout)


def test_every_question_is_listed_once_and_answers_or_says_what_it_needs(world: World) -> None:
    otto = world.signed_in("otto")

    listed = [question.name for _, questions in themes() for question in questions]
    told = otto.get("/v1/questions").json()["questions"]

    assert sorted(listed) == sorted(REGISTRY)
    assert [one["name"] for one in told] == list(REGISTRY)
    for name in listed:
        page = otto.get(f"/questions/{name}")
        assert page.status_code == 200, text(page)
        assert 'role="alert"' not in page.text, text(page)


def test_page_shows_figures_with_interval_and_n_notes_and_definitions(world: World) -> None:
    said = text(world.signed_in("otto").get("/questions/funnel"))

    assert re.search(r"in-use 6 75\.0 % 40\.9 to 92\.9 · n 8", said), said
    assert "Reached, as a part of all runs that started." in said
    assert "See how long each stage takes" in said
    assert "clew show" not in said


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("by=sgment", "sgment"),
        ("segment=glod", "gold"),
        ("from=yesterday", "'from' 'yesterday' is no date"),
        ("compare=segment", "'compare' 'segment' names no two groups"),
        ("nonsense=1", "nonsense"),
        ("from=2026-01-02&to=2026-01-01", "does not lie before"),
    ],
)
def test_what_cannot_be_asked_is_said_beside_the_form(world: World, asked: str, says: str) -> None:
    otto = world.signed_in("otto")
    page = otto.get(f"/questions/funnel?{asked}")

    found = re.search(r'role="alert">(.*?)</p>', page.text, re.S)
    assert page.status_code in (400, 422)
    assert found, page.text
    assert says in unescape(found[1])
    assert otto.get(f"/v1/questions/funnel?{asked}").json()["error"]["message"]


def test_question_that_needs_points_asks_for_them(world: World) -> None:
    otto = world.signed_in("otto")

    assert "Say which points, then ask" in text(otto.get("/questions/conversion"))
    assert "in-use" in text(otto.get("/questions/conversion?points=signed+>+in-use"))


def test_rows_as_csv(world: World) -> None:
    told = world.signed_in("otto").get("/questions/funnel/rows.csv")

    assert told.headers["content-type"].startswith("text/csv")
    assert told.text.splitlines()[0].startswith("stage,reached,share,")
    assert len(told.text.splitlines()) == 3


def test_answer_that_takes_long_is_announced_and_fetched_later(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = world.signed_in("otto")
    monkeypatch.setattr(answering, "PATIENCE_S", 0.01)
    may_begin, look = threading.Event(), Analytics.look

    def slowly(self: Analytics, now: int, work: Any) -> Any:
        may_begin.wait(30)
        return look(self, now, work)

    monkeypatch.setattr(Analytics, "look", slowly)

    first = client.get("/questions/funnel")
    may_begin.set()
    while "Working it out" in (later := client.get("/questions/funnel")).text:
        pass

    assert "Working it out" in first.text
    assert "load delay" in first.text
    assert "75.0 %" in later.text


# -- who sees no single accounts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    ["stalled", "silence", "funnel?by=name", "funnel?by=plan", "funnel?where=plan%3Dgold", "transitions?over=plan",
     "funnel?segment=other", "funnel?compare=segment%3Dgold%2Cother"],
)  # fmt: skip
def test_viewer_gets_no_rows_and_no_figures_about_single_accounts(world: World, asked: str) -> None:
    vera = world.signed_in("vera")

    refused = vera.get(f"/v1/questions/{asked}")

    assert refused.status_code == 403, refused.text
    assert 'role="alert"' in vera.get(f"/questions/{asked}").text


def test_viewer_sees_no_group_of_few_and_none_from_which_it_follows(world: World) -> None:
    rows = world.signed_in("vera").get("/v1/questions/funnel?by=segment").json()["rows"]
    everything = world.signed_in("otto").get("/v1/questions/funnel?by=segment").json()["rows"]

    assert [row["reached"] for row in everything] == [7, 6, 1, 0]
    assert [row["reached"] for row in rows] == [None] * 4
    assert [row["stage"] for row in rows] == ["signed", "in-use"] * 2


def test_viewer_sees_figures_of_many(world: World) -> None:
    assert funnel(world.signed_in("vera"))["signed"] == 8


def test_key_that_may_see_asks_too(world: World) -> None:
    program = world.with_key("anna", Permission.SEE)

    assert program.get("/v1/questions/funnel").status_code == 200
    assert program.get("/v1/questions/stalled").status_code == 403
