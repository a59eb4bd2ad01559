"""Two web processes and two workers on one database: kill any, the rest go on; nothing is lost, nothing comes twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from clew import clock
from clew.access.write_keys import Scope, add_key
from clew.clock import DAY_US, HOUR_US
from clew.db.engine import Database, open_database
from clew.db.tables import arrived, rejected, shard
from clew.live.fresh.log import open_fresh
from clew.live.state.definitions import definitions_of
from clew.questions.library import open_workspace
from clew.workspace.versions import publish
from tests.acceptance.running_firm import (
    WEB,
    WORKER,
    WORKS,
    Clients,
    Processes,
    clew,
    instant,
    is_settled,
    running,
    taken_in,
    wait_until,
)
from tests.live_rows import in_bulk, replayed, steps_of, stored

pytestmark = [
    pytest.mark.crash,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

ONBOARDING = """
journey: onboarding
title: Onboarding
subject: account
starts: {event: deal won}
again: {after: ended, wait: 1 minute}
ends:
  live: {event: went live, good: true, reopens: true}
  lapsed: {silent: {events: [deal won, kickoff held, trained], for: 10 days}}
stages:
  - {stage: handed-over, enter: {event: deal won}, limit: 2 days}
  - {stage: set-up, enter: {event: kickoff held}}
"""
TRAINED = "  - {stage: trained, enter: {event: trained}, limit: 5 days}\n"
REQUESTS = """
journey: requests
title: Requests
subject: {ticket: ticket}
starts: {event: asked}
ends:
  solved: {event: answered, good: true, reopens: true}
stages:
  - {stage: new, enter: {event: asked}, limit: 1 day}
