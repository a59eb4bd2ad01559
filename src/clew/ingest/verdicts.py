"""What is compared when a load meets the log, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Self

import numpy as np

from clew.archive.endings import Endings
from clew.archive.layout import Array


class Verdict(IntEnum):
    """What became of a row."""

    ACCEPTED = 0
    DUPLICATE = 1
    SUPERSEDING = 2
    CONFLICT = 3  # rejected: its id was loaded with other content


@dataclass(frozen=True)
class _Compared:
    """Rows of one source and one range of keys; all arrays (n,)."""

    hi: Array
    lo: Array
    content: Array
    known: Array
    file: Array
    party: Array

    def __len__(self) -> int:
        return len(self.hi)

    def chosen(self, rows: Array) -> Self:
        """Return some of the rows."""
        return type(self)(*(getattr(self, field.name)[rows] for field in fields(self)))


class Seen(_Compared):
    """Rows of the log in force, sorted by hi."""


class Found(_Compared):
    """Rows of the load, in the order of reading.

    Rows of one file stand together; the number of a file says nothing of its place in the order.
    """


@dataclass(frozen=True)
class Unusable:
    """Rejected rows whose id is known: they are there, though nothing can be taken from them; all arrays (n,)."""

    hi: Array
    lo: Array
    file: Array

    def __len__(self) -> int:
        return len(self.hi)

    @classmethod
    def none(cls) -> Unusable:
        """Return no row."""
        return cls(np.empty(0, np.uint64), np.empty(0, np.uint64), np.empty(0, np.int32))

    def chosen(self, rows: Array) -> Unusable:
        """Return some of the rows."""
        return Unusable(self.hi[rows], self.lo[rows], self.file[rows])


@dataclass(frozen=True)
class Rules:
    """How rows of a source are compared.

    identified  the source has an id; without one identical rows of a file are told apart by their number
    supersedes  other content under a known key is the row's newer state; else it is a contradiction
    now         when this load learns what no row dates itself
    """

    identified: bool
    supersedes: bool
    now: int

    @property
    def by_id(self) -> bool:
        """Whoever shows an id shows all rows of it."""
        return self.identified and self.supersedes


@dataclass(frozen=True)
class Outcome:
    """What became of the found rows and of the seen ones.

    lo        lower half of the row key, with which of several identical rows it is
    verdict   Verdict of each found row
    kept      found rows whose content enters the log (an older state of a row that changed within the load does not)
    until     when a kept row ended already, else NEVER
    endings   seen rows that end           vanished  indices of seen rows that the load does not hold
    rows      columns of the rows table from now on
    older     number of found rows that are older than what the log knows of them; counted as duplicates
    """

    lo: Array
    verdict: Array
    kept: Array
    until: Array
    endings: Endings
    vanished: Array
    rows: Mapping[str, Array]
    older: int
