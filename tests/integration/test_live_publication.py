"""The live state under published versions: every publication reaches every run, and taking it back does too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from clew.clock import DAY_US, HOUR_US, now, to_datetime
from clew.db.engine import Database
from clew.db.leases import Lease, claim
from clew.db.tables import run, transition
from clew.live.fresh.log import open_fresh
from clew.live.model import SHARDS
from clew.live.state.actions import LiveState
from clew.live.state.definitions import definitions_of
from clew.questions.library import open_workspace
from clew.workspace.publications import withdraw
from clew.workspace.versions import publish

JOURNEY = """journey: onboarding
title: From signature to first use
subject: account
starts: {event: signed}
ends: {achieved: {event: used, good: true}}
stages:
  - {stage: kick-off, enter: {event: signed}}
  - {stage: set-up, enter: {event: set up}}
"""
RENAMED = JOURNEY.replace("stage: set-up", "stage: building")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two open runs in set-up, one in kick-off, one that is over; the first version is published."""
    (tmp_path / "sources").mkdir()
    (tmp_path / "journeys").mkdir()
    (tmp_path / "clew.yaml").write_text("firm: Two firms\ncurrency: EUR\ntime_zone: UTC\n")
    (tmp_path / "sources/crm.yaml").write_text(
        "file: crm.csv\naccount: {account: account}\nevents: [{event: '{what}', at: at}]\n"
    )
    (tmp_path / "crm.csv").write_text(
        "account,what,at\n"
        "a,signed,2026-01-01\na,set up,2026-01-05\nb,signed,2026-01-02\nb,set up,2026-01-06\n"
        "c,signed,2026-01-03\nd,signed,2026-01-03\nd,used,2026-01-09\n"
    )
    (tmp_path / "journeys/onboarding.yaml").write_text(JOURNEY)
    workspace = open_workspace(tmp_path)
    workspace.load(now=now())
    publish(workspace, workspace.journey("onboarding"), at=moment(0))
    return tmp_path


BEGAN = now()


def moment(hours: int) -> datetime:
    return to_datetime(BEGAN + hours * HOUR_US)


class Live:
    """The live state of a workspace, brought up to date on request."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder, self.database = folder, database
        workspace = open_workspace(folder)
        self.state = LiveState(database, open_fresh(workspace.store, database), definitions_of(workspace))

    def at(self, hours: int) -> dict[str, tuple[str | None, str | None]]:
        """Stage and outcome of each account's run, once everything is folded as of an hour."""
        self.state.define(definitions_of(open_workspace(self.folder)))
        while self.state.round(self._leases(), now=BEGAN + hours * HOUR_US).more:
            pass
        with self.database.read() as connection:
            rows = connection.execute(select(run.c.thread, run.c.stage, run.c.outcome).order_by(run.c.thread))
            return {row.thread.removeprefix("account:"): (row.stage, row.outcome) for row in rows}

    def _leases(self) -> Sequence[Lease]:
        with self.database.write() as connection:
            claimed = [claim(connection, f"fold:{number}", "me", now=now(), for_us=DAY_US) for number in range(SHARDS)]
        return [lease for lease in claimed if lease is not None]


def test_every_run_in_flight_moves_at_the_publication_and_back_when_it_is_withdrawn(
    folder: Path, database: Database
) -> None:
    live = Live(folder, database)
    before = live.at(1)
    assert before == {
        "a": ("set-up", None), "b": ("set-up", None), "c": ("kick-off", None), "d": ("kick-off", "achieved")
    }  # fmt: skip

    (folder / "journeys/onboarding.yaml").write_text(RENAMED)
    draft = open_workspace(folder)
    assert live.at(2) == before, "a draft is in force only once it is published"
    publish(draft, draft.journey("onboarding"), at=moment(3), in_flight="move", stages={"set-up": "building"})
    moved = live.at(4)
    withdraw(open_workspace(folder), "onboarding", at=moment(5))
    back = live.at(6)

    assert moved == {**before, "a": ("building", None), "b": ("building", None)}
    assert back == before


def test_runs_end_at_a_publication_that_ends_them_and_nothing_follows_from_it(folder: Path, database: Database) -> None:
    live = Live(folder, database)
    live.at(1)
    (folder / "journeys/onboarding.yaml").write_text(RENAMED)
    draft = open_workspace(folder)

    publish(draft, draft.journey("onboarding"), at=moment(3), in_flight="end")
    ended = live.at(4)

    assert {account: outcome for account, (_, outcome) in ended.items()} == {
        "a": "replaced", "b": "replaced", "c": "replaced", "d": "achieved"
    }  # fmt: skip
    with database.read() as connection:
        told = connection.execute(select(transition).where(transition.c.outcome == "replaced")).all()
    assert [(row.cause, bool(row.quiet), row.at) for row in told] == [("version", True, BEGAN + 3 * HOUR_US)] * 3
