"""Every figure of a process moves when that happens of which its page speaks."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from clew import clock
from clew.access.write_keys import Scope, add_key
from clew.app.system import System, web_parts
from clew.clock import US, to_datetime
from clew.config.model import Settings
from clew.db.engine import Database
from clew.db.leases import Fenced
from clew.db.tables import due
from clew.live.keeping import model as keeping
from clew.live.model import SHARDS
from clew.metrics import REGISTRY
from clew.web.app import make_app
from clew.worker import Duty, run_worker
from clew.worker import run as running
from tests.acceptance.clients.receiver import receiver
from tests.acceptance.clients.sending import basic, post
from tests.access_world import InProcess
from tests.arriving_world import Desk
from tests.live_desk import LiveDesk

PAGE = Path(__file__).resolve().parents[2] / "docs/reference/metrics.md"
OF_A_PROCESS = PAGE.read_text("utf-8").partition("## Of one process")[2].partition("##")[0]
DECLARED = re.findall(r"^\| `(clew_\w+)` ", OF_A_PROCESS, re.MULTILINE)
PATIENCE_S = 30
Figures = Mapping[tuple[str, str], float]  # (name, values of its labels in the order of their names) -> value


class Firm:
    """A web application and a worker, both in this process, and what they say of themselves."""

    def __init__(self, client: httpx.Client, key: str, bell: threading.Event) -> None:
        self.client, self._key, self._bell = client, key, bell

    def send(self, *events: Mapping[str, Any], key: str = "") -> httpx.Response:
        headers = {"authorization": f"Bearer {key or self._key}"}
        answered = self.client.post("/v1/events", json={"events": events}, headers=headers)
        self._bell.set()
        return answered

    def figures(self) -> dict[tuple[str, str], float]:
        """Counters and gauges by name; of histograms how many were observed, and their sum."""
        families = text_string_to_metric_families(self.client.get("http://127.0.0.1/metrics").text)
        return {
            (sample.name, " ".join(sample.labels[label] for label in sorted(sample.labels))): sample.value
            for family in families
            for sample in family.samples
            if not sample.name.endswith(("_bucket", "_created"))
        }

    def until(self, moved: Callable[[Figures], bool]) -> Figures:
        deadline = time.monotonic() + PATIENCE_S
        while not moved(found := self.figures()):
            assert time.monotonic() < deadline, f"waited in vain: {found}"
            time.sleep(0.02)
        return found


@contextmanager
def firm(folder: Path, database: Database) -> Iterator[Firm]:
    url = database.main.url.render_as_string(hide_password=False) if database.is_postgres else None
    settings = Settings(secret="x" * 32, database_url=url)
    with database.write() as connection:
        key, _ = add_key(connection, "chat", scopes=[Scope.EVENTS], now=clock.now())
    stop, bell = threading.Event(), threading.Event()
    worker = threading.Thread(target=run_worker, args=(folder, settings, stop), kwargs={"bell": bell})
    with web_parts(System(folder, settings, database)) as parts:
        worker.start()
        try:
            yield Firm(httpx.Client(transport=InProcess(make_app(parts), "127.0.0.1"), base_url="http://a"), key, bell)
        finally:
            stop.set()
            worker.join(PATIENCE_S)


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """What the next turns of the intake raise; and an archive that does not wait."""
    monkeypatch.setattr(keeping, "OLDEST_US", 0)
    monkeypatch.setattr(running, "SLOW_S", {})
    raised: list[Exception] = []
    turn = running.WORKS[Duty.INTAKE].turn  # type: ignore[attr-defined]

    def turning(self: Any, leases: Any, *, now: int) -> bool:
        if raised:
            raise raised.pop()
        return bool(turn(self, leases, now=now))

    monkeypatch.setattr(running.WORKS[Duty.INTAKE], "turn", turning)
    return raised


def won(number: int, seconds_ago: int = 0) -> dict[str, Any]:
    at = to_datetime(clock.now() - seconds_ago * US).isoformat()
    return {"id": f"e{number}", "event": "deal won", "at": at, "account": f"f{number}"}


def test_each_figure_moves_when_its_thing_happens(tmp_path: Path, database: Database, faulty: list[Exception]) -> None:
    LiveDesk(Desk(tmp_path, database))
    with firm(tmp_path, database) as a:
        before = a.until(lambda now: now["clew_leases_held", ""] == SHARDS + 3)

        def by(name: str, labels: str = "") -> Callable[[Figures], float]:
            return lambda now: now.get((name, labels), 0) - before.get((name, labels), 0)

        first = won(1)
        a.send(first, {**first, "at": "soon"}, won(2, seconds_ago=-300))
        assert a.send(first, key="no-such-key").status_code == 401
        assert a.client.get("/nowhere").status_code == 404
        a.until(lambda now: by("clew_transitions_total", "event")(now) == 1)
        now = a.until(lambda now: by("clew_events_total", "received chat")(now) > 0)
        assert {
            what: by("clew_events_total", f"{what} chat")(now) for what in ("received", "accepted", "rejected", "held")
        } == {"received": 3, "accepted": 1, "rejected": 1, "held": 1}
        assert by("clew_http_requests_total", "POST /v1/events 200")(now) == 1
        assert by("clew_http_requests_total", "POST /v1/events 401")(now) == 1
        assert by("clew_http_requests_total", "GET none 404")(now) == 1
        assert by("clew_http_seconds_count", "/v1/events")(now) == 2
        assert by("clew_ingest_refused_total", "unknown-key")(now) == 1
        assert by("clew_ingest_commit_seconds_count")(now) == by("clew_ingest_commit_bodies_sum")(now) == 1

        now = a.until(lambda now: by("clew_visible_seconds_count")(now) > 0)
        assert by("clew_visible_seconds_sum")(now) < PATIENCE_S

        now = a.until(lambda now: by("clew_contexts_total")(now) == 1)
        assert by("clew_context_lag_seconds_count")(now) == 1
        assert by("clew_context_lag_seconds_sum")(now) < PATIENCE_S

        with database.write() as connection:
            connection.execute(due.update().where(due.c.key == "account:f1").values(at=clock.now() - 5 * US))
        now = a.until(lambda now: by("clew_due_lag_seconds_count")(now) == 1)
        assert by("clew_due_lag_seconds_sum")(now) >= 5
        assert by("clew_fold_threads_total", "time")(now) == 1

        faulty += [OSError("the disk is full"), Fenced()]
        a.until(lambda now: by("clew_failures_total", "intake")(now) == 1)
        now = a.until(lambda now: by("clew_archive_seconds_count")(now) > 0)
        assert by("clew_fenced_total", "intake")(now) == 1

        moved = {name for name, labels in now if by(name, labels)(now) or name == "clew_leases_held"}
    assert len(DECLARED) == 18
    assert [name for name in DECLARED if not moved & {name, f"{name}_count"}] == []
    assert a.figures()["clew_leases_held", ""] == 0


def test_events_that_go_past_the_pages_are_counted_too(tmp_path: Path, database: Database) -> None:
    route = "/v1/batch"
    with receiver(database, tmp_path) as edge:
        before = REGISTRY.get_sample_value("clew_http_seconds_count", {"route": route}) or 0
        post(edge, basic(edge.key()))

    assert REGISTRY.get_sample_value("clew_http_seconds_count", {"route": route}) == before + 1
