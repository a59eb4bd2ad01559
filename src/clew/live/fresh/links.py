"""Links of the archive and of the tail, and who is linked with whom: asked entity by entity, never as a whole."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from clew.archive.layout import Array
from clew.archive.words import APART, SOURCE_SAYS
from clew.clock import NEVER

ARCHIVED = -1  # position of what the archive holds: before every position of the tail


class Link(NamedTuple):
    """One row of links.

    at      from when it holds              position  where in the tail it was told, ARCHIVED otherwise
    word    of clew.archive.words           key       of its row, both halves; of a person's word alone
    source  number of its source
    """

    left: int
    right: int
    at: int
    position: int = ARCHIVED
    word: int = SOURCE_SAYS
    key: tuple[int, int] = (0, 0)
    source: int = 0

    @property
    def pair(self) -> tuple[int, int]:
        """Its ends, whichever stands first."""
        return (self.left, self.right) if self.left < self.right else (self.right, self.left)


def parted(links: Iterable[Link]) -> set[tuple[int, int]]:
    """Return the pairs of which a person said last that they are not one account; links of one moment."""
    latest: dict[tuple[int, int], tuple[int, tuple[int, int], int]] = {}
    for link in links:
        if link.word != SOURCE_SAYS:
            said = link.at, link.key, link.word
            latest[link.pair] = max(said, latest.get(link.pair, said))
    return {pair for pair, (_, _, word) in latest.items() if word == APART}


def joining(links: Sequence[Link]) -> list[Link]:
    """Return the links, all of one moment, that join their ends."""
    apart = parted(links)
    return [link for link in links if link.word != APART and link.pair not in apart]


@dataclass(frozen=True)
class Table:
    """Links as columns, all (n,); what is absent says that sources say all of them."""

    left: Array
    right: Array
    at: Array
    word: Array | None = None
    hi: Array | None = None
    lo: Array | None = None
    source: Array | None = None

    def __len__(self) -> int:
        return len(self.left)

    def chosen(self, rows: Array) -> list[Link]:
        """Return some of them, as links of the archive."""
        columns = (self.left, self.right, self.at, None, self.word, self.hi, self.lo, self.source)
        told = [[0] * len(rows) if column is None else column[rows].tolist() for column in columns]
        return [
            Link(left, right, at, ARCHIVED, word, (hi, lo) if word else (0, 0), source)
            for left, right, at, _, word, hi, lo, source in zip(*told, strict=True)
        ]


@dataclass
class Links:
    """Pairs of entities with when they hold from and where in the tail they were told; only ever added to.

    stored  links in force of the archive
    """

    stored: Table
    _told: list[Link] = field(default_factory=list)  # of the tail, in the order of their positions
    _of: dict[int, list[int]] = field(default_factory=dict)
    _known: dict[tuple[int, int], int] = field(default_factory=dict)  # earliest `at` that sources tell of a pair

    def add(self, links: Iterable[Link]) -> list[Link]:
        """Take in links of the tail; return those that say something new: repetitions of sources change nothing."""
        return [link for link in links if self._is_new(link)]

    def _is_new(self, link: Link) -> bool:
        if link.word == SOURCE_SAYS:
            if self._earliest(link.left, link.right) <= link.at:
                return False
            self._known[link.left, link.right] = link.at
        for end in {link.left, link.right}:
            self._of.setdefault(end, []).append(len(self._told))
        self._told.append(link)
        return True

    def _earliest(self, left: int, right: int) -> int:
        known = self._known.get((left, right))
        if known is None:
            of_fewer = min((left, right), key=self._count)
            same = [one.at for one in self._stored_of(of_fewer) if one[:2] == (left, right) and one.word == SOURCE_SAYS]
            known = self._known[left, right] = min(same, default=NEVER)
        return known

    def of(self, entity: int) -> list[Link]:
        """Every link with this entity at an end."""
        return self._stored_of(entity) + [self._told[number] for number in self._of.get(entity, ())]

    def _count(self, entity: int) -> int:
        lo, hi = self._span(entity)
        return hi - lo

    def _span(self, entity: int) -> tuple[int, int]:
        ends = self._by_end[0]
        return int(np.searchsorted(ends, entity, "left")), int(np.searchsorted(ends, entity, "right"))

    def _stored_of(self, entity: int) -> list[Link]:
        lo, hi = self._span(entity)
        return self.stored.chosen(self._by_end[1][lo:hi])

    @cached_property
    def _by_end(self) -> tuple[Array, Array]:
        """Ends of the stored links, rising, and the number of the link of each."""
        ends = np.concatenate([self.stored.left, self.stored.right])
        order = np.argsort(ends, kind="stable")
        return ends[order], order % max(len(self.stored), 1)

    @cached_property
    def stored_ends(self) -> Array:
        """Every entity that a stored link names, once, rising."""
        return np.unique(np.concatenate([self.stored.left, self.stored.right]))

    def ends(self, *, as_of: int, before: int) -> Array:
        """Every entity that a link names which holds by as_of and was told before a position, rising."""
        ends = self.stored_ends
        if as_of < self.last_stored:
            held = self.stored.at <= as_of
            ends = np.unique(np.concatenate([self.stored.left[held], self.stored.right[held]]))
        told = {end for link in self._told if link.at <= as_of and link.position < before for end in link.pair}
        return np.union1d(ends, np.array(sorted(told), np.int32)) if told else ends

    def told_between(self, since: int, until: int) -> bool:
        """Say whether the tail told something new of links at since <= position < until."""
        places = [link.position for link in self._told]
        return bisect_left(places, since) < bisect_left(places, until)

    def without(self, *, as_of: int, before: int) -> list[Link]:
        """Links that would not hold if the log ended there: dated later, or told at that position or after."""
        return self._later_stored(as_of) + [link for link in self._told if link.at > as_of or link.position >= before]

    @cached_property
    def last_stored(self) -> int:
        """The latest date of a stored link."""
        return int(self.stored.at.max(initial=-NEVER))

    def later(self, as_of: int) -> list[Link]:
        """Links that come to hold after an instant."""
        return self._later_stored(as_of) + [link for link in self._told if link.at > as_of]

    def _later_stored(self, as_of: int) -> list[Link]:
        if self.last_stored <= as_of:
            return []
        return self.stored.chosen(np.flatnonzero(self.stored.at > as_of))
