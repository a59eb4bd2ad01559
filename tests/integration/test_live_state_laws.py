"""The same law as in memory, on the real log and both databases: after any story stored runs are those of a fold."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from clew.clock import HOUR_US, to_datetime
from clew.db.engine import Database
from clew.db.leases import Fenced, claim
from clew.db.tables import lease
from clew.live.fresh.log import open_fresh
from clew.live.model import SHARDS
from clew.live.state.definitions import definitions_of
from tests.arriving_world import Desk
from tests.live_desk import STAGES, LiveDesk
from tests.live_rows import in_bulk, replayed, steps_of, stored

TICKETS = """
journey: tickets
title: Tickets
subject: {ticket: subjects.ticket}
starts: {event: asked}
again: {after: ended}
ends:
  answered: {event: answered, good: true}
  stale: {silent: {events: [asked], for: 3 days}}
stages:
  - {stage: open, enter: {event: asked}, limit: 1 day}
"""
SOURCE = """
receives: clew
links: [{account: account, crm: links.crm}]
subjects: {ticket: subjects.ticket}
"""
NAMES = ["deal won", "deal won", "kickoff held", "trained", "went live", "asked", "answered"]


class Story:
    """Two processes, a desk, and what happens to them, drawn from a seed."""

    def __init__(self, folder: Path, database: Database, seed: int) -> None:
        self.random, self.made = random.Random(seed), 0
        self.desk = Desk(folder, database)
        self.first = LiveDesk(self.desk)
        self.desk.source("chat", SOURCE)
        (folder / "journeys" / "tickets.yaml").write_text(TICKETS)
        self.desk.workspace.require_sound()
        self.first.restart()
        self.both = [self.first, self.first.another("other")]

    def go_on(self) -> None:
        acts = [self.send] * 5 + [self.fold] * 5 + [self.take_in] * 4 + [self.wait] * 3
        self.random.choice([*acts, self.keep, self.share, self.restart, self.load, self.redefine])()

    def send(self) -> None:
        events = [self._event() for _ in range(self.random.randint(1, 6))]
        for _ in range(self.random.choice([1, 1, 2])):
            self.desk.send(*events, quiet=self.random.random() < 0.2)

    def _event(self) -> dict[str, Any]:
        self.made += 1
        account = f"f{self.random.randrange(5)}"
        if self.random.random() < 0.1:
            return {"id": f"l{self.made}", "account": account, "links": {"crm": f"c{self.random.randrange(3)}"}}
        at = self.desk.now + self.random.randrange(-20 * 24, 24) * HOUR_US  # some are held for a while
        told = {"id": f"e{self.made}", "event": self.random.choice(NAMES), "account": account}
        ticket = {"subjects": {"ticket": f"t{self.random.randrange(4)}"}} if self.random.random() < 0.5 else {}
        return {**told, **ticket, "at": to_datetime(at).isoformat()}

    def fold(self) -> None:
        process = self.random.choice(self.both)
        try:
            process.round()
        except Fenced:
            process.state.forget()
            process.leases = []

    def take_in(self) -> None:
        self.desk.take_in(limit=self.random.randint(1, 4))

    def wait(self) -> None:
        self.desk.later(self.random.randrange(4 * 24) * HOUR_US)

    def keep(self) -> None:
        self.desk.keep(most_rows=self.random.randint(1, 20))

    def restart(self) -> None:
        self.random.choice(self.both).restart()

    def redefine(self) -> None:
        self.first.write_journey(without=self.random.choice([*STAGES][1:]))
        self.both[1].redefine()

    def load(self) -> None:
        lines = [f"x{n},f{self.random.randrange(6)},{self.random.choice(NAMES)},2025-12-{n + 10}\n" for n in range(5)]
        self.first.load_exports("id,account,what,at\n" + "".join(lines), renewals="f1,2026-01-09\nf2,2026-02-01\n")

    def share(self) -> None:
        """Give some shards to the other process; the one that loses them is not told."""
        with self.desk.database.write() as connection:
            connection.execute(lease.update().values(until=0))
            for number in self.random.sample(range(SHARDS), 6):
                process = self.random.choice(self.both)
                held = claim(connection, f"fold:{number}", process.owner, now=self.desk.now)
                assert held is not None
                process.leases = [each for each in process.leases if each.name != held.name] + [held]

    def end(self) -> None:
        for _ in range(500):
            if not self.desk.take_in().more and not self.desk.waiting():
                break
        self.first.restart()
        self.first.take_all_shards()
        self.first.rounds()


@pytest.mark.parametrize("seed", range(5))
def test_stored_runs_are_those_of_a_fold_of_the_whole_log(seed: int, tmp_path: Path, database: Database) -> None:
    story = Story(tmp_path, database, seed)
    for _ in range(80):
        story.go_on()
    story.end()

    fresh = open_fresh(story.desk.store, database, story.desk.workspace.sources)
    runs = stored(database)
    assert runs
    assert runs == in_bulk(fresh.view(story.desk.now), definitions_of(story.desk.workspace))
    assert replayed(database) == steps_of(runs)
