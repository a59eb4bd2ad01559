"""Loops and rework: what occurs again in a segment."""

from __future__ import annotations

import numpy as np

from clew.archive.model import Codes
from clew.engine.ordered import Mask, Positions

_DENSE = 64_000_000  # (segments x codes) up to which a table of first rows is cheaper than sorting


def seen_before(segment: Codes, code: Codes) -> Mask:
    """Say of each row whether its code occurred earlier in its segment.

    segment  (n,) numbers from 0, contiguous      code  (n,) rows with -1 are never repeats
    """
    again: Mask = np.asarray(code) >= 0
    again[first_rows(segment, code)] = False
    return again


def first_rows(segment: Codes, code: Codes) -> Positions:
    """Return the row at which each code occurs first in each segment, by segment and code.

    segment  (n,) numbers from 0, contiguous      code  (n,) rows with -1 are left out
    """
    of, codes = np.asarray(segment), np.asarray(code)
    kept = np.flatnonzero(codes >= 0) if int(codes.min(initial=0)) < 0 else None
    if kept is not None:
        of, codes = of[kept], codes[kept]
    size = int(codes.max(initial=-1)) + 1
    key = of * np.int64(size) + codes
    first = _first_of_each(key, cells=(int(of.max(initial=-1)) + 1) * size)
    return first if kept is None else kept[first]


def _first_of_each(key: Positions, *, cells: int) -> Positions:
    if cells <= max(_DENSE, 4 * len(key)):
        first = np.full(cells, -1, np.int64)
        first[key[::-1]] = np.arange(len(key) - 1, -1, -1)
        return first[first >= 0]
    return np.unique(key, return_index=True)[1]
