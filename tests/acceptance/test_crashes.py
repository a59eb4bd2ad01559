"""Workers that are killed again and again lose nothing and do nothing twice, on both databases.

CLEW_KILLS=1000 makes it a long run; by default some fifty processes die at each database.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from clew import clock
from clew.access.model import NOBODY
from clew.acts.model import Act
from clew.acts.recording import record
from clew.acts.vocabulary import merged, parted
from clew.clock import DAY_US, HOUR_US, to_datetime
from clew.context.model import Context
from clew.db.engine import Database
from clew.db.tables import act, cursor, due, inbox, lease, rejected, shard, worker
from clew.ingest.arriving.inbox import Inbox
from clew.ingest.arriving.model import Arriving
from clew.live.contexts.stored import packed
from clew.live.contexts.wording import words_of
from clew.live.fresh.log import open_fresh
from clew.live.state.definitions import definitions_of
from clew.questions.library import open_workspace
from tests.context_rows import contexts_in_bulk, contexts_stored
from tests.live_rows import in_bulk, replayed, steps_of, stored

KILLS = int(os.environ.get("CLEW_KILLS", "50"))
WORKERS = 3
ROOT = Path(__file__).parents[2]
ELSEWHERE = re.compile(r"(uploads|erasure)\.")  # places that only exports which were sent, and erasures, come to
JOURNEY = """
journey: onboarding
title: Onboarding
subject: account
starts: {event: won}
again: {after: ended, wait: 1 hour}
ends:
  live: {event: live, good: true, reopens: true}
  lapsed: {silent: {events: [won, met], for: 10 days}}
stages:
  - {stage: sold, enter: {event: won}, limit: 2 days}
  - {stage: met, enter: {event: met}, back: friction}
"""
TICKETS = """
journey: tickets
title: Tickets
subject: {ticket: subjects.ticket}
starts: {event: asked}
ends:
  answered: {event: answered, good: true}
stages:
  - {stage: open, enter: {event: asked}}
