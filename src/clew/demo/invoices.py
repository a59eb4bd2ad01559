"""Billing: a row an invoice, a date for each step; quarterly for enterprise, twice a year or yearly for others."""

from __future__ import annotations

import numpy as np

from clew.demo.dice import spread
from clew.demo.hours import DAY, NEVER, later, office
from clew.demo.life import Life
from clew.demo.scene import Scene
from clew.demo.tables import Export, Table, moment, number, taken

EXPORT = Export(
    "invoices",
    {
        "invoice_no": number("I-", "number", 7),
        "account_id": number("A-", "account"),
        "sent_on": moment("at", "DATE"),
        "paid_on": moment("paid", "DATE"),
        "disputed_on": moment("disputed", "DATE"),
        "amount_eur": "amount",
    },
    ("at", "row"),
)


def invoice_table(scene: Scene, life: Life) -> Table:
    days = scene.of_segment((91, 182, 365))
    begins = np.maximum(life.signed, scene.start)
    span = np.where(life.signed < NEVER, np.maximum(np.minimum(life.leaves, scene.end) - begins, 0), 0)
    owner, place = spread(np.ceil(span / (days * DAY)).astype(np.int64))
    dice = scene.dice[owner].each("invoice", place)
    at = office(
        later(begins[owner], place * days[owner] + 3.0 + scene.dice.between("billed", 0, 20)[owner]), dice.uniform("at")
    )
    disputed = np.where(
        dice.chance("disputes", 0.02), office(later(at, dice.between("disputed", 3, 15)), dice.uniform("d")), NEVER
    )
    due = np.where(disputed < NEVER, disputed, at)
    paid = office(later(due, dice.between("paid", 6, 34)), dice.uniform("paid at"))
    table = {
        "account": scene.accounts.index[owner],
        "at": at,
        "paid": np.where(paid < scene.end, paid, NEVER),
        "disputed": np.where(disputed < scene.end, disputed, NEVER),
        "amount": (scene.accounts.revenue[owner] * days[owner] / 365).astype(np.int64),
    }
    return taken(table, at < scene.end)
