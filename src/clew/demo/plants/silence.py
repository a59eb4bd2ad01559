"""Accounts that fall silent against their own rhythm: some come back, some leave without a word."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clew.demo.dice import Flags, Floats, Ints
from clew.demo.hours import DAY, NEVER
from clew.demo.scene import Scene

_USES_BEFORE = 14  # so that the own rhythm is known
_LEAVES = 0.5  # share of the silent ones that leave at their next decision
_LEAST_DAYS = 21.0


@dataclass(frozen=True)
class Hush:
    """When nothing is heard of each account, (n,) each: from `begins` on until `ends`; NEVER where it always talks.

    cancelled  when those leave that would have stayed
    """

    begins: Ints
    ends: Ints
    cancelled: Ints

    def covers(self, owner: Ints, at: Ints) -> Flags:
        return np.asarray((at > self.begins[owner]) & (at < self.ends[owner]))


def hushed(scene: Scene, active: Ints, rhythm: Floats, decided: Ints, cancelled: Ints) -> Hush:
    """Plant silences and label them.

    active     from when on each account shows signs of life     rhythm     days between two of them
    decided    last decision on a renewal before the end         cancelled  when an account leaves anyhow
    size       1: a third and more over twice the long gaps of its own rhythm; below a half under it
    """
    dice = scene.dice
    size = min(scene.effect("silence").size, 1.6)
    usual = np.maximum(_LEAST_DAYS, 2.45 * rhythm)
    gap = usual * (0.35 + 1.2 * size) * dice.between("silence", 0.9, 1.25)
    length = (np.maximum(gap - rhythm, 0.3 * rhythm) * DAY).astype(np.int64)
    known = active + (_USES_BEFORE * rhythm * DAY).astype(np.int64)
    last = np.where(cancelled < NEVER, cancelled, scene.end) - length - 2 * DAY
    fits = (active < NEVER) & (known < last)
    silent = scene.chosen("silence", dice, fits)
    own = silent & (cancelled < NEVER)
    leaves = silent & ~own & (decided < NEVER) & (known < decided - length) & dice.chance("leaves", _LEAVES)
    stays = silent & ~own & ~leaves
    leaving = np.where(own, cancelled, decided)
    anywhere = known + (dice.uniform("silent from") * np.maximum(last - known, 0)).astype(np.int64)
    begins = np.where(own | leaves, leaving - length, np.where(stays, anywhere, NEVER))
    ends = np.where(stays, begins + length, NEVER)
    every = np.arange(len(scene))
    back = np.where(stays, ends + (1.5 * rhythm * DAY).astype(np.int64), NEVER)  # the next sign of life
    for which, until, detail in ((stays, back, "came back"), (own | leaves, leaving, "left without a word")):
        scene.label("silence", every[which], begins[which], until[which], detail)
    return Hush(begins, ends, np.where(leaves, decided, NEVER))
