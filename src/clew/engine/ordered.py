"""Searches inside the segments of sorted arrays; no packed keys, so nothing overflows at any number of threads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.int64]
Mask = NDArray[np.bool_]


def segment_starts(*keys: NDArray[np.integer]) -> Positions:
    """Find where a new segment begins: the rows at which any key differs from the row before.

    keys     (n,) parallel arrays, equal values contiguous
    Returns  (k + 1,) first row of every segment, and n at the end
    """
    n = len(keys[0])
    if n == 0:
        return np.zeros(1, np.int64)
    changed = np.zeros(n + 1, np.bool_)
    changed[0] = changed[n] = True
    for key in keys:
        changed[1:n] |= key[1:] != key[:-1]
    return np.flatnonzero(changed)


def segment_of_row(starts: Positions) -> Positions:
    """Return the number of the segment of each row."""
    return np.repeat(np.arange(len(starts) - 1), np.diff(starts))


def first_at_or_after(times: NDArray[np.int64], lo: Positions, hi: Positions, when: NDArray[np.int64]) -> Positions:
    """Find the first position in [lo, hi) whose time is not before `when`, hi where none is.

    times  sorted inside every [lo, hi)
    """
    return _bisect(times, lo, hi, when, before=np.less)


def first_after(times: NDArray[np.int64], lo: Positions, hi: Positions, when: NDArray[np.int64]) -> Positions:
    """Find the first position in [lo, hi) whose time is after `when`, hi where none is."""
    return _bisect(times, lo, hi, when, before=np.less_equal)


def _bisect(
    times: NDArray[np.int64], lo: Positions, hi: Positions, when: NDArray[np.int64], *, before: np.ufunc
) -> Positions:
    low, high = lo.astype(np.int64), hi.astype(np.int64)
    searching = np.flatnonzero(low < high)
    while len(searching):
        middle = (low[searching] + high[searching]) >> 1
        further = before(times[middle], when[searching])
        low[searching[further]] = middle[further] + 1
        high[searching[~further]] = middle[~further]
        searching = searching[low[searching] < high[searching]]
    return low


def running_any(mask: Mask, segment_start: Positions) -> Mask:
    """Say of each row whether the mask was true in its segment up to and including it.

    segment_start  (n,) first row of the segment of each row
    """
    return last_true(mask, segment_start) >= 0


def last_true(mask: Mask, segment_start: Positions) -> Positions:
    """Return the latest row of the segment, up to and including each row, where the mask is true; -1 where none is."""
    latest = np.maximum.accumulate(np.where(mask, np.arange(len(mask)), -1)) if len(mask) else np.zeros(0, np.int64)
    return np.where(latest >= segment_start, latest, -1)


def spans(lo: Positions, hi: Positions) -> Positions:
    """Concatenate the ranges lo[i], lo[i] + 1, ..., hi[i] - 1."""
    length = np.maximum(hi - lo, 0)
    ends = np.cumsum(length)
    total = int(ends[-1]) if len(ends) else 0
    shift = np.repeat(lo - (ends - length), length).astype(np.int64)
    return np.arange(total, dtype=np.int64) + shift
