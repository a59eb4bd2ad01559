"""Customers that are ready for more. Usually somebody talks to them in time; planted are those to whom nobody does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clew.demo.dice import Flags, Ints
from clew.demo.hours import NEVER, later, office
from clew.demo.scene import Scene

WITHIN = 30.0  # days in which outreach is expected
_EXPANDS = {"in time": 0.48, "late": 0.16, "never": 0.06}
_NEVER = 0.5  # share of the missed ones to whom nobody talks at all


@dataclass(frozen=True)
class Outreach:
    """When somebody talked to each ready account about more, and when it bought more, (n,) each; NEVER where not."""

    at: Ints
    extended: Ints


def outreach(scene: Scene, ready: Ints, until: Ints) -> Outreach:
    """Plant missed expansions and label them.

    ready  when each account became ready, NEVER where not       until  when it leaves, NEVER where it stays
    size   1: outreach days too late and more, or never; at a half one in three too late
    """
    dice = scene.dice
    size = min(scene.effect("missed-expansion").size, 1.6)
    missed = scene.chosen("missed-expansion", dice, ready < NEVER)
    slips = (ready < NEVER) & ~missed & dice.chance("outreach slips", 0.01)
    never = missed & dice.chance("no outreach", _NEVER * min(size, 1.0) ** 2)
    days = np.where(
        missed,
        WITHIN * (0.3 + 0.85 * size) * dice.between("late outreach", 0.9, 1.6),
        dice.between("outreach", 2, 21) + 25 * slips,
    )
    at = np.where(never, NEVER, office(later(ready, days), dice.uniform("outreach at")))
    at = np.where(at < until, at, NEVER)
    deadline = later(ready, WITHIN)
    every = np.arange(len(scene))
    for which, detail in ((missed & ~never, "outreach late"), (never, "no outreach")):
        scene.label("missed-expansion", every[which], deadline[which], deadline[which], detail)
    return Outreach(at, _extended(scene, ready, np.where(at < NEVER, at, NEVER), until))


def _extended(scene: Scene, ready: Ints, at: Ints, until: Ints) -> Ints:
    dice = scene.dice
    in_time: Flags = np.asarray(at <= later(ready, WITHIN))
    share = np.where(in_time, _EXPANDS["in time"], np.where(at < NEVER, _EXPANDS["late"], _EXPANDS["never"]))
    since = np.where(at < NEVER, at, later(ready, 20.0))
    extended = office(later(since, dice.between("extends", 15, 80)), dice.uniform("extends at"))
    return np.where((ready < NEVER) & dice.chance("expands", share) & (extended < until), extended, NEVER)
