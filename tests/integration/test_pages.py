"""Pages for the engineer who connects a source: what they say, what their forms do, what they keep to themselves."""

from __future__ import annotations

import re
import time
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import insert

from clew.access.model import Permission
from clew.clock import DAY_US, HOUR_US, MINUTE_US, to_datetime
from clew.db.engine import Database
from clew.db.tables import run, transition, worker
from clew.questions.library import open_workspace
from clew.workspace.versions import publish
from tests.access_world import FIRM, World, make_world
from tests.arriving_world import NOW, Desk, event

JOURNEY = """
journey: onboarding
title: From signature to use
subject: account
starts: {event: deal won}
stages:
  - {stage: signed, title: Signed, enter: {event: deal won}, limit: 3 days}
  - {stage: in-use, title: In use, enter: {event: said}}
ends:
  lost: {event: contract cancelled}
"""


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> Desk:
    """A firm with a source `chat`, a journey, and the people of `access_world`."""
    made = Desk(tmp_path, database)
    make_world(tmp_path, database)
    (tmp_path / "journeys").mkdir()
    (tmp_path / "journeys" / "onboarding.yaml").write_text(JOURNEY)
    return made


@pytest.fixture
def world(desk: Desk) -> World:
    return World(desk.folder, desk.database, clock=NOW)


@pytest.fixture
def otto(world: World) -> httpx.Client:
    """A browser of a journey owner, who may connect sources."""
    return world.signed_in("otto")


def text(answer: httpx.Response) -> str:
    """What a page says, without its markup."""
    assert answer.status_code < 500, answer.text
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def next_step(answer: httpx.Response) -> str:
    found = re.search(r'<section class="next".*?</section>', answer.text, re.S)
    assert found, answer.text
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[0])).split())


def work(desk: Desk) -> None:
    """Let a process be seen that takes events in."""
    row = {"id": "h:1:a", "role": "serve", "host": "h", "process": 1, "version": "0", "doing": {}}
    with desk.database.write() as connection:
        connection.execute(insert(worker).values(**row, started_at=NOW, seen_at=NOW))


def stand(desk: Desk, thread: str, stage: str, *, entered: int = NOW - DAY_US, **more: Any) -> None:
    """Put a run into the live state."""
    row = {"journey": "onboarding", "thread": thread, "subject": thread, "number": 0, "version": "v", "shard": 0}
    with desk.database.write() as connection:
        values = {"started_at": entered, "stage": stage, "entered_at": entered, "late": 0}
        connection.execute(insert(run).values(**row, **(values | more)))


def move(desk: Desk, thread: str, came: str | None, went: str, *, at: int) -> None:
    row = {"journey": "onboarding", "version": "v", "thread": thread, "subject": thread, "number": 0, "cause": "event"}
    with desk.database.write() as connection:
        connection.execute(insert(transition).values(**row, came=came, went=went, at=at, learnt_at=at, quiet=False))


# -- Pipes -----------------------------------------------------------------------------------------------------------


def test_pipes_say_first_what_keeps_events_from_counting(desk: Desk, otto: httpx.Client) -> None:
    assert "Nothing works on what arrives" in next_step(otto.get("/pipes"))

    work(desk)
    assert "chat is ready and has received nothing yet" in next_step(otto.get("/pipes"))

    otto.post("/sources/chat/keys", data={"scope": "events"})
    desk.send(event(1), {"id": "bad", "event": "said", "at": "yesterday", "account": "f1"})
    desk.take_in()
    assert "1 event of chat could not be used" in next_step(otto.get("/pipes"))

    otto.post("/rejected", data={"source": "chat", "do": "discard"})
    assert "could not be used" not in next_step(otto.get("/pipes"))


def test_a_duty_that_fails_is_said_on_pipes_and_on_workers(desk: Desk, otto: httpx.Client) -> None:
    work(desk)
    failing = {"intake": {"failing": "OperationalError", "failing_since": NOW - 4 * MINUTE_US}}
    with desk.database.write() as connection:
        connection.execute(worker.update().values(doing=failing))

    assert "Intake has failed for 4 minutes (OperationalError)" in next_step(otto.get("/pipes"))
    assert "Intake has failed for 4 minutes (OperationalError)" in next_step(otto.get("/workers"))


