"""Row versions that are in force no longer: what they told of ends its life."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from clew.archive.layout import Array
from clew.clock import NEVER


def _none(dtype: str) -> Array:
    return np.empty(0, dtype)


@dataclass(frozen=True)
class Endings:
    """Keys of row versions in force that end, sorted by key; all arrays (n,).

    hi, lo  row key        until  when the version ended: the newer one was learnt then
    party   entity the row was about: tells the bucket
    """

    hi: Array = field(default_factory=lambda: _none("uint64"))
    lo: Array = field(default_factory=lambda: _none("uint64"))
    until: Array = field(default_factory=lambda: _none("int64"))
    party: Array = field(default_factory=lambda: _none("int32"))

    def __len__(self) -> int:
        return len(self.hi)

    @classmethod
    def joined(cls, parts: Sequence[Endings]) -> Endings:
        """Bring several together."""
        if not parts:
            return cls()
        hi, lo, until, party = (np.concatenate([getattr(p, n) for p in parts]) for n in ("hi", "lo", "until", "party"))
        order = np.lexsort((lo, hi))
        return cls(hi[order], lo[order], until[order], party[order])

    def until_of(self, hi: Array, lo: Array) -> Array:
        """Return when each of these rows ended, NEVER for those that did not."""
        until = np.full(len(hi), NEVER, np.int64)
        if not len(self):
            return until
        order, folded = self._folded
        wanted = hi ^ lo
        place, open_rows = np.searchsorted(folded, wanted), np.arange(len(hi))
        while len(open_rows):  # more than one turn only where folded keys collide
            inside = place < len(self)
            inside[inside] = folded[place[inside]] == wanted[open_rows[inside]]
            open_rows, place = open_rows[inside], place[inside]
            ending = order[place]
            found = (self.hi[ending] == hi[open_rows]) & (self.lo[ending] == lo[open_rows])
            until[open_rows[found]] = self.until[ending[found]]
            open_rows, place = open_rows[~found], place[~found] + 1
        return until

    @cached_property
    def _folded(self) -> tuple[Array, Array]:
        """Return an order, and both halves of the keys folded into one in this order: many rows may share the upper."""
        folded = self.hi ^ self.lo
        order = np.argsort(folded)
        return order, folded[order]
