"""Row versions that are in force no longer: what they told of ends its life."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

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
        open_rows = np.arange(len(hi)) if len(self) else np.empty(0, np.intp)
        place = np.searchsorted(self.hi, hi[open_rows])
        while len(open_rows):  # more than one turn only where upper halves of keys collide
            inside = place < len(self)
            inside[inside] = self.hi[place[inside]] == hi[open_rows[inside]]
            open_rows, place = open_rows[inside], place[inside]
            found = self.lo[place] == lo[open_rows]
            until[open_rows[found]] = self.until[place[found]]
            open_rows, place = open_rows[~found], place[~found] + 1
        return until
