"""Chance by counting: what falls for a thing depends on the seed, the thing and the question, on nothing else.

So a firm comes out the same however its accounts are cut into chunks, and a further account changes no other one.
Source of the mixing: Steele, Lea & Flood (2014), "Fast splittable pseudorandom number generators" (SplitMix64).
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Keys = NDArray[np.uint64]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


class Dice:
    """One die a row; each question (a word) is one throw of all of them, and always the same throw.

    keys  (n,) uint64
    """

    def __init__(self, keys: Keys) -> None:
        self.keys = keys

    @classmethod
    def of(cls, seed: int, index: Ints) -> Dice:
        """Return the dice of numbered things."""
        return cls(_mixed(np.uint64(_word(f"seed {seed}")) + index.astype(np.uint64) * _STEP))

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, rows: Ints | Flags) -> Dice:
        return Dice(self.keys[rows])

    def each(self, what: str, place: Ints | int) -> Dice:
        """Return the dice of the place-th thing of its kind that belongs to each row."""
        return Dice(_mixed((self.keys ^ np.uint64(_word(what))) + np.asarray(place).astype(np.uint64) * _STEP))

    def uniform(self, what: str) -> Floats:
        """Throw numbers in 0..1, 1 excluded."""
        return (_mixed(self.keys ^ np.uint64(_word(what))) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def chance(self, what: str, share: float | Floats) -> Flags:
        return np.asarray(self.uniform(what) < share)

    def between(self, what: str, low: float | Floats, high: float | Floats) -> Floats:
        return np.asarray(low + self.uniform(what) * (np.asarray(high) - low))

    def below(self, what: str, count: int | Ints) -> Ints:
        """Throw whole numbers in 0..count-1."""
        return (self.uniform(what) * count).astype(np.int64)

    def picked(self, what: str, shares: Floats) -> Ints:
        """Throw places of a table of shares; (k,) for all rows or (n, k), they add up to 1."""
        edges = np.cumsum(shares, axis=-1)[..., :-1]
        return np.asarray((self.uniform(what)[:, None] >= edges).sum(axis=1), np.int64)

    def around(self, what: str, median: float | Floats, spread: float) -> Floats:
        """Throw skewed positive numbers; spread is the standard deviation of their logarithm."""
        radius = np.sqrt(-2 * np.log1p(-self.uniform(what)))
        return np.asarray(median * np.exp(spread * radius * np.cos(2 * np.pi * self.uniform(what + " angle"))))

    def counted(self, what: str, mean: float | Floats) -> Ints:
        """Throw whole numbers next to a mean, whose mean it is."""
        return np.asarray(np.floor(mean + self.uniform(what)), np.int64)


def spread(counts: Ints) -> tuple[Ints, Ints]:
    """Return for each of sum(counts) things the row it belongs to and its place among the things of that row."""
    owner = np.repeat(np.arange(len(counts)), counts)
    return owner, np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)


def _mixed(keys: Keys) -> Keys:
    keys = (keys ^ (keys >> np.uint64(30))) * _FIRST
    keys = (keys ^ (keys >> np.uint64(27))) * _SECOND
    return keys ^ (keys >> np.uint64(31))


@lru_cache(maxsize=4096)
def _word(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")
