"""Small frictions that pile up within weeks without a loud word: tickets answered late or opened again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clew.demo.dice import Dice, Flags, Ints, spread
from clew.demo.hours import DAY, NEVER, office
from clew.demo.scene import Scene

SLOW, REOPENED = 1, 2
NO_FRICTION = 0
_WEEKS = 60  # days over which they are spread
_CALM = 100 * DAY  # around it nothing loud happens


@dataclass(frozen=True)
class Piles:
    """When small frictions begin to pile up for each account, NEVER where they do not, and how many; (n,) each."""

    begins: Ints
    count: Ints

    def covers(self, owner: Ints, at: Ints) -> Flags:
        """Say which moments lie so near that a loud word would break the silence."""
        return np.asarray(np.abs(at - self.begins[owner]) < _CALM)


def piled(scene: Scene, active: Ints, until: Ints, calm: Flags) -> Piles:
    """Choose the accounts where small frictions pile up.

    active, until  while an account uses the product        calm  accounts without a complaint or a silence
    size           how many: five at 1, three at a half, two at a quarter
    """
    dice = scene.dice
    first, last = active + 30 * DAY, np.minimum(until, scene.end) - (_WEEKS + 25) * DAY
    fits = (active < NEVER) & (first < last) & calm & (scene.firm.escalated > 0)
    chosen = scene.chosen("small-frictions", dice, fits)
    begins = first + (dice.uniform("piles up") * np.maximum(last - first, 0)).astype(np.int64)
    count = np.floor(1 + 4 * scene.effect("small-frictions").size + 0.99 * dice.uniform("pile")).astype(np.int64)
    return Piles(np.where(chosen, begins, NEVER), np.where(chosen, count, 0))


def friction_tickets(scene: Scene, piles: Piles) -> tuple[Ints, Ints, Dice, Ints]:
    """Return (account's row, opened, dice, SLOW | REOPENED) of the tickets that make the piles, and label the piles."""
    owner, place = spread(piles.count)
    dice = scene.dice[owner].each("friction", place)
    step = _WEEKS * DAY / np.maximum(piles.count, 1)[owner]
    opened = piles.begins[owner] + ((place + 0.8 * dice.uniform("when")) * step).astype(np.int64)
    rows = np.flatnonzero(piles.begins < NEVER)
    begins = piles.begins[rows]
    scene.label("small-frictions", rows, begins, begins + (_WEEKS + 10) * DAY, "small frictions without a word")
    return owner, office(opened, 0.9 * dice.uniform("at")), dice, np.where(place % 2 == 0, SLOW, REOPENED)
