"""How many touches, people and channels a run takes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Codes

_BITS = 63  # codes that fit one machine word


def rows_per_segment(segment: Codes, segments: int) -> NDArray[np.int64]:
    """Count the rows of each segment.

    segment  (n,) numbers from 0 to segments - 1
    """
    return np.bincount(segment, minlength=segments)


def distinct_per_segment(segment: Codes, code: Codes, segments: int) -> NDArray[np.int64]:
    """Count the different codes of each segment.

    segment  (n,) numbers from 0 to segments - 1, rising      code  (n,) rows with -1 are left out
    """
    if int(np.max(code, initial=-1)) < _BITS:
        return _by_bits(segment, np.asarray(code).astype(np.int64), segments)
    kept = np.asarray(code) >= 0
    size = int(np.max(code)) + 1
    key = np.sort(np.asarray(segment)[kept].astype(np.int64) * size + np.asarray(code)[kept])
    new = np.ones(len(key), np.bool_)
    new[1:] = key[1:] != key[:-1]
    return np.bincount(key[new] // size, minlength=segments)


def _by_bits(segment: Codes, code: NDArray[np.int64], segments: int) -> NDArray[np.int64]:
    if not len(segment):
        return np.zeros(segments, np.int64)
    bit = np.where(code >= 0, np.int64(1) << np.maximum(code, 0), 0)
    starts = np.flatnonzero(np.append(True, segment[1:] != segment[:-1]))
    counted = np.zeros(segments, np.int64)
    counted[segment[starts]] = np.bitwise_count(np.bitwise_or.reduceat(bit, starts))
    return counted