def test_pipes_of_a_workspace_without_sources_lead_to_the_first_one(desk: Desk, otto: httpx.Client) -> None:
    work(desk)
    (desk.folder / "sources" / "chat.yaml").unlink()

    assert "Connect a source" in next_step(otto.get("/pipes"))


def test_viewer_sees_no_account_and_no_figure_of_few_of_them(desk: Desk, world: World) -> None:
    for number in range(10):
        stand(desk, f"account:a{number}", "signed" if number > 3 else "in-use" if number else "gone")
    move(desk, "account:a1", None, "signed", at=NOW)
    vera = world.signed_in("vera")

    journeys = vera.get("/journeys")

    assert vera.get("/pipes").status_code == 403
    assert "account:a1" not in journeys.text + vera.get("/journeys/onboarding").text
    assert re.search(r"Signed few\b.*In use few\b.*gone few\b", text(journeys))
    assert "few open" in text(journeys)


def test_no_total_tells_a_viewer_what_is_hidden(desk: Desk, world: World) -> None:
    """Nine in one stage, six and three in others: three may not be known, and not from the total either."""
    for number in range(18):
        stage = "signed" if number < 9 else "in-use" if number < 15 else "gone"
        stand(desk, f"account:a{number}", stage, limit_at=NOW - 1 if number < 3 else None)
    stand(desk, "account:z", "", ended_at=NOW, outcome="lost")
    vera, mia = world.signed_in("vera"), world.signed_in("mia")

    journeys, journey = (text(vera.get(path)) for path in ("/journeys", "/journeys/onboarding"))

    for shown in (journeys, journey):
        assert re.search(r"at least 9 open, few stalled; few lost in 24 hours", shown)
        assert re.search(r"Signed 9 limit.*In use few.*gone few" if shown is journeys else r"9 here .* few here", shown)
        assert "Nobody is stalled" not in shown
    assert "18 open, 3 stalled; 1 lost in 24 hours" in text(mia.get("/journeys"))


# -- Sources ---------------------------------------------------------------------------------------------------------


def test_new_source_works_as_it_is(desk: Desk, otto: httpx.Client) -> None:
    answer = otto.post("/sources", data={"name": "product-usage", "wire": "segment"})

    assert answer.headers["location"].startswith("/sources/product-usage")
    assert "product-usage" in desk.workspace.sources
    assert desk.workspace.problems == []
    assert "It has no key yet" in next_step(otto.get("/sources/product-usage"))


@pytest.mark.parametrize(
    ("name", "wire", "says"),
    [
        ("Product Usage", "segment", "cannot be a source"),
        ("../clew", "segment", "cannot be a source"),
        ("chat", "segment", "there is a source 'chat' already"),
        ("clew", "segment", "'clew' is the built-in source of what people do in Clew"),
        ("product", "carrier-pigeon", "no way to send events"),
    ],
)
def test_source_that_cannot_be_made_says_why(desk: Desk, otto: httpx.Client, name: str, wire: str, says: str) -> None:
    before = sorted(desk.folder.rglob("*.yaml"))

    answer = otto.post("/sources", data={"name": name, "wire": wire})

    assert answer.status_code == 422
    assert says in text(answer)
    assert sorted(desk.folder.rglob("*.yaml")) == before


def test_key_is_shown_once_and_stands_in_what_is_pasted(otto: httpx.Client) -> None:
    made = otto.post("/sources/chat/keys", data={"scope": "events"})

    found = re.search(r'id="new-key">([^<]+)<', made.text)
    assert found
    assert made.text.count(unescape(found[1])) > 2
    assert found[1] not in otto.get("/sources/chat").text


def test_replaced_key_holds_for_a_week_more_and_an_ended_one_not_at_all(otto: httpx.Client) -> None:
    otto.post("/sources/chat/keys", data={"scope": "events"})

    otto.post("/sources/chat/keys/1/rotation")
    assert "in 7 d" in text(otto.get("/sources/chat"))
    otto.post("/sources/chat/keys/1/end")

    assert "1 ended one is not shown" in text(otto.get("/sources/chat"))


