"""A firm served by several processes, each of which may be killed and started again; and clients that send to it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import func, select

from clew import clock
from clew.db.engine import Database
from clew.db.tables import cursor, due, shard, worker

PATIENCE_S = 90.0
SOON_US = 5_000_000
WEB = ("serve", "--no-worker")
WORKS = ("serve",)
WORKER = ("worker",)
Kinds = Mapping[str, tuple[str, ...]]  # name of a process -> its command


def wait_until(holds: Callable[[], Any], what: str) -> Any:
    """Wait until something holds, and return it."""
    ends = time.monotonic() + PATIENCE_S
    while not (found := holds()):
        assert time.monotonic() < ends, f"waited in vain: {what}"
        time.sleep(0.05)
    return found


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def environ(url: str | None) -> dict[str, str]:
    return {**os.environ, "CLEW_DATABASE_URL": url or "", "PYTHONUNBUFFERED": "1"}


def clew(*command: str, folder: Path, url: str | None) -> str:
    """Run a command in a workspace; return what it says."""
    ran = [sys.executable, "-m", "clew", "-C", str(folder), *command]
    done = subprocess.run(ran, env=environ(url), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class Processes:
    """The processes of one workspace; what they say goes to files beside it."""

    def __init__(self, folder: Path, database: Database, url: str | None, kinds: Kinds) -> None:
        self.folder, self.database, self.kinds = folder, database, kinds
        self.ports = {name: free_port() for name, command in kinds.items() if command[0] == "serve"}
        self._url = url
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self.kills: list[str] = []

    def address(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"

    def start(self, name: str) -> None:
        port = ("--port", str(self.ports[name])) if name in self.ports else ()
        with self.said(name).open("ab") as told:
            command = [sys.executable, "-m", "clew", "-C", str(self.folder), *self.kinds[name], *port]
            self._running[name] = subprocess.Popen(command, env=environ(self._url), stdout=told, stderr=told)

    def said(self, name: str) -> Path:
        return self.folder.parent / f"{name}.txt"

    def kill(self, name: str) -> None:
        """End a process as a machine that loses its power would, and start it again."""
        self._check(name)
        process = self._running.pop(name)
        process.kill()
        process.wait()
        self.kills.append(name)
        self.start(name)

    def _check(self, name: str) -> None:
        assert self._running[name].poll() is None, f"{name} ended by itself: {self.said(name).read_text()}"

    def is_up(self, name: str) -> bool:
        """Whether a process answers, or gives signs of life."""
        self._check(name)
        if name not in self.ports:
            mine = (worker.c.process == self._running[name].pid) & worker.c.stopped_at.is_(None)
            with self.database.read() as connection:
                return connection.execute(select(worker.c.id).where(mine)).first() is not None
        try:
            return httpx.get(f"{self.address(name)}/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def wait_for(self, *names: str) -> None:
        for name in names:
            wait_until(lambda name=name: self.is_up(name), f"{name} comes up")  # type: ignore[misc]

    def run(self, *command: str) -> str:
        """Run a command beside them all; return what it says."""
        return clew(*command, folder=self.folder, url=self._url)

    def stop(self) -> dict[str, int]:
        """Tell all to stop; return their exit codes."""
        for process in self._running.values():
            process.send_signal(signal.SIGTERM)
        codes = {name: process.wait(PATIENCE_S) for name, process in self._running.items()}
        self._running.clear()
        return codes

    def end(self) -> None:
        for process in self._running.values():
            process.kill()
            process.wait()


@contextmanager
def running(folder: Path, database: Database, url: str | None, kinds: Kinds) -> Iterator[Processes]:
    """Start all processes at once, on a database that may be empty still."""
    found = Processes(folder, database, url, kinds)
    try:
        for name in kinds:
            found.start(name)
        found.wait_for(*kinds)
        yield found
    finally:
        found.end()


def taken_in(database: Database) -> int:
    """How many bodies of the inbox were taken in so far."""
    with database.read() as connection:
        return connection.execute(select(cursor.c.position).where(cursor.c.name == "inbox")).scalar() or 0


def is_settled(database: Database, since: int) -> bool:
    """Whether all that arrived is in the live state, and all that was due at an instant."""
    from clew.db.tables import inbox

    with database.inbox.connect().execution_options(reads_only=True) as connection, connection.begin():
        last = connection.execute(select(func.max(inbox.c.id))).scalar() or 0
    with database.read() as connection:
        end = connection.execute(select(cursor.c.position).where(cursor.c.name == "tail")).scalar() or 0
        shards = connection.execute(select(shard.c.position, shard.c.definition)).all()
        soon = max(since, clock.now()) + SOON_US  # processes take a moment to stop, and fold what comes due meanwhile
        overdue = (due.c.kind == "thread") & (due.c.at <= soon)
        waiting = connection.execute(select(func.count()).select_from(due).where(overdue)).scalar_one()
    folded = len(shards) == 16 and all(one.position == end and one.definition for one in shards)
    return last <= taken_in(database) and folded and not waiting


class Clients:
    """Unmodified client libraries, each bound to one web process, that send until they are told to stop.

    sent      number of an event -> its name
    posted    those of which the answer is known already
    given_up  those that a client sent in vain
    twice     how many were sent to both        late  how many had happened days before
    """

    def __init__(self, addresses: Sequence[str], keys: Mapping[str, str]) -> None:
        self.sent: dict[str, str] = {}
        self.posted, self.given_up = set[str](), set[str]()
        self.twice = self.late = 0
        self._addresses, self._keys = addresses, keys
        self._libraries = [self._segment(to) for to in addresses] + [self._rudderstack(to) for to in addresses]
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=send) for send in (self._tracking, self._posting)]

    def _segment(self, address: str) -> Any:
        from segment.analytics.client import Client  # type: ignore[import-untyped]

        return Client(self._keys["app"], host=address, on_error=self._failed, upload_interval=0.05, gzip=True)

    def _rudderstack(self, address: str) -> Any:
        from rudderstack.analytics.client import Client  # type: ignore[import-untyped]

        return Client(self._keys["shop"], host=address, on_error=self._failed, upload_interval=0.05)

    def _failed(self, _error: Exception, batch: Sequence[Mapping[str, Any]]) -> None:
        self.given_up.update(event["properties"]["n"] for event in batch)

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Send all the while; at the end wait for what is under way."""
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in self._threads:
                thread.join()
            for library in self._libraries:
                library.flush()
                library.join()

    def _tracking(self) -> None:
        """Let Segment's and RudderStack's clients track, every fifth event to both web processes under one id."""
        number = 0
        while not self._stop.wait(0.03):
            number += 1
            source = number % 2 * 2
            both = number % 5 == 0
            self.twice += both
            self._track(
                self._libraries[source : source + 2] if both else [self._libraries[source + number // 2 % 2]], number
            )

    def _track(self, libraries: Sequence[Any], number: int) -> None:
        days = 3 if number % 7 == 0 else 0
        self.late += bool(days)
        at, told = datetime.now(UTC) - timedelta(days=days), event_of(number, f"t{number}")
        self.sent[told["n"]] = str(told.pop("event"))
        for library in libraries:
            library.track("u1", self.sent[told["n"]], told, timestamp=at, message_id=f"m-{number}")

    def _posting(self) -> None:
        """Let the CloudEvents SDK write events, sent to one web process after the other until one takes them."""
        number = 0
        with httpx.Client(timeout=30) as http:
            while not self._stop.wait(0.1):
                number += 1
                told = event_of(number, f"c{number}")
                self.sent[told["n"]] = told["event"]
                while not self._post(http, told, self._addresses[number % 2]):
                    time.sleep(0.1)
                self.posted.add(told["n"])

    def _post(self, http: httpx.Client, told: Mapping[str, str], address: str) -> bool:
        from cloudevents.core.bindings.http import to_binary_event, to_structured_event
        from cloudevents.core.v1.event import CloudEvent

        at = datetime.now(UTC)
        given = {"id": told["n"], "type": told["event"], "source": "/bus", "specversion": "1.0", "time": at}
        data = {name: value for name, value in told.items() if name != "event"}
        write = to_structured_event if len(told["n"]) % 2 else to_binary_event
        message = write(CloudEvent(given, data))
        headers = {**message.headers, "authorization": f"Bearer {self._keys['bus']}"}
        with suppress(httpx.TransportError):
            answered = http.post(f"{address}/v1/cloudevents", content=message.body, headers=headers)
            assert answered.status_code == 200, answered.text
            return True
        return False


NAMES = ("deal won", "kickoff held", "trained", "asked", "answered", "went live")


def event_of(number: int, n: str) -> dict[str, str]:
    """The properties of an event: its number, whose it is, which ticket."""
    event, account = NAMES[number // 9 % len(NAMES)], f"a{number % 25}"
    ticket = {"ticket": f"q{number % 40}"} if event in ("asked", "answered") else {}
    return {"n": n, "event": event, "account": account, **ticket}


def instant(at: int) -> str:
    return clock.to_datetime(at).isoformat()
