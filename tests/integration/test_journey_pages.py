"""The journey's page, its runs, its stages, all journeys: what they say first, where figures lead, what they keep."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from html import unescape
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, insert

from clew.clock import DAY_US, HOUR_US, to_datetime
from clew.db.engine import Database
from clew.db.tables import account, handoff, run, signal
from clew.questions.library import open_workspace
from clew.web.app import make_app
from clew.workspace.versions import publish
from tests.access_world import HOST, InProcess, World, make_world
from tests.arriving_world import NOW, Desk

JOURNEY = """
journey: onboarding
title: From signature to use
subject: account
value: {attribute: employees}
owner: {professional: head-of-cx}
review: {every: 4 weeks}
starts: {event: deal won}
stages:
  - {stage: signed, title: Signed, enter: {event: deal won}, limit: 3 days, team: sales}
  - {stage: in-use, title: In use, enter: {event: said}, limit: 10 days, waiting_on: customer, team: service}
  - {stage: closed, title: Closing, enter: {event: closing}, waiting_on: timer, limit: 1 day}
ends:
  achieved: {event: renewed, good: true}
  lost: {event: contract cancelled}
handoffs:
  - {from: sales, to: service, sent: {event: handed}, accepted: {event: taken}, accept_within: 1 day}
kpis:
  - {kpi: first-use, metric: {time: [deal won, said], statistic: median}, target: 2 days}
