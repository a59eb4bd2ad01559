"""An office in which people act on pages and through the API while a real worker keeps everything current."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from sqlalchemy import func, select

from clew.clock import US, to_datetime, to_micros
from clew.config import Settings
from clew.context.model import Context
from clew.db.engine import Database
from clew.db.tables import act
from clew.ingest.arriving.appending import appending
from clew.ingest.arriving.model import Arriving
from clew.live.contexts.queries import context_of
from clew.live.contexts.settled import Settled, settled
from clew.worker.model import Duty
from clew.worker.run import run_worker
from tests.access_world import SECRET, World, make_world

NORDWIND = "account:a-1"
BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY = datetime(2024, 9, 20, 16, 0, tzinfo=BERLIN)  # one working hour before the weekend

FIRM = """
firm: Hafen
currency: EUR
time_zone: Europe/Berlin
teams: {sales: Sales, service: Service, onboarding: Onboarding}
"""
JOURNEY = """
journey: onboarding
title: Onboarding
subject: account
starts: {event: deal won}
ends: {live: {event: went live, good: true}}
stages:
  - {stage: handed-over, title: Handed over, enter: {event: deal won}, team: sales}
  - {stage: set-up, title: Set-up, enter: {event: handoff accepted}, team: onboarding}
handoffs:
  - {from: sales, to: onboarding, sent: {event: handoff sent}, accepted: {event: handoff accepted},
     accept_within: 1 working day, packet: [buying reason, stakeholders, promises, risks]}
"""
MEANINGS = """
about: topic
asked: {when: {event: question asked}, answered: {event: answer given}, within: 20 days}
promises: {made: {event: promise made}, kept: {event: promise kept}, id: promise_id, due: due_on}
"""
CRM = """
receives: clew
attributes: {name: account.name, owner_team: account.owner_team}
"""
_PATIENCE_S = 60.0


@dataclass
class Office:
    """A workspace with its people, an account that sales has won, and a worker."""

    world: World

    def at(self, moment: datetime) -> None:
        """Move the clock of the pages."""
        self.world.clock = to_micros(moment)

    def happens(self, *events: Mapping[str, Any]) -> None:
        """Let events of other systems arrive at the account, and wait until they show."""
        before = self._touches()
        self.arrives(*events)
        self.until(lambda: self._touches() >= before + len(events))

    def arrives(self, *events: Mapping[str, Any]) -> None:
        """Let events of other systems arrive."""
        told = [
            {"id": f"e-{time.monotonic_ns()}-{n}", "at": to_datetime(self.world.clock).isoformat(), "account": "a-1"}
            | one
            for n, one in enumerate(map(dict, events))
        ]
        body = json.dumps({"events": told}).encode()
        connection = self.world.database.inbox.raw_connection()
        try:
            appending(self.world.database)(
                connection.driver_connection, [Arriving("crm", "clew", "batch", self.world.clock, body, False)]
            )
        finally:
            connection.invalidate()

    def _touches(self) -> int:
        context = self.context
        return context.header.touches if context else 0

    @property
    def context(self) -> Context | None:
        with self.world.database.read() as connection:
            return context_of(connection, NORDWIND)

    def known(self) -> Context:
        """What is derived once everything that was done shows."""
        with self.world.database.read() as connection:
            latest = connection.execute(select(func.max(act.c.id))).scalar_one_or_none()
        if latest is not None:
            assert settled(self.world.database, latest, wait_s=_PATIENCE_S) is Settled.TAKEN_IN
        context = self.context
        assert context is not None
        return context

    def until(self, so: Any) -> None:
        """Wait for the worker."""
        end = time.monotonic() + _PATIENCE_S
        while not so():
            assert time.monotonic() < end, "the worker did not come so far"
            time.sleep(0.02)

    def post(self, client: httpx.Client, path: str, **fields: str) -> httpx.Response:
        """Send a form, and wait until what it did shows."""
        answer = client.post(path, data=fields, headers={"origin": "http://clew.test"})
        self.known()
        self.world.clock += US  # what people do is never at one instant
        return answer

    def call(self, client: httpx.Client, path: str, told: Mapping[str, Any], key: str = "") -> httpx.Response:
        """Send a call of the API, and wait until what it did shows."""
        named = {"idempotency-key": key} if key else {}
        answer = client.post(path, json=told, headers={"origin": "http://clew.test", **named})
        self.known()
        self.world.clock += US
        return answer


@contextmanager
def office(folder: Path, database: Database) -> Iterator[Office]:
    """Open one; it closes with its worker."""
    url = database.main.url.render_as_string(hide_password=False) if database.is_postgres else None
    settings = {"database_url": url.replace("postgresql+psycopg", "postgresql")} if url else {}
    world = make_world(folder, database, **settings)
    (folder / "clew.yaml").write_text(FIRM)
    for name, written in (
        ("journeys/onboarding", JOURNEY),
        ("meanings", MEANINGS),
        ("sources/crm", CRM),
    ):
        path = folder / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(written)
    stop = threading.Event()
    given = Settings(secret=SECRET, **settings)  # type: ignore[arg-type]
    duties = frozenset({Duty.INTAKE, Duty.FOLD})
    worker = threading.Thread(target=run_worker, args=(folder, given, stop, duties))
    worker.start()
    try:
        opened = Office(world)
        opened.at(FRIDAY)
        opened.happens(
            {"event": "deal won", "attributes": {"name": "Nordwind", "owner_team": "sales"}},
            {"event": "call made", "contact": {"id": "ada@nordwind.example", "name": "Ada Berg"}},
        )
        yield opened
    finally:
        stop.set()
        worker.join()


def plain(answer: httpx.Response) -> str:
    """The words of a page, without its marks."""
    import re

    text = re.sub(r"<(script|style).*?</\1>", " ", answer.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text))).strip()
