"""A backup made while real processes take in, fold and archive what arrives: brought back, it goes on without a gap."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from clew import clock
from clew.archive.manifest import read_manifest
from clew.clock import to_datetime
from clew.db.engine import Database, open_database
from clew.db.leases import claim
from clew.db.migrations import migrate
from clew.db.tables import run
from clew.engine.fold import fold
from clew.ingest.arriving.inbox import Inbox
from clew.ingest.arriving.model import Arriving
from clew.live.fresh.log import open_fresh
from clew.live.health.measures import measures
from clew.live.keeping.actions import keep
from clew.workspace.workspace import open_workspace
from tests.postgres_server import PostgresOfTests

pytestmark = pytest.mark.crash

AT_ONCE = 10  # events of a body
PATIENCE_S = 120
FILES = {
    "clew.yaml": "firm: Desk\ncurrency: EUR\ntime_zone: UTC\n",
    "sources/app.yaml": "receives: clew\nsubjects: {ticket: subjects.ticket}\n",
    "journeys/requests.yaml": """
journey: requests
title: From question to answer
subject: {ticket: subjects.ticket}
starts: {event: asked}
again: never
ends:
  solved: {event: answered, good: true}
stages:
  - {stage: new, enter: {event: asked}}
""",
}


def told(number: int) -> dict[str, object]:
    """Question number so and so: a ticket of its own, so that a run stands for an event."""
    at = to_datetime(clock.now() - clock.HOUR_US).isoformat()
    subjects = {"ticket": f"t{number}"}
    return {"id": f"e{number}", "event": "asked", "account": f"a{number % 50}", "at": at, "subjects": subjects}


class Arrivals:
    """Appends events without end; `acknowledged` counts those that are on disk."""

    def __init__(self, database: Database) -> None:
        self.acknowledged = 0
        self._database, self._stop = database, threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        inbox = Inbox(self._database)
        while not self._stop.is_set():
            self.acknowledged = send(inbox, self.acknowledged)
            time.sleep(0.002)
        inbox.close()

    def __enter__(self) -> Arrivals:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def send(inbox: Inbox, first: int) -> int:
    events = [told(number) for number in range(first, first + AT_ONCE)]
    body = json.dumps({"events": events}).encode()
    inbox.append(Arriving("app", "clew", "batch", clock.now(), body)).result()
    return first + AT_ONCE


@contextmanager
def process(folder: Path, url: str | None, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    environ = {**os.environ, "CLEW_DATABASE_URL": url or ""}
    command = [sys.executable, "-m", "clew", "-C", str(folder), *arguments]
    pipe = subprocess.PIPE
    started = subprocess.Popen(command, env=environ, stdout=pipe, stderr=pipe, text=True)
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


def wait_until(condition: object) -> None:
    begun = time.monotonic()
    while not condition():  # type: ignore[operator]
        assert time.monotonic() - begun < PATIENCE_S, "waited in vain"
        time.sleep(0.05)


def archive(folder: Path, database: Database) -> int:
    """Write the tail into the archive at once, as the worker does when it has grown large; return the generation."""
    with database.write() as connection:
        lease = claim(connection, "archive", "the test", now=clock.now(), for_us=clock.HOUR_US)
    assert lease is not None
    keep(database, open_workspace(folder), lease, now=clock.now(), at_once=True)
    return read_manifest(folder / ".clew").generation


def is_idle(folder: Path, database: Database) -> bool:
    found = {one.name: one.value for one in measures(database, folder / ".clew", now=clock.now())}
    return not found["clew_inbox_bodies"] and not found["clew_fold_lag_rows"]


def known(folder: Path, database: Database) -> set[int]:
    """Numbers of the questions in the log; each is there once, and has its run in the state and in the fold."""
    workspace = open_workspace(folder)
    view = open_fresh(folder / ".clew", database, workspace.sources).view(clock.now())
    names = view.names["entity"]
    tickets = [names.text(int(code)) for bucket in view.buckets() for code in bucket.subject("ticket")]
    assert len(tickets) == len(set(tickets))
    with database.read() as connection:
        live = {one.subject for one in connection.execute(select(run.c.subject))}
    assert live == set(tickets)
    folded = fold(view, workspace.journey("requests"), workspace.firm)
    assert sum(len(bucket.runs.subject) for bucket in folded.buckets) == len(live)
    return {int(ticket.removeprefix("ticket:t")) for ticket in tickets}


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_backup_goes_on_where_it_was_made(kind: str, postgres_server: PostgresOfTests, tmp_path: Path) -> None:
    folder, new = tmp_path / "firm", tmp_path / "new"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    with postgres_server.new_database() as address:
        url, other = (address, None) if kind == "postgres" else (None, address)  # brought back into the other kind
        database = open_database(folder / ".clew", url)
        migrate(database)
        with process(folder, url, "worker", "--only", "intake", "--only", "fold"), Arrivals(database) as arrivals:
            wait_until(lambda: archive(folder, database) > 1)
            before, begun = arrivals.acknowledged, archive(folder, database)
            with process(folder, url, "backup", str(tmp_path / "all.tar.gz")) as backup:
                while backup.poll() is None:
                    generation = archive(folder, database)
                assert backup.returncode == 0, backup.communicate()
        last = arrivals.acknowledged
        assert generation > begun
        database.close()

        with process(tmp_path, other, "restore", str(tmp_path / "all.tar.gz"), "--into", str(new)) as restore:
            said = restore.communicate()
            assert restore.returncode == 0, said
        restored = open_database(new / ".clew", other)
        with process(new, other, "worker", "--only", "intake", "--only", "fold"):
            wait_until(lambda: is_idle(new, restored))
            found = known(new, restored)
            assert set(range(before)) <= found <= set(range(last))

            inbox = Inbox(restored)  # whoever was not sure sends all of it again
            for first in range(0, last, AT_ONCE):
                send(inbox, first)
            inbox.close()
            wait_until(lambda: is_idle(new, restored))
            assert known(new, restored) == set(range(last))
        restored.close()
