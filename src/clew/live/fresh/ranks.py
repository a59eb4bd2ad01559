"""Sources of the archive and of the tail, ranked by name as a load would rank them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from clew.archive.layout import Array
from clew.archive.pieces import Piece


@dataclass(frozen=True)
class Ranked:
    """Sources of the archive bear their rank in it, sources that are new in the tail the numbers behind.

    numbers  by name, as rows bear them
    """

    archived: Mapping[str, int]
    new: tuple[str, ...] = ()

    def with_sources(self, names: set[str]) -> Ranked:
        """Take in sources of the tail."""
        more = tuple(sorted(names - self.numbers.keys()))
        return Ranked(self.archived, self.new + more) if more else self

    @property
    def numbers(self) -> dict[str, int]:
        first = max(self.archived.values(), default=-1) + 1
        return {**self.archived, **{name: first + place for place, name in enumerate(self.new)}}

    @property
    def names(self) -> tuple[str, ...]:
        """Names by rank, "" for a rank without a source."""
        if self.new:
            return tuple(sorted(self.numbers))
        by_rank = {rank: name for name, rank in self.archived.items()}
        return tuple(by_rank.get(rank, "") for rank in range(max(by_rank, default=-1) + 1))

    def ranked(self, table: Piece) -> Piece:
        """Give rows the ranks of their sources."""
        if not self.new:
            return table
        ranks = np.zeros(256, np.uint8)
        names = sorted(self.numbers)
        for name, number in self.numbers.items():
            ranks[number] = names.index(name)
        return _Ranked(table, ranks)


class _Ranked:
    """Rows with other ranks of their sources."""

    def __init__(self, piece: Piece, ranks: Array) -> None:
        self._piece, self._ranks = piece, ranks

    def __len__(self) -> int:
        return len(self._piece)

    def columns(self) -> set[str]:
        return {*self._piece.columns(), "source"}

    def column(self, name: str) -> Array:
        values = self._piece.column(name)
        return self._ranks[values] if name == "source" else values
