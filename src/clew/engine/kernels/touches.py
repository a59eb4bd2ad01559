"""How many touches, people and channels a run takes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Codes
from clew.engine.ordered import segment_starts

_BITS = 64  # codes that fit one machine word


def rows_per_segment(segment: Codes, segments: int) -> NDArray[np.int64]:
    """Count the rows of each segment.

    segment  (n,) numbers from 0 to segments - 1
    """
    return np.bincount(segment, minlength=segments)


def distinct_per_segment(segment: Codes, code: Codes, segments: int) -> NDArray[np.int64]:
    """Count the different codes of each segment.

    segment  (n,) numbers from 0 to segments - 1, rising      code  (n,) rows with -1 are left out
    """
    size = int(np.max(code, initial=-1)) + 1
    if size <= _BITS:
        return _by_bits(segment, np.asarray(code), size, segments)
    kept = np.asarray(code) >= 0
    key = np.sort(np.asarray(segment)[kept].astype(np.int64) * size + np.asarray(code)[kept])
    new = np.ones(len(key), np.bool_)
    new[1:] = key[1:] != key[:-1]
    return np.bincount(key[new] // size, minlength=segments)


def _by_bits(segment: Codes, code: Codes, size: int, segments: int) -> NDArray[np.int64]:
    """Count codes below `size` as bits of one number for each segment, as short as they fit."""
    counted = np.zeros(segments, np.int64)
    if not size:
        return counted
    width = next(width for width in (np.uint8, np.uint16, np.uint32, np.uint64) if size <= np.iinfo(width).bits)
    bit = np.array([*(1 << each for each in range(size)), 0], width)  # the last one is for code -1
    starts = segment_starts(np.asarray(segment))[:-1]
    counted[segment[starts]] = np.bitwise_count(np.bitwise_or.reduceat(bit[code], starts))
    return counted
