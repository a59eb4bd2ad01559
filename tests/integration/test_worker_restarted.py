"""A worker that ends by an error: the web process beside it starts it again, and everybody can see that it fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from clew import clock
from clew.app import supervising
from clew.app.supervising import supervise
from clew.db.engine import Database
from clew.live.health import ready
from clew.live.health.failing import failing_duties
from tests.access_world import World, make_world


@pytest.fixture(autouse=True)
def _prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "BACK_OFF_S", (0.01, 0.02))
    monkeypatch.setattr(supervising, "LOOK_S", 0.01)


@contextmanager
def supervised(database: Database, work: Callable[[threading.Event], None]) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=supervise, args=(database, lambda: work(stop), stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def failing(database: Database) -> list[tuple[str, str]]:
    with database.read() as connection:
        return [(one.duty, one.error) for one in failing_duties(connection, now=clock.now())]


def test_worker_that_ended_is_started_again_until_it_works(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three times it fails; then it works, and is well after a while."""
    monkeypatch.setattr(supervising, "CALM_US", 0)
    begun: list[int] = []

    def work(stop: threading.Event) -> None:
        begun.append(len(begun))
        if len(begun) < 4:
            raise OSError
        stop.wait()

    with supervised(database, work):
        until(lambda: len(begun) == 4)
        until(lambda: not failing(database))

    assert len(begun) == 4


def test_worker_that_fails_is_seen_on_the_page_and_makes_the_process_unready(
    tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world(tmp_path, database)

    def work(_: threading.Event) -> None:
        raise OSError("disk")

    def readiness() -> httpx.Response:
        return World(tmp_path, database, clock=clock.now()).client().get("/readyz")

    with supervised(database, work):
        until(lambda: failing(database) == [("worker", "OSError")])
        shown = World(tmp_path, database, clock=clock.now()).signed_in("anna").get("/workers").text
        passing = readiness().status_code
        monkeypatch.setattr(ready, "LONG_US", 0)  # a minute has gone by
        lasting = readiness()

    assert "No process works on what arrives: worker has failed for" in shown
    assert "starts its worker again" in shown
    assert (passing, lasting.status_code) == (200, 503)
    assert lasting.json()["reason"].startswith("worker has failed for")
    assert failing(database) == []
    assert world.client().get("/readyz").status_code == 200
