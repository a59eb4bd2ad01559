"""Kill the receiving process while clients send: whatever was acknowledged stands in the inbox."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from clew.access.write_keys import Scope, add_key
from clew.db.engine import Database
from clew.ingest.arriving.queries import waiting
from tests.acceptance.clients.receiver import NOW

pytestmark = pytest.mark.crash
ROOT = Path(__file__).parents[3]
SENDERS, KILLS, LEAST = 4, 5, 20  # LEAST: acknowledged between two kills
PATIENCE_S = 30


@contextmanager
def serving(folder: Path, url: str | None) -> Iterator[tuple[subprocess.Popen[str], int]]:
    command = [sys.executable, "-m", "tests.acceptance.clients.server", str(folder), *([url] if url else [])]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    try:
        yield process, int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


class Senders:
    """Clients that send one numbered event after the other and note which were acknowledged."""

    def __init__(self, port: int, key: str, begin: int) -> None:
        self.acknowledged: list[int] = []
        self._numbers = iter(range(begin, begin + 1_000_000))
        self._port, self._key, self._lock = port, key, threading.Lock()
        self._threads = [threading.Thread(target=self._send) for _ in range(SENDERS)]
        for thread in self._threads:
            thread.start()

    def _send(self) -> None:
        with httpx.Client(base_url=f"http://127.0.0.1:{self._port}", headers={"x-write-key": self._key}) as client:
            while True:
                with self._lock:
                    number = next(self._numbers)
                try:
                    answered = client.post("/v1/track", json={"userId": "u1", "event": "e", "messageId": str(number)})
                except httpx.TransportError:
                    return  # killed
                if answered.status_code == 200:
                    self.acknowledged.append(number)

    def wait_for(self, least: int) -> None:
        until = time.monotonic() + PATIENCE_S
        while len(self.acknowledged) < least:
            assert time.monotonic() < until, "nothing is acknowledged"
            time.sleep(0.002)

    def join(self) -> None:
        for thread in self._threads:
            thread.join()


def test_every_acknowledged_event_survives_a_kill(database: Database, tmp_path: Path) -> None:
    url = database.main.url.render_as_string(hide_password=False) if database.is_postgres else None
    with database.write() as connection:
        key, _ = add_key(connection, "crm", scopes=[Scope.EVENTS], now=NOW)
    acknowledged: list[int] = []

    for kill in range(KILLS):
        with serving(tmp_path, url) as (process, port):
            senders = Senders(port, key, kill * 1_000_000)
            senders.wait_for(LEAST)
            os.kill(process.pid, signal.SIGKILL)
            senders.join()
        acknowledged += senders.acknowledged

    with database.inbox.connect().execution_options(reads_only=True) as connection:
        kept = {int(json.loads(one.arriving.body)["messageId"]) for one in waiting(connection, 0, most=1_000_000)}
    assert len(acknowledged) >= KILLS * LEAST
    assert set(acknowledged) <= kept
