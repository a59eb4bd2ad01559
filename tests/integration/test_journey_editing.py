"""Journeys edited in the browser: forms and text of one file, check, compare, publication and the way back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest

from clew.access.audit_queries import entries
from clew.clock import now, to_datetime
from clew.db.engine import Database, open_database
from clew.db.migrations import migrate
from clew.questions.library import open_workspace
from clew.workspace.publications import latest_version, published_versions
from clew.workspace.workspace import open_workspace as files_of
from tests.access_world import FIRM, World, make_world

JOURNEY = """\
# Agreed with everybody in March.
journey: onboarding
title: From signature to first use   # said so by sales
owner: {operational: lead}
starts: {event: signed}
stages:
  - stage: kick-off
    title: Kick-off
    enter: {event: signed}
    limit: 3 days   # the lead's own
  # Engineering works here.
  - stage: set-up
    enter: {any: [{event: set up}, {event: moved}]}
    team: service
ends:
  achieved: {event: used, good: true}
  lapsed:
    silent: {events: [signed], for: 90 days}
"""
SOURCE = "file: crm.csv\naccount: {account: account}\nevents: [{event: '{what}', at: at}]\n"
HAPPENED = (("a", "signed", 30), ("a", "set up", 25), ("b", "signed", 29), ("b", "set up", 24), ("c", "signed", 28))


def rows(today: date) -> str:
    """What happened so many days ago: two accounts are in set-up, one in kick-off, one is over."""
    told = (*HAPPENED, ("d", "signed", 28), ("d", "used", 20))
    return "account,what,at\n" + "".join(f"{who},{what},{today - timedelta(ago)}\n" for who, what, ago in told)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A firm with a journey, its exports loaded, and the people of `access_world`."""
    database = open_database(tmp_path / ".clew")
    migrate(database)
    made = make_world(tmp_path, database)
    (tmp_path / "clew.yaml").write_text(FIRM + "people: {lead: Lea Ahrens}\n")
    for name, text in {
        "journeys/onboarding.yaml": JOURNEY,
        "sources/crm.yaml": SOURCE,
        "crm.csv": rows(to_datetime(now()).date()),
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    open_workspace(tmp_path).load(now=now())
    made.clock = now()
    return made


@pytest.fixture
def otto(world: World) -> httpx.Client:
    """A browser of a journey owner."""
    return world.signed_in("otto")


EDIT = "/journeys/onboarding/edit"
FILE_FORM = r'<form method="post" action="[^"]*/(?:edit|publish|settings/\w+)#said".*?</form>'


def said(answer: httpx.Response) -> str:
    """What a page says, without its markup."""
    assert answer.status_code < 500, answer.text
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def fields(answer: httpx.Response) -> dict[str, list[str]]:
    """What a browser sends for the form of a page when nobody touches it."""
    assert answer.status_code < 500, answer.text
    form = re.search(FILE_FORM, answer.text, re.S)
    assert form, answer.text
    found: dict[str, list[str]] = {}
    for tag, inner in re.findall(
        r"(<(?:input|select|textarea)\b[^>]*>)(.*?)(?=<(?:input|select|textarea|/form))", form[0], re.S
    ):
        name = re.search(r'name="([^"]*)"', tag)
        if not name or (re.search(r'type="(checkbox|radio)"', tag) and " checked" not in tag):
            continue
        found.setdefault(unescape(name[1]), []).append(unescape(_value(tag, inner)))
    return found


def _value(tag: str, inner: str) -> str:
    if tag.startswith("<textarea"):
        return inner[: inner.index("</textarea>")].removeprefix("\n").replace("\n", "\r\n")
    if tag.startswith("<select"):
        options = re.findall(r'<option value="([^"]*)"( selected)?', inner)
        return str(next((value for value, chosen in options if chosen), options[0][0]))
    value = re.search(r'value="([^"]*)"', tag)
    return str(value[1]) if value else ""


def send(browser: httpx.Client, form: Mapping[str, Sequence[str]], path: str = EDIT, **more: str) -> httpx.Response:
    return browser.post(path, data={**form, **{name: [value] for name, value in more.items()}})


def journey_of(world: World) -> str:
    return (world.folder / "journeys/onboarding.yaml").read_text()


def actions(database: Database) -> list[str]:
    with database.read() as connection:
        return [row.action for row in entries(connection, limit=20)]


def test_form_shows_what_the_file_says_and_sent_back_changes_no_byte(world: World, otto: httpx.Client) -> None:
    page = otto.get(EDIT)
    form = fields(page)

    answer = send(otto, form, do="save")

    assert form["title"] == ["From signature to first use"]
    assert form["stages/0/enter"][0] == "signed"
    assert "stages/1/enter" not in form  # a nested condition is shown, not asked for
    assert "{any: [{event: set up}, {event: moved}]}" in said(page)
    assert answer.status_code == 303
    assert journey_of(world) == JOURNEY


def test_one_field_changes_one_line_and_comments_stay(world: World, otto: httpx.Client) -> None:
    form = fields(otto.get(EDIT))

    send(otto, {**form, "stages/0/limit": ["5 days"]}, do="save")

    assert journey_of(world) == JOURNEY.replace("limit: 3 days   #", "limit: 5 days   #")
    assert actions(world.database)[0] == "change file"


def test_switching_between_forms_and_text_loses_nothing_that_was_typed(world: World, otto: httpx.Client) -> None:
    form = {
        **fields(otto.get(EDIT)),
        "title": ["Quick start"],
        "stages/new/title": ["Training"],
        "stages/new/enter": ["trained"],
    }

    as_text = send(otto, form, do="text")
    text = fields(as_text)
    typed = text["text"][0].replace("limit: 3 days", "limit: 4 days")
    as_forms = fields(send(otto, {**text, "text": [typed]}, do="forms"))

    assert "title: Quick start   # said so by sales" in text["text"][0]
    assert (as_forms["title"], as_forms["stages/0/limit"], as_forms["stages/2/title"]) == (
        ["Quick start"],
        ["4 days"],
        ["Training"],
    )
    assert "not saved" in said(as_text)
    assert journey_of(world) == JOURNEY


def test_stages_are_moved_and_removed_with_their_comments_before_anything_is_saved(otto: httpx.Client) -> None:
    moved = send(otto, fields(otto.get(EDIT)), do="up:stages/1")
    gone = send(otto, fields(moved), do="remove:stages/1")

    assert fields(moved)["stages/0/stage"] == ["set-up"]
    text = fields(send(otto, fields(gone), do="text"))["text"][0]
    assert "  # Engineering works here.\r\n  - stage: set-up" in text
    assert "kick-off" not in text


def test_mistake_keeps_the_file_as_it_is_and_says_line_column_and_nearest_name(
    world: World, otto: httpx.Client
) -> None:
    form = fields(otto.get(EDIT))

    answer = send(otto, {**form, "stages/1/team": ["servise"]}, do="save")

    assert answer.status_code == 422
    assert "unknown team 'servise'" in said(answer)
    assert "did you mean service?" in said(answer)
    assert 'value="servise"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert journey_of(world) == JOURNEY
    text = send(otto, fields(answer), do="text")
    line = JOURNEY[: JOURNEY.index("team:")].count("\n") + 1
    checked = send(otto, fields(text), do="check")
    assert f'href="#L{line}"' in checked.text
    assert f'id="L{line}" class="bad"' in checked.text


def test_draft_with_mistakes_is_kept_beside_the_file_and_stops_nothing(world: World, otto: httpx.Client) -> None:
    form = fields(otto.get(EDIT + "?as=text"))
    broken = JOURNEY + "oops: ["

    send(otto, {**form, "text": [broken]}, do="keep")
    plain, kept = otto.get(EDIT + "?as=text"), otto.get(EDIT + "?kept=yes")

    assert journey_of(world) == JOURNEY
    assert files_of(world.folder).sound_journeys() == ["onboarding"]
    assert "A draft is kept beside the file, by Otto" in said(plain)
    assert fields(kept)["text"][0].replace("\r\n", "\n") == broken
    mended = send(otto, {**fields(kept), "text": [JOURNEY.replace("Kick-off", "Start")]}, do="save")
    assert mended.status_code == 303
    assert "kept beside" not in said(otto.get(EDIT))


def test_file_that_changed_meanwhile_is_not_overwritten_and_both_texts_are_shown(
    world: World, otto: httpx.Client
) -> None:
    form = fields(otto.get(EDIT))
    (world.folder / "journeys/onboarding.yaml").write_text(JOURNEY.replace("3 days", "9 days"))

    refused = send(otto, {**form, "title": ["Mine"]}, do="save")
    shown = said(refused)
    taken = send(otto, fields(refused), do="over")

    assert refused.status_code == 409
    assert "- limit: 9 days" in shown
    assert "+title: Mine" in shown
    assert taken.status_code == 303
    assert "title: Mine   # said so by sales" in journey_of(world)
    assert "limit: 3 days" in journey_of(world)


def test_line_breaks_of_the_file_stay_what_they_were(world: World, otto: httpx.Client) -> None:
    (world.folder / "journeys/onboarding.yaml").write_bytes(JOURNEY.replace("\n", "\r\n").encode())

    send(otto, {**fields(otto.get(EDIT)), "stages/0/limit": ["5 days"]}, do="save")

    written = (world.folder / "journeys/onboarding.yaml").read_bytes().decode()
    assert written == JOURNEY.replace("3 days", "5 days").replace("\n", "\r\n")


def test_check_counts_events_and_runs_and_names_what_never_came(world: World, otto: httpx.Client) -> None:
    publish(otto)
    send(otto, {**fields(otto.get(EDIT)), "stages/0/enter": ["signd"]}, do="save")

    page = said(patiently(otto, "/journeys/onboarding/check"))

    assert "signd 0 never occurred did you mean signed?" in page
    assert "set up 2" in page
    assert "stage kick-off: enter 'signed' → 'signd'" in page
    assert re.search(r"Folded over the log, \d runs? would take another course", page)


def patiently(browser: httpx.Client, path: str) -> httpx.Response:
    """Ask until the log has been looked at."""
    for _ in range(20):
        answer = browser.get(path)
        if "Reload the page for the answer" not in answer.text:
            return answer
    raise AssertionError(answer.text)


def publish(browser: httpx.Client, **more: str) -> httpx.Response:
    path = "/journeys/onboarding/publish"
    return send(browser, fields(patiently(browser, path)), path, **more)


def test_added_stage_is_published_with_move_in_three_actions(world: World, otto: httpx.Client) -> None:
    publish(otto)
    typed = {"stages/new/title": ["Training"], "stages/new/enter": ["trained"], "stages/new/place": ["2"]}

    saved = send(otto, {**fields(otto.get(EDIT)), **typed}, do="publish")
    page = patiently(otto, saved.headers["location"])
    done = publish(otto, in_flight="move", why="customers asked for it")

    assert saved.headers["location"] == "/journeys/onboarding/publish"
    assert "stage training added after set-up" in said(page)
    assert "3 runs in flight" in said(page)
    assert "kick-off 1" in said(page)
    assert "set-up 2" in said(page)
    assert done.status_code == 303
    published = latest_version(files_of(world.folder), "onboarding")
    assert published is not None
    assert (published.in_flight, published.why, published.by) == ("move", "customers asked for it", "Otto")
    assert "customers asked for it" in said(otto.get("/journeys/onboarding/publish"))
    assert actions(world.database)[:2] == ["publish", "change file"]


def test_move_needs_a_place_for_runs_of_a_stage_that_is_gone(world: World, otto: httpx.Client) -> None:
    publish(otto)
    renamed = send(otto, fields(otto.get(EDIT)) | {"stages/1/stage": ["building"]}, do="save")

    refused = publish(otto, in_flight="move")
    moved = publish(otto, in_flight="move", **{"map:set-up": "building"})

    assert renamed.status_code == 303
    assert refused.status_code == 422
    assert "Say where runs in set-up go on." in said(refused)
    assert moved.status_code == 303
    latest_one = latest_version(files_of(world.folder), "onboarding")
    assert latest_one is not None
    assert latest_one.stages == {"set-up": "building"}


def test_what_is_published_is_what_the_page_showed(world: World, otto: httpx.Client) -> None:
    form = fields(otto.get("/journeys/onboarding/publish"))
    (world.folder / "journeys/onboarding.yaml").write_text(JOURNEY.replace("3 days", "9 days"))

    answer = send(otto, form, "/journeys/onboarding/publish")

    assert answer.status_code == 409
    assert published_versions(files_of(world.folder)) == []


def test_publication_is_taken_back_once(world: World, otto: httpx.Client) -> None:
    publish(otto)
    page = otto.get("/journeys/onboarding/publish")
    of = re.search(r'name="of" value="([^"]*)"', page.text)
    assert of

    first = otto.post("/journeys/onboarding/withdrawal", data={"of": unescape(of[1])})
    again = otto.post("/journeys/onboarding/withdrawal", data={"of": unescape(of[1])})

    assert (first.status_code, again.status_code) == (303, 409)
    assert latest_version(files_of(world.folder), "onboarding") is None
    assert actions(world.database)[0] == "withdraw"


def test_two_editions_stand_beside_each_other_in_words_and_as_text(otto: httpx.Client) -> None:
    publish(otto)
    send(otto, {**fields(otto.get(EDIT)), "stages/0/limit": ["5 days"]}, do="save")

    page = said(otto.get("/journeys/onboarding/compare"))

    assert "stage kick-off: limit 3 days → 5 days" in page
    assert "- limit: 3 days" in page
    assert "+ limit: 5 days" in page


@pytest.mark.parametrize("begin", ["log", "empty", "onboarding", "escalation", "renewal"])
def test_journey_begins_in_every_manner_and_its_editor_is_there(world: World, otto: httpx.Client, begin: str) -> None:
    answer = otto.post("/journeys/new", data={"title": "Winning back", "begin": begin})

    if answer.status_code == 303:
        assert answer.headers["location"].startswith("/journeys/winning-back/edit")
        assert files_of(world.folder).journey("winning-back").title == "Winning back"
    else:
        assert answer.status_code == 200
        assert "Not saved yet" in said(answer)
        assert fields(answer)["title"] == ["Winning back"]
        assert not (world.folder / "journeys/winning-back.yaml").exists()
        kept = send(otto, fields(answer), "/journeys/winning-back/edit", do="keep")
        assert "Kept beside the file" in said(kept)
        assert "journeys/winning-back.yaml" in said(otto.get("/journeys/new"))


@pytest.mark.parametrize("title", ["", "Onboarding", "New"])
def test_journey_without_a_title_of_its_own_is_refused(otto: httpx.Client, title: str) -> None:
    assert otto.post("/journeys/new", data={"title": title, "begin": "empty"}).status_code == 422


def test_removed_journey_keeps_its_text_and_its_versions(world: World, otto: httpx.Client) -> None:
    publish(otto)
    page = otto.get(EDIT)

    otto.post("/journeys/onboarding/removal", data={"before": fields(page)["before"]})

    assert not (world.folder / "journeys/onboarding.yaml").exists()
    assert fields(otto.get(EDIT + "?kept=yes"))["title"] == ["From signature to first use"]
    assert list((world.folder / ".clew/versions/onboarding").glob("*.yaml"))
    restored = send(otto, fields(otto.get(EDIT)), do="save")
    assert restored.status_code == 303
    assert journey_of(world) == JOURNEY


@pytest.mark.parametrize("name", ["mia", "vera"])
def test_who_may_not_edit_journeys_sees_no_editor(world: World, name: str) -> None:
    assert world.signed_in(name).get(EDIT).status_code == 403


def test_form_without_its_token_changes_nothing(world: World, otto: httpx.Client) -> None:
    form = {**fields(otto.get(EDIT)), "title": ["Forged"]}
    form.pop("csrf")
    del otto.headers["x-csrf-token"]

    assert send(otto, form, do="save").status_code == 403
    assert journey_of(world) == JOURNEY
