"""Find for many (group, instant) pairs at once the row in force: attributes at a start, stages at an event."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Codes, Times
from clew.clock import ALWAYS

Rows = NDArray[np.int64]


def last_at_or_before(group: Codes, at: Times, of_group: Codes, of_at: Times) -> Rows:
    """Return for each (of_group, of_at) the last row of the same group with at <= of_at, -1 where there is none.

    group, at  (n,) sorted by group, then at; groups >= 0
    """
    if not len(group) or not len(of_group):
        return np.full(len(of_group), -1, np.int64)
    keys, wanted = _one_key(group, at, of_group, of_at)
    found = np.searchsorted(keys, wanted, side="right") - 1
    return np.where((found >= 0) & (group[found] == of_group), found, -1)


def last_of_pair(first: Codes, second: Codes, of_first: Codes, of_second: Codes) -> Rows:
    """Return for each wanted pair its last row among pairs sorted by (first, second), -1 where there is none."""
    pairs, wanted = _packed(first, second), _packed(of_first, of_second)
    found = np.searchsorted(pairs, wanted, side="right") - 1
    if not len(pairs):
        return np.full(len(wanted), -1, np.int64)
    return np.where((found >= 0) & (pairs[found] == wanted), found, -1)


def _packed(first: Codes, second: Codes) -> Rows:
    return (first.astype(np.int64) << 32) | (second.astype(np.int64) & 0xFFFFFFFF)


def _one_key(group: Codes, at: Times, of_group: Codes, of_at: Times) -> tuple[Rows, Rows]:
    """Pack group and instant into one sortable number; instants become ranks where they would not fit."""
    dated = at[at > ALWAYS]
    lowest = min(int(of_at.min()), int(dated.min()) if len(dated) else int(of_at.min())) - 1
    highest = max(int(of_at.max()), int(at.max())) + 1
    groups = max(int(group.max()), int(of_group.max())) + 2
    if (highest - lowest + 1) * groups < 2**63:
        span = highest - lowest + 1
        return (
            group.astype(np.int64) * span + (np.maximum(at, lowest) - lowest),
            of_group.astype(np.int64) * span + (of_at - lowest),
        )
    instants, ranks = np.unique(np.concatenate((at, of_at)), return_inverse=True)
    size = len(instants) + 1
    return group.astype(np.int64) * size + ranks[: len(at)], of_group.astype(np.int64) * size + ranks[len(at) :]
