"""Workers share what is to be done: fairly, one at a time, and without waiting long for the dead."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from clew import clock
from clew.clock import DAY_US, HOUR_US
from clew.config.model import Settings
from clew.db.engine import Database
from clew.db.leases import LEASE_US, Lease
from clew.db.tables import due, lease, run, signal, upload, worker
from clew.diagnosis.model import Fact, Measure
from clew.diagnosis.scoring.thresholds import Threshold
from clew.diagnosis.watching import watch as watching
from clew.diagnosis.watching.stored import Stored
from clew.diagnosis.watching.watch import compare
from clew.errors import BadRequest
from clew.ingest.arriving.inbox import Inbox
from clew.ingest.arriving.model import Arriving
from clew.live.model import SHARDS
from clew.worker import ALL, Duty, run_worker
from clew.worker import run as running
from clew.worker.board import Board
from clew.worker.duties.intake import Intake
from clew.worker.duties.schedule import TASKS, Schedule
from clew.worker.model import Doing
from clew.worker.sharing import announce, share, take_leave
from tests.arriving_world import Desk, event
from tests.live_desk import EXPORT, LiveDesk

NOW = 1_767_225_600_000_000


class Crew:
    """Workers by name, each with what it holds, on one database; time goes on when told to."""

    def __init__(self, database: Database) -> None:
        self.database, self.now = database, NOW
        self.held: dict[str, list[Lease]] = {}

    def beat(self, *names: str) -> None:
        """Let workers give a sign of life and share, one after the other."""
        for name in names:
            with self.database.write() as connection:
                announce(connection, _row(name, self.now))
                self.held[name] = share(connection, name, ALL, self.held.get(name, []), now=self.now)

    def shards(self) -> list[int]:
        """How many shards each holds."""
        return [sum(each.name.startswith("fold:") for each in held) for held in self.held.values()]

    def names(self) -> list[str]:
        return sorted(each.name for held in self.held.values() for each in held)


def _row(name: str, now: int) -> dict[str, Any]:
    told = {"id": name, "role": "worker", "host": "here", "process": 1, "version": "1", "started_at": now}
    return {**told, "seen_at": now, "stopped_at": None, "doing": {"duties": [duty.value for duty in ALL]}}


@pytest.fixture
def crew(database: Database) -> Crew:
    return Crew(database)


def test_one_worker_does_everything(crew: Crew) -> None:
    crew.beat("a")

    assert crew.names() == sorted(["archive", "intake", "schedule", *(f"fold:{n}" for n in range(SHARDS))])


def test_shards_are_given_back_when_others_join(crew: Crew) -> None:
    crew.beat("a")
    crew.beat("b", "c")
    crew.beat("a", "b", "c")

    assert crew.shards() == [6, 5, 5]
    assert len(set(crew.names())) == SHARDS + 3


def test_the_others_take_over_when_one_dies(crew: Crew) -> None:
    crew.beat("a", "b", "a", "b")
    fences = {each.name: each.fence for each in crew.held.pop("a")}

    crew.now += LEASE_US + 1
    crew.beat("b")

    assert crew.shards() == [SHARDS]
    assert {"archive", "intake", "schedule"} <= {each.name for each in crew.held["b"]}
    assert all(each.fence > fences.get(each.name, 0) for each in crew.held["b"])


def test_who_leaves_is_not_waited_for(crew: Crew) -> None:
    crew.beat("a", "b", "a", "b")
    with crew.database.write() as connection:
        take_leave(connection, "a", crew.held.pop("a"), now=crew.now)

    crew.beat("b")

    assert crew.shards() == [SHARDS]


def test_a_lease_that_somebody_else_took_is_not_held_any_more(crew: Crew) -> None:
    crew.beat("a")
    with crew.database.write() as connection:
        connection.execute(
            update(lease).where(lease.c.name == "archive").values(owner="command:load", fence=lease.c.fence + 1)
        )

    crew.beat("a")

    assert "archive" not in crew.names()


@contextmanager
def working(folder: Path, database: Database) -> Iterator[threading.Event]:
    """Run a whole worker in a thread."""
    url = database.main.url.render_as_string(hide_password=False) if database.is_postgres else None
    stop, bell = threading.Event(), threading.Event()
    settings = Settings(secret="x" * 32, database_url=url)
    thread = threading.Thread(target=run_worker, args=(folder, settings, stop), kwargs={"bell": bell})
    thread.start()
    try:
        yield bell
    finally:
        stop.set()
        thread.join(60)
        assert not thread.is_alive()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def test_a_worker_takes_in_folds_and_leaves_nothing_behind(tmp_path: Path, database: Database) -> None:
    desk = Desk(tmp_path, database)
    LiveDesk(desk)
    with working(tmp_path, database) as bell:
        desk.send(event(1, "deal won"), at=clock.now())
        bell.set()
        until(lambda: _stages(database) == ["handed-over"])
        until(lambda: bool(_workers(database)[0].doing["intake"].get("accepted")))

    [told] = _workers(database)
    assert told.stopped_at is not None
    with database.read() as connection:
        assert set(connection.execute(select(lease.c.until)).scalars()) == {0}


def test_an_idle_intake_takes_in_what_the_inbox_of_its_process_rings_for(
    tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path, database)
    LiveDesk(desk)
    for name in ("SHORTEST_S", "LONGEST_S", "ASLEEP_S"):
        monkeypatch.setattr(running, name, 600.0)  # nobody looks by itself
    with working(tmp_path, database) as bell:
        until(lambda: bool(_workers(database)) and "intake" in _workers(database)[0].doing["leases"])
        until(lambda: not bell.is_set())
        appending = Inbox(database, bell=bell)
        body = json.dumps({"events": [event(1, "deal won")]}).encode()
        appending.append(Arriving("chat", "clew", "batch", clock.now(), body, False)).result()
        until(lambda: bool(_workers(database)[0].doing["intake"].get("accepted")))
        appending.close()


def test_a_source_that_was_made_this_second_takes_its_first_event_in(tmp_path: Path, database: Database) -> None:
    desk = Desk(tmp_path, database)
    board = Board(tmp_path, database, frozenset({Duty.INTAKE}), threading.Event())
    intake = Intake(board, Doing())
    with database.write() as connection:
        leases = share(connection, "a", {Duty.INTAKE}, [], now=NOW)
    desk.send(event(1))
    intake.turn(leases, now=NOW)

    desk.source("made", "receives: clew\n")
    desk.send(event(2), source="made")
    desk.send(event(3), source="never made")
    intake.turn(leases, now=NOW)

    intake.close()
    assert desk.counts("made") == {"received": 1, "accepted": 1}
    assert [row.reason for row in desk.rejected()] == ["no source"]


def test_an_export_that_was_sent_is_loaded_beside_everything_else(tmp_path: Path, database: Database) -> None:
    LiveDesk(Desk(tmp_path, database))
    (tmp_path / ".clew" / "uploads").mkdir(parents=True)
    (tmp_path / ".clew" / "uploads" / "1.csv").write_text("id,account,what,at\n1,f1,deal won,2025-12-31T20:00:00Z\n")
    with database.write() as connection:
        told = {"source": "crm", "file": ".clew/uploads/1.csv", "received_at": NOW, "state": "waiting"}
        connection.execute(insert(upload).values(told))

    with working(tmp_path, database):
        until(lambda: _stages(database) != [])

    assert "exports/crm" in EXPORT


def test_a_duty_that_fails_is_tried_again_and_the_others_go_on(
    tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path, database)
    LiveDesk(desk)
    failed: list[int] = []
    take_in = running.WORKS[Duty.INTAKE].turn  # type: ignore[attr-defined]

    def failing(self: Any, leases: Any, *, now: int) -> bool:
        if len(failed) < 2:
            failed.append(now)
            raise OSError("the disk is full")
        return bool(take_in(self, leases, now=now))

    monkeypatch.setattr(running.WORKS[Duty.INTAKE], "turn", failing)
    desk.send(event(1, "deal won"), at=clock.now())
    with working(tmp_path, database):
        until(lambda: _stages(database) == ["handed-over"])
        until(lambda: _workers(database)[0].doing["intake"]["failures"] == 2)

    assert len(failed) == 2


def _stages(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(select(run.c.stage)).scalars())


def _workers(database: Database) -> list[Any]:
    with database.read() as connection:
        return list(connection.execute(select(worker)).all())


def test_norms_are_taken_every_day(tmp_path: Path, database: Database) -> None:
    desk = LiveDesk(Desk(tmp_path, database))
    rows = [
        f"{n},f{n},{what},2025-{month}-01"
        for n in range(20)
        for month, what in (("11", "deal won"), ("12", "kickoff held"))
    ]
    desk.load_exports("id,account,what,at\n" + "\n".join(f"{place}-{row}" for place, row in enumerate(rows)) + "\n")
    schedule, leases = scheduled(tmp_path, database)
    norms = tmp_path / ".clew" / "norms.jsonl"

    def dates() -> set[str]:
        return {line.partition('"dated": ')[2].partition(",")[0] for line in norms.read_text().splitlines()}

    for now in (NOW, NOW + HOUR_US, NOW + DAY_US + HOUR_US):
        schedule.turn(leases, now=now)

    assert dates() == {str(NOW), str(NOW + DAY_US + HOUR_US)}


def test_a_threshold_that_is_crossed_is_a_signal_once_for_each_crossing(
    tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    LiveDesk(Desk(tmp_path, database))
    schedule, leases = scheduled(tmp_path, database)
    threshold = Threshold("late", "late-handoffs", "at least", 0.3, 0.1, 0.2, "handoffs", True)
    stored = Stored(NOW, "no", "", NOW, 1, (), "", (threshold,), {})

    for hour, share_of_late in enumerate((0.1, 0.4, 0.5, 0.2, 0.35)):
        fact = Fact("late-handoffs", Measure.SHARE, share_of_late, 20, "handoffs due", "so many were late")
        seen = compare(stored, {"late-handoffs": fact})
        monkeypatch.setattr(watching, "look", lambda _workspace, seen=seen: seen)
        schedule.turn(leases, now=NOW + hour * HOUR_US)

    with database.read() as connection:
        kinds = connection.execute(select(signal.c.kind).order_by(signal.c.id)).scalars().all()
        [waiting] = connection.execute(select(due.c.at).where(due.c.key == "thresholds")).scalars()
    assert kinds == ["threshold crossed", "threshold no longer crossed", "threshold crossed"]
    assert waiting == NOW + 5 * HOUR_US


def test_without_a_diagnosis_there_is_nothing_to_watch_and_a_failure_counts_up(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "clew.yaml").write_text("firm: Shop\ncurrency: EUR\ntime_zone: UTC\n")
    schedule, leases = scheduled(tmp_path, database)

    def told() -> dict[str, tuple[int, str | None]]:
        with database.read() as connection:
            return {row.key: (row.tries, row.error) for row in connection.execute(select(due))}

    schedule.turn(leases, now=NOW)
    assert told() == dict.fromkeys(TASKS, (0, None))

    def fail(_workspace: object) -> None:
        raise BadRequest("no")

    monkeypatch.setattr(watching, "look", fail)
    for hours in (1, 2):
        schedule.turn(leases, now=NOW + hours * HOUR_US)
    assert told()["thresholds"] == (2, "bad-request")


def scheduled(folder: Path, database: Database) -> tuple[Schedule, list[Lease]]:
    board = Board(folder, database, frozenset({Duty.SCHEDULE}), threading.Event())
    with database.write() as connection:
        leases = share(connection, "a", {Duty.SCHEDULE}, [], now=NOW)
    return Schedule(board, Doing()), leases