def test_key_of_another_source_is_not_touched_through_this_one(desk: Desk, otto: httpx.Client) -> None:
    desk.source("mail", "receives: clew\n")
    otto.post("/sources/chat/keys", data={"scope": "events"})

    answer = otto.post("/sources/mail/keys/1/end")

    assert answer.status_code == 404
    assert "until ended" in text(otto.get("/sources/chat"))


def saving(browser: httpx.Client, written: str, *, before: str = "", do: str = "save") -> httpx.Response:
    page = browser.get("/sources/chat").text
    found = re.search(r'name="before" value="([^"]+)"', page)
    assert found
    return browser.post("/sources/chat/file", data={"text": written, "before": before or found[1], "do": do})


def test_file_is_saved_as_it_was_typed(desk: Desk, otto: httpx.Client) -> None:
    saving(otto, "# ours\r\nreceives: clew\r\nproperties: [topic]\r\n")

    assert (desk.folder / "sources/chat.yaml").read_text() == "# ours\nreceives: clew\nproperties: [topic]\n"


def test_file_with_a_mistake_is_not_saved_and_its_line_is_named(desk: Desk, otto: httpx.Client) -> None:
    answer = saving(otto, "receives: clew\nacount: {a: b}\n")

    assert answer.status_code == 422
    assert re.search(r"2 :1 unknown key 'acount'", text(answer))
    assert "acount: {a: b}" in unescape(answer.text)
    assert (desk.folder / "sources/chat.yaml").read_text() == "receives: clew\n"


def test_file_that_was_changed_meanwhile_is_not_overwritten(desk: Desk, otto: httpx.Client) -> None:
    desk.source("chat", "receives: clew\nproperties: [mine]\n")

    answer = saving(otto, "receives: clew\nproperties: [yours]\n", before="0" * 16)

    assert answer.status_code == 409
    assert "changed since" in text(answer)
    assert "mine" in (desk.folder / "sources/chat.yaml").read_text()


def test_mapping_that_would_lose_accounts_is_saved_only_by_who_insists(desk: Desk, otto: httpx.Client) -> None:
    desk.send(event(1, at=NOW + DAY_US), event(2, at=NOW + DAY_US), event(3))
    desk.take_in()
    spoilt = "receives: clew\naccount: {firm: properties.firm_id}\n"

    warned = saving(otto, spoilt)

    assert "2 events that found an account until now would find none" in text(warned)
    assert "No event of this source that could be looked at had 'firm_id'" in text(warned)
    assert (desk.folder / "sources/chat.yaml").read_text() == "receives: clew\n"
    assert spoilt in unescape(warned.text)
    assert saving(otto, spoilt, do="sure").headers["location"] == "/sources/chat?said=source-saved#said"
    assert (desk.folder / "sources/chat.yaml").read_text() == spoilt


def test_trying_a_mapping_says_what_events_would_become_and_saves_nothing(desk: Desk, otto: httpx.Client) -> None:
    desk.source("chat", "receives: clew\naccount: {firm: links.firm}\n")
    desk.send(event(1, contact=None), event(2, contact=None))
    desk.take_in()
    assert "2 rejected, mapping" in text(saving(otto, "receives: clew\naccount: {firm: links.firm}\n", do="try"))

    tried = text(saving(otto, "receives: clew\n", do="try"))

    assert "2 could be used" in tried
    assert "rejected, mapping" not in tried
    assert "links.firm" in (desk.folder / "sources/chat.yaml").read_text()


def test_saved_file_is_said_beside_its_form(otto: httpx.Client) -> None:
    answer = saving(otto, "receives: clew\nproperties: [topic]\n")

    page = otto.get(answer.headers["location"]).text
    assert page.index('id="file"') < page.index('id="said"') < page.index("</form>", page.index('id="file"'))


def test_select_is_code_that_only_an_admin_may_write(desk: Desk, world: World, otto: httpx.Client) -> None:
    (desk.folder / "rows.csv").write_text("id,account,at\n")
    written = (
        'select: "SELECT * FROM rows"\nfiles: {rows: rows.csv}\nid: id\naccount: {a: account}\n'
        "events: [{event: said, at: at}]\n"
    )

    assert saving(otto, written.replace("select", '"\\x73elect"')).status_code in (403, 422)
    assert saving(otto, written).status_code == 403
    assert saving(world.signed_in("anna"), written).status_code == 303


