"""Rows beyond the archive, in memory, sorted by party in chunks of growing size: found by searching, merged seldom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clew.archive.layout import ATTRIBUTES, EVENTS, MENTIONS, Array
from clew.archive.pieces import Chosen, Held, Joined, Piece
from clew.clock import ALWAYS
from clew.engine.ordered import spans
from clew.live.fresh.blocks import POSITION, Told, compact

TABLES = (EVENTS, ATTRIBUTES, MENTIONS)


@dataclass(frozen=True)
class Chunk:
    """Tables of some rows, each sorted by party; `last` is the latest instant in them."""

    tables: dict[str, Held]
    last: int

    def __len__(self) -> int:
        return sum(len(table) for table in self.tables.values())

    @classmethod
    def of(cls, parts: Sequence[Chunk | Told]) -> Chunk:
        """Put rows together and sort them."""
        tables = {name: _by_party(name, [part.tables[name] for part in parts]) for name in TABLES}
        return cls(tables, max(int(table.column("at").max(initial=ALWAYS)) for table in tables.values()))

    def rows(self, table: str, parties: Array) -> Piece:
        """Return the rows of these parties, rising."""
        rows = self.tables[table]
        if not len(rows):
            return rows
        party = rows.column("party")
        return Chosen(rows, spans(np.searchsorted(party, parties, "left"), np.searchsorted(party, parties, "right")))


def _by_party(name: str, pieces: Sequence[Piece]) -> Held:
    rows = Joined(name, pieces)
    if len(rows):
        rows.hold("party")
        rows.reorder(np.argsort(rows.column("party"), kind="stable"))
    return compact(rows)


class Tail:
    """Every row of the tail.

    first  position of the first row      position  every row below it is here
    """

    def __init__(self, position: int) -> None:
        self.first = self.position = position
        self.chunks: list[Chunk] = []
        self.subjects: frozenset[str] = frozenset()
        self._party: list[tuple[Array, Array]] = []  # parties and positions, block after block
        self._learnt: list[tuple[int, int]] = []  # when blocks were learnt, and where they begin

    def add(self, told: Told, learnt: Sequence[tuple[int, int]], *, position: int) -> None:
        """Take in rows; every row below `position` is here then.

        learnt  of each block when it was learnt and its position
        """
        self._learnt += learnt
        self.chunks.append(Chunk.of([told]))
        while len(self.chunks) > 1 and 2 * len(self.chunks[-1]) > len(self.chunks[-2]):
            self.chunks[-2:] = [Chunk.of(self.chunks[-2:])]
        self._party.append((told.party, told.position))
        self.subjects |= told.subjects
        self.position = position

    def parties(self, since: int, until: int) -> Array:
        """Parties of the rows since <= position < until, each once."""
        found = [np.empty(0, np.int32)]
        for party, position in reversed(self._party):
            if not len(position) or position[0] >= until:
                continue
            if position[-1] < since:
                break
            lo, hi = np.searchsorted(position, since), np.searchsorted(position, until)
            found.append(party[lo:hi])
        return np.unique(np.concatenate(found))

    def learnt_by(self, known_at: int) -> int:
        """Return the position below which every row was learnt by an instant."""
        return min((position for at, position in self._learnt if at > known_at), default=self.position)

    def rows(self, table: str, parties: Array) -> list[Piece]:
        """Rows of these parties, rising, chunk by chunk."""
        return [rows for chunk in self.chunks if len(rows := chunk.rows(table, parties))]

    def later(self, as_of: int) -> tuple[Array, Array, Array]:
        """Return (party, at, position) of every row that lies after an instant."""
        found = [
            (table.column("party")[rows], table.column("at")[rows], table.column(POSITION)[rows])
            for chunk in self.chunks
            if chunk.last > as_of
            for table in chunk.tables.values()
            if len(rows := np.flatnonzero(table.column("at") > as_of))
        ]
        empty = (np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.int64))
        party, at, position = (np.concatenate(columns) for columns in zip(empty, *found, strict=True))
        return party, at, position
