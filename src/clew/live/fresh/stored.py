"""Rows of the archive by thread: found by searching, whatever the size of the log."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from clew.archive.generation import Generation
from clew.archive.layout import ATTRIBUTES, EVENTS, MENTIONS, Array
from clew.archive.pieces import Piece
from clew.clock import ALWAYS, NEVER
from clew.engine.ordered import Positions, segment_starts, spans
from clew.live.fresh.links import Table

TABLES = (EVENTS, ATTRIBUTES, MENTIONS)


class ByThread:
    """The rows of one table of a bucket, by thread."""

    def __init__(self, thread: Array, *, sorted_: bool) -> None:
        self._order = None if sorted_ else np.argsort(thread, kind="stable")
        ordered = np.asarray(thread) if self._order is None else thread[self._order]
        self._starts = segment_starts(ordered)
        self.threads = ordered[self._starts[:-1]]

    def spans(self, threads: Array) -> tuple[Positions, Positions]:
        """Return where the rows of each of these threads, rising, begin and end."""
        place = np.searchsorted(self.threads, threads)
        found = place < len(self.threads)
        found[found] = self.threads[place[found]] == threads[found]
        lo, hi = self._starts[place], self._starts[np.where(found, place + 1, place)]
        return lo, hi

    def rows(self, threads: Array) -> Positions:
        """Return the rows of these threads, rising, thread by thread."""
        rows = spans(*self.spans(threads))
        return rows if self._order is None else self._order[rows]


class StoredRows:
    """Tables of one generation, each indexed by thread on first use."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self._indexes: dict[tuple[int, str], ByThread] = {}
        self._later: tuple[int, Array, Array] | None = None

    @property
    def buckets(self) -> int:
        return len(self.generation.manifest.buckets)

    def index(self, number: int, table: str) -> ByThread:
        """The rows of a table of a bucket, by thread."""
        found = self._indexes.get((number, table))
        if found is None:
            thread = self.generation.table(number, table).column("thread")
            found = self._indexes[number, table] = ByThread(thread, sorted_=table != MENTIONS)
        return found

    def homes(self, threads: Array) -> Array:
        """Bucket of each of these threads of the archive."""
        hashes = self.generation.entities.column("hash")
        homes: Array = hashes[threads] & (self.buckets - 1)
        return homes

    def by_bucket(self, threads: Array) -> list[tuple[int, Array]]:
        """Return (bucket, its threads, rising) for some threads of the archive, rising."""
        if not len(threads) or not self.buckets:
            return []
        home = self.homes(threads)
        order = np.argsort(home, kind="stable")
        starts = segment_starts(home[order])
        return [(int(home[order[a]]), threads[order[a:b]]) for a, b in pairwise(starts.tolist())]

    def table(self, number: int, name: str) -> Piece:
        """A table of a bucket."""
        return self.generation.table(number, name)

    def later(self, as_of: int) -> tuple[Array, Array]:
        """Return (party, at) of every row that lies after an instant: an archive holds few of them."""
        if self._later is None or as_of < self._later[0]:
            self._later = (as_of, *self._find_later(as_of))
        _, party, at = self._later
        after = at > as_of
        return party[after], at[after]

    def _find_later(self, as_of: int) -> tuple[Array, Array]:
        parties, instants = [np.empty(0, np.int32)], [np.empty(0, np.int64)]
        for number, bucket in enumerate(self.generation.manifest.buckets):
            for name in TABLES:
                if name in bucket and bucket[name].last > max(as_of, ALWAYS):
                    table = self.generation.table(number, name)
                    rows = np.flatnonzero(table.column("at") > as_of)
                    parties.append(table.column("party")[rows])
                    instants.append(table.column("at")[rows])
        return np.concatenate(parties), np.concatenate(instants)

    def links(self) -> Table:
        """Every link of the archive in force."""
        table = self.generation.links
        rows = np.flatnonzero(table.column("until") == NEVER)
        left, right, at = (table.column(name)[rows] for name in ("left", "right", "at"))
        if not table.column("word").any():
            return Table(left, right, at, source=table.column("source")[rows])
        return Table(left, right, at, *(table.column(name)[rows] for name in ("word", "row_hi", "row_lo", "source")))