# -- Live and rejected events ----------------------------------------------------------------------------------------


def test_live_events_say_what_each_became(desk: Desk, otto: httpx.Client) -> None:
    desk.send(
        event(0),
        event(100, "asked"),
        event(-30, "renewed"),
        {"id": "bad", "event": "said", "at": "yesterday", "account": "f1"},
    )
    desk.take_in()
    move(desk, "account:f1", "signed", "in-use", at=NOW)

    shown = text(otto.get("/live"))

    assert re.search(r"said f1 accepted onboarding : Signed → to In use", shown)
    assert re.search(r"asked f1 accepted late occurred 4 d ago", shown)
    assert re.search(r"renewed f1 held until", shown)
    assert re.search(r"rejected no time this is no time", shown)


def test_live_event_is_matched_to_what_it_became_by_the_account_that_it_is_of(desk: Desk, otto: httpx.Client) -> None:
    desk.source("chat", "receives: clew\nlinks: [{account: account, crm: links.crm}]\n")
    desk.source("shop", "receives: clew\naccount: {crm: account}\n")
    desk.send(event(9, account="f1", links={"crm": "77"}, contact=None))
    desk.send(event(0, "bought", account="77", contact=None), source="shop")
    desk.send(event(0, "asked", id="other", account="f2", contact=None))
    desk.take_in()
    move(desk, "account:f1", "signed", "in-use", at=NOW)

    shown = until_said(otto, "/live", "bought f1 accepted onboarding : Signed → to In use")

    assert re.search(r"asked f2 accepted (?!onboarding)", shown)


def test_account_is_called_by_the_name_that_a_source_gives_it(desk: Desk, otto: httpx.Client) -> None:
    desk.send(event(9, account="f1", attributes={"name": "Old Harbour Ltd"}))
    desk.send(event(8, account="f1", attributes={"name": "Harbour Ltd"}), event(7, account="f2"))
    desk.take_in()
    stand(desk, "account:f1", "signed")
    stand(desk, "account:f2", "signed")
    stand(desk, "ticket:t9", "signed")
    move(desk, "account:f1", None, "signed", at=NOW)

    until_said(otto, "/pipes", "Harbour Ltd")
    journey, account = otto.get("/journeys/onboarding/runs?sort=account"), otto.get("/accounts/account:f1")

    assert re.search(r"Harbour Ltd Signed .* f2 Signed", text(journey))
    assert "ticket t9 Signed" in text(journey)
    assert "Old Harbour" not in journey.text
    assert "<h1>Harbour Ltd</h1>" in account.text
    assert "Account f1." in text(account)


def until_said(client: httpx.Client, address: str, words: str) -> str:
    """Open a page until it says this: what stands in the log is shown once the log is open."""
    deadline = time.monotonic() + 30
    while words not in (said := text(client.get(address))):
        assert time.monotonic() < deadline, said
    return said


def test_live_events_name_no_account_to_a_key_that_may_not_see_them(desk: Desk, world: World) -> None:
    desk.send(event(0), {"id": "told", "event": "said", "at": to_datetime(NOW).isoformat(), "contact": "ada@x.org"})
    desk.take_in()
    move(desk, "account:f1", "signed", "in-use", at=NOW)
    robot = world.with_key("otto", Permission.CONNECT)

    for headers in ({}, {"hx-request": "true", "hx-target": "arriving"}):
        shown = robot.get("/live", headers=headers)
        assert re.search(r"\bsaid\b", text(shown))
        assert not re.search(r"f1|onboarding|In use|Account|a person", shown.text)


def test_live_events_of_one_source_alone(desk: Desk, otto: httpx.Client) -> None:
    desk.source("mail", "receives: clew\n")
    desk.send(event(1, "said"))
    desk.send(event(2, "written"), source="mail")
    desk.take_in()

    shown = text(otto.get("/live?source=mail"))

    assert "written" in shown
    assert not re.search(r"\bsaid\b", shown)


