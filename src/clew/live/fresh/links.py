"""Links of the archive and of the tail, and who is linked with whom: asked entity by entity, never as a whole."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property

import numpy as np

from clew.archive.layout import Array
from clew.clock import NEVER

ARCHIVED = -1  # position of what the archive holds: before every position of the tail


class Links:
    """Pairs of entities with when they hold from and where in the tail they were told; only ever added to."""

    def __init__(self, left: Array, right: Array, at: Array) -> None:
        """Take the links in force of the archive."""
        self._stored = np.asarray(left), np.asarray(right), np.asarray(at)
        self._told: list[tuple[int, int, int, int]] = []  # of the tail: left, right, at, position
        self._of: dict[int, list[int]] = {}
        self._known: dict[tuple[int, int], int] = {}  # earliest `at` that the tail told of a pair

    def add(self, left: Array, right: Array, at: Array, position: Array) -> list[tuple[int, int]]:
        """Take in links of the tail; return the pairs that say something new: repetitions change nothing."""
        new: list[tuple[int, int]] = []
        columns = (left.tolist(), right.tolist(), at.tolist(), position.tolist())
        for one, other, since, place in zip(*columns, strict=True):
            if self._earliest(one, other) > since:
                self._known[one, other] = since
                for end in {one, other}:
                    self._of.setdefault(end, []).append(len(self._told))
                self._told.append((one, other, since, place))
                new.append((one, other))
        return new

    def _earliest(self, left: int, right: int) -> int:
        known = self._known.get((left, right))
        if known is None:
            of_fewer = min((left, right), key=self._count)
            same = [at for one, other, at, _ in self._stored_of(of_fewer) if (one, other) == (left, right)]
            known = self._known[left, right] = min(same, default=NEVER)
        return known

    def of(self, entity: int) -> list[tuple[int, int, int, int]]:
        """Every link with this entity at an end: (left, right, at, position)."""
        return self._stored_of(entity) + [self._told[number] for number in self._of.get(entity, ())]

    def _count(self, entity: int) -> int:
        lo, hi = self._span(entity)
        return hi - lo

    def _span(self, entity: int) -> tuple[int, int]:
        ends = self._by_end[0]
        return int(np.searchsorted(ends, entity, "left")), int(np.searchsorted(ends, entity, "right"))

    def _stored_of(self, entity: int) -> list[tuple[int, int, int, int]]:
        lo, hi = self._span(entity)
        number = self._by_end[1]
        left, right, at = (column[number[lo:hi]].tolist() for column in self._stored)
        return [(*link, ARCHIVED) for link in zip(left, right, at, strict=True)]

    @cached_property
    def _by_end(self) -> tuple[Array, Array]:
        """Ends of the stored links, rising, and the number of the link of each."""
        count = len(self._stored[0])
        ends = np.concatenate(self._stored[:2])
        order = np.argsort(ends, kind="stable")
        return ends[order], order % max(count, 1)

    @cached_property
    def stored_ends(self) -> Array:
        """Every entity that a stored link names, once, rising."""
        return np.unique(np.concatenate(self._stored[:2]))

    def ends(self, *, as_of: int, before: int) -> Array:
        """Every entity that a link names which holds by as_of and was told before a position, rising."""
        stored = self.stored_ends
        if as_of < self.last_stored:
            left, right, at = self._stored
            stored = np.unique(np.concatenate([left[at <= as_of], right[at <= as_of]]))
        told = {end for *pair, at, place in self._told if at <= as_of and place < before for end in pair}
        return np.union1d(stored, np.array(sorted(told), np.int32)) if told else stored

    def told_between(self, since: int, until: int) -> bool:
        """Say whether the tail told something new of links at since <= position < until."""
        places = [place for *_, place in self._told]
        return bisect_left(places, since) < bisect_left(places, until)

    def without(self, *, as_of: int, before: int) -> list[tuple[int, int]]:
        """Pairs that would not hold if the log ended there: dated later, or told at that position or after."""
        found = [(left, right) for left, right, _ in self._later_stored(as_of)]
        return found + [(one, other) for one, other, since, place in self._told if since > as_of or place >= before]

    @cached_property
    def last_stored(self) -> int:
        """The latest date of a stored link."""
        return int(self._stored[2].max(initial=-NEVER))

    def later(self, as_of: int) -> list[tuple[int, int, int]]:
        """Links that come to hold after an instant: (left, right, at)."""
        return self._later_stored(as_of) + [(left, right, at) for left, right, at, _ in self._told if at > as_of]

    def _later_stored(self, as_of: int) -> list[tuple[int, int, int]]:
        if self.last_stored <= as_of:
            return []
        left, right, at = (column[self._stored[2] > as_of].tolist() for column in self._stored)
        return list(zip(left, right, at, strict=True))
