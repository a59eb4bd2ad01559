"""Handoffs that are accepted late. Otherwise a handoff is accepted well within its time."""

from __future__ import annotations

import numpy as np

from clew.demo.dice import Dice, Flags, Ints
from clew.demo.hours import NEVER, after
from clew.demo.scene import Scene

_NATURAL_SLIP = 0.004


def accepted_after(scene: Scene, dice: Dice, owner: Ints, sent: Ints, *, limit: float, name: str) -> tuple[Ints, Flags]:
    """Return when each handoff is accepted, and which are planted to be late.

    owner  row of the chunk's accounts of each      limit  office hours in which it is to be accepted
    name   "sales to onboarding" | ...              size   1: a fifth over the limit and more; below a third within
    """
    natural = limit * np.where(
        dice.chance(f"{name} slips", _NATURAL_SLIP), dice.between(name, 1.05, 1.3), dice.between(name, 0.08, 0.72)
    )
    size = min(scene.effect("late-handoff").size, 1.3)
    late = scene.chosen("late-handoff", dice.each(f"handoff {name}", 0), sent < NEVER)
    factor = (0.35 + 0.95 * size) * dice.between(f"{name} late", 0.92, 1.45)
    accepted = after(sent, np.where(late, limit * factor, natural))
    deadline = after(sent, limit)
    scene.label("late-handoff", owner[late], deadline[late], deadline[late], name)
    return accepted, late
