"""Silence of a thread, measured against its own rhythm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Codes, Times
from clew.engine.ordered import segment_starts

RHYTHM = 0.9  # share of a thread's own gaps that its usual gap is not shorter than
FEWEST_GAPS = 5  # below, a thread has no rhythm of its own to compare with


@dataclass(frozen=True)
class Silences:
    """One row per segment.

    segment  thread or run            last   instant of its latest event
    gaps     number of gaps between its events
    usual    microseconds that RHYTHM of its gaps do not exceed, -1 where it has fewer than FEWEST_GAPS
    silent   microseconds since its latest event, at as_of
    """

    segment: Codes
    last: Times
    gaps: NDArray[np.int64]
    usual: NDArray[np.int64]
    silent: NDArray[np.int64]


def silences(segment: Codes, at: Times, as_of: int, *, fewest: int = FEWEST_GAPS) -> Silences:
    """Compare the silence of each segment with its own rhythm.

    segment  (n,) contiguous      at  (n,) rising inside a segment
    The usual gap is the smallest gap that at least RHYTHM of all gaps do not exceed (inverted distribution).
    """
    starts = segment_starts(segment)
    gaps = np.diff(starts) - 1
    last = np.asarray(at)[starts[1:] - 1] if len(starts) > 1 else np.zeros(0, np.int64)
    between = at[1:] - at[:-1]
    usual = np.full(len(gaps), -1, np.int64)
    told = np.flatnonzero(gaps >= max(fewest, 1))
    usual[told] = _quantile_inside(between, starts[told], gaps[told])
    return Silences(np.asarray(segment)[starts[:-1]], last, gaps, usual, as_of - last)


def _quantile_inside(values: NDArray[np.int64], lo: NDArray[np.int64], length: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the RHYTHM quantile of values[lo : lo + length] for each span.

    Spans of about the same length are sorted side by side as the lines of one table, so no line is padded to more than
    twice its length.
    """
    found = np.zeros(len(lo), np.int64)
    rank = np.ceil(RHYTHM * length - 1e-9).astype(np.int64) - 1
    size = np.ceil(np.log2(np.maximum(length, 1))).astype(np.int64)
    for exponent in np.unique(size):
        here = np.flatnonzero(size == exponent)
        column = np.arange(1 << int(exponent))
        inside = column < length[here][:, None]
        place = np.where(inside, lo[here][:, None] + column, 0)
        table = np.where(inside, values[place], np.iinfo(np.int64).max)
        table.sort(axis=1)
        found[here] = table[np.arange(len(here)), rank[here]]
    return found
