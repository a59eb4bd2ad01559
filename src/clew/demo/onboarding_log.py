"""What the onboarding team's own tool records, on Berlin's clock: one row a step."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clew.demo.deals import Deals
from clew.demo.dice import Ints
from clew.demo.hours import NEVER
from clew.demo.names import (
    A_TEAM,
    CALL,
    CHANNELS,
    EMAIL,
    ENGINEERING,
    MANAGEMENT,
    MEETING,
    ONBOARDING,
    PORTAL,
    SALES,
    TEAMS,
    USERS,
)
from clew.demo.onboarding import Onboarding
from clew.demo.people import CONTACT_ID, addressed
from clew.demo.said import MISSING, PACKET, packet
from clew.demo.scene import Scene
from clew.demo.tables import Export, Table, joined, moment, number, taken, words

EVENTS = (
    "handoff sent",
    "handoff returned",
    "handoff accepted",
    "kickoff held",
    "data received",
    "data requested again",
    "set-up started",
    "set-up finished",
    "training held",
    "went live",
    "first plan in use",
)
EXPORT = Export(
    "onboarding",
    {
        "event_id": number("O-", "number", 7),
        "account_id": number("A-", "account"),
        "happened_at": moment("at"),
        "event": words("event", EVENTS),
        "team": words("team", TEAMS),
        "by": words("user", USERS),
        "channel": words("channel", CHANNELS),
        "contact_id": CONTACT_ID,
        "reason": words("note", MISSING),
        **{part: packet(number) for number, part in enumerate(PACKET)},
    },
    ("noted", "row"),
)


Rows = Iterator[tuple[Ints, str, int, Ints, int]]  # when, what, team, user, channel


def onboarding_table(scene: Scene, deals: Deals, steps: Onboarding) -> Table:
    """Return a row for each step taken before the end, by account and time."""
    table = joined([_rows(scene, *step) for step in _steps(scene, deals, steps)])
    table |= _packets(scene, steps, table)
    ours = table["team"] >= 0
    if scene.firm.one_owner:
        table["team"] = np.where(ours, MANAGEMENT, -1)
        table["user"] = np.where(ours, scene.manager[table["owner"]], -1)
    if scene.firm.self_service:
        table["team"] = table["user"] = np.full(len(ours), -1)
    table = taken(table, np.lexsort((table["event"], table["at"], table["owner"])))
    owner = table.pop("owner")
    place = np.where(table["channel"] >= 0, 0, -1)
    return {**table, "account": scene.accounts.index[owner], **addressed(scene.accounts, owner, place)}


def _packets(scene: Scene, steps: Onboarding, table: Table) -> Table:
    """Say which rows carry a packet, and what it lacks where the handoff comes back for that."""
    owner, sent = table["owner"], table["event"] == EVENTS.index("handoff sent")
    comes_back = sent & (table["at"] == steps.sent[owner]) & (steps.returned[owner] < NEVER)
    return {"packed": sent.astype(np.int64), "lacks": np.where(comes_back, _missing(scene)[owner], -1)}


def _missing(scene: Scene) -> Ints:
    return scene.dice.below("missing", len(MISSING))


def _steps(scene: Scene, deals: Deals, steps: Onboarding) -> Rows:
    guide = scene.dice.below("guide", A_TEAM) + A_TEAM * ONBOARDING
    engineer = scene.dice.below("engineer", A_TEAM) + A_TEAM * ENGINEERING
    yield steps.sent, "handoff sent", SALES, deals.seller, -1
    yield steps.returned, "handoff returned", ONBOARDING, guide, -1
    yield steps.sent_again, "handoff sent", SALES, deals.seller, -1
    yield steps.accepted, "handoff accepted", ONBOARDING, guide, -1
    yield steps.kickoff, "kickoff held", ONBOARDING, guide, MEETING
    yield steps.data, "data received", ONBOARDING, guide, PORTAL
    yield steps.started, "set-up started", ENGINEERING, engineer, -1
    yield steps.asked_again, "data requested again", ONBOARDING, guide, EMAIL
    yield steps.data_again, "data received", ONBOARDING, guide, PORTAL
    yield steps.started_again, "set-up started", ENGINEERING, engineer, -1
    yield steps.finished, "set-up finished", ENGINEERING, engineer, -1
    yield steps.trained, "training held", ONBOARDING, guide, MEETING
    yield steps.live, "went live", ONBOARDING, guide, CALL
    yield steps.in_use, "first plan in use", -1, np.full(len(scene), -1), PORTAL


def _rows(scene: Scene, at: Ints, event: str, team: int, user: Ints, channel: int) -> Table:
    owner = np.flatnonzero(at < scene.end)
    full = np.ones(len(owner), np.int64)
    return {
        "owner": owner,
        "at": at[owner],
        "event": full * EVENTS.index(event),
        "team": full * team,
        "user": user[owner],
        "channel": full * channel,
        "note": _missing(scene)[owner] if event == "handoff returned" else -full,
    }
