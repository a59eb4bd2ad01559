"""Settings in the browser: the firm's files as forms and text, what meanings recognise, what the process runs with."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from clew.clock import now
from clew.db.engine import open_database
from clew.db.migrations import migrate
from clew.questions.library import open_workspace
from clew.workspace.workspace import open_workspace as files_of
from tests.access_world import World, make_world
from tests.integration.test_journey_editing import fields, said, send

FIRM = """\
# The firm as finance knows it.
firm: Hafen
currency: EUR
time_zone: Europe/Berlin
calendars:
  default:                      # of every team that names no other
    hours: {monday-friday: "08:00-18:00"}
    holidays: [2026-12-25, 2026-12-26]
teams: {sales: Sales, service: Service}   # as the CRM spells them
people:
  lead: {title: Lea Ahrens, team: sales}
segments:
  big: {attribute: size, at_least: 10}
  odd: {all: [{attribute: size, is: 3}, {not: {attribute: name, is: x}}]}
"""
MEANINGS = "loud: {event: complaint made}   # loud indeed\nnotice: 90 days\n"
JOURNEY = "journey: care\nstages:\n  - {stage: open, enter: {event: asked}, team: sales, limit: 2 working days}\n"
SOURCE = (
    "file: crm.csv\naccount: {account: account}\nevents: [{event: '{what}', at: at}]\n"
    "attributes: {size: size, name: name}\n"
)
ROWS = """account,what,at,size,name
a,asked,2026-01-01,3,A
a,complaint made,2026-01-05,3,A
b,complaint made,2026-01-06,4,B
"""


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A firm with calendars, segments and meanings, its exports loaded, and the people of `access_world`."""
    database = open_database(tmp_path / ".clew")
    migrate(database)
    made = make_world(tmp_path, database)
    files = {
        "clew.yaml": FIRM,
        "meanings.yaml": MEANINGS,
        "journeys/care.yaml": JOURNEY,
        "sources/crm.yaml": SOURCE,
        "crm.csv": ROWS,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert [str(one) for one in open_workspace(tmp_path).problems] == []
    open_workspace(tmp_path).load(now=now())
    made.clock = now()
    return made


@pytest.fixture
def otto(world: World) -> httpx.Client:
    return world.signed_in("otto")


def form_of(browser: httpx.Client, section: str) -> dict[str, list[str]]:
    return fields(browser.get(f"/settings/{section}"))


def written(world: World, file: str = "clew.yaml") -> str:
    return (world.folder / file).read_text()


@pytest.mark.parametrize("section", ["firm", "calendars", "teams", "people", "segments", "meanings"])
def test_section_sent_back_untouched_changes_no_byte(world: World, otto: httpx.Client, section: str) -> None:
    answer = send(otto, form_of(otto, section), f"/settings/{section}", do="save")

    assert answer.status_code == 303
    assert (written(world), written(world, "meanings.yaml")) == (FIRM, MEANINGS)


def test_overview_says_what_each_section_says_now(otto: httpx.Client) -> None:
    page = said(otto.get("/settings"))

    assert "Hafen, EUR, Europe/Berlin" in page
    assert "Everything that governs this workspace can be read." in page
    assert "This process" not in page  # for admins alone


@pytest.mark.parametrize(
    ("section", "filled", "before", "after"),
    [
        ("firm", {"currency": ["USD"]}, "currency: EUR", "currency: USD"),
        (
            "calendars",
            {"calendars/default/hours/new/=name": ["saturday"], "calendars/default/hours/new": ["09:00-12:00"]},
            'hours: {monday-friday: "08:00-18:00"}',
            'hours: {monday-friday: "08:00-18:00", saturday: "09:00-12:00"}',
        ),
        (
            "calendars",
            {"calendars/default/holidays": ["2026-12-25\r\n2026-12-26\r\n2027-01-01"]},
            "holidays: [2026-12-25, 2026-12-26]",
            "holidays: [2026-12-25, 2026-12-26, 2027-01-01]",
        ),
        (  # a title alone gets something beside it
            "teams",
            {"teams/sales/calendar": ["default"]},
            "{sales: Sales, service: Service}   #",
            "{sales: {title: Sales, calendar: default}, service: Service}   #",
        ),
        (
            "teams",
            {"teams/new/=name": ["field"], "teams/new/title": ["Field"]},
            "service: Service}   #",
            "service: Service, field: Field}   #",
        ),
        (
            "segments",
            {"segments/new/=name": ["small"], "segments/new/attribute": ["size"], "segments/new/below": ["10"]},
            "{attribute: name, is: x}}]}\n",
            "{attribute: name, is: x}}]}\n  small: {attribute: size, below: 10}\n",
        ),
    ],
)
def test_what_is_filled_in_is_all_that_changes(
    world: World, otto: httpx.Client, section: str, filled: dict[str, list[str]], before: str, after: str
) -> None:
    answer = send(otto, {**form_of(otto, section), **filled}, f"/settings/{section}", do="save")

    assert answer.status_code == 303, said(answer)
    assert written(world) == FIRM.replace(before, after)


def test_team_that_a_journey_needs_cannot_be_taken_away_by_mistake(world: World, otto: httpx.Client) -> None:
    gone = send(otto, form_of(otto, "teams"), "/settings/teams", do="remove:teams/sales")

    refused = send(otto, fields(gone), "/settings/teams", do="save")

    assert refused.status_code == 422
    assert "journeys/care.yaml : unknown team 'sales'" in said(refused)
    assert written(world) == FIRM


def test_faulty_firm_is_kept_aside_and_stops_nothing(world: World, otto: httpx.Client) -> None:
    form = fields(otto.get("/settings/firm?as=text"))

    kept = send(otto, {**form, "text": [FIRM + "oops"]}, "/settings/firm", do="keep")

    assert "Kept beside the file" in said(kept)
    assert files_of(world.folder).sound_journeys() == ["care"]
    assert "clew.yaml" in said(otto.get("/settings"))


def test_week_is_drawn_and_told(otto: httpx.Client) -> None:
    page = otto.get("/settings/calendars")

    assert "default 50 hours a week, Europe/Berlin, 2 holidays" in said(page)
    assert "friday 08:00–18:00 saturday free" in said(page)
    assert page.text.count("<rect") == 5


def test_nested_segment_is_shown_as_text(otto: httpx.Client) -> None:
    page = otto.get("/settings/segments")

    assert "all: [{attribute: size, is: 3}" in said(page)
    assert "segments/odd/attribute" not in fields(page)


def test_meaning_says_how_many_events_it_recognises_now(otto: httpx.Client) -> None:
    page = ""
    for _ in range(20):
        page = said(otto.get("/settings/meanings"))
        if "in the log" in page:
            break

    assert "2 in the log" in page


def test_meanings_are_drafted_from_the_log_and_saved_only_then(world: World, otto: httpx.Client) -> None:
    (world.folder / "meanings.yaml").unlink()

    draft = send(otto, fields(otto.get("/settings/meanings")), "/settings/meanings", do="draft")

    assert "Nothing is saved yet" in said(draft)
    assert "complaint made" in fields(draft)["loud"]
    assert not (world.folder / "meanings.yaml").exists()
    assert send(otto, fields(draft), "/settings/meanings", do="save").status_code == 303
    assert files_of(world.folder).meanings.loud is not None


def test_process_shows_where_values_come_from_and_no_secret(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEW_METRICS_TOKEN", "a-token-that-nobody-may-see")
    monkeypatch.setenv("CLEW_OIDC_NAME", "Hafen ID")

    page = said(world.signed_in("anna").get("/settings/process"))

    assert "CLEW_OIDC_NAME Hafen ID environment" in page
    assert "CLEW_PORT 8377 default" in page
    assert "given, hidden" in page
    assert "a-token-that-nobody-may-see" not in page


@pytest.mark.parametrize(
    ("who", "path"), [("otto", "/settings/process"), ("mia", "/settings"), ("vera", "/settings/firm")]
)
def test_settings_are_for_who_may_change_them(world: World, who: str, path: str) -> None:
    assert world.signed_in(who).get(path).status_code == 403


def test_unknown_section_is_told_with_those_that_there_are(otto: httpx.Client) -> None:
    answer = otto.get("/settings/teems")

    assert answer.status_code == 404
    assert "did you mean 'teams'?" in said(answer)