"""
EXPORT = """
file: exports/crm*.csv
id: n
time_zone: UTC
account: {account: account}
events: [{event: "{what}", at: at}]
properties: [n]
"""
FILES = {
    "clew.yaml": "firm: Hafen\ncurrency: EUR\ntime_zone: UTC\n",
    "journeys/onboarding.yaml": ONBOARDING,
    "journeys/requests.yaml": REQUESTS,
    "sources/crm.yaml": EXPORT,
    "sources/app.yaml": "receives: segment\naccount: {account: properties.account}\nsubjects: {ticket: ticket}\n",
    "sources/shop.yaml": "receives: rudderstack\naccount: {account: properties.account}\nsubjects: {ticket: ticket}\n",
    "sources/bus.yaml": "receives: cloudevents\nsubjects: {ticket: ticket}\n",
}
EMAIL, PASSWORD = "anna@hafen.example", "seven quiet lanterns"


def export(folder: Path, name: str, rows: int) -> set[str]:
    """Write an export; return the numbers of its events. Some runs end by silence while the test runs."""
    lines = ["n,account,what,at"]
    for number in range(rows):
        silent_in_us = number % 10 * 1_000_000
        at = clock.now() - (10 * DAY_US - silent_in_us if number % 4 == 0 else number % 90 * HOUR_US)
        lines.append(
            f"{name}{number},{name}{number % 28},{('deal won', 'kickoff held')[number % 3 == 1]},{instant(at)}"
        )
    (folder / "exports").mkdir(exist_ok=True)
    (folder / "exports" / f"crm-{name}.csv").write_text("\n".join(lines) + "\n")
    return {f"{name}{number}" for number in range(rows)}


def make_firm(folder: Path) -> set[str]:
    """A workspace that was loaded and whose journeys are published; returns the numbers of the loaded events."""
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    loaded = export(folder, "x", 120)
    workspace = open_workspace(folder)
    workspace.require_sound()
    workspace.load(now=clock.now())
    for journey in workspace.sound_journeys():
        publish(workspace, workspace.journey(journey), at=clock.to_datetime(clock.now()))
    return loaded


def keys(database: Database) -> dict[str, str]:
    with database.write() as connection:
        return {
            source: add_key(connection, source, scopes=[Scope.EVENTS], now=clock.now())[0]
            for source in ("app", "shop", "bus")
        }


def first_admin(firm: Processes, at: str) -> httpx.Client:
    """A browser at a web process of whoever followed the first link that the process printed."""
    found = re.findall(r"http\S+/sign-in/link/\S+", firm.said(at).read_text())
    browser = httpx.Client(base_url=firm.address(at), timeout=30)
    answer = browser.post(found[0], data={"email": EMAIL, "name": "Anna", "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return browser


def other(browser: httpx.Client, firm: Processes, at: str) -> httpx.Client:
    """The same browser at another web process, as a load balancer would lead it."""
    return httpx.Client(base_url=firm.address(at), cookies=dict(browser.cookies), timeout=30)


def sign_in(firm: Processes, at: str) -> httpx.Client:
    browser = httpx.Client(base_url=firm.address(at), timeout=30)
    assert browser.post("/sign-in", data={"email": EMAIL, "password": PASSWORD}).status_code == 303
    return browser


def words(page: httpx.Response) -> str:
    assert page.status_code == 200, page.text
    return re.sub(r"<[^>]+>|\s+", " ", page.text)


def logged(folder: Path, database: Database) -> Counter[str]:
    """How often each event is in the log, by its number."""
    workspace = open_workspace(folder)
    view = open_fresh(workspace.store, database, workspace.sources).view(clock.NEVER - 1)
    spelled = view.names["property:n"].text
    return Counter(spelled(code) for bucket in view.buckets() for code in bucket.property("n").tolist())


def settle(database: Database) -> None:
    since = clock.now()
    wait_until(lambda: is_settled(database, since), "all that arrived is in the live state")


def check(folder: Path, database: Database) -> dict[Any, Any]:
    """Stored runs are what a fold of the whole log says, and their transitions lead there. Nothing may write now."""
    workspace = open_workspace(folder)
    fresh = open_fresh(workspace.store, database, workspace.sources)
    with database.read() as connection:
        as_of = connection.execute(select(func.max(shard.c.as_of))).scalar_one()
        assert connection.execute(select(rejected.c.reason, rejected.c.detail)).all() == []
    runs = stored(database)
    assert runs == in_bulk(fresh.view(as_of), definitions_of(workspace))
    assert replayed(database) == steps_of(runs)
    return runs


def counted(database: Database) -> dict[str, int]:
    sums = {name: func.sum(arrived.c[name]) for name in ("accepted", "duplicate", "late", "rejected")}
    with database.read() as connection:
        row = connection.execute(select(*sums.values())).one()
    return {name: int(value) for name, value in zip(sums, row, strict=True)}


@contextmanager
def at(folder: Path, url: str | None) -> Iterator[Database]:
    database = open_database(folder / ".clew", url)
    try:
        yield database
    finally:
        database.close()


class Story:
    """A firm whose clients send, and whose processes are killed, each once work goes on after the one before."""

    def __init__(self, firm: Processes) -> None:
        self.firm, self.folder, self.database = firm, firm.folder, firm.database
        self.webs = [name for name in firm.kinds if name.startswith("web")]
        self.browser = first_admin(firm, "web-a")
        self.clients = Clients([firm.address(name) for name in self.webs], keys(self.database))

    def kill(self, name: str) -> None:
        """Kill a process at its work: a web process that answers, a worker after something was taken in once more."""
        self.firm.wait_for(name)
        if name in self.webs:
            posted = len(self.clients.posted)
            wait_until(lambda: len(self.clients.posted) > posted + 5, "events are acknowledged")
        else:
            taken = taken_in(self.database)
            wait_until(lambda: taken_in(self.database) > taken, "what arrives is taken in")
        self.firm.kill(name)

    def load(self) -> set[str]:
        """Load a further export beside the running system."""
        numbers = export(self.folder, "y", 60)
        self.firm.run("load")
        return numbers

    def publish(self) -> None:
        """Publish another version of the journey, to which runs in flight move."""
        (self.folder / "journeys" / "onboarding.yaml").write_text(ONBOARDING + TRAINED)
        self.firm.run("publish", "--in-flight", "move")

    def everybody_gets_in(self) -> None:
        """The session that began at one web process holds at each; so does the password."""
        for name in self.webs:
            for browser in (other(self.browser, self.firm, name), sign_in(self.firm, name)):
                page = words(browser.get("/live"))
                assert "deal won" in page or "kickoff held" in page, page

    def end(self, loaded: set[str]) -> dict[Any, Any]:
        """Let all come to rest, stop everything, compare; returns the runs."""
        settle(self.database)
        assert self.firm.stop() == dict.fromkeys(self.firm.kinds, 0)
        assert self.clients.given_up == set()
        assert logged(self.folder, self.database) == Counter(loaded | set(self.clients.sent))
        told = counted(self.database)
        assert (told["accepted"], told["late"]) == (len(self.clients.sent), self.clients.late)
        assert told["duplicate"] >= self.clients.twice > 0
        return check(self.folder, self.database)


def test_any_process_may_be_killed_while_clients_send(tmp_path: Path, postgres_url: str) -> None:
    folder, bundle = tmp_path / "firm", str(tmp_path / "all.tar.gz")
    loaded = make_firm(folder)
    kinds = {"web-a": WEB, "web-b": WEB, "worker-a": WORKER, "worker-b": WORKER}
    with at(folder, postgres_url) as database, running(folder, database, postgres_url, kinds) as firm:
        story = Story(firm)
        with story.clients.sending():
            story.kill("worker-a")
            loaded |= story.load()
            story.kill("web-a")
            story.kill("worker-b")
            story.publish()
            story.kill("web-b")
            before = {*logged(folder, database), *story.clients.posted}
            firm.run("backup", bundle)
            story.kill("worker-a")
            story.kill("web-a")
            firm.wait_for(*kinds)
            story.everybody_gets_in()
        runs = story.end(loaded)

    assert len(firm.kills) == 6
    assert {row[3] for row in runs.values()} >= {"live", "lapsed", "solved", None}
    new = tmp_path / "restored"
    clew("restore", bundle, "--into", str(new), folder=tmp_path, url=None)
    with at(new, None) as database, running(new, database, None, {"worker": WORKER}) as restored:
        settle(database)
        assert restored.stop() == {"worker": 0}
        found = logged(new, database)
        assert set(found.values()) == {1}
        assert before <= found.keys() <= loaded | story.clients.sent.keys()
        check(new, database)


def test_processes_on_sqlite_may_be_killed_too(tmp_path: Path) -> None:
    folder = tmp_path / "firm"
    loaded = make_firm(folder)
    kinds = {"web-a": WORKS, "web-b": WEB, "worker-a": WORKER}
    with at(folder, None) as database, running(folder, database, None, kinds) as firm:
        story = Story(firm)
        with story.clients.sending():
            story.kill("web-a")
            story.kill("worker-a")
            story.kill("web-b")
            firm.wait_for(*kinds)
            story.everybody_gets_in()
        story.end(loaded)
