"""Measure the context of accounts: how fast all are derived, how soon an event shows, how quickly one is answered.

    python bench/context.py FOLDER [--database URL] [--touches 20000] [--requests 1000] [--apart] [--json FILE]

FOLDER is a copy of a workspace that `bench/generate.py` wrote and `clew load` loaded (10^7 events: about 130,000
accounts). It is added to: meanings, a source that receives, a user with a key, and one account with so many touches, 40
contacts, 60 promises and 200 answers. A server of its own answers over HTTP; its worker folds and derives beside it.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
from pages import BY_BENCH, WHO, Serving, serving, wait_for
from sqlalchemy import func, select

from clew import clock
from clew.access.keys.api_keys import make_key
from clew.access.model import Permission, Role
from clew.access.users.actions import add_user
from clew.access.users.queries import find_address
from clew.access.write_keys import Scope, add_key
from clew.archive.reader import open_archive
from clew.config import read_settings
from clew.db.engine import Database, open_database
from clew.db.migrations import migrate
from clew.db.tables import account, cursor, due, shard
from clew.live.model import CONTEXT, SHARDS
from clew.questions.library import open_workspace

BODY, BIG, BAR_MS = 100, "big-one", 50
SOURCE = "# Sent by the bench.\nreceives: clew\nproperties: [topic, says, promise_id, due_on]\n"
MEANINGS = """
about: topic
customers: {event: contract signed}
sent: {when: {event: [newsletter opened, quote sent, proposal sent]}}
engaged: {event: [ad clicked, webinar attended]}
asked: {when: {event: need confirmed}, answered: {event: answer given}}
promises: {made: {event: promise made}, kept: {event: promise kept}, id: promise_id, due: due_on}
silence: {when: {event: [call made, trial used, ticket opened]}}
"""
TOUCHES = ("call made", "newsletter opened", "webinar attended", "ticket opened", "ticket closed", "trial used")


@dataclass
class Place:
    """The workspace, its database, the ways in."""

    folder: Path
    url: str | None
    database: Database
    write_key: str
    api_key: str
    known: list[str]
    figures: dict[str, Any] = field(default_factory=dict)

    def folded(self) -> bool:
        """Whether every shard is folded by present definitions, up to the end of the log."""
        with self.database.read() as connection:
            shards = connection.execute(select(shard.c.position, shard.c.definition)).all()
            end = connection.execute(select(cursor.c.position).where(cursor.c.name == "tail")).scalar() or 0
        return len(shards) == SHARDS and all(one.definition and one.position == end for one in shards)

    def waiting(self) -> int:
        """Accounts that wait to be derived."""
        with self.database.read() as connection:
            return connection.execute(select(func.count()).select_from(due).where(due.c.kind == CONTEXT)).scalar_one()

    def derived(self) -> int:
        with self.database.read() as connection:
            return connection.execute(select(func.count()).select_from(account)).scalar_one()

    def touches(self, name: str) -> int:
        with self.database.read() as connection:
            mine = account.c.thread == f"account:{name}"
            return connection.execute(select(account.c.touches).where(mine)).scalar_one_or_none() or 0


def prepare(folder: Path, url: str | None) -> Place:
    """Add meanings, a source that receives, a user and both kinds of keys."""
    (folder / "sources" / "bench.yaml").write_text(SOURCE)
    (folder / "meanings.yaml").write_text(MEANINGS)
    open_workspace(folder).require_sound()
    settings = read_settings(folder / ".clew", os.environ)
    database = open_database(folder / ".clew", url)
    migrate(database)
    now, secret = clock.now(), settings.secret
    with database.write() as connection:
        user = find_address(connection, WHO) or add_user(
            connection, WHO, "Bench", role=Role.ADMIN, by=BY_BENCH, now=now, secret=secret
        )
        write_key, _ = add_key(connection, "bench", scopes=[Scope.EVENTS], now=now)
        scopes = (Permission.SEE_ACCOUNTS, Permission.SEE_PERSONS)
        _, key = make_key(connection, "panel", scopes, user=user.id, by=BY_BENCH, now=now, secret=secret)
    with (folder / "exports" / "accounts.csv").open(newline="") as file:
        known = [row["account"] for row in islice(csv.DictReader(file), 20_000)]
    return Place(folder, url, database, write_key, key, known)


class Printed(dict[str, Any]):
    """Figures that are told as they are found."""

    def __setitem__(self, name: str, value: Any) -> None:
        super().__setitem__(name, value)
        print(f"{name}: {value}", flush=True)


class Sender:
    """Sends events as a tool does."""

    def __init__(self, served: Serving, place: Place) -> None:
        self._client = httpx.Client(base_url=served.address, timeout=60)
        self._headers = {"authorization": f"Bearer {place.write_key}"}
        self._known, self._run, self._number = place.known, f"{clock.now():x}", 0

    def send(self, events: list[dict[str, Any]]) -> None:
        for first in range(0, len(events), BODY):
            told = {"events": events[first : first + BODY]}
            answer = self._client.post("/v1/events", json=told, headers=self._headers)
            assert answer.status_code == 200, answer.text

    def big(self, touches: int) -> list[dict[str, Any]]:
        """Everything of one account."""
        told = [self.event(BIG, TOUCHES[n % len(TOUCHES)], n, minutes=n * 7) for n in range(touches)]
        for n in range(60):
            said = {"promise_id": f"p{n}", "due_on": f"2030-01-{n % 28 + 1:02}", "topic": f"topic {n}", "says": "soon"}
            told.append(self.event(BIG, "promise made", n, minutes=n, **said))
        told += [self.event(BIG, "answer given", n, minutes=n, topic=f"topic {n}", says="yes") for n in range(200)]
        return told

    def event(self, name: str, event: str, n: int, *, minutes: int = 0, **said: str) -> dict[str, Any]:
        self._number += 1
        at = clock.to_datetime(clock.now() - (minutes + 1) * clock.MINUTE_US).isoformat()
        who = {"contact": f"person{n % 40}@{name}.example"}
        return {
            "id": f"{self._run}-{self._number}",
            "event": event,
            "account": name,
            "at": at,
            "properties": said,
            **who,
        }

    @contextmanager
    def sending(self, a_second: int) -> Iterator[None]:
        """Go on sending in a thread, to accounts of the log and now and then to the big one."""
        stop = threading.Event()

        def go_on() -> None:
            while not stop.is_set():
                began = time.perf_counter()
                names = [
                    BIG if n == 0 else self._known[(self._number + n) * 7919 % len(self._known)] for n in range(BODY)
                ]
                self.send([self.event(name, TOUCHES[n % len(TOUCHES)], n) for n, name in enumerate(names)])
                stop.wait(max(BODY / a_second - (time.perf_counter() - began), 0))

        thread = threading.Thread(target=go_on)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


def percentiles(milliseconds: list[float]) -> dict[str, float]:
    ordered = sorted(milliseconds)
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {name: round(ordered[min(int(share * len(ordered)), len(ordered) - 1)], 1) for name, share in shares.items()}


def asked(served: Serving, place: Place, names: list[str]) -> dict[str, Any]:
    """Ask for contexts one after the other, as a panel does."""
    client = httpx.Client(base_url=served.address, timeout=60, headers={"authorization": f"Bearer {place.api_key}"})
    took, size = [], 0
    for name in names:
        began = time.perf_counter()
        answer = client.get(f"/v1/accounts/account:{name}/context")
        took.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, answer.text
        size = max(size, len(answer.content))
    return {**percentiles(took), "kB at most": round(size / 1000, 1)}


def lags(served: Serving, place: Place, sender: Sender, count: int) -> dict[str, float]:
    """Milliseconds from the acknowledgement of an event to the context that counts it, one account after the other."""
    found = []
    for name in place.known[:count]:
        before = place.touches(name)
        sender.send([sender.event(name, "call made", 0)])
        began = time.perf_counter()
        wait_for(lambda name=name, before=before: place.touches(name) > before, every=0.005)
        found.append((time.perf_counter() - began) * 1000)
    return percentiles(found)


@contextmanager
def running(place: Place, apart: bool) -> Iterator[Serving]:
    """Serve with the worker inside, or beside `clew worker` as larger firms do."""
    if not apart:
        with serving(place.folder, place.url) as served:
            yield served
        return
    environ = {**os.environ, "CLEW_DATABASE_URL": place.url or ""}
    command = [sys.executable, "-m", "clew", "-C", str(place.folder), "worker"]
    worker = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with serving(place.folder, place.url, "--no-worker") as served:
            yield served
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(120)


def bench(place: Place, touches: int, requests: int, *, apart: bool) -> None:
    figures = place.figures = Printed()
    figures["events archived"] = open_archive(place.folder / ".clew").events
    with running(place, apart) as served:
        wait_for(served.answers)
        derive_all(place)
        sender = Sender(served, place)
        sender.send(sender.big(touches))
        wait_for(lambda: place.folded() and place.touches(BIG) >= touches and not place.waiting())
        figures["touches of the big account"] = place.touches(BIG)
        others = place.known[:requests]
        asked(served, place, [BIG, *others[:5]])
        figures["quiet: the big account, again and again"] = asked(served, place, [BIG] * requests)
        figures["quiet: every time another account"] = asked(served, place, others)
        figures["quiet: ms from event to context"] = lags(served, place, sender, 20)
        with sender.sending(500):
            time.sleep(2)
            figures["500 events a second: the big account"] = asked(served, place, [BIG] * requests)
            further = place.known[requests : 2 * requests]
            figures["500 events a second: every time another account"] = asked(served, place, further)
            figures["500 events a second: ms from event to context"] = lags(served, place, Sender(served, place), 20)
        figures["peak MiB of the server without mapped files"] = round(served.own_mib)


def derive_all(place: Place) -> None:
    """Wait until everything is folded and derived, as at the first start or after a change of meanings."""
    wait_for(place.folded, every=0.5, timeout=3_600)
    waiting, began = place.waiting(), time.perf_counter()
    wait_for(lambda: not place.waiting(), every=0.2, timeout=3_600)
    place.figures["accounts"], place.figures["accounts that waited"] = place.derived(), waiting
    if waiting:
        place.figures["contexts a second, without a backlog of events"] = round(waiting / (time.perf_counter() - began))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--database")
    parser.add_argument("--touches", type=int, default=20_000)
    parser.add_argument("--requests", type=int, default=1_000)
    parser.add_argument("--apart", action="store_true", help="the worker in a process of its own")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    place = prepare(chosen.folder, chosen.database)
    bench(place, chosen.touches, chosen.requests, apart=chosen.apart)
    place.database.close()
    if chosen.json:
        chosen.json.write_text(json.dumps(place.figures, indent=1))


if __name__ == "__main__":
    main()
