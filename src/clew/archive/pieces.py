"""Rows that are still to be brought together: stored, staged or in memory, column by column, nothing read twice."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

import numpy as np

from clew.archive.layout import Array, absent


class Piece(Protocol):
    """Some rows of a table; columns are read when asked for."""

    def __len__(self) -> int: ...
    def columns(self) -> Collection[str]:
        """Names of the columns in which something is said; any other may be asked for too."""
        ...

    def column(self, name: str) -> Array: ...


class Held:
    """Rows in memory."""

    def __init__(self, table: str, columns: Mapping[str, Array], length: int | None = None) -> None:
        self._table, self._columns = table, columns
        self._length = len(next(iter(columns.values()))) if length is None else length

    def __len__(self) -> int:
        return self._length

    def columns(self) -> Collection[str]:
        return self._columns.keys()

    def column(self, name: str) -> Array:
        found = self._columns.get(name)
        return absent(self._table, name, self._length) if found is None else found


class Chosen:
    """Some rows of a piece, by index, where given with other values for some columns."""

    def __init__(self, piece: Piece, rows: Array, instead: Mapping[str, Array] | None = None) -> None:
        self._piece, self._rows, self._instead = piece, rows, instead or {}

    def __len__(self) -> int:
        return len(self._rows)

    def columns(self) -> Collection[str]:
        return {*self._piece.columns(), *self._instead}

    def column(self, name: str) -> Array:
        return self._instead[name] if name in self._instead else self._piece.column(name)[self._rows]


class Joined:
    """Pieces one after the other, brought into an order; every column is joined once."""

    def __init__(self, table: str, pieces: Sequence[Piece]) -> None:
        self.table = table
        self._pieces = [piece for piece in pieces if len(piece)]
        self._order: Array | None = None
        self._instead: dict[str, Array] = {}

    def __len__(self) -> int:
        return sum(len(piece) for piece in self._pieces)

    def columns(self) -> Collection[str]:
        return {name for piece in self._pieces for name in piece.columns()} | self._instead.keys()

    def hold(self, *names: str) -> None:
        """Keep these columns in memory: they are asked for more than once."""
        for name in names:
            self._instead[name] = self.column(name)

    def replace(self, name: str, values: Array) -> None:
        """Put other values, in the present order, in the place of a column."""
        self._instead[name] = values

    def reorder(self, order: Array) -> None:
        """Bring the rows into this order."""
        self._order = order if self._order is None else self._order[order]
        self._instead = {name: values[order] for name, values in self._instead.items()}

    def column(self, name: str) -> Array:
        if name in self._instead:
            return self._instead[name]
        parts = [piece.column(name) for piece in self._pieces]
        joined = parts[0] if len(parts) == 1 else np.concatenate(parts) if parts else absent(self.table, name, 0)
        return joined if self._order is None else joined[self._order]
