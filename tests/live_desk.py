"""A desk whose events become stored runs: journeys, rounds, and what they wrote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from clew.db.leases import Lease, claim
from clew.db.tables import due, lease, run, transition
from clew.ingest.load import load
from clew.live.fresh.log import open_fresh
from clew.live.model import SHARDS
from clew.live.state.actions import LiveState, Round
from clew.live.state.definitions import definitions_of
from clew.worker.duties.fold import loads_of
from tests.arriving_world import Desk

STAGES = {
    "handed-over": "{stage: handed-over, enter: {event: deal won}, limit: 3 days}",
    "set-up": "{stage: set-up, enter: {event: kickoff held}}",
    "training": "{stage: training, enter: {event: trained}}",
}
ONBOARDING = """
journey: onboarding
title: Onboarding
subject: account
starts: {event: deal won}
ends:
  live: {event: went live, good: true, reopens: true}
  lapsed: {silent: {events: [deal won, kickoff held, trained], for: 30 days}}
stages:
"""
RENEWAL = """
journey: renewal
title: Renewal
subject: account
starts: {date: renewal_date, before: 1 day}
stages:
  - {stage: due, enter: {event: offer sent}}
"""
CHAT = "receives: clew\nlinks: [{account: account, crm: links.crm}]\n"
EXPORT = """
file: exports/crm*.csv
id: id
kind: events
time_zone: UTC
account: {account: account}
events:
  - {event: "{what}", at: at}
"""
RENEWALS = """
file: exports/renewals*.csv
id: account
kind: snapshot
time_zone: UTC
account: {account: account}
attributes:
  renewal_date: renews
"""


class LiveDesk:
    """One process that folds what arrives at a desk; `another` is a second one beside it."""

    def __init__(self, desk: Desk, owner: str = "me") -> None:
        self.desk, self.owner, self.database = desk, owner, desk.database
        self.leases: list[Lease] = []
        self._steps_from = 0
        (desk.folder / "journeys").mkdir(exist_ok=True)
        if owner == "me":
            self._write_files()
        self.restart()
        if owner == "me":
            self.take_all_shards()
            self.rounds()

    def _write_files(self) -> None:
        self._write_onboarding(None)
        (self.desk.folder / "journeys" / "renewal.yaml").write_text(RENEWAL)
        self.desk.source("chat", CHAT)
        self.desk.source("crm", EXPORT)
        self.desk.source("renewals", RENEWALS)
        (self.desk.folder / "exports").mkdir(exist_ok=True)

    def _write_onboarding(self, without: str | None) -> None:
        stages = "".join(f"  - {written}\n" for name, written in STAGES.items() if name != without)
        (self.desk.folder / "journeys" / "onboarding.yaml").write_text(ONBOARDING + stages)

    def another(self, owner: str) -> LiveDesk:
        return LiveDesk(self.desk, owner)

    def take_all_shards(self) -> None:
        """Take every shard over, as if whoever held it had died."""
        with self.database.write() as connection:
            connection.execute(lease.update().where(lease.c.name.like("fold:%")).values(until=0))
            claimed = [claim(connection, f"fold:{number}", self.owner, now=self.desk.now) for number in range(SHARDS)]
        self.leases = [held for held in claimed if held is not None]

    def restart(self) -> None:
        """Begin with nothing in memory."""
        workspace = self.desk.workspace
        fresh = open_fresh(self.desk.store, self.database, workspace.sources)
        self.state = LiveState(self.database, fresh, definitions_of(workspace), loads=lambda: loads_of(fresh))

    def redefine(self) -> None:
        self.state.define(definitions_of(self.desk.workspace))

    def write_journey(self, without: str) -> None:
        self._write_onboarding(without)
        self.redefine()

    def happens(self, *events: Mapping[str, Any], quiet: bool = False) -> None:
        """Let events arrive and be folded."""
        self.desk.send(*events, quiet=quiet)
        self.desk.take_in()
        self.rounds()

    def load_exports(self, crm: str, renewals: str | None = None) -> None:
        (self.desk.folder / "exports" / "crm.csv").write_text(crm)
        (self.desk.folder / "exports" / "renewals.csv").write_text("account,renews\n" + (renewals or ""))
        sources = {name: one for name, one in self.desk.workspace.sources.items() if one.receives is None}
        load(self.desk.folder, sources, now=self.desk.now)

    def round(self) -> Round:
        return self.state.round(self.leases, now=self.desk.now)

    def rounds(self) -> None:
        """Fold until there is nothing left to do."""
        for _ in range(100):
            if not self.round().more:
                return
        raise AssertionError("rounds come to no end")

    def later(self, us: int) -> None:
        self.desk.later(us)

    def runs(self) -> list[Any]:
        with self.database.read() as connection:
            return list(connection.execute(select(run).order_by(run.c.thread, run.c.journey, run.c.number)).all())

    def forget_steps(self) -> None:
        """Look at later transitions only."""
        self._steps_from = len(self._transitions(0))

    def steps(self, column: str | None = None) -> list[Any]:
        """Transitions since, as (came, went, outcome, cause, quiet, withdrawn), or one column of them."""
        rows = self._transitions(self._steps_from)
        if column is not None:
            return [getattr(row, column) for row in rows]
        return [(row.came, row.went, row.outcome, row.cause, bool(row.quiet), bool(row.withdrawn)) for row in rows]

    def _transitions(self, since: int) -> list[Any]:
        with self.database.read() as connection:
            return list(connection.execute(select(transition).order_by(transition.c.id)).all())[since:]

    def waits(self) -> dict[str, int]:
        """Thread -> instant for which it waits."""
        with self.database.read() as connection:
            return {row.key: row.at for row in connection.execute(select(due).where(due.c.kind == "thread"))}