"""
SOURCE = """
receives: clew
links: [{account: account, crm: links.crm}]
subjects: {ticket: subjects.ticket}
"""

pytestmark = pytest.mark.crash


class Firm:
    """A workspace whose events arrive while its workers die."""

    def __init__(self, folder: Path, database: Database, url: str | None, starter: Starter) -> None:
        self.folder, self.database, self.url, self.starter = folder, database, url, starter
        self.random, self.made, self.sent = random.Random(7), 0, set[str]()
        self.log, self.acts = Inbox(database), 0
        for name, written in (("onboarding", JOURNEY), ("tickets", TICKETS)):
            path = folder / "journeys" / f"{name}.yaml"
            path.parent.mkdir(exist_ok=True)
            path.write_text(written)
        (folder / "sources").mkdir()
        (folder / "clew.yaml").write_text("firm: Firm\ncurrency: EUR\ntime_zone: UTC\n")
        (folder / "sources" / "app.yaml").write_text(SOURCE)
        open_workspace(folder).require_sound()

    def start(self, failpoints: str = "") -> int:
        return self.starter.start(self.folder, self.url, failpoints)

    def redefine(self, days: int) -> None:
        """Change a journey, so that everything stored is compared anew."""
        (self.folder / "journeys" / "onboarding.yaml").write_text(JOURNEY.replace("2 days", f"{days} days"))

    def send(self, events: int = 8) -> None:
        """Let events arrive; what is counted here was acknowledged. Some come twice."""
        told = [self._event(self.made + number) for number in range(events)]
        self.made += events
        body = json.dumps({"events": told}).encode()
        quiet = self.random.random() < 0.2
        for _ in range(self.random.choice([1, 1, 1, 2])):
            self.log.append(Arriving("app", "clew", "batch", clock.now(), body, quiet)).result(30)
        self.sent.update(event["properties"]["n"] for event in told if "event" in event)
        if self.random.random() < 0.5:
            self._act()

    def _act(self) -> None:
        """Let somebody act on a page: on an account, or on who is one account; what is counted here was committed."""
        one, other = (f"account:f{self.random.randrange(12)}" for _ in range(2))
        done = Act(self.random.choice(["met", "live"]), one, properties={"n": f"act{self.made}"})
        if one != other and self.random.random() < 0.3:
            done = self.random.choice([merged, parted])(one, [(one, other)])
        with self.database.write() as connection:
            record(connection, done, by=NOBODY, now=clock.now())
        self.sent.update(done.properties.values())
        self.acts += 1

    def _event(self, number: int) -> dict[str, Any]:
        account = f"f{self.random.randrange(12)}"
        if self.random.random() < 0.03:
            return {"id": f"l{number}", "account": account, "links": {"crm": f"c{self.random.randrange(4)}"}}
        at = clock.now() - self.random.randrange(30 * DAY_US // HOUR_US) * HOUR_US
        if self.random.random() < 0.2:  # ends by silence while the test runs
            at = clock.now() - 10 * DAY_US + self.random.randrange(20_000_000)
        what = self.random.choice(["won", "met", "met", "live", "asked", "answered"])
        when = to_datetime(at).isoformat()
        told: dict[str, Any] = {"id": f"e{number}", "event": what, "account": account, "at": when}
        if what in ("asked", "answered"):
            told["subjects"] = {"ticket": f"t{self.random.randrange(30)}"}
        return {**told, "properties": {"n": f"n{number}"}}

    def let_leases_run_out(self) -> None:
        """Let the seconds pass after which others take over from the dead."""
        with self.database.write() as connection:
            connection.execute(update(worker).values(seen_at=1))
        with self.database.write() as connection:
            connection.execute(select(lease).order_by(lease.c.name).with_for_update())
            connection.execute(update(lease).values(until=0))

    def is_done(self) -> bool:
        with self.database.inbox.connect().execution_options(reads_only=True) as connection, connection.begin():
            waiting = connection.execute(select(func.count()).select_from(inbox)).scalar_one()
        with self.database.read() as connection:
            waiting += connection.execute(select(func.count()).where(act.c.taken_at.is_(None))).scalar_one()
            end = connection.execute(select(cursor.c.position).where(cursor.c.name == "tail")).scalar()
            shards = connection.execute(select(shard.c.position, shard.c.definition)).all()
            mine = due.c.kind.in_(["thread", "context"]) & (due.c.at <= clock.now())
            overdue = connection.execute(select(func.count()).select_from(due).where(mine)).scalar_one()
        folded = len(shards) == 16 and all(each.position == end and each.definition for each in shards)
        return not waiting and folded and not overdue

    def settle(self) -> None:
        """Let one worker come to the end of everything, in peace."""
        self.let_leases_run_out()
        number = self.start()
        wait_for(self.is_done, 60)
        os.kill(number, signal.SIGTERM)
        wait_for(lambda: not is_alive(number), 30)

    def check(self) -> None:
        """Nothing lost, nothing twice, stored runs and contexts as the whole log says."""
        workspace = open_workspace(self.folder)
        fresh = open_fresh(workspace.store, self.database, workspace.sources)
        with self.database.read() as connection:
            as_of = connection.execute(select(func.max(shard.c.as_of))).scalar_one()
            assert connection.execute(select(rejected)).all() == []
            acts = connection.execute(select(act.c.position, act.c.body)).all()
        assert len({row.position for row in acts} - {None}) == len(acts) == self.acts
        assert {bytes(row.body) for row in acts} <= {b""}
        whole = fresh.view(clock.NEVER - 1)
        spelled = whole.names["property:n"].text
        told = [spelled(code) for bucket in whole.buckets() for code in bucket.property("n").tolist()]
        assert Counter(told) == Counter(self.sent)
        runs = stored(self.database)
        definitions = definitions_of(workspace)
        assert runs == in_bulk(fresh.view(as_of), definitions)
        assert replayed(self.database) == steps_of(runs)
        words = words_of(workspace, definitions)
        whole_contexts = contexts_in_bulk(self.database, fresh.view(as_of), words, as_of)
        assert spelled_out(contexts_stored(self.database)) == spelled_out(whole_contexts)


def spelled_out(contexts: Mapping[str, Context | None]) -> dict[str, bytes]:
    """Contexts as bytes: what was read back has lists where others have tuples."""
    return {thread: packed(context) for thread, context in contexts.items() if context is not None}


class Starter:
    """The process that forks workers."""

    def __init__(self, log: Path) -> None:
        self._log = log.open("w")
        self._started: list[int] = []
        command = [sys.executable, "-m", "tests.acceptance.killable_workers"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=self._log, text=True)

    def start(self, folder: Path, url: str | None, failpoints: str) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        told = {"folder": str(folder), "url": url, "failpoints": failpoints}
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        self._started.append(int(self._process.stdout.readline()))
        return self._started[-1]

    def close(self) -> None:
        for number in filter(is_alive, self._started):
            os.kill(number, signal.SIGKILL)
        self._process.communicate()
        self._log.close()


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starter]:
    starter = Starter(tmp_path_factory.mktemp("workers") / "log")
    yield starter
    starter.close()


@pytest.fixture
def firm(tmp_path: Path, database: Database, starter: Starter) -> Iterator[Firm]:
    url = database.main.url.render_as_string(hide_password=False).replace("+psycopg", "")
    firm = Firm(tmp_path, database, url if database.is_postgres else None, starter)
    yield firm
    firm.log.close()


def places() -> list[str]:
    """Every place at which a worker may be killed, as the code names them."""
    code = "".join(path.read_text() for part in ("live", "worker") for path in (ROOT / "src/clew" / part).rglob("*.py"))
    places = set(re.findall(r'reach\("([a-z.-]+)"\)', code))
    return sorted(place for place in places if not ELSEWHERE.match(place))


def test_workers_killed_between_any_two_steps_lose_nothing(firm: Firm) -> None:
    for turn, place in enumerate(places()):
        firm.redefine(days=2 + turn)
        firm.let_leases_run_out()
        number = firm.start(f"{place}=1")
        deadline = time.monotonic() + 90
        while is_alive(number):
            firm.send()
            assert time.monotonic() < deadline, f"no worker comes to {place}"
            time.sleep(0.02)
    firm.settle()

    firm.check()


def test_workers_killed_at_any_instant_lose_nothing(firm: Firm) -> None:
    workers = [firm.start() for _ in range(WORKERS)]
    for _ in range(KILLS):
        firm.send()
        time.sleep(firm.random.random() * 0.4)
        died = workers.pop(firm.random.randrange(WORKERS))
        os.kill(died, signal.SIGKILL)
        if firm.random.random() < 0.7:
            firm.let_leases_run_out()
        workers.append(firm.start())
    for number in workers:
        os.kill(number, signal.SIGTERM)
    wait_for(lambda: not any(map(is_alive, workers)), 60)
    firm.settle()

    firm.check()


def is_alive(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_for(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
