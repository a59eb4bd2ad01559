"""The CRM's deals: one row a deal with a date for each step reached; who was a customer before has none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clew.demo.dice import Ints
from clew.demo.hours import NEVER, later, office
from clew.demo.names import A_TEAM, SALES, USERS
from clew.demo.scene import Scene
from clew.demo.tables import Export, Table, known, moment, number, words

LOST_FOR = ("price", "no budget", "another supplier", "no answer")
EXPORT = Export(
    "deals",
    {
        "deal_id": number("D-", "account"),
        "account_id": number("A-", "account"),
        "owner": words("seller", USERS),
        "owner_team": "CASE WHEN seller >= 0 THEN 'sales' END",
        "created_on": moment("created", "DATE"),
        "qualified_on": moment("qualified", "DATE"),
        "proposal_on": moment("proposed", "DATE"),
        "won_on": moment("won", "DATE"),
        "lost_on": moment("lost", "DATE"),
        "lost_reason": words("reason", LOST_FOR),
        "amount_eur": known("amount"),
    },
    ("created", "row"),
)


@dataclass(frozen=True)
class Deals:
    """One deal for each account of the chunk, (n,) each; NEVER where a step is not reached before the end.

    decided  when it is won or lost, also where that lies beyond the end
    """

    seller: Ints
    created: Ints
    qualified: Ints
    proposed: Ints
    won: Ints
    lost: Ints
    decided: Ints


def make_deals(scene: Scene) -> Deals:
    dice, firm = scene.dice, scene.firm
    there = ~scene.accounts.prior
    step = scene.of_segment(firm.steps)
    created = np.where(there, later(scene.accounts.created, dice.between("deal", 0, 5)), NEVER)
    moments = [office(created, dice.uniform("created"))]
    for name in ("qualified", "proposed", "decided"):
        days = 1 + np.minimum(dice.around(name, step, 0.5), 4 * step)
        moments.append(office(later(moments[-1], days), dice.uniform(name + " at")))
    created, qualified, proposed, decided = moments
    wins = dice.chance("wins", firm.won)
    reached = np.where(wins, 3, 1 + dice.below("reached", 3))
    qualified = np.where(reached > 1, qualified, NEVER)
    proposed = np.where(reached > 2, proposed, NEVER)
    if firm.self_service:
        qualified = proposed = np.full(len(scene), NEVER)
    within = decided < scene.end
    return Deals(
        seller=_nobody(len(scene)) if firm.self_service else dice.below("seller", A_TEAM) + A_TEAM * SALES,
        created=created,
        qualified=np.where(qualified < scene.end, qualified, NEVER),
        proposed=np.where(proposed < scene.end, proposed, NEVER),
        won=np.where(wins & within, decided, NEVER),
        lost=np.where(~wins & within & dice.chance("lost", 0.8), decided, NEVER),
        decided=decided,
    )


def deal_table(scene: Scene, deals: Deals) -> Table:
    rows = deals.created < scene.end
    table = {
        "account": scene.accounts.index,
        "seller": deals.seller,
        "created": deals.created,
        "qualified": deals.qualified,
        "proposed": deals.proposed,
        "won": deals.won,
        "lost": deals.lost,
        "reason": np.where(deals.lost < NEVER, scene.dice.below("reason", len(LOST_FOR)), -1),
        "amount": scene.accounts.revenue,
    }
    return {name: column[rows] for name, column in table.items()}


def _nobody(count: int) -> Ints:
    return np.full(count, -1)
