"""Requests that go back and forth, from team to team, are answered late or come back. Usually none of it happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from clew.demo.dice import Dice, Flags, Ints
from clew.demo.hours import NEVER, after, later, office
from clew.demo.names import ENGINEERING, FINANCE, FIRST_LINE, MANAGEMENT, SECOND_LINE
from clew.demo.scene import Scene

ANSWER_WITHIN = 8.0  # office hours
_FURTHER = (ENGINEERING, MANAGEMENT, FINANCE)  # teams to which second line passes on
_NATURAL_SLIP, _NATURAL_RETURN, _NATURAL_REOPENING = 0.005, 0.003, 0.012


class Log(Protocol):
    def add(self, at: Ints, status: str, team: Ints | int, agent: Ints | int) -> None: ...


@dataclass(frozen=True)
class Routes:
    """Where each ticket goes, (t,) each.

    back      goes back to first line and to second line again     unnamed  without a record of who had it meanwhile
    further   how many teams get it beyond second line             passed   either of both
    planted   of those that go back: not by nature
    """

    back: Flags
    planted: Flags
    unnamed: Flags
    further: Ints
    scene: Scene
    owner: Ints

    @property
    def passed(self) -> Flags:
        return self.back | (self.further > 0)

    @property
    def last(self) -> Ints:
        """Team that resolves it, -1 where that is no further one."""
        return np.where(self.further > 0, np.array(_FURTHER)[np.maximum(self.further - 1, 0)], -1)

    def log(self, log: Log, taken: Ints, dice: Dice, agents: tuple[Ints, Ints]) -> Ints:
        """Log the changes after second line took it; return from when on it is worked on for good. Label them."""
        first, second = agents
        returned = np.where(self.back, after(taken, dice.between("returned", 0.3, 2)), NEVER)
        again = after(returned, dice.between("again", 0.3, 3))
        retaken = after(again, dice.between("taken again", 0.2, 1.5))
        nobody = np.where(self.unnamed, -1, FIRST_LINE)
        log.add(returned, "returned", nobody, np.where(self.unnamed, -1, second))
        log.add(again, "escalated", SECOND_LINE, first)
        log.add(retaken, "taken", SECOND_LINE, second)
        for which, detail in (
            (self.planted & ~self.unnamed, "back and forth between two teams"),
            (self.planted & self.unnamed, "back and forth, the second team not recorded"),
        ):
            self.scene.label("ping-pong", self.owner[which], returned[which], again[which], detail)
        return self._passed_on(log, taken, np.where(self.back, retaken, taken), dice)

    def _passed_on(self, log: Log, taken: Ints, since: Ints, dice: Dice) -> Ints:
        at = since
        fourth = np.where(self.further > 0, taken, NEVER)
        for place, team in enumerate(_FURTHER):
            at = np.where(self.further > place, after(at, dice.between(f"passed {place}", 0.5, 3)), at)
            log.add(np.where(self.further > place, at, NEVER), "assigned", team, -1)
            fourth = np.where(self.further > place, at, fourth)
        rows = self.further > 0
        self.scene.label("re-routing", self.owner[rows], taken[rows], fourth[rows], "passed from team to team")
        return at


def routed(scene: Scene, dice: Dice, owner: Ints, plain: Flags) -> Routes:
    """Choose the tickets that do not go straight, of those that are plain; a ticket has one such fault at most.

    size of ping-pong   share of those that go back for which the log names the team
    size of re-routing  1: four teams and more, 1/2: three, which is none too many
    """
    some = scene.firm.escalated > 0
    planted = some & scene.chosen("ping-pong", dice, plain)
    back = planted | (some & plain & dice.chance("returns", _NATURAL_RETURN))
    unnamed = planted & ~dice.chance("named", scene.effect("ping-pong").size)
    further = some & ~back & scene.chosen("re-routing", dice, plain)
    teams = np.floor(0.4 + 1.6 * scene.effect("re-routing").size + dice.uniform("teams")).astype(np.int64)
    return Routes(back, planted, unnamed, np.where(further, np.clip(teams, 1, len(_FURTHER)), 0), scene, owner)


def answered_after(scene: Scene, dice: Dice, owner: Ints, opened: Ints, *, slow: Flags, plain: Flags) -> Ints:
    """Return when each ticket is answered.

    slow   those that are answered late as part of a pile of small frictions      plain  those that may be planted
    size   1: a tenth over the time and more; below a half within it
    """
    size = min(scene.effect("slow-answer").size, 1.15)
    late = scene.chosen("slow-answer", dice, plain)
    factor = np.where(
        dice.chance("slips", _NATURAL_SLIP), dice.between("slip", 1.02, 1.3), dice.between("answer", 0.06, 0.75)
    )
    factor = np.where(late, (0.35 + 0.85 * size) * dice.between("slow", 0.92, 1.45), factor)
    factor = np.where(slow, dice.between("slower", 1.1, 1.6), factor)
    deadline = after(opened, ANSWER_WITHIN)
    for which, detail in ((late, "answered late"), (slow, "part of small frictions")):
        scene.label("slow-answer", owner[which], deadline[which], deadline[which], detail)
    return after(opened, ANSWER_WITHIN * factor)


def reopened(dice: Dice, resolved: Ints, planted: Flags) -> tuple[Ints, Ints]:
    """Return when customers open tickets again, and when those are resolved; NEVER where they do not."""
    back = planted | dice.chance("reopens", _NATURAL_REOPENING)
    at = np.where(back, office(later(resolved, dice.between("reopened", 0.3, 3.5)), dice.uniform("reopened at")), NEVER)
    return at, after(at, dice.between("resolved again", 0.5, 9))
