"""From signature to the first plan in use, as the onboarding team's own tool records it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clew.demo.deals import Deals
from clew.demo.dice import Ints
from clew.demo.hours import NEVER, after, later, office
from clew.demo.names import A_TEAM, CALL, CHANNELS, EMAIL, ENGINEERING, MEETING, ONBOARDING, PORTAL, SALES, TEAMS, USERS
from clew.demo.people import CONTACT_ID, addressed
from clew.demo.plants.changes import improved
from clew.demo.plants.handoffs import accepted_after
from clew.demo.plants.stalls import stalled
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
MISSING = ("missing: success outcome", "missing: stakeholders", "missing: promises")
_DATA_DAYS = ((13.0, 25.0), (7.0, 15.0), (2.5, 8.0))  # by segment, well within the limits of the journey

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
        "note": words("note", MISSING),
    },
    ("noted", "row"),
)


@dataclass(frozen=True)
class Onboarding:
    """When each account took each step, (n,) each; NEVER where it did not."""

    sent: Ints
    returned: Ints
    sent_again: Ints
    accepted: Ints
    kickoff: Ints
    data: Ints
    started: Ints
    asked_again: Ints
    data_again: Ints
    started_again: Ints
    finished: Ints
    trained: Ints
    live: Ints
    in_use: Ints


def make_onboarding(scene: Scene, deals: Deals) -> Onboarding:
    """Every step within the limits of the journey, but for natural slips and what is planted."""
    if scene.firm.self_service:
        return _self_service(scene, deals)
    dice = scene.dice
    owner = np.arange(len(scene))
    sent = after(deals.won, dice.between("handoff sent", 0.3, 5))
    back = dice.chance("comes back", 0.02)
    accepted, late = accepted_after(scene, dice, owner, sent, limit=10.0, name="sales to onboarding")
    back |= late & dice.chance("comes back late", 0.5)
    returned = np.where(back, after(sent, dice.between("returned", 0.3, 2)), NEVER)
    sent_again = np.where(back, after(returned, dice.between("sent again", 0.2, 1)), NEVER)
    accepted = np.where(back, np.maximum(accepted, after(sent_again, 0.4)), accepted)

    kickoff = office(later(accepted, dice.between("kickoff", 1, 5.5)), dice.uniform("kickoff at"))
    kickoff = stalled(scene, dice, owner, accepted, kickoff, days=10.0, where="onboarding/preparing")
    low, high = np.array(_DATA_DAYS)[scene.accounts.segment].T
    data = office(later(kickoff, dice.between("data", low, high)), dice.uniform("data at"))
    data = stalled(scene, dice, owner, kickoff, data, days=scene.of_segment((30, 21, 21)), where="onboarding/data")
    started, _ = accepted_after(scene, dice, owner, data, limit=20.0, name="onboarding to engineering")
    again = dice.chance("asks again", 0.015)
    asked_again = np.where(again, after(started, dice.between("asks after", 2, 9)), NEVER)
    data_again = np.where(
        again, office(later(asked_again, dice.between("sends", 1, 6)), dice.uniform("sends at")), NEVER
    )
    started_again = np.where(again, after(data_again, dice.between("starts again", 1, 12)), NEVER)
    begun = np.where(again, started_again, started)
    hours = improved(scene.plan, dice, begun, dice.between("set-up", 18, 55), start=scene.start, end=scene.end)
    received = np.where(again, data_again, data)
    finished = stalled(scene, dice, owner, received, after(begun, hours), hours=100.0, where="onboarding/set-up")
    trained = office(later(finished, dice.between("training", 1, 4)), dice.uniform("training at"))
    trains = dice.chance("trains", 0.85)
    ready = np.where(trains, trained, finished)
    live = np.maximum(office(later(ready, dice.between("live", 0.5, 3.5)), dice.uniform("live at")), after(ready, 0.5))
    live = stalled(scene, dice, owner, finished, live, days=14.0, where="onboarding/trained")
    in_use = office(later(live, dice.between("in use", 3, 22)), dice.uniform("in use at"))
    in_use = stalled(scene, dice, owner, live, in_use, days=30.0, where="onboarding/live")
    return Onboarding(
        sent, returned, sent_again, accepted, kickoff, data, started, asked_again, data_again, started_again, finished,
        np.where(trains, trained, NEVER), live, in_use,
    )  # fmt: skip


def onboarding_table(scene: Scene, deals: Deals, steps: Onboarding) -> Table:
    """Return a row for each step taken before the end, by account and time."""
    guide = scene.dice.below("guide", A_TEAM) + A_TEAM * ONBOARDING
    engineer = scene.dice.below("engineer", A_TEAM) + A_TEAM * ENGINEERING
    manager = np.where(scene.firm.one_owner, manager_of(scene), guide)
    note = scene.dice.below("missing", len(MISSING))
    sales = (SALES, deals.seller)
    guided, built = (ONBOARDING, guide), (ENGINEERING, engineer)
    rows = [
        (steps.sent, 0, sales, -1),
        (steps.returned, 1, guided, -1),
        (steps.sent_again, 0, sales, -1),
        (steps.accepted, 2, guided, -1),
        (steps.kickoff, 3, guided, MEETING),
        (steps.data, 4, guided, PORTAL),
        (steps.started, 6, built, -1),
        (steps.asked_again, 5, guided, EMAIL),
        (steps.data_again, 4, guided, PORTAL),
        (steps.started_again, 6, built, -1),
        (steps.finished, 7, built, -1),
        (steps.trained, 8, guided, MEETING),
        (steps.live, 9, guided, CALL),
        (steps.in_use, 10, (-1, np.full(len(scene), -1)), PORTAL),
    ]
    tables = []
    for at, event, (team, user), channel in rows:
        owner = np.flatnonzero(at < scene.end)
        full = np.full(len(owner), 1)
        tables.append(
            {
                "owner": owner,
                "at": at[owner],
                "event": full * event,
                "team": full * team,
                "user": user[owner],
                "channel": full * channel,
                "note": note[owner] if event == 1 else -full,
            }
        )
    table = joined(tables)
    if scene.firm.one_owner:
        ours = table["team"] >= 0
        table["team"] = np.where(ours, TEAMS.index("account-management"), -1)
        table["user"] = np.where(ours, manager[table["owner"]], -1)
    if scene.firm.self_service:
        table["team"], table["user"] = table["team"] * 0 - 1, table["user"] * 0 - 1
    table = taken(table, np.lexsort((table["event"], table["at"], table["owner"])))
    owner = table.pop("owner")
    place = np.where(table["channel"] >= 0, 0, -1)
    return {**table, "account": scene.accounts.index[owner], **addressed(scene.accounts, owner, place)}


def manager_of(scene: Scene) -> Ints:
    """Return the account manager of each account."""
    return scene.dice.below("manager", A_TEAM) + A_TEAM * TEAMS.index("account-management")


def _self_service(scene: Scene, deals: Deals) -> Onboarding:
    """Customers who sign up, start and go live alone, within days."""
    dice = scene.dice
    live = later(deals.won, dice.between("live", 0.1, 2.0))
    in_use = later(live, dice.between("in use", 0.2, 12))
    never = np.full(len(scene), NEVER)
    return Onboarding(
        never, never, never, never, never, never, never, never, never, never, never, never, live, in_use
    )  # fmt: skip
