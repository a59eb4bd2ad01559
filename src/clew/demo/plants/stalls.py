"""Stays that go beyond their limit, by stage and segment. Otherwise nearly every stay ends within it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from clew.demo.dice import Dice, Flags, Floats, Ints
from clew.demo.hours import NEVER, after, later, office
from clew.demo.scene import Scene

WHERE: Mapping[str, tuple[float, float, float]] = {  # how often by segment, beside the share that is planted
    "onboarding/preparing": (0.4, 0.4, 0.7),
    "onboarding/data": (2.5, 0.5, 0.3),
    "onboarding/set-up": (0.5, 2.0, 0.3),
    "onboarding/trained": (0.2, 0.2, 0.3),
    "onboarding/live": (0.4, 0.4, 1.4),
    "escalation/answered": (0.4, 0.4, 0.4),
    "escalation/second-line": (1.6, 0.7, 0.5),
    "renewal/reviewed": (0.7, 0.5, 0.3),
    "renewal/offered": (0.7, 0.5, 0.5),
}
_NATURAL = 0.0025


def stalled(
    scene: Scene,
    dice: Dice,
    owner: Ints,
    begun: Ints,
    ended: Ints,
    *,
    where: str,
    days: float | Floats | None = None,
    hours: float | None = None,
    only: Flags | None = None,
) -> Ints:
    """Return when each stay ends: as it would, or beyond the limit where a stall is planted.

    begun, ended  of each stay               owner  row of the chunk's accounts
    days, hours   the limit: elapsed days or office hours          only  which stays there are; None: all that began
    size          1: a third over the limit and more; below a half within it
    """
    size = min(scene.effect("stall").size, 1.5)
    share = scene.effect("stall").share * scene.of_segment(WHERE[where], owner)
    die = dice.each(f"stall {where}", 0)
    there = (begun < NEVER) if only is None else only & (begun < NEVER)
    planted = there & die.chance("planted", share)
    slips = there & ~planted & die.chance("slips", _NATURAL)
    factor = np.where(planted, (0.45 + 0.9 * size) * die.between("factor", 0.95, 1.6), die.between("slip", 1.03, 1.25))
    if days is not None:
        limit = np.asarray(days, np.float64)
        longer = office(later(begun, limit * factor), die.uniform("at"))
        deadline = later(begun, limit)
    else:
        assert hours is not None
        longer, deadline = after(begun, hours * factor), after(begun, hours)
    scene.label("stall", owner[planted], deadline[planted], deadline[planted], where)
    return np.where(planted | slips, np.maximum(longer, np.minimum(ended, after(begun, 1.0))), ended)
