"""Counts by one or more keys, dense for a few codes and sparse for many."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_DENSE = 4_000_000  # cells up to which a table of all combinations is cheaper than sorting rows

Keys = NDArray[np.integer]


@dataclass(frozen=True)
class Counted:
    """How many rows bear each combination of keys, and an exact sum over them.

    keys   (m, k) int64 distinct combinations, rising      count  (m,) int64      total  (m,) int64, 0 without weights
    """

    keys: NDArray[np.int64]
    count: NDArray[np.int64]
    total: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.count)


def count_by(*keys: Keys, weights: NDArray[np.int64] | None = None) -> Counted:
    """Count rows by the combination of their keys.

    keys     (n,) parallel codes; a row with a negative one is left out
    weights  (n,) integers summed exactly for each combination, as times in microseconds
    """
    columns = [np.asarray(key) for key in keys]
    total = None if weights is None else np.asarray(weights)
    if any(int(column.min(initial=0)) < 0 for column in columns):
        kept = np.logical_and.reduce([column >= 0 for column in columns])
        columns = [column[kept] for column in columns]
        total = None if total is None else total[kept]
    sizes = [int(column.max(initial=-1)) + 1 for column in columns]
    packed = columns[0].astype(np.int64)
    for column, size in zip(columns[1:], sizes[1:], strict=True):
        packed *= size
        packed += column
    cells = 1
    for size in sizes:
        cells *= size
    if cells >= 2**63:
        raise OverflowError(f"{len(keys)} keys with {sizes} codes do not fit one number")
    distinct, count, sums = _dense(packed, cells, total) if cells <= _DENSE else _sparse(packed, total)
    return Counted(_unpacked(distinct, sizes), count, sums)


def places_among(wanted: NDArray[np.int64], packed: NDArray[np.int64]) -> NDArray[np.integer]:
    """Return the place of each number among those wanted, -1 where it is none of them.

    wanted  (w,) rising, >= 0      packed  (n,) >= 0
    Returns (n,) int16 where the places fit: numpy sorts such by radix
    """
    short = np.int16 if len(wanted) < 2**15 else np.int32
    if not len(wanted):
        return np.full(len(packed), -1, short)
    highest = int(wanted[-1])
    if highest < _DENSE:
        table: NDArray[np.integer] = np.full(highest + 2, -1, short)
        table[wanted] = np.arange(len(wanted))
        found: NDArray[np.integer] = table[np.minimum(packed, highest + 1)]
        return found
    place = np.minimum(np.searchsorted(wanted, packed), len(wanted) - 1)
    return np.where(wanted[place] == packed, place, -1).astype(short)


def merge_counted(parts: Iterable[Counted]) -> Counted:
    """Add partials of disjoint rows."""
    listed = [part for part in parts if len(part)]
    if not listed:
        return Counted(np.zeros((0, 1), np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64))
    keys, place = np.unique(np.concatenate([part.keys for part in listed]), axis=0, return_inverse=True)
    count, total = np.zeros(len(keys), np.int64), np.zeros(len(keys), np.int64)
    np.add.at(count, place, np.concatenate([part.count for part in listed]))
    np.add.at(total, place, np.concatenate([part.total for part in listed]))
    return Counted(keys, count, total)


Three = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


def _dense(packed: NDArray[np.int64], cells: int, weights: NDArray[np.int64] | None) -> Three:
    table = np.bincount(packed, minlength=max(cells, 1))
    distinct = np.flatnonzero(table)
    if weights is None:
        return distinct, table[distinct], np.zeros(len(distinct), np.int64)
    return distinct, table[distinct], _exact_sums(packed, weights, len(table))[distinct]


def _exact_sums(place: NDArray[np.int64], weights: NDArray[np.int64], cells: int) -> NDArray[np.int64]:
    """Sum integers by place; floats carry 53 bits, so the upper and lower halves are summed apart."""
    high, low = weights >> 24, weights & 0xFFFFFF
    sums = [np.bincount(place, half.astype(np.float64), minlength=cells).astype(np.int64) for half in (high, low)]
    exact: NDArray[np.int64] = (sums[0] << 24) + sums[1]
    return exact


def _sparse(packed: NDArray[np.int64], weights: NDArray[np.int64] | None) -> Three:
    if weights is None:
        distinct, count = np.unique(packed, return_counts=True)
        return distinct, count.astype(np.int64), np.zeros(len(distinct), np.int64)
    distinct, place = np.unique(packed, return_inverse=True)
    return distinct, np.bincount(place, minlength=len(distinct)), _exact_sums(place, weights, len(distinct))


def _unpacked(packed: NDArray[np.int64], sizes: list[int]) -> NDArray[np.int64]:
    columns = []
    for size in reversed(sizes):
        columns.append(packed % max(size, 1))
        packed = packed // max(size, 1)
    return np.stack(columns[::-1], axis=1)