def test_rejected_events_are_mended_tried_and_taken_in_again(desk: Desk, otto: httpx.Client) -> None:
    desk.source("chat", "receives: clew\naccount: {firm: links.firm}\n")
    desk.send(event(1, contact=None), event(2, contact=None))
    desk.take_in()
    assert re.search(r"chat mapping .* 2\b", text(otto.get("/rejected")))
    page = otto.get("/rejected/2")
    assert "rejected again" in text(page)
    assert '"account": "f1"' in unescape(page.text)

    before = re.search(r'name="before" value="([^"]+)"', page.text)
    assert before
    mended = {"text": "receives: clew\n", "before": before[1]}
    tried = otto.post("/rejected/2/mapping", data={**mended, "do": "try"})
    assert "With this mapping it can be used" in next_step(tried)
    assert "links.firm" in (desk.folder / "sources/chat.yaml").read_text()

    otto.post("/rejected/2/mapping", data={**mended, "do": "save"})
    assert "It can be used now" in next_step(otto.get("/rejected/2"))
    otto.post("/rejected", data={"source": "chat", "reason": "mapping"})
    desk.take_in()

    assert "No rejected event waits" in next_step(otto.get("/rejected"))
    assert desk.counts() == {"received": 2, "accepted": 2}


def test_looking_at_a_rejected_event_is_noted(desk: Desk, world: World, otto: httpx.Client) -> None:
    desk.send({"id": "bad", "event": "said", "at": "yesterday", "account": "f1"})
    desk.take_in()

    otto.get("/rejected/1")

    assert re.search(r"Otto read rejected event number 1", text(world.signed_in("anna").get("/audit")))


def test_raw_event_is_shown_as_text_whatever_it_holds(desk: Desk, otto: httpx.Client) -> None:
    desk.send(body=b'{"events": [{"event": "<script>alert(1)</script>", "at": "x", "account": "a"}]}')
    desk.take_in()

    for path in ("/rejected/1", "/live", "/rejected?source=chat&reason=no%20time"):
        assert "<script>alert" not in otto.get(path).text


# -- Journeys, workers, people, audit --------------------------------------------------------------------------------


def test_journey_lists_first_who_has_waited_longest(desk: Desk, otto: httpx.Client) -> None:
    stand(desk, "account:new", "signed", entered=NOW - HOUR_US, limit_at=NOW + DAY_US)
    stand(desk, "account:old", "signed", entered=NOW - 9 * DAY_US, limit_at=NOW - 6 * DAY_US, value=1_200_000_000)

    journey, shown = text(otto.get("/journeys/onboarding")), text(otto.get("/journeys/onboarding/runs"))

    assert "Look first at Signed: 1 run worth EUR 1,200 stands beyond its norm" in journey
    assert re.search(r"\bold Signed stalled 9 d ago 6.0 d nobody .* EUR 1,200 7,200 .*\bnew\b", shown)


def test_journey_shows_the_version_in_force_while_its_file_is_being_written(desk: Desk, otto: httpx.Client) -> None:
    workspace = open_workspace(desk.folder)
    published = publish(workspace, workspace.journey("onboarding"), at=to_datetime(NOW - DAY_US))
    (desk.folder / "journeys" / "onboarding.yaml").write_text(
        JOURNEY.replace("in-use, title: In use", "live, title: Live")
    )
    stand(desk, "account:old", "in-use")

    shown = text(otto.get("/journeys"))

    assert f"Version {published.version} is in force; the file says something else." in shown
    assert "In use" in shown
    assert not re.search(r"\bLive \d", shown)


def test_account_page_tells_its_steps(desk: Desk, otto: httpx.Client) -> None:
    stand(desk, "account:old", "in-use")
    move(desk, "account:old", "signed", "in-use", at=NOW - HOUR_US)

    assert "1 h ago onboarding : Signed → to In use" in text(otto.get("/accounts/account:old"))
    assert otto.get("/accounts/account:none").status_code == 404


def test_workers_page_says_what_to_do_where_nobody_works(desk: Desk, otto: httpx.Client) -> None:
    assert "clew worker" in next_step(otto.get("/workers"))

    work(desk)

    assert "All is well" in next_step(otto.get("/workers"))


