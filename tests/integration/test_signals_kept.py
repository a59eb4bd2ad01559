"""Signals are kept as detectors see them: they come, are told anew, go when late events correct the log, and age."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from clew.clock import DAY_US, HOUR_US, to_datetime
from clew.db.engine import Database
from clew.db.leases import Fenced, Lease, claim, take_over
from clew.db.tables import signal
from clew.engine.fold import fold
from clew.live.fresh.log import open_fresh
from clew.questions.ground import Ground
from clew.signals.keeping import actions
from clew.signals.keeping.keeper import Keeper
from clew.signals.keeping.looking import Looking
from clew.signals.keeping.model import KEPT_US, Changed
from clew.signals.keeping.noticed import noticed
from clew.signals.sight import Sight
from tests.arriving_world import NOW, Desk

MEANINGS = """
customers: {event: deal won}
about: topic
sent: {when: {event: mail sent}, within: 3 days}
promises: {made: {event: promise made}, kept: {event: promise kept}, id: promise_id, due: due_on}
silence: {when: {event: product used}, gaps: 3, times: 2, at_least: 5 days}
"""
CHAT = "receives: clew\n"
JOURNEY = """
journey: onboarding
title: Onboarding
subject: account
starts: {event: deal won}
stages:
  - {stage: handed-over, enter: {event: deal won}, limit: 3 days}
  - {stage: set-up, enter: {event: kickoff held}, limit: 2 days}
"""
PROPERTIES = "properties: {promise_id: promise_id, due_on: due_on, topic: topic}\n"


class Kept:
    """A desk whose signals are kept by one process after another."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.desk, self.database = Desk(folder, database), database
        (folder / "meanings.yaml").write_text(MEANINGS)
        (folder / "journeys").mkdir(exist_ok=True)
        (folder / "journeys" / "onboarding.yaml").write_text(JOURNEY)
        self.restart()

    def restart(self) -> None:
        """Begin with nothing in memory."""
        self.looking = Looking(self.desk.folder, self.database)
        self.keeper = Keeper(self.looking, self.database)

    def lease(self) -> Lease:
        with self.database.write() as connection:
            held = claim(connection, "schedule", "me", now=self.desk.now)
        assert held is not None
        return held

    def happens(self, *events: Mapping[str, Any]) -> None:
        self.desk.send(*events)
        self.desk.take_in()

    def look(self) -> Changed | None:
        return self.keeper.look([self.lease()], now=self.desk.now)

    def rows(self, kind: str | None = None) -> list[Any]:
        with self.database.read() as connection:
            found = connection.execute(select(signal).order_by(signal.c.id)).all()
        return [row for row in found if kind in (None, row.kind)]

    def open(self) -> set[tuple[str, str, int, str]]:
        return {(row.kind, row.subject, row.at, row.says) for row in self.rows() if row.gone_at is None}

    def detectors(self) -> set[tuple[str, str, int, str]]:
        """What detectors answer over the whole log, folded anew, in other buckets."""
        workspace = self.looking.workspace(self.desk.now)
        seen = self.looking.sight(self.desk.now)
        assert seen is not None
        view = open_fresh(self.desk.store, self.database, workspace.sources).view(seen.as_of)
        journeys = {
            name: Ground(fold(view, workspace.journey(name), workspace.firm), workspace.firm)
            for name in workspace.sound_journeys()
        }
        found = noticed(Sight(view, workspace.firm, workspace.meanings, journeys))
        return {(one.kind, one.subject, one.at, one.says) for one in found.values()}


@pytest.fixture
def kept(tmp_path: Path, database: Database) -> Kept:
    found = Kept(tmp_path, database)
    found.happens(told(0, "mail sent", -0.5, account="f0"))  # something arrives in these days
    return found


def told(number: int, event: str, day: float, account: str = "f1", **properties: Any) -> dict[str, Any]:
    """An event so many days after NOW."""
    at = to_datetime(NOW + round(day * DAY_US)).isoformat()
    return {"id": f"e{number}", "event": event, "at": at, "account": account, "properties": properties}


def promise(number: int, made: float, due: str) -> dict[str, Any]:
    return told(number, "promise made", made, promise_id=f"p{number}", due_on=due)


