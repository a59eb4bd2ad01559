"""The k rows with the largest values, merged without seeing the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Top:
    """Rows by falling value, ties by rising key; at most k.

    value (m,) int64      key (m,) int64, what settles ties and names the row
    """

    value: NDArray[np.int64]
    key: NDArray[np.int64]


def top(value: NDArray[np.int64], key: NDArray[np.integer], k: int) -> Top:
    """Pick the k largest values; equal ones by their key, which must not depend on buckets."""
    keys = np.asarray(key, np.int64)
    if len(value) > k > 0:
        least = np.partition(value, len(value) - k)[len(value) - k]
        kept = np.flatnonzero(value >= least)
        value, keys = value[kept], keys[kept]
    order = np.lexsort((keys, -value))[:k]
    return Top(value[order], keys[order])


def merge_top(parts: Iterable[Top], k: int) -> Top:
    """Pick the k largest of several partials."""
    listed = list(parts)
    none = np.zeros(0, np.int64)
    return top(
        np.concatenate([none, *(part.value for part in listed)]), np.concatenate([none, *(p.key for p in listed)]), k
    )
