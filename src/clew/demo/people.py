"""The people at the accounts: committees of three to twenty, with roles that begin and end."""

from __future__ import annotations

import numpy as np

from clew.demo.accounts import Accounts
from clew.demo.dice import Dice, Ints, spread
from clew.demo.hours import DAY, NEVER, day_of
from clew.demo.names import FAMILY, FIRST_PART, GIVEN, SECOND_PART
from clew.demo.scene import Scene
from clew.demo.tables import Export, Table, moment, number, words

ROLES = ("decision maker", "champion", "influencer", "user", "procurement", "executive sponsor")
_LATER_ROLES = np.array([3, 2, 3, 4, 3, 2, 5, 3])  # from the fourth person on
LEAVES = 0.12
PLACES = 64  # more than an account has people

DOMAIN = (
    f"lower({words('stem // ' + str(len(SECOND_PART)), FIRST_PART)}) || "
    f"{words('stem % ' + str(len(SECOND_PART)), SECOND_PART)} || "
    "CASE WHEN again > 0 THEN (again + 1)::VARCHAR ELSE '' END || '.example'"
)
EMAIL = (
    "CASE WHEN given < 0 THEN '' WHEN private = 1 THEN printf('clew-sample-%07d@gmail.com', account) "
    f"ELSE lower({words('given', GIVEN)}) || '.' || lower({words('family', FAMILY)}) || '@' || {DOMAIN} END"
)
CONTACT_ID = "CASE WHEN place >= 0 THEN printf('P-%06d-%d', account, place + 1) END"
FULL_NAME = f"{words('given', GIVEN)} || ' ' || {words('family', FAMILY)}"

EXPORT = Export(
    "contacts",
    {
        "contact_id": CONTACT_ID,
        "account_id": number("A-", "account"),
        "full_name": FULL_NAME,
        "email": EMAIL,
        "role": words("role", ROLES),
        "from": moment("begins", "DATE"),
        "to": moment("ends", "DATE"),
    },
    ("row",),
)


def addressed(accounts: Accounts, owner: Ints, place: Ints) -> Table:
    """Return the columns that spell out people; owner is a row of the accounts, place -1 nobody."""
    dice = accounts.dice[owner]
    there = place >= 0
    return {
        "place": place,
        "given": np.where(there, (dice.below("given", len(GIVEN)) + place * 7) % len(GIVEN), -1),
        "family": dice.each("person", np.maximum(place, 0)).below("family", len(FAMILY)),
        "stem": accounts.stem[owner],
        "again": accounts.again[owner],
        "private": (accounts.private[owner] & (place == 0)).astype(np.int64),
    }


def person(scene: Scene, owner: Ints, dice: Dice) -> Ints:
    """Choose a person of each account's first five, who do most of the talking."""
    return dice.below("person", np.minimum(scene.accounts.contacts[owner], 5))


def contact_table(scene: Scene) -> Table:
    """Return a row for each person with the days on which the role began and ended."""
    accounts = scene.accounts
    owner, place = spread(accounts.contacts)
    dice = accounts.dice[owner].each("person", place)
    joined_at = np.where(place < 3, 0, dice.between("joined", 0, 500) * DAY * dice.chance("joins", 0.4)).astype(
        np.int64
    )
    begins = accounts.created[owner] + joined_at
    leaves = dice.chance("leaves", LEAVES) & (place >= 3)
    ends = np.where(leaves, begins + (dice.between("stays", 120, 900) * DAY).astype(np.int64), NEVER)
    role = np.where(place < 3, place, _LATER_ROLES[dice.below("role", len(_LATER_ROLES))])
    return {
        "account": accounts.index[owner],
        **addressed(accounts, owner, place),
        "role": role,
        "begins": day_of(np.where(begins < scene.end, begins, accounts.created[owner])),
        "ends": np.where(ends < scene.end, day_of(ends), NEVER),
    }
