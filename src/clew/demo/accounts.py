"""Who the accounts are: segment, size, group, when the firm met them, and how lively they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clew.demo.dice import Dice, Flags, Floats, Ints
from clew.demo.hours import DAY, NEVER, later, office
from clew.demo.names import COUNTRIES, FIRST_PART, INDUSTRIES, SECOND_PART
from clew.demo.plan import Plan
from clew.demo.plants.changes import censored_start, mixed_shares

ENTERPRISE, SMALL = 0, 2  # their places in
SEGMENTS = ("enterprise", "mid-market", "small")
GROUP = 25  # every so many accounts begin with the head of a group
IN_GROUP = 0.16  # share of the others that belong to the group before them
_EMPLOYEES = ((1000, 9000), (150, 900), (15, 140))
_YEARLY_EUR = np.array([88_000.0, 27_000.0, 7_800.0])
_STEMS = len(FIRST_PART) * len(SECOND_PART)


@dataclass(frozen=True)
class Accounts:
    """The accounts of one chunk, (n,) each; times in seconds on Berlin's clock.

    index    number in the firm          parent  number of the group's head, -1 where none
    lively   about 1, more for accounts with more of everything; heavy tail
    created  when the CRM first knew it  since   signature of those who were customers before, else NEVER
    stem     place in the names          again   how often the stem was used before
    private  its first contact writes from a free-mail address
    """

    dice: Dice
    index: Ints
    segment: Ints
    industry: Ints
    country: Ints
    employees: Ints
    revenue: Ints
    parent: Ints
    lively: Floats
    created: Ints
    since: Ints
    stem: Ints
    again: Ints
    private: Flags
    contacts: Ints

    @property
    def prior(self) -> Flags:
        return self.since < NEVER


def make_accounts(plan: Plan, index: Ints, start: int, end: int) -> Accounts:
    """Return the accounts of these numbers."""
    dice, firm = Dice.of(plan.seed, index), plan.described
    prior = dice.chance("customer before", firm.before)
    met = censored_start(plan, dice, start + (dice.uniform("met") * (end - start - 25 * DAY)).astype(np.int64), end)
    since = np.where(
        prior, office(start - (dice.between("since", 20, 900) * DAY).astype(np.int64), dice.uniform("s")), NEVER
    )
    created = np.where(prior, later(since, -dice.between("before", 30, 120)), office(met, dice.uniform("met at")))
    shares = mixed_shares(plan, np.array(firm.segments, np.float64), created, start, end)
    head = (index % GROUP == 1) & (firm.segments[ENTERPRISE] > 0)
    segment = np.where(head, ENTERPRISE, dice.picked("segment", shares))
    child = ~head & dice.chance("in group", IN_GROUP) & (firm.segments[ENTERPRISE] > 0)
    low, high = np.array(_EMPLOYEES, np.float64)[segment].T
    few, many = np.array(firm.contacts, np.float64)[segment].T
    offset = Dice.of(plan.seed, np.zeros(1, np.int64)).below("stems", _STEMS)[0]
    return Accounts(
        dice=dice,
        index=index,
        segment=segment,
        industry=dice.below("industry", len(INDUSTRIES)),
        country=dice.below("country", len(COUNTRIES)),
        employees=dice.between("employees", low, high).astype(np.int64),
        revenue=100 * np.round(dice.around("revenue", _YEARLY_EUR[segment], 0.35) / 100).astype(np.int64),
        parent=np.where(child, (index - 1) // GROUP * GROUP + 1, -1),
        lively=np.minimum(dice.around("lively", 0.87, 0.5), 4.0),
        created=created,
        since=since,
        stem=(index * 367 + offset) % _STEMS,
        again=index // _STEMS,
        private=(segment == SMALL) & dice.chance("private", 0.07),
        contacts=dice.between("contacts", few, many + 1).astype(np.int64),
    )


def desk_org(index: Ints) -> Ints:
    """Return the numbers by which the service desk knows accounts."""
    return index * 17 + 4_001


def tenant(index: Ints) -> Ints:
    """Return the numbers by which the product knows accounts."""
    return index * 31 + 70_003