def test_what_time_alone_brings_about_is_noticed_though_nothing_arrives(kept: Kept) -> None:
    kept.happens(told(1, "deal won", -1))
    assert kept.look() == Changed()
    kept.desk.later(HOUR_US // 2)
    assert kept.look() is None  # nothing arrived, and the last look was lately
    kept.desk.later(int(2.5 * DAY_US))

    assert kept.look() == Changed(new=1)
    [row] = kept.rows("stall")
    assert row.subject == "account:f1"
    assert row.at == NOW + 2 * DAY_US
    assert row.noticed_at == kept.desk.now
    assert row.evidence["events"] == [{"event": "deal won", "at": NOW - DAY_US, "source": "chat"}]
    assert "beyond its limit of 3 days" in row.says


def test_a_late_event_takes_a_signal_back_and_it_stays_to_be_seen(kept: Kept) -> None:
    kept.happens(told(1, "deal won", -9), promise(2, -8, "2025-12-30"))
    kept.look()
    assert [row.gone_at for row in kept.rows("broken-promise")] == [None]

    kept.desk.later()
    kept.happens(told(3, "promise kept", -4, promise_id="p2"))

    assert kept.look() == Changed(gone=1)
    assert [row.gone_at for row in kept.rows("broken-promise")] == [kept.desk.now]


def test_a_sentence_is_told_anew_when_more_is_known(kept: Kept) -> None:
    kept.happens(told(1, "deal won", -9), promise(2, -8, "2025-12-30"))
    kept.look()
    kept.desk.later()
    kept.happens(told(3, "promise kept", -0.5, promise_id="p2"))

    assert kept.look() == Changed(told=1)
    assert "was kept 2025-12-31" in kept.rows("broken-promise")[0].says


def test_the_first_look_counts_as_of_when_things_occurred_and_another_process_changes_nothing(kept: Kept) -> None:
    kept.happens(told(1, "deal won", -9))
    kept.look()
    [row] = kept.rows()
    assert row.noticed_at == row.at == NOW - 6 * DAY_US

    kept.restart()

    assert kept.look() == Changed()
    assert kept.rows() == [row]


def test_crossed_thresholds_stay_as_they_are_and_old_signals_are_let_go_of(kept: Kept) -> None:
    kept.happens(told(1, "deal won", -9), told(2, "kickoff held", -8))
    with kept.database.write() as connection:
        row = {"subject": "late-handoffs at least 0.3", "at": 1, "says": "so many", "evidence": {}}
        connection.execute(insert(signal).values(kind="threshold crossed", **row))
        connection.execute(insert(signal).values(kind="stall", **row | {"subject": "account:old"}))
    kept.look()
    assert {row.kind for row in kept.rows()} == {"threshold crossed", "stall"}
    assert [row.subject for row in kept.rows("stall")] == ["account:f1"]

    kept.desk.later(KEPT_US)
    kept.happens(told(3, "mail sent", 364.9))

    assert kept.look() == Changed(old=1)
    assert {row.kind for row in kept.rows()} == {"threshold crossed"}


def test_whoever_was_overtaken_writes_nothing(kept: Kept) -> None:
    kept.happens(told(1, "deal won", -9))
    mine = kept.lease()
    with kept.database.write() as connection:
        take_over(connection, "schedule", "other", now=kept.desk.now)

    with pytest.raises(Fenced):
        kept.keeper.look([mine], now=kept.desk.now)

    assert not kept.rows()


def test_a_look_that_ends_half_way_is_finished_by_the_next(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.happens(*(told(number, "deal won", -9, account=f"f{number}") for number in range(1, 6)))
    monkeypatch.setattr(actions, "AT_ONCE", 2)
    passed: list[str] = []

    def die(name: str) -> None:
        passed.append(name)
        if len(passed) == 2:
            raise RuntimeError("the process died")

    monkeypatch.setattr(actions, "reach", die)
    with pytest.raises(RuntimeError):
        kept.look()
    assert len(kept.rows()) == 4

    monkeypatch.undo()
    kept.restart()
    kept.desk.later()

    assert kept.look() == Changed(new=1)
    assert all(row.noticed_at == row.at for row in kept.rows())  # it still was the first look
    assert kept.open() == kept.detectors()


def test_a_log_where_nothing_arrives_any_more_makes_nobody_silent(kept: Kept) -> None:
    kept.happens(told(1, "deal won", -20), told(9, "kickoff held", -19.5))
    kept.happens(*(told(10 + day, "product used", day - 20) for day in range(19)))
    kept.desk.later(30 * DAY_US)
    kept.look()
    assert not kept.rows("silence")

    kept.happens(told(99, "mail sent", 29.9, account="f2"))
    kept.look()
    assert [row.subject for row in kept.rows("silence")] == ["account:f1"]


@pytest.mark.parametrize("seed", range(6))
def test_open_signals_are_what_detectors_answer_at_every_look(kept: Kept, seed: int) -> None:
    """The law; late, early and doubled events, archive and tail, processes that begin anew."""
    chance = random.Random(seed)
    names = ("deal won", "kickoff held", "product used", "product used", "mail sent", "promise made", "promise kept")
    for turn in range(12):
        events = [
            told(
                chance.randrange(60),
                chance.choice(names),
                chance.uniform(-30, turn),
                account=f"f{chance.randrange(4)}",
                promise_id=f"p{chance.randrange(5)}",
                due_on=str(to_datetime(NOW + chance.randrange(-20, 12) * DAY_US).date()),
                topic=chance.choice(("price", "start")),
            )
            for _ in range(chance.randrange(1, 8))
        ]
        kept.happens(*events)
        kept.desk.later(DAY_US)
        if not chance.randrange(4):
            kept.desk.keep()
        if not chance.randrange(4):
            kept.restart()

        kept.look()

        assert kept.open() == kept.detectors()
    assert kept.rows()