"""
FIRM = """firm: Desk
currency: EUR
time_zone: UTC
teams: {sales: Sales, service: Service}
people: {head-of-cx: {title: Silje Rietfeld, team: sales}}
segments: {big: {attribute: plan, is: big}, small: {attribute: plan, is: small}}
"""
MODULES = ("clew.web.pages.journeys", "clew.web.api.runs", "clew.web.static")


@dataclass
class Pages(World):
    """A world that serves the pages of journeys alone."""

    def client(self, base_url: str = HOST, *, peer: str = "203.0.113.7") -> httpx.Client:
        endpoints = [one for name in MODULES for one in import_module(name).ENDPOINTS]
        return httpx.Client(transport=InProcess(make_app(self.parts, endpoints=endpoints), peer), base_url=base_url)


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> Desk:
    made = Desk(tmp_path, database)
    make_world(tmp_path, database)
    (tmp_path / "clew.yaml").write_text(FIRM)
    (tmp_path / "journeys").mkdir()
    (tmp_path / "journeys" / "onboarding.yaml").write_text(JOURNEY)
    return made


@pytest.fixture
def world(desk: Desk) -> Pages:
    return Pages(desk.folder, desk.database, clock=NOW)


@pytest.fixture
def mia(world: Pages) -> httpx.Client:
    return world.signed_in("mia")


@pytest.fixture
def vera(world: Pages) -> httpx.Client:
    """A viewer, who sees no single accounts."""
    return world.signed_in("vera")


def text(answer: httpx.Response) -> str:
    assert answer.status_code < 500, answer.text
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def next_step(answer: httpx.Response) -> str:
    found = re.search(r'<section class="next".*?</section>', answer.text, re.S)
    assert found, answer.text
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[0])).split())


def stand(desk: Desk, thread: str, stage: str | None, *, entered: int = NOW - HOUR_US, **more: Any) -> None:
    row = {"journey": "onboarding", "thread": thread, "subject": thread, "number": 0, "version": "v", "shard": 0}
    row |= {"started_at": entered, "stage": stage, "entered_at": entered, "late": 0}
    with desk.database.write() as connection:
        connection.execute(insert(run).values(**(row | more)))


def called(desk: Desk, thread: str, name: str, **more: Any) -> None:
    row = {"thread": thread, "shard": 0, "name": name, "teams": [], "touches": 0, "as_of": NOW, "context": b""}
    with desk.database.write() as connection:
        connection.execute(insert(account).values(**row, **more))


def load(desk: Desk, count: int, *, stays: int = 0, big: int = 0) -> None:
    """So many accounts that signed, of which all but `stays` came into use, the first of them of size big."""
    told = []
    for number in range(count):
        who = {"account": f"f{number}"}
        at = to_datetime(NOW - 30 * DAY_US + number * HOUR_US).isoformat()
        size = {"plan": "big" if number < big else "small", "employees": "1000"}
        told.append({"id": f"a{number}", "event": "deal won", "at": at, "attributes": size, **who})
        if number >= stays:
            later = to_datetime(NOW - 20 * DAY_US + number * HOUR_US).isoformat()
            told.append({"id": f"b{number}", "event": "said", "at": later, **who})
    desk.send(*told)
    desk.take_in()


def until(client: httpx.Client, path: str, words: str) -> str:
    """Ask for a page until what is worked out beside it is there."""
    shown = ""
    for _attempt in range(40):
        shown = text(client.get(path))
        if words in shown:
            return shown
    raise AssertionError(f"{path} does not say '{words}': {shown[:1500]}")


# -- The journey -----------------------------------------------------------------------------------------------------


def test_first_is_the_stage_with_most_value_times_time_over_its_norm(desk: Desk, mia: httpx.Client) -> None:
    stand(desk, "account:a", "signed", limit_at=NOW - 9 * DAY_US, value=100_000_000)
    stand(desk, "account:b", "signed", limit_at=NOW - 9 * DAY_US, value=100_000_000)
    stand(desk, "account:c", "in-use", limit_at=NOW - 1 * DAY_US, value=5_000_000_000)

    answer = mia.get("/journeys/onboarding")

    assert "Look first at In use: 1 run worth EUR 5,000 stands beyond its norm, waiting on the customer" in next_step(
        answer
    )
    assert "/journeys/onboarding/runs?stage=in-use&amp;state=stalled" in answer.text
    assert "3 open, 3 stalled, EUR 5,200 at stake" in text(answer)


def test_who_waits_for_a_timer_is_not_stalled(desk: Desk, mia: httpx.Client) -> None:
    stand(desk, "account:a", "closed", limit_at=NOW - 9 * DAY_US)

    answer = mia.get("/journeys/onboarding")

    assert "Nobody is stalled." in next_step(answer)
    assert "1 open, 0 stalled" in text(answer)
    assert text(mia.get("/journeys/onboarding/runs?state=stalled")).count("No run fits") == 1


def test_picture_says_who_is_there_now_before_anything_is_worked_out(desk: Desk, mia: httpx.Client) -> None:
    stand(desk, "account:a", "signed", limit_at=NOW - 2 * DAY_US, value=7_000_000_000)
    stand(desk, "account:b", None)
    with desk.database.write() as connection:
        connection.execute(insert(signal).values(kind="silent", subject="account:a", at=NOW, says="s", evidence={}))
        sent = {"thread": "account:a", "id": "h", "journey": "onboarding", "subject": "account:a", "sent_at": NOW}
        sent |= {"source": "sales", "target": "service", "state": "sent", "packet": {}, "promises": [], "history": []}
        connection.execute(insert(handoff).values(**sent, due_at=NOW - HOUR_US))

    shown = text(mia.get("/journeys/onboarding"))

    assert "1 here ▲ 1 stalled, EUR 7,000 at stake" in shown.replace(" EUR", " EUR")
    assert "waiting on us 1 account with a signal" in shown
    assert "▲ 1 handoff without receipt, 1 late" in shown
    assert re.search(r"1 run in before the first stage|Before the first stage 1 here", shown)


def test_every_figure_of_the_overlay_leads_to_its_runs(desk: Desk, mia: httpx.Client) -> None:
    stand(desk, "account:a", "signed", limit_at=NOW - 2 * DAY_US)

    links = re.findall(r'href="(/journeys/onboarding/runs\?[^"]*)"', mia.get("/journeys/onboarding").text)

    assert {"stage=signed&amp;state=open", "stage=signed&amp;state=stalled"} <= {one.partition("?")[2] for one in links}
    for link in set(links):
        assert " a Signed" in text(mia.get(unescape(link))), link


def test_worked_out_figures_come_and_the_page_names_their_moment(desk: Desk, mia: httpx.Client) -> None:
    load(desk, 12)

    shown = until(mia, "/journeys/onboarding", "12 runs")

    assert "The rest is worked out as of" in shown
    assert "12 started" in shown
    assert "median 10.0 d" in shown
    assert re.search(r"First use .*Not met target at most 2 days", shown)


def test_switches_stand_in_the_address(desk: Desk, mia: httpx.Client) -> None:
    load(desk, 20, big=8)

    planned = until(mia, "/journeys/onboarding?show=planned", "Worked out as of")
    actual = until(mia, "/journeys/onboarding?show=actual", "20 runs")
    big = until(mia, "/journeys/onboarding?by=segment&of=big", "8 runs")
    before = until(mia, "/journeys/onboarding?as_of=2025-12-02T01:30", "What had happened by 2025-12-02T01:30")

    assert "limit 3 days" in planned
    assert "20 started" not in planned
    assert "limit 3 days" not in actual
    assert "here now" in big
    assert "Who is there: as of now" not in big
    assert "2 started" in before


def test_two_groups_stand_beside_each_other_with_what_differs(desk: Desk, mia: httpx.Client) -> None:
    load(desk, 20, big=3)

    shown = until(mia, "/journeys/onboarding?of=big&beside=small", "What differs")
    shown = until(mia, "/journeys/onboarding?of=big&beside=small", "too few to compare")

    assert "3 started" in shown
    assert "17 started" in shown


def test_versions_stand_beside_each_other_in_words(desk: Desk, mia: httpx.Client) -> None:
    load(desk, 8)
    workspace = open_workspace(desk.folder)
    first = publish(workspace, workspace.journey("onboarding"), at=to_datetime(NOW - 3 * DAY_US))
    (desk.folder / "journeys" / "onboarding.yaml").write_text(JOURNEY.replace("limit: 3 days", "limit: 5 days"))

    page = mia.get("/journeys/onboarding")
    beside = mia.get(f"/journeys/onboarding?version=file&against={first.version}")

    assert f"{first.version} is in force; the file says something else" in text(page)
    assert "Stage signed: limit 3 days → 5 days" in text(beside)
    assert "version file" in text(beside)


@pytest.mark.parametrize(
    "asks", ["show=sideways", "version=0123", "of=big&beside=big", "as_of=2999-01-01", "as_of=monday"]
)
def test_switch_that_is_not_known_is_refused(desk: Desk, mia: httpx.Client, asks: str) -> None:
    assert mia.get(f"/journeys/onboarding?{asks}").status_code in (400, 404, 422)


def test_part_that_renews_itself_holds_the_overlay_and_nothing_worked_out(desk: Desk, mia: httpx.Client) -> None:
    load(desk, 8)
    stand(desk, "account:late", "signed", limit_at=NOW - DAY_US)
    until(mia, "/journeys/onboarding", "8 runs")

    part = mia.get("/journeys/onboarding", headers={"HX-Request": "true", "HX-Target": "now"})

    assert "<html" not in part.text
    places = set(re.findall(r'id="([^"]+)" hx-swap-oob="true"', part.text))
    assert places == {f"first-{name}-0" for name in ("wide", "middle", "small")} | {"first-tall"}
    assert "median" not in part.text
    assert places <= set(re.findall(r'class="live" id="([^"]+)"', mia.get("/journeys/onboarding").text))


def test_file_with_a_mistake_comes_first(desk: Desk, mia: httpx.Client) -> None:
    (desk.folder / "journeys" / "onboarding.yaml").write_text(JOURNEY.replace("enter: {event: said}", "enter: 7"))

    assert "The file of onboarding holds mistakes" in next_step(mia.get("/journeys/onboarding"))
    assert "The file of onboarding holds mistakes" in next_step(mia.get("/journeys"))


# -- Its runs --------------------------------------------------------------------------------------------------------


@pytest.fixture
def three(desk: Desk) -> None:
    stand(desk, "account:a", "signed", limit_at=NOW - 10 * DAY_US, value=1_000_000_000)
    stand(desk, "account:b", "in-use", limit_at=NOW - 2 * DAY_US, value=9_000_000_000)
    stand(desk, "account:c", "signed", limit_at=NOW + 2 * DAY_US, value=90_000_000_000)
    stand(desk, "account:d", "in-use", ended_at=NOW - DAY_US, outcome="achieved")
    for place, name in enumerate(("Ahorn", "Birke", "Ceder", "Distel")):
        called(desk, f"account:{name[0].lower()}", name, segment="big" if place % 2 else "small")


def listed(answer: httpx.Response) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/accounts/[^"]*">([^<]*)</a>', answer.text)


@pytest.mark.usefixtures("three")
def test_runs_weigh_value_times_days_over(mia: httpx.Client) -> None:
    answer = mia.get("/journeys/onboarding/runs")

    assert listed(answer) == ["Birke", "Ahorn", "Ceder", "Distel"]
    assert "Begin with Birke, worth EUR 9,000: 2.0 days beyond the norm in In use" in next_step(answer)


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("asks", "names"),
    [
        ("state=stalled", ["Birke", "Ahorn"]),
        ("state=ended", ["Distel"]),
        ("state=open&stage=signed", ["Ahorn", "Ceder"]),
        ("segment=small", ["Ahorn", "Ceder"]),
        ("team=service", ["Birke", "Distel"]),
        ("waits=customer", ["Birke", "Distel"]),
        ("q=ceD", ["Ceder"]),
        ("sort=-value&state=open", ["Ceder", "Birke", "Ahorn"]),
        ("sort=account", ["Ahorn", "Birke", "Ceder", "Distel"]),
        ("sort=-over&state=open", ["Ahorn", "Birke", "Ceder"]),
    ],
)
def test_runs_are_filtered_and_sorted(mia: httpx.Client, asks: str, names: list[str]) -> None:
    assert listed(mia.get(f"/journeys/onboarding/runs?{asks}")) == names


@pytest.mark.usefixtures("three")
def test_runs_are_exported_as_they_are_listed(mia: httpx.Client) -> None:
    answer = mia.get("/journeys/onboarding/runs?state=stalled&as=csv")

    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["name"], row["days_over"], row["value"], row["waiting_on"]) for row in rows] == [
        ("Birke", "2.0", "9000.0", "the customer"),
        ("Ahorn", "10.0", "1000.0", "us"),
    ]


def test_runs_are_not_for_viewers(vera: httpx.Client) -> None:
    assert vera.get("/journeys/onboarding/runs").status_code == 403


# -- A stage ---------------------------------------------------------------------------------------------------------


def test_stage_says_what_it_means_what_is_recorded_and_who_is_there(desk: Desk, mia: httpx.Client) -> None:
    load(desk, 12, stays=2)
    stand(desk, "account:f0", "signed", limit_at=NOW - DAY_US)
    called(desk, "account:f0", "Ahorn")

    shown = until(mia, "/journeys/onboarding/stages/signed", "They go to")

    assert "1 run here stands beyond its norm." in shown
    assert "A run enters it with 'deal won'" in shown
    assert re.search(r"deal won 12 ", shown)
    assert "They go to Place Moves In use 10" in shown, shown
    assert "Ahorn" in shown


def test_stage_names_an_event_that_was_never_seen(desk: Desk, mia: httpx.Client) -> None:
    load(desk, 12)

    assert "closing never seen" in until(mia, "/journeys/onboarding/stages/closed", "What is recorded of it")


def test_stage_that_is_not_there_is_not_found(mia: httpx.Client) -> None:
    assert mia.get("/journeys/onboarding/stages/nowhere").status_code == 404


# -- All journeys ----------------------------------------------------------------------------------------------------


def test_journeys_stand_by_what_waits_and_parts_under_their_whole(desk: Desk, mia: httpx.Client) -> None:
    part = JOURNEY.replace("journey: onboarding", "journey: training\npart_of: {journey: onboarding, stage: in-use}")
    other = JOURNEY.replace("journey: onboarding", "journey: pressing").replace("From signature to use", "Pressing")
    (desk.folder / "journeys" / "training.yaml").write_text(part.replace("From signature to use", "Training"))
    (desk.folder / "journeys" / "pressing.yaml").write_text(other)
    stand(desk, "account:a", "signed", limit_at=NOW - DAY_US, value=1_000_000, journey="pressing")

    answer = mia.get("/journeys")

    assert re.findall(r'<h2><a href="/journeys/([^"]+)"', answer.text) == ["pressing", "onboarding", "training"]
    assert "Part of From signature to use, stage In use." in text(answer)
    assert "Silje Rietfeld (professional) . No review is dated, to be reviewed every 4 weeks." in text(answer)


def test_empty_list_teaches(desk: Desk, mia: httpx.Client) -> None:
    (desk.folder / "journeys" / "onboarding.yaml").unlink()

    assert "No journey yet" in text(mia.get("/journeys"))


def test_journeys_as_json(desk: Desk, mia: httpx.Client) -> None:
    stand(desk, "account:a", "signed", limit_at=NOW - DAY_US, value=2_000_000)

    told = mia.get("/v1/journeys/onboarding").json()

    assert told["stalled"] == {"at_least": 1, "exact": True}
    assert told["stages"][0] == {"stage": "signed", "open": 1, "stalled": 1, "at_stake": 2.0, "signals": 0}
    assert mia.get("/v1/journeys").json()["journeys"] == [told]


# -- What is hidden --------------------------------------------------------------------------------------------------


def test_viewer_learns_no_small_figure_from_the_picture(desk: Desk, vera: httpx.Client) -> None:
    """Twelve signed, nine came on: the three that stay may not be told, nor follow from twelve less nine."""
    load(desk, 12, stays=3)
    for number in range(12):
        stand(desk, f"account:f{number}", "signed" if number < 3 else "in-use")

    shown = until(vera, "/journeys/onboarding", "10 started")

    figures = re.findall(r"(\d+) (?:here|runs|visits|started)", shown)
    assert "few here" in shown
    assert "about 10 visits few" in shown
    assert set(figures) == {"10"}
    assert not re.search(r"\bn (12|9|3)\b", shown.partition("Targets")[0])
    assert "account:f" not in vera.get("/journeys/onboarding").text


def test_viewer_sees_no_counts_of_a_part(desk: Desk, vera: httpx.Client) -> None:
    load(desk, 20, big=17)

    for asks in ("of=big", "of=small", "as_of=2025-12-20"):
        shown = until(vera, f"/journeys/onboarding?{asks}", "How many went which way is not shown here")
        assert not re.search(r"\b(17|3|20) (runs|started|visits)", shown)
    assert vera.get("/journeys/onboarding?by=employees&of=1000").status_code in (200, 403)
    assert "runs" not in text(vera.get("/journeys/onboarding?by=employees&of=1000")).partition("The journey")[2][:200]


def test_viewer_counts_by_limits_as_on_other_pages(desk: Desk, vera: httpx.Client, mia: httpx.Client) -> None:
    """A norm counts for whoever sees accounts alone: two counts beside each other would tell of the few between."""
    with desk.database.write() as connection:
        connection.execute(delete(run))
    for number in range(6):
        stand(desk, f"account:f{number}", "signed", limit_at=NOW - DAY_US)

    assert "6 open, 6 stalled" in text(vera.get("/journeys/onboarding"))
    assert "/runs" not in vera.get("/journeys/onboarding").text