def test_workers_page_says_in_words_what_each_process_does(desk: Desk, otto: httpx.Client) -> None:
    doing = {
        "leases": ["intake", "schedule", *(f"fold:{number}" for number in range(9))],
        "intake": {"received": 1_200, "failures": 2, "fenced": 0, "failing": "OSError"},
        "fold": {"rows": 2_400, "behind": 1, "shards": list(range(9)), "failures": 0, "fenced": 0},
        "archive": {"failures": 0, "fenced": 0},
        "schedule": {"norms": 1},
    }
    row = {"id": "h:1:a", "role": "serve", "host": "h", "process": 1, "version": "0", "doing": doing}
    with desk.database.write() as connection:
        connection.execute(insert(worker).values(**row, started_at=NOW - 10 * MINUTE_US, seen_at=NOW))

    shown = text(otto.get("/workers"))

    assert "takes events in 120 events a minute failing (OSError), tried again" in shown
    assert "keeps 9 of 16 shards current 240 rows a minute, 1 row behind" in shown
    assert "stands by: another process writes the archive" in shown
    assert "takes norms, watches thresholds" in shown


def test_somebody_is_let_in_by_a_link_that_is_shown_once(world: World) -> None:
    anna = world.signed_in("anna")

    made = anna.post("/people", data={"name": "Nils Voss", "email": "nils@hafen.example", "role": "member"})

    found = re.search(r'id="new-link">([^<]+)<', made.text)
    assert found
    assert "Welcome, Nils Voss" in text(world.client().get(found[1].removeprefix("http://clew.test")))
    assert found[1] not in anna.get("/people").text


def test_last_admin_cannot_be_made_a_viewer(world: World) -> None:
    answer = world.signed_in("anna").post(f"/people/{world.user('anna').id}", data={"role": "viewer"})

    assert answer.status_code == 409
    assert "last admin" in text(answer)


def test_audit_tells_who_changed_what_and_checks_itself(world: World, otto: httpx.Client) -> None:
    saving(otto, "receives: clew\nproperties: [topic]\n")

    shown = text(world.signed_in("anna").get("/audit?check=yes&object=source:chat"))

    assert "none was changed, none is missing" in shown
    assert "Otto change source source:chat" in shown


# -- The frame -------------------------------------------------------------------------------------------------------

PAGES = (
    "/pipes",
    "/journeys",
    "/journeys/onboarding",
    "/sources",
    "/sources/new",
    "/sources/chat",
    "/live",
    "/rejected",
)
MORE_PAGES = ("/workers", "/people", "/audit", "/account", "/sign-in", "/nowhere")


