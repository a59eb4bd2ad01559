"""Loops and rework: what occurs again in a segment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clew.archive.model import Codes
from clew.engine.model import Visits
from clew.engine.ordered import Mask, Positions

_DENSE = 64_000_000  # (segments x codes) up to which a table of first rows is cheaper than sorting


def seen_before(segment: Codes, code: Codes) -> Mask:
    """Say of each row whether its code occurred earlier in its segment.

    segment  (n,) numbers from 0, contiguous      code  (n,) rows with -1 are never repeats
    """
    kept = np.flatnonzero(np.asarray(code) >= 0)
    of, codes = np.asarray(segment)[kept].astype(np.int64), np.asarray(code)[kept].astype(np.int64)
    size = int(codes.max(initial=-1)) + 1
    key = of * size + codes
    again = np.zeros(len(segment), np.bool_)
    again[kept] = _first_of(key, cells=(int(of.max(initial=-1)) + 1) * size) != np.arange(len(key))
    return again


def _first_of(key: Positions, *, cells: int) -> Positions:
    """Return the first row that bears the key of each row."""
    if cells <= max(_DENSE, 4 * len(key)):
        first = np.empty(cells, np.int64)
        first[key[::-1]] = np.arange(len(key) - 1, -1, -1)
        return first[key]
    _, first_row, place = np.unique(key, return_index=True, return_inverse=True)
    return first_row[place]


@dataclass(frozen=True)
class Rework:
    """One row per visit of a stage that the run was in before.

    visit  index into Visits      run, stage  of it      came  the stage from which the run came back
    """

    visit: Positions
    run: Codes
    stage: Codes
    came: Codes


def rework(visits: Visits) -> Rework:
    """Find the visits with which a run returns to a stage."""
    visit = np.flatnonzero(seen_before(visits.run, visits.stage))
    return Rework(visit, visits.run[visit], visits.stage[visit], visits.came[visit])
