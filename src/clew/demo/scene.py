"""One chunk of accounts while their lives are made: who they are, when the exports begin and end, what is planted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np

from clew.demo.accounts import Accounts, make_accounts
from clew.demo.dice import Dice, Flags, Floats, Ints
from clew.demo.firms import Effect, Firm
from clew.demo.hours import LAST_DAY, first_day, wall
from clew.demo.labels import Labels
from clew.demo.names import A_TEAM, MANAGEMENT
from clew.demo.plan import Plan


@dataclass(frozen=True)
class Scene:
    """start, end  first and last second of the exports, the end excluded, on Berlin's clock."""

    plan: Plan
    accounts: Accounts
    start: int
    end: int
    labels: Labels = field(default_factory=Labels)

    @property
    def firm(self) -> Firm:
        return self.plan.described

    @property
    def dice(self) -> Dice:
        return self.accounts.dice

    @property
    def manager(self) -> Ints:
        """The account manager of each account, as a place in names.USERS."""
        return self.dice.below("manager", A_TEAM) + A_TEAM * MANAGEMENT

    def __len__(self) -> int:
        return len(self.accounts.index)

    def effect(self, kind: str) -> Effect:
        return self.plan.effect(kind)

    def chosen(self, kind: str, dice: Dice, eligible: Flags) -> Flags:
        """Return which of the eligible get a plant of this kind."""
        return eligible & dice.chance(f"plant {kind}", self.effect(kind).share)

    def of_segment(self, numbers: tuple[float, float, float], owner: Ints | None = None) -> Floats:
        """Spread numbers of the three segments over the accounts, or over things of theirs."""
        segment = self.accounts.segment if owner is None else self.accounts.segment[owner]
        return np.array(numbers, np.float64)[segment]

    def label(self, kind: str, owner: Ints, at: Ints, until: Ints, detail: str) -> None:
        """Label plants; owner is a row of the chunk's accounts. What shows only after the end is none."""
        seen = at < self.end
        self.labels.add(kind, self.accounts.index[owner][seen], at[seen], np.minimum(until, self.end)[seen], detail)


def make_scene(plan: Plan, first: int, count: int) -> Scene:
    """Return `count` accounts of the plan's firm after the first so many; numbers begin with 1."""
    start, end = wall(first_day(plan.months)), wall(LAST_DAY + timedelta(days=1))
    return Scene(plan, make_accounts(plan, np.arange(first + 1, first + count + 1), start, end), start, end)
