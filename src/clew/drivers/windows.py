"""What lies in a window of each account: counts, different codes, the latest value."""

from __future__ import annotations

import numpy as np

from clew.archive.model import NO_CODE, Codes, Times
from clew.drivers.model import Figures, Moments
from clew.engine.ordered import Positions, first_at_or_after, spans


def inside(thread: Codes, at: Times, moments: Moments) -> tuple[Positions, Positions]:
    """Find the first row in each window and the first one behind it.

    thread, at  (m,) parallel, in order of (thread, at)
    """
    lo, hi = np.searchsorted(thread, moments.thread, "left"), np.searchsorted(thread, moments.thread, "right")
    return first_at_or_after(at, lo, hi, moments.begin), first_at_or_after(at, lo, hi, moments.end)


def different(codes: Codes, lo: Positions, hi: Positions) -> Figures:
    """Count the different codes among the rows lo..hi-1 of each window, NO_CODE aside."""
    row, of = spans(lo, hi), np.repeat(np.arange(len(lo)), np.maximum(hi - lo, 0))
    known = codes[row] != NO_CODE
    pairs = np.unique((of[known] << 32) + codes[row[known]].astype(np.int64))
    return np.bincount(pairs >> 32, minlength=len(lo)).astype(np.float64)


def latest(rows: Positions, lo: Positions, hi: Positions) -> Positions:
    """Return the last of the rows lo..hi-1 of each window, -1 where it holds none."""
    if not len(rows):
        return np.full(len(lo), -1, np.int64)
    return np.where(hi > lo, rows[np.maximum(hi - 1, 0)], -1)