def test_no_page_holds_a_script_or_a_style_of_its_own(desk: Desk, world: World) -> None:
    stand(desk, "account:old", "signed")
    anna = world.signed_in("anna")

    for path in PAGES + MORE_PAGES:
        page = anna.get(path).text
        assert re.findall(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", page) == [], path
        assert page.count("<h1") <= 1, path


def test_every_field_of_every_form_has_a_name_for_people(desk: Desk, world: World) -> None:
    anna = world.signed_in("anna")
    for path in PAGES + MORE_PAGES:
        page = anna.get(path).text
        for tag in re.findall(r"<(?:input|select|textarea)\b[^>]*>", page):
            if 'type="hidden"' in tag or page.find(tag) in _inside_labels(page):
                continue
            named = re.search(r'\bid="([^"]+)"', tag)
            assert named, (path, tag)
            assert f'for="{named[1]}"' in page, (path, tag)


def _inside_labels(page: str) -> set[int]:
    return {
        at for found in re.finditer(r"<label class=\"pick\">.*?</label>", page, re.S) for at in range(*found.span())
    }


def test_part_of_a_page_is_sent_alone_to_whom_renews_it(desk: Desk, otto: httpx.Client) -> None:
    part = otto.get("/workers", headers={"hx-request": "true", "hx-target": "standing"}).text

    assert part.startswith('<div id="standing"')
    assert "<html" not in part


def test_style_and_script_are_named_by_their_content_and_kept_for_good(world: World) -> None:
    page = world.client().get("/sign-in").text
    found = re.search(r'href="(/static/clew-[0-9a-f]{12}\.css)"', page)
    assert found

    style = world.client().get(found[1])

    assert style.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "--accent:" in style.text
    assert world.client().get("/static/clew-000000000000.css").status_code == 404


def test_errors_are_pages_in_the_frame_and_json_for_programs(world: World, otto: httpx.Client) -> None:
    page, told = otto.get("/nowhere"), otto.get("/v1/nowhere")

    assert (page.status_code, told.status_code) == (404, 404)
    assert "There is no such page" in text(page)
    assert told.json()["error"]["code"] == "not-found"
    assert otto.post("/live").status_code == 405
    assert "Your role may not see this" in text(world.signed_in("vera").get("/sources"))


def test_who_is_signed_in_keeps_the_frame_at_an_address_that_does_not_exist(world: World, otto: httpx.Client) -> None:
    mine, strange = otto.get("/nowhere"), world.client().get("/nowhere")

    assert "Go to Home" in text(mine)
    assert 'href="/sources"' in mine.text
    assert 'class="alone"' not in mine.text
    assert "Sign in" in text(strange)
    assert 'class="alone"' in strange.text
    assert 'href="/sources"' not in strange.text


def test_what_does_not_exist_is_404_in_words_for_who_asks(otto: httpx.Client) -> None:
    assert otto.get("/rejected/999").status_code == 404
    assert "known" not in text(otto.get("/accounts/account:none"))
    assert "Home" not in otto.get("/v1/nope").json()["error"]["message"]


def test_page_works_while_clew_yaml_holds_a_mistake(desk: Desk, otto: httpx.Client) -> None:
    work(desk)
    (desk.folder / "clew.yaml").write_text(FIRM.replace("currency", "curency"))

    assert "The files hold" in next_step(otto.get("/pipes"))
    assert "curency" in text(otto.get("/sources"))


# -- For programs ----------------------------------------------------------------------------------------------------


def test_runs_are_read_page_by_page(desk: Desk, otto: httpx.Client) -> None:
    for number in range(3):
        stand(desk, f"account:a{number}", "signed", value=2_500_000 if number else None)

    first = otto.get("/v1/runs?journey=onboarding&limit=2").json()
    last = otto.get(f"/v1/runs?journey=onboarding&limit=2&after={first['next']}").json()

    assert [one["account"] for one in first["runs"] + last["runs"]] == ["account:a0", "account:a1", "account:a2"]
    assert (first["runs"][1]["value"], last["next"]) == (2.5, None)
    assert otto.get("/v1/runs?state=asleep").status_code == 400


def test_sources_and_workers_are_told_to_programs(desk: Desk, otto: httpx.Client) -> None:
    work(desk)

    assert [one["state"] for one in otto.get("/v1/sources").json()["sources"]] == ["no key yet"]
    assert [one["state"] for one in otto.get("/v1/workers").json()["workers"]] == ["working"]


def test_figures_are_for_this_machine_or_who_has_the_token(tmp_path: Path, database: Database) -> None:
    open_world, closed = make_world(tmp_path, database), World(tmp_path, database)
    closed.settings = type(closed.settings)(secret=closed.settings.secret, metrics_token="t" * 20)

    here = "http://127.0.0.1:8377"
    assert open_world.client(here, peer="203.0.113.7").get("/metrics").status_code == 401
    for address in (here, "http://localhost:8377", "http://[::1]:8377"):
        assert "clew_inbox_bodies 0.0" in open_world.client(address, peer="127.0.0.1").get("/metrics").text
    behind = {"x-forwarded-for": "203.0.113.7"}
    assert open_world.client(here, peer="127.0.0.1").get("/metrics", headers=behind).status_code == 401
    assert open_world.client("https://clew.hafen.example", peer="127.0.0.1").get("/metrics").status_code == 401
    public = World(tmp_path, database)
    public.settings = type(public.settings)(secret=public.settings.secret, public_url="https://clew.hafen.example")
    assert public.client(here, peer="127.0.0.1").get("/metrics").status_code == 401
    assert closed.client(peer="127.0.0.1").get("/metrics").status_code == 401
    token = {"authorization": f"Bearer {'t' * 20}"}
    assert closed.client().get("/metrics", headers=token).status_code == 200


def test_health_and_readiness_say_no_more_than_yes(tmp_path: Path, database: Database) -> None:
    client = make_world(tmp_path, database).client()

    assert client.get("/healthz").json() == {"alive": True}
    assert client.get("/readyz").json() == {"ready": True}
