"""Measure every page and JSON endpoint of a running `clew serve` on a large workspace, and how that starts.

    python bench/pages.py FOLDER [--database URL] [--anew] [--tail 40000] [--requests 20] [--json FILE]

FOLDER is a copy of a workspace that `clew sample` wrote and `clew load` loaded: it is added to (a source that receives,
a user, keys, events). Where it has no live state yet (on SQLite --anew takes it away), the first start compares the
whole log with it, which is measured too.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from sqlalchemy import func, select

from clew import clock
from clew.access.model import Actor, Role
from clew.access.signing_in.links import make_link
from clew.access.signing_in.sessions import start_session
from clew.access.users.actions import add_user
from clew.access.users.queries import find_address
from clew.access.write_keys import Scope, add_key
from clew.archive.reader import open_archive
from clew.config import read_settings
from clew.db.engine import Database, open_database
from clew.db.migrations import migrate
from clew.db.tables import cursor, rejected, run, shard, transition
from clew.live.model import SHARDS
from clew.questions.library import open_workspace
from clew.questions.registry import REGISTRY
from clew.web.cookies import SESSION
from clew.web.endpoint import Open
from clew.web.endpoints import all_endpoints
from clew.web.static import static_path

BAR_MS = 500
BODY = 100  # events in a body
FLAWED = 20  # one event in so many cannot be used, one lies in the future
WHO, BY_BENCH = "bench@example.com", Actor("command", "command:bench", "the bench", Role.ADMIN)
SOURCE = "# Sent by the bench.\nreceives: clew\nsubjects: {ticket: subjects.ticket}\n"
JOURNEY = "escalation"  # of the sample firm, the one with most runs
NEEDS = {"conversion": "&points=ticket+opened+%3E+ticket+resolved&within=30+days"}  # what a question must be told
SENT = ("ticket opened", "ticket answered", "ticket escalated", "ticket taken", "ticket resolved", "product used")
ADDRESS = re.compile(r"http://\S+?:\d+")


@dataclass
class Route:
    """Times of one address in milliseconds, the first request apart."""

    path: str
    first: float
    warm: list[float]
    bytes: int

    def at(self, share: float) -> float:
        return sorted(self.warm)[min(int(share * len(self.warm)), len(self.warm) - 1)]

    @property
    def worst(self) -> float:
        return max(self.first, *self.warm)


@dataclass
class Measured:
    """What the bench found.

    starts  by name, seconds or MiB        routes  by what happens meanwhile
    """

    log: dict[str, int] = field(default_factory=dict)
    starts: dict[str, float] = field(default_factory=dict)
    routes: dict[str, list[Route]] = field(default_factory=dict)


class Serving:
    """`clew serve` on a workspace."""

    def __init__(self, folder: Path, url: str | None, *options: str) -> None:
        environ = {**os.environ, "CLEW_DATABASE_URL": url or "", "PYTHONUNBUFFERED": "1"}
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = int(taken.getsockname()[1])
        self.address = f"http://127.0.0.1:{port}"
        self.began = time.perf_counter()
        command = [sys.executable, "-m", "clew", "-C", str(folder), "serve", "--port", str(port), *options]
        self.process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.own_mib = 0.0  # most memory that was its own, without mapped files
        self.over = threading.Event()
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while not self.over.wait(0.25) and self.process.poll() is None:
            self.own_mib = max(self.own_mib, self._status("RssAnon"))

    def since_start(self) -> float:
        return time.perf_counter() - self.began

    def peak_mib(self) -> float:
        """Peak resident size, mapped files included."""
        return self._status("VmHWM")

    def _status(self, name: str) -> float:
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024

    def answers(self) -> bool:
        if self.process.poll() is not None:
            raise SystemExit("clew serve ended by itself")
        try:
            return httpx.get(self.address + "/sign-in", timeout=30).status_code == 200
        except httpx.TransportError:
            return False


@contextmanager
def serving(folder: Path, url: str | None, *options: str) -> Iterator[Serving]:
    served = Serving(folder, url, *options)
    try:
        yield served
    finally:
        served.over.set()
        served.process.send_signal(signal.SIGTERM)
        served.process.wait(120)


def wait_for(condition: Callable[[], bool], *, every: float = 0.1, timeout: float = 900) -> None:
    ends = time.perf_counter() + timeout
    while not condition():
        if time.perf_counter() > ends:
            raise SystemExit("waited in vain")
        time.sleep(every)


@dataclass(frozen=True)
class Place:
    """The workspace, its database, the ways in."""

    folder: Path
    url: str | None
    database: Database
    link: str
    session: str
    key: str

    def is_complete(self) -> bool:
        """Whether every shard is folded by present definitions, up to the end of the log."""
        with self.database.read() as connection:
            shards = connection.execute(select(shard.c.position, shard.c.definition)).all()
            end = connection.execute(select(cursor.c.position).where(cursor.c.name == "tail")).scalar() or 0
        return len(shards) == SHARDS and all(one.definition and one.position == end for one in shards)

    def has_state(self) -> bool:
        with self.database.read() as connection:
            return bool(connection.execute(select(func.count()).select_from(shard)).scalar())

    def arrived(self) -> int:
        with self.database.read() as connection:
            return connection.execute(select(cursor.c.position).where(cursor.c.name == "inbox")).scalar() or 0

    def counts(self) -> dict[str, int]:
        tables = {"runs": run, "transitions": transition, "rejected events": rejected}
        with self.database.read() as connection:
            found = {
                name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for name, table in tables.items()
            }
            opened = connection.execute(select(func.count()).where(run.c.ended_at.is_(None))).scalar_one()
        return {"events": open_archive(self.folder / ".clew").events, **found, "open runs": opened}


def prepare(folder: Path, url: str | None) -> Place:
    """Add a source that receives, a user with a link, a key."""
    path = folder / "sources" / "bench.yaml"
    if not path.exists():
        path.write_text(SOURCE)
    open_workspace(folder).require_sound()
    settings = read_settings(folder / ".clew", os.environ)
    database = open_database(folder / ".clew", url)
    migrate(database)
    now, secret = clock.now(), settings.secret
    with database.write() as connection:
        user = find_address(connection, WHO) or add_user(
            connection, WHO, "Bench", role=Role.ADMIN, by=BY_BENCH, now=now, secret=secret
        )
        link = make_link(connection, user.id, by=BY_BENCH, now=now, secret=secret)
        session = start_session(connection, user.id, way="link", now=now)
        key, _ = add_key(connection, "bench", scopes=[Scope.EVENTS], now=now)
    return Place(folder, url, database, link, session, key)


def signed_in(served: Serving, place: Place) -> httpx.Client:
    return httpx.Client(base_url=served.address, timeout=60, cookies={SESSION: place.session})


def accounts(folder: Path) -> list[str]:
    """Ids of some accounts, as the exports tell them."""
    with (folder / "exports" / "accounts.csv").open(newline="") as file:
        return [row["account_id"] for row in islice(csv.DictReader(file), 20_000)]


class Sender:
    """Sends events of accounts that the log knows; a few cannot be used, a few lie in the future."""

    def __init__(self, served: Serving, place: Place, known: Sequence[str]) -> None:
        self._client = httpx.Client(base_url=served.address, timeout=60)
        self._headers = {"authorization": f"Bearer {place.key}"}
        self._known, self._sent, self._run = known, 0, f"{clock.now():x}"
        self._stop = threading.Event()

    def send(self, events: int) -> None:
        for _ in range(events // BODY):
            told = [self._event() for _ in range(BODY)]
            answer = self._client.post("/v1/events", json={"events": told}, headers=self._headers)
            assert answer.status_code == 200, answer.text

    def _event(self) -> dict[str, Any]:
        number, self._sent = self._sent, self._sent + 1
        at = clock.now()
        if number % FLAWED == 1:
            at += 30 * clock.DAY_US
        return {
            "id": f"{self._run}-{number}",
            "event": SENT[number // len(self._known) % len(SENT)],
            "account": self._known[number * 7919 % len(self._known)],
            "at": "not a time" if number % FLAWED == 0 else clock.to_datetime(at).isoformat(),
            "subjects": {"ticket": f"bench-{self._run}-{number % len(self._known)}"},
        }

    @contextmanager
    def sending(self, a_second: int) -> Iterator[None]:
        """Go on sending in a thread."""

        def go_on() -> None:
            while not self._stop.is_set():
                began = time.perf_counter()
                self.send(BODY)
                self._stop.wait(max(BODY / a_second - (time.perf_counter() - began), 0))

        thread = threading.Thread(target=go_on)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()


def values_of(place: Place) -> Mapping[str, Sequence[str]]:
    """What stands for the parameters of paths: real values, the heaviest there are."""
    workspace = open_workspace(place.folder)
    with place.database.read() as connection:
        by_runs = select(run.c.thread).group_by(run.c.thread).order_by(func.count().desc()).limit(1)
        heaviest = connection.execute(by_runs).scalar_one()
        number = connection.execute(select(func.max(rejected.c.id))).scalar() or 1
        user = find_address(connection, WHO)
    assert user is not None
    return {
        "{journey}": sorted(workspace.journeys),
        "{source}": ["bench", "tickets"],
        "{account:path}": [quote(heaviest)],
        "/rejected/{number:int}": [f"/rejected/{number}"],
        "/users/{number:int}": [f"/users/{user.id}"],
        "{token}": [place.link],
        "{question}": list(REGISTRY),
        "{name}": [static_path("clew.css").rpartition("/")[2]],
    }


def further(place: Place) -> Iterator[str]:
    """Addresses with the questions that make a page do most."""
    with place.database.read() as connection:
        full = select(run.c.journey, run.c.stage, func.count()).where(run.c.ended_at.is_(None))
        full = full.where(run.c.stage.is_not(None)).group_by(run.c.journey, run.c.stage)
        journey, stage, count = connection.execute(full.order_by(func.count().desc()).limit(1)).one()
        reason = connection.execute(select(rejected.c.reason).limit(1)).scalar()
    yield f"/journeys/{journey}?stage={stage}"
    yield f"/journeys/{journey}?after={count // 2}"
    yield "/v1/runs?state=all&limit=1000"
    yield "/v1/runs?state=all&after=300000"
    yield f"/v1/runs?journey={journey}&stage={stage}"
    yield f"/v1/runs?journey={journey}&state=ended"
    yield "/live?source=bench"
    yield "/audit?check=yes"
    yield "/audit?actor=command:bench"
    if reason:
        yield f"/rejected?source=bench&reason={quote(reason)}"


def addresses(place: Place) -> list[str]:
    """Every GET endpoint that is declared, with real values in its path."""
    values = values_of(place)
    found: list[str] = []
    for endpoint in all_endpoints():
        if "GET" in endpoint.methods and endpoint.needs is not Open.WRITE_KEY and endpoint.path != "/changes":
            found += _filled(endpoint.path, values)
    return [*found, *further(place)]


def _filled(path: str, values: Mapping[str, Sequence[str]]) -> list[str]:
    paths = [path]
    for name, some in values.items():
        paths = [one.replace(name, value) for one in paths for value in some] if name in path else paths
    if any("{" in one for one in paths):
        raise SystemExit(f"no value is known for the parameters of {path}; add it to values_of")
    if "{question}" in path:
        return [f"{one}?journey={JOURNEY}{NEEDS.get(name, '')}" for one, name in zip(paths, REGISTRY, strict=True)]
    return list(dict.fromkeys(paths))


def timed(client: httpx.Client, path: str) -> tuple[float, int]:
    began = time.perf_counter()
    answer = client.get(path)
    took = (time.perf_counter() - began) * 1000
    is_refused = answer.status_code >= 400 or answer.headers.get("location", "").startswith("/sign-in?")
    if is_refused and not path.startswith("/sign-in/"):
        raise SystemExit(f"{path}: {answer.status_code} {answer.text[:500]}")
    return took, len(answer.content)


def measure(client: httpx.Client, paths: Sequence[str], requests: int) -> list[Route]:
    """Ask for each address once, then so many times more."""
    firsts = [timed(client, path) for path in paths]
    return [
        Route(path, first, [timed(client, path)[0] for _ in range(requests)], size)
        for path, (first, size) in zip(paths, firsts, strict=True)
    ]


def changes(client: httpx.Client) -> float:
    """Milliseconds until the stream of changes says its first word."""
    began = time.perf_counter()
    with client.stream("GET", "/changes?of=arrived,runs,workers,rejected") as answer:
        next(answer.iter_bytes())
        return (time.perf_counter() - began) * 1000


def bench(place: Place, *, tail: int, requests: int) -> Measured:
    found = Measured()
    known = accounts(place.folder)
    if not place.has_state():
        with serving(place.folder, place.url) as served:
            started(found, served, "first start")
            found.routes["while the whole log is compared for the first time"] = while_comparing(served, place)
            found.starts["first start: s to the complete live state"] = served.since_start()
            memory(found, served, "first start")
    with serving(place.folder, place.url) as served:
        before = place.arrived()
        wait_for(served.answers)
        Sender(served, place, known).send(tail)
        wait_for(lambda: place.arrived() > before and place.is_complete())
        memory(found, served, f"{tail:,} events taken in")
    with serving(place.folder, place.url) as served:
        started(found, served, "start with a live state")
        client, sender = signed_in(served, place), Sender(served, place, known)
        paths = addresses(place)
        found.routes["quiet"] = measure(client, paths, requests)
        found.routes["quiet"].append(Route("/changes, first word", changes(client), [changes(client)], 0))
        with sender.sending(500):
            found.routes["while 500 events a second arrive"] = measure(client, paths, requests)
        memory(found, served, "all pages asked")
    found.log = place.counts()
    return found


def while_comparing(served: Serving, place: Place) -> list[Route]:
    """Ask for pages in turn until the live state is complete."""
    client, workspace = signed_in(served, place), open_workspace(place.folder)
    paths = ["/", "/live", "/sources", "/workers", "/journeys", "/v1/runs"]
    paths += [f"/journeys/{name}" for name in sorted(workspace.journeys)]
    asked: dict[str, list[tuple[float, int]]] = {path: [] for path in paths}
    while not place.is_complete():
        for path in paths:
            asked[path].append(timed(client, path))
        time.sleep(0.5)
    return [Route(path, told[0][0], [took for took, _ in told[1:]], told[-1][1]) for path, told in asked.items()]


def started(found: Measured, served: Serving, name: str) -> None:
    wait_for(served.answers, every=0.02)
    found.starts[f"{name}: s to the first page"] = served.since_start()


def memory(found: Measured, served: Serving, name: str) -> None:
    found.starts[f"{name}: peak MiB, mapped files included"] = served.peak_mib()
    found.starts[f"{name}: peak MiB without them"] = served.own_mib


def told(found: Measured) -> Iterator[str]:
    yield ", ".join(f"{count:,} {name}" for name, count in found.log.items())
    yield from (f"{name}: {value:,.1f}" for name, value in found.starts.items())
    for title, routes in found.routes.items():
        yield f"-- {title}: first, p50, p95, max in ms; kB"
        for one in sorted(routes, key=lambda each: -each.worst):
            mark = "  SLOW" if one.worst > BAR_MS else ""
            numbers = (one.first, one.at(0.5), one.at(0.95), max(one.warm), one.bytes / 1000)
            yield f"{one.path:<60.60}" + "".join(f"{number:9.1f}" for number in numbers) + mark


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--database")
    parser.add_argument("--anew", action="store_true")
    parser.add_argument("--tail", type=int, default=40_000)
    parser.add_argument("--requests", type=int, default=20)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    if chosen.anew and chosen.database is None:
        for path in (chosen.folder / ".clew").glob("*.sqlite*"):
            if path.name.startswith(("operations.", "inbox.")):
                path.unlink()
    place = prepare(chosen.folder, chosen.database)
    found = bench(place, tail=chosen.tail, requests=chosen.requests)
    place.database.close()
    print("\n".join(told(found)))
    if chosen.json:
        chosen.json.write_text(json.dumps(asdict(found), indent=1))


if __name__ == "__main__":
    main()
