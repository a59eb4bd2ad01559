"""Which shaped rows are new, known, contradicted, or still to come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from clew.archive.layout import Array
from clew.clock import ALWAYS, NEVER
from clew.ingest.wires.model import ShapedArrivals, Why
from clew.live.intake.keys import KnownKeys
from clew.live.intake.model import FUTURE_US, HELD_US, LATE_US, Coming, Fate, Outcome
from clew.sources.model import Source

REUSED = (
    "its id was used before with other content; the first is kept. A sender that changes an event gives it a new id"
)
STALE = "it lies more than a year ahead: a clock or a unit is wrong (seconds, milliseconds)"


class Judging:
    """The rows of one block; all arrays (rows,), those of `accepted` (accepted,).

    accepted  indices of the rows that enter the log, rising
    """

    def __init__(
        self, source: Source, comings: Sequence[Coming], shaped: ShapedArrivals, *, keys: KnownKeys, now: int
    ) -> None:
        self.block = shaped.block
        self._comings = [comings[place] for place in shaped.of_row]
        rows, count = self.block.rows, len(self.block.rows)
        self._arrived = np.fromiter((one.arrival.received_at for one in self._comings), np.int64, count)
        self._first, self._last = self._times()
        self._ahead = self._last > now + FUTURE_US
        self._stale = self._last > now + HELD_US
        self._fresh, self._same = _known(source.name, rows.hi, rows.content, ~self._ahead, keys)
        self.accepted = np.flatnonzero(self._fresh)

    def _times(self) -> tuple[Array, Array]:
        """Return when the first and the last event of each row occurred; NEVER and ALWAYS where it tells of none."""
        first = np.full(len(self._comings), NEVER, np.int64)
        last = np.full(len(self._comings), ALWAYS, np.int64)
        np.minimum.at(first, self.block.events.row, self.block.events.at)
        np.maximum.at(last, self.block.events.row, self.block.events.at)
        return first, last

    @property
    def hi(self) -> Array:
        return self.block.rows.hi[self.accepted]

    @property
    def content(self) -> Array:
        return self.block.rows.content[self.accepted]

    @property
    def received(self) -> Array:
        return self._arrived[self.accepted]

    def fates(self) -> Iterator[Fate]:
        """Yield what becomes of each row."""
        about, late = self._last == ALWAYS, self._arrived - self._first > LATE_US
        for row, coming in enumerate(self._comings):
            if self._fresh[row]:
                is_late = bool(late[row]) and not about[row] and not coming.arrival.quiet
                yield Fate(coming, Outcome.ACCEPTED, late=is_late, about=bool(about[row]))
            elif self._stale[row]:
                yield Fate(coming, Outcome.REJECTED, Why.STALE, "", STALE)
            elif self._ahead[row]:
                yield Fate(coming, Outcome.HELD, at=int(self._last[row]))
            elif self._same[row]:
                yield Fate(coming, Outcome.DUPLICATE)
            else:
                yield Fate(coming, Outcome.REJECTED, Why.REUSED_ID, "id", REUSED)


def _known(source: str, hi: Array, content: Array, present: Array, keys: KnownKeys) -> tuple[Array, Array]:
    """Say which present rows are new, and which of the others repeat what is known; of one id the first counts."""
    fresh, same = np.zeros(len(hi), np.bool_), np.zeros(len(hi), np.bool_)
    rows = np.flatnonzero(present)
    if not len(rows):
        return fresh, same
    ids, first, which = np.unique(hi[rows], return_index=True, return_inverse=True)
    known, stored = keys.find(source, ids)
    kept = np.where(known, stored, content[rows[first]])
    fresh[rows[first[~known]]] = True
    same[rows] = content[rows] == kept[which]
    return fresh, same
