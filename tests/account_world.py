"""One customer with a story, put into the tables by hand: what pages of accounts show, without deriving anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert

from clew.clock import ALWAYS, DAY_US
from clew.context.model import (
    Answer,
    Context,
    Handoff,
    HandoffState,
    Header,
    Membership,
    Promise,
    Receipt,
    Touch,
    TouchKind,
)
from clew.db.engine import Database
from clew.db.tables import account, account_id, handoff, promise, signal
from clew.live.contexts.stored import packed

NOW = 1_767_225_600_000_000  # as tests.arriving_world
NORDWIND = "account:a-1"


def header(thread: str = NORDWIND, **more: Any) -> Header:
    """A customer for two years, renewing in 40 days, heard of 3 days ago."""
    told: dict[str, Any] = {
        "name": "Nordwind Logistik",
        "ids": (thread, "desk:4711"),
        "segment": "enterprise",
        "owner": "Mia",
        "team": "sales",
        "teams": ("sales",),
        "revenue": 48_000_000_000,
        "renewal_at": NOW + 40 * DAY_US,
        "customer_since": NOW - 700 * DAY_US,
        "heard_at": NOW - 3 * DAY_US,
        "last_at": NOW - 3 * DAY_US,
        "touches": 42,
    }
    return Header(thread=thread, **(told | more))


def story(thread: str = NORDWIND, **more: Any) -> Context:
    """The customer: a champion and somebody who left, a broken promise, a handoff that waits too long."""
    sent = Receipt(NOW - 4 * DAY_US, HandoffState.SENT, by="Sven")
    mail = Touch(NOW - 6 * DAY_US, "mail sent", TouchKind.RECEIVED, "mail", team="sales")
    told: dict[str, Any] = {
        "memberships": (
            Membership(1, "champion", ALWAYS, last_at=NOW - 3 * DAY_US, touches=12),
            Membership(2, "user", NOW - 300 * DAY_US, until=NOW - 20 * DAY_US, last_at=NOW - 90 * DAY_US, touches=2),
        ),
        "answers": (
            Answer("e-1", "ERP in use", NOW - 80 * DAY_US, NOW + DAY_US, says="Orbit 7", contact=1, team="sales"),
        ),
        "promises": (
            Promise("p-1", NOW - 30 * DAY_US, NOW - 5 * DAY_US, topic="interface", says="test access by Friday",
                    team="sales", user="Sven", contact=1),
            Promise("p-2", NOW - 60 * DAY_US, NOW - 40 * DAY_US, says="offer", kept_at=NOW - 41 * DAY_US),
            Promise("p-3", NOW - 9 * DAY_US, NOW + 6 * DAY_US, says="a training plan", team="service"),
        ),
        "handoffs": (
            Handoff("onboarding/x/0/0", "onboarding", thread, "sales", "service", (sent,), due_at=NOW - 2 * DAY_US,
                    packet={"risks": "the old system ends in May"}, wanted=("risks", "next step"), promises=("p-1",)),
        ),
        "touches": {TouchKind.RECEIVED: (mail,)},
        "counts": {TouchKind.RECEIVED: 17, TouchKind.DID: 25},
    }  # fmt: skip
    return Context(**({"header": header(thread)} | told | more))


def put(database: Database, *contexts: Context) -> None:
    """Keep contexts, as the worker does, and the rows that lists count."""
    for one in contexts:
        with database.write() as connection:
            connection.execute(insert(account).values(**_row(one)))
            for entity in dict.fromkeys([one.header.thread, *one.header.ids]):
                bare = entity.partition(":")[2].casefold()
                connection.execute(insert(account_id).values(entity=entity, thread=one.header.thread, bare=bare))
            for each in one.promises:
                names = (
                    "id",
                    "topic",
                    "says",
                    "made_at",
                    "due_at",
                    "kept_at",
                    "kept_by",
                    "released_at",
                    "team",
                    "user",
                )
                row = {name: getattr(each, name) for name in names}
                connection.execute(insert(promise).values(thread=one.header.thread, **row))
            for passed in one.handoffs:
                connection.execute(insert(handoff).values(thread=one.header.thread, **_handoff(passed)))


def notice(database: Database, thread: str, kind: str, says: str, *, at: int = NOW - DAY_US, **more: Any) -> None:
    """Keep a signal of an account."""
    row = {"kind": kind, "subject": thread, "at": at, "says": says, "evidence": {}}
    with database.write() as connection:
        connection.execute(insert(signal).values(**row, **more))


def _row(one: Context) -> Mapping[str, Any]:
    names = (
        "thread", "name", "segment", "industry", "owner", "team", "revenue", "renewal_at", "parent", "customer_since",
        "lost_at", "first_at", "last_at", "heard_at", "touches",
    )  # fmt: skip
    row = {name: getattr(one.header, name) for name in names}
    return row | {"teams": list(one.header.teams), "shard": 0, "as_of": NOW, "context": packed(one)}


def _handoff(one: Handoff) -> Mapping[str, Any]:
    names = ("id", "journey", "subject", "source", "target", "due_at")
    row = {name: getattr(one, name) for name in names}
    history = [[each.at, each.state.value, each.by, each.reason] for each in one.history]
    more = {"sent_at": one.sent.at, "sent_by": one.sent.by, "state": one.state.value, "history": history}
    return row | more | {"packet": dict(one.packet), "promises": list(one.promises)}
