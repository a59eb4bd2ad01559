"""Variants: the distinct orders in which runs pass through stages (or any other codes)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clew.engine.ordered import Positions

_LANES = 2  # two independent 64-bit sums: 128 bits tell sequences apart, and each is compared with its example


def sequence_numbers(starts: Positions, codes: NDArray[np.int64]) -> Positions:
    """Number the segments by their sequence, equal sequences alike, in order of first appearance.

    starts  (s + 1,) first row of each segment, none empty      codes  (n,) >= 0
    """
    length = np.diff(starts)
    place = np.arange(len(codes)) - np.repeat(starts[:-1], length)
    lanes = [np.add.reduceat(_mixed(codes, place, lane), starts[:-1]) for lane in range(_LANES)]
    order = np.lexsort((np.arange(len(length)), *lanes, length))
    new = np.ones(len(order), np.bool_)
    new[1:] = False
    for lane in (*lanes, length):
        new[1:] |= lane[order][1:] != lane[order][:-1]
    group = np.empty(len(order), np.int64)
    group[order] = np.cumsum(new) - 1
    example = order[new]
    _insist(starts, codes, example[group])
    rank = np.empty(len(example), np.int64)
    rank[np.argsort(example, kind="stable")] = np.arange(len(example))
    return rank[group]


def _mixed(codes: NDArray[np.int64], place: NDArray[np.int64], lane: int) -> NDArray[np.uint64]:
    """Scatter (code, place) over 64 bits (the finalizer of splitmix64)."""
    mixed = codes.astype(np.uint64) << np.uint64(32) | place.astype(np.uint64)
    mixed += np.uint64((0x9E3779B97F4A7C15 * (2 * lane + 1)) % 2**64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31))


def _insist(starts: Positions, codes: NDArray[np.int64], example: Positions) -> None:
    """Compare every sequence with the example of its number."""
    length = np.diff(starts)
    shift = np.repeat(starts[example] - starts[:-1], length)
    if not bool((codes == codes[np.arange(len(codes)) + shift]).all()):
        raise AssertionError("two different sequences share 128 bits")
