"""Versions of rows whose keys met: in the log, and once or more in a load."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clew.archive.layout import Array


@dataclass(frozen=True)
class Versions:
    """Versions of contested keys: by key, those of the log first, then by when they were learnt, then as read.

    key   number of the key           starts  where each key begins
    item  index into the seen rows where `old`, else into the found ones
    gone  no row at all: since then the key stands no longer; always the last of its key
    known when learnt                 id      number of the id, which several keys may share
    """

    key: Array
    starts: Array
    item: Array
    old: Array
    gone: Array
    known: Array
    id: Array

    @property
    def fresh(self) -> Array:
        """Say which versions are rows of the load."""
        fresh: Array = ~(self.old | self.gone)
        return fresh

    @property
    def first(self) -> Array:
        """Return for each version the place of the first one of its key."""
        first: Array = self.starts[self.key]
        return first

    @property
    def begins(self) -> Array:
        """Say which versions are rows of the load under keys that the log does not hold, the first of each."""
        begins: Array = self.fresh & (self.first == np.arange(len(self.key)))
        return begins

    def followed(self) -> Array:
        """Say which versions have a later one of the same key."""
        followed = np.zeros(len(self.key), np.bool_)
        followed[:-1] = self.key[1:] == self.key[:-1]
        return followed

    def last_of_moment(self) -> Array:
        """Say which versions are the last read of their key and moment; those of the log always are."""
        last = np.ones(len(self.key), np.bool_)
        last[:-1] = (self.key[1:] != self.key[:-1]) | (self.known[1:] != self.known[:-1])
        return last | self.old


def repeats_the_one_before(walk: Versions, content: Array) -> Array:
    """Say which found versions say what the found one before them said."""
    same = np.zeros(len(content), np.bool_)
    same[1:] = (content[1:] == content[:-1]) & (walk.key[1:] == walk.key[:-1]) & walk.fresh[:-1]
    return same


def previous_of(effective: Array, first: Array) -> Array:
    """Return for each version the place of the effective one before it in its key, -1 where there is none."""
    places = np.where(effective, np.arange(len(effective)), -1)
    before = np.empty(len(effective), np.int64)
    before[:1] = -1
    before[1:] = np.maximum.accumulate(places)[:-1]
    return np.where(before >= first, before, -1)
