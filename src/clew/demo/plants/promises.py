"""Promises that nobody keeps in time. Usually they are kept before their day is over."""

from __future__ import annotations

import numpy as np

from clew.demo.dice import Dice, Ints
from clew.demo.hours import DAY, NEVER, after, day_of, office
from clew.demo.scene import Scene

_NATURAL_SLIP = 0.004


def kept_at(scene: Scene, dice: Dice, owner: Ints, made: Ints, due: Ints) -> Ints:
    """Return when each promise is kept, NEVER where it is not, and label the broken ones.

    made, due  when it was made and a moment of the day on which it is due
    size       1: days late or never; at a half as often in time as late
    """
    size = min(scene.effect("broken-promise").size, 1.5)
    broken = scene.chosen("broken-promise", dice, made < NEVER)
    never = broken & dice.chance("never kept", 0.5 * min(size, 1.0) ** 2)
    usual = np.maximum(after(made, 1.0), made + (dice.between("kept", 0.3, 0.9) * (due - made)).astype(np.int64))
    usual = np.minimum(office(usual, dice.uniform("kept at")), due)
    ends = day_of(due) + DAY
    slips = broken | dice.chance("slips", _NATURAL_SLIP)
    days = np.where(broken, (size - 0.5) * 12 + dice.between("late", -5, 5), 2.0)
    lateness = (days * DAY).astype(np.int64)
    kept = np.maximum(office(ends + lateness - DAY // 2, dice.uniform("late at")), after(made, 0.5))
    for which, detail in ((broken & ~never, "kept late"), (never, "never kept")):
        scene.label("broken-promise", owner[which], ends[which], ends[which], detail)
    return np.where(made < NEVER, np.where(never, NEVER, np.where(slips, kept, usual)), NEVER)
