"""Handoffs between teams, and things that go back and forth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Codes, Times
from clew.engine.ordered import Mask, Positions


@dataclass(frozen=True)
class Handoffs:
    """One row per handoff: two consecutive events of a segment, those without a team left out, whose teams differ.

    segment         run or thread            row  event with which the receiving team begins
    source, target  codes of the teams
    sent            instant of the last event of the source     received  of the first event of the target
    returned        bool, the target's next handoff in this segment goes back to the source
    """

    segment: Codes
    row: Positions
    source: Codes
    target: Codes
    sent: Times
    received: Times
    returned: Mask

    @property
    def waiting(self) -> NDArray[np.int64]:
        """Microseconds from the sender's last event to the receiver's first."""
        return self.received - self.sent


def handoffs(segment: Codes, at: Times, team: Codes) -> Handoffs:
    """Find the handoffs of each segment.

    segment  (n,) contiguous      at  (n,) rising inside a segment      team  (n,) codes, -1 unknown
    """
    before, row = _turns(segment, team)
    source, target = np.asarray(team)[before], np.asarray(team)[row]
    returned = np.zeros(len(row), np.bool_)
    of = np.asarray(segment)[row]
    returned[:-1] = (of[1:] == of[:-1]) & (target[1:] == source[:-1])
    return Handoffs(of, row, source, target, np.asarray(at)[before], np.asarray(at)[row], returned)


def changes(segment: Codes, code: Codes) -> tuple[Positions, Codes]:
    """Find where a code gives way to another inside a segment, rows without a code left out.

    Returns  (rows at which the new code begins, the code before)
    """
    before, row = _turns(segment, code)
    return row, np.asarray(code)[before]


def _turns(segment: Codes, code: Codes) -> tuple[Positions, Positions]:
    """Return the last row of the one code and the first row of the next for every change."""
    of, kept = np.asarray(segment), np.asarray(code)
    if int(kept.min(initial=0)) >= 0:
        changed = np.flatnonzero((of[1:] == of[:-1]) & (kept[1:] != kept[:-1]))
        return changed, changed + 1
    told = np.flatnonzero(kept >= 0)
    of, kept = of[told], kept[told]
    changed = np.flatnonzero((of[1:] == of[:-1]) & (kept[1:] != kept[:-1]))
    return told[changed], told[changed + 1]


@dataclass(frozen=True)
class Pingpongs:
    """One row per A > B > A, consecutive repeats dropped: `a` and `b` are codes, `row` is where it is A again."""

    segment: Codes
    row: Positions
    a: Codes
    b: Codes


def pingpongs(segment: Codes, code: Codes) -> Pingpongs:
    """Find where a coded column goes from A to B and back to A inside a segment.

    segment  (n,) contiguous      code  (n,) team, user, channel, event, ...; rows with -1 are left out
    A > B > A > B holds two of them.
    """
    row, before = changes(segment, code)
    of, now = np.asarray(segment)[row], np.asarray(code)[row]
    again = np.flatnonzero((of[1:] == of[:-1]) & (now[1:] == before[:-1])) + 1
    return Pingpongs(of[again], row[again], now[again], before[again])
