"""From signature to the first plan in use: when each account takes each step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clew.demo.deals import Deals
from clew.demo.dice import Ints
from clew.demo.hours import NEVER, after, later, office
from clew.demo.plants.changes import improved
from clew.demo.plants.handoffs import accepted_after
from clew.demo.plants.stalls import stalled
from clew.demo.scene import Scene

_DATA_DAYS = ((13.0, 25.0), (7.0, 15.0), (2.5, 8.0))  # by segment, well within the limits of the journey

NO_KICKOFF = 0.05  # share of customers who send their data before anybody held a kickoff
TRAINS_AFTER = 0.15  # share of those who use a plan soon and are trained only once they are live


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
    sent, returned, sent_again, accepted = _handed_over(scene, deals.won)
    kickoff, data = _prepared(scene, accepted)
    started, asked_again, data_again, started_again, finished = _set_up(scene, data)
    trained, live, in_use = _gone_live(scene, finished)
    return Onboarding(
        sent, returned, sent_again, accepted, kickoff, data, started, asked_again, data_again, started_again, finished,
        trained, live, in_use,
    )  # fmt: skip


def _handed_over(scene: Scene, won: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """When sales hands over, gets it back and hands over again, and when onboarding accepts."""
    dice = scene.dice
    sent = after(won, dice.between("handoff sent", 0.3, 5))
    back = dice.chance("comes back", 0.02)
    accepted, late = accepted_after(scene, dice, _all(scene), sent, limit=10.0, name="sales to onboarding")
    back |= late & dice.chance("comes back late", 0.5)
    returned = np.where(back, after(sent, dice.between("returned", 0.3, 2)), NEVER)
    sent_again = np.where(back, after(returned, dice.between("sent again", 0.2, 1)), NEVER)
    return sent, returned, sent_again, np.where(back, np.maximum(accepted, after(sent_again, 0.4)), accepted)


def _prepared(scene: Scene, accepted: Ints) -> tuple[Ints, Ints]:
    """When the kickoff is held, and when the customer's data have come; a few send them at once and need no kickoff."""
    dice, owner = scene.dice, _all(scene)
    at_once = dice.chance("no kickoff", NO_KICKOFF)
    kickoff = office(later(accepted, dice.between("kickoff", 1, 5.5)), dice.uniform("kickoff at"))
    kickoff = stalled(scene, dice, owner, accepted, kickoff, days=10.0, where="onboarding/preparing", only=~at_once)
    low, high = np.array(_DATA_DAYS)[scene.accounts.segment].T
    data = office(later(kickoff, dice.between("data", low, high)), dice.uniform("data at"))
    limit = scene.of_segment((30, 21, 21))
    data = stalled(scene, dice, owner, kickoff, data, days=limit, where="onboarding/data", only=~at_once)
    sent = office(later(accepted, dice.between("data at once", 2, 7)), dice.uniform("data at once at"))
    return np.where(at_once, NEVER, kickoff), np.where(at_once, sent, data)


def _set_up(scene: Scene, data: Ints) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """When engineering starts, asks for data again, gets them and starts again, and when it has finished."""
    dice, owner = scene.dice, _all(scene)
    started, _ = accepted_after(scene, dice, owner, data, limit=20.0, name="onboarding to engineering")
    again = dice.chance("asks again", 0.015)
    asked_again = np.where(again, after(started, dice.between("asks after", 2, 9)), NEVER)
    sent = office(later(asked_again, dice.between("sends", 1, 6)), dice.uniform("sends at"))
    data_again = np.where(again, sent, NEVER)
    started_again = np.where(again, after(data_again, dice.between("starts again", 1, 12)), NEVER)
    begun, received = np.where(again, started_again, started), np.where(again, data_again, data)
    hours = improved(scene.plan, dice, begun, dice.between("set-up", 18, 55), start=scene.start, end=scene.end)
    finished = stalled(scene, dice, owner, received, after(begun, hours), hours=100.0, where="onboarding/set-up")
    return started, asked_again, data_again, started_again, finished


def _gone_live(scene: Scene, finished: Ints) -> tuple[Ints, Ints, Ints]:
    """When training is held, when the account goes live, and when its first plan is in use."""
    dice, owner = scene.dice, _all(scene)
    trained = office(later(finished, dice.between("training", 1, 4)), dice.uniform("training at"))
    trains = dice.chance("trains", 0.85)
    ready = np.where(trains, trained, finished)
    live = np.maximum(office(later(ready, dice.between("live", 0.5, 3.5)), dice.uniform("live at")), after(ready, 0.5))
    live = stalled(scene, dice, owner, finished, live, days=14.0, where="onboarding/trained")
    in_use = office(later(live, dice.between("in use", 3, 22)), dice.uniform("in use at"))
    in_use = stalled(scene, dice, owner, live, in_use, days=30.0, where="onboarding/live")
    after_live = office(later(live, dice.between("trains after", 0.6, 2)), dice.uniform("trains after at"))
    belated = dice.chance("trains belatedly", TRAINS_AFTER) & (in_use > after_live) & (in_use < later(live, 10.0))
    return np.where(trains, np.where(belated, after_live, trained), NEVER), live, in_use


def _all(scene: Scene) -> Ints:
    return np.arange(len(scene))


def _self_service(scene: Scene, deals: Deals) -> Onboarding:
    """Customers who sign up, start and go live alone, within days."""
    dice = scene.dice
    live = later(deals.won, dice.between("live", 0.1, 2.0))
    in_use = later(live, dice.between("in use", 0.2, 12))
    never = np.full(len(scene), NEVER)
    return Onboarding(
        never, never, never, never, never, never, never, never, never, never, never, never, live, in_use
    )  # fmt: skip
