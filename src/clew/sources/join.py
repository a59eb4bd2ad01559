"""Columns of another file, brought to each row: added up, split by, or looked up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clew.errors import BadInput
from clew.sources.blocks import Coded, Codes, Hashes, Longs, Note, Position, Reason
from clew.sources.columns import Column
from clew.sources.files import find_files
from clew.sources.hashing import mixed
from clew.sources.header import DELIMITERS
from clew.sources.model import Join, Source
from clew.sources.numbers import parse_numbers
from clew.sources.pieces import Aside, Piece, cut_file
from clew.sources.sheet import Sheet

Flags = NDArray[np.bool_]
_MOST = 9e18  # millionths, a little less than 64 bits hold


@dataclass(frozen=True)
class JoinedTable:
    """The groups of one joined file, those of one key side by side.

    keys, others    (k,) the two hashes of each distinct key, by rising `keys`
    begins          (k + 2,) the groups of key i are begins[i] : begins[i + 1]; key k stands for none
    columns         per, sum and look-up columns, (groups + 1,) each: the last cell is empty, for rows without a partner
    several         (groups + 1,) look-ups found more than one value
    """

    on: tuple[str, ...]
    keys: Hashes
    others: Hashes
    begins: NDArray[np.intp]
    columns: dict[str, Column]
    several: Flags

    def bring_to(self, sheet: Sheet) -> tuple[Sheet, dict[Note, int]]:
        """Return the sheet with these columns, split where a key has several groups, and what was noticed."""
        cells = [sheet.column(name) for name in self.on]
        place, matched = self._find(cells)
        counts = np.where(matched, self.begins[place + 1] - self.begins[place], 1)
        taken = np.repeat(np.arange(len(sheet)), counts)
        within = np.arange(len(taken)) - np.repeat(np.cumsum(counts) - counts, counts)
        group = np.where(matched[taken], self.begins[place[taken]] + within, len(self.several) - 1)
        columns = {name: column.take(group) for name, column in self.columns.items()}
        notes = {
            Note.UNMATCHED: int(np.count_nonzero(~matched)),
            Note.SPLIT: len(taken) - len(sheet),
            Note.SEVERAL: int(np.count_nonzero(self.several[group])),
        }
        return sheet.split(taken, columns), notes

    def _find(self, cells: Sequence[Column]) -> tuple[NDArray[np.intp], Flags]:
        """Return the key of each row, and whether it has one."""
        key, other, filled = _keyed(cells)
        if not len(self.keys):
            return np.zeros(len(key), np.intp), np.zeros(len(key), np.bool_)
        place = np.minimum(np.searchsorted(self.keys, key), len(self.keys) - 1)
        return place, filled & (self.keys[place] == key) & (self.others[place] == other)


def load_join(join: Join, source: Source, root: Path) -> tuple[JoinedTable, list[Aside]]:
    """Read the joined files; return the table, and what of the files could not be used."""
    reader = _Gathering(join, source)
    aside = [one for path in find_files(join.files, root) for piece in reader.read(path) for one in piece.aside()]
    return reader.table(), aside


class _Gathering:
    """Gathers the rows of the joined files, then groups them."""

    def __init__(self, join: Join, source: Source) -> None:
        sign = source.delimiter
        self.join = join
        self.source = replace(source, delimiter=None if sign in DELIMITERS else sign)
        self.keys: list[Hashes] = []
        self.others: list[Hashes] = []
        self.texts = {name: _Growing() for name in (*join.per, *join.columns)}
        self.numbers: dict[str, list[Longs]] = {name: [] for name in join.sum}
        self.filled: dict[str, list[Flags]] = {name: [] for name in join.sum}

    def read(self, path: Path) -> Iterator[Piece]:
        needed = [*self.join.on.values(), *self.join.per, *self.join.sum, *self.join.columns]
        for piece in cut_file(path, self.source, Position(), needed=needed):
            yield self._add(piece) if len(piece.records) else piece

    def _add(self, piece: Piece) -> Piece:
        sheet = Sheet(piece.header, piece.records)
        decimal, thousands = self.source.decimal, self.source.thousands
        numbers = {
            name: parse_numbers(sheet.column(name), places=6, decimal=decimal, thousands=thousands)
            for name in self.join.sum
        }
        bad = np.zeros(len(sheet), np.bool_)
        for found in numbers.values():
            bad |= found.bad
        key, other, filled = _keyed([sheet.column(name) for name in self.join.on.values()])
        kept = np.flatnonzero(filled & ~bad)
        self.keys.append(key[kept])
        self.others.append(other[kept])
        for name, growing in self.texts.items():
            growing.add(sheet.column(name).coded, kept)
        for name, found in numbers.items():
            self.numbers[name].append(found.value[kept])
            self.filled[name].append(~sheet.column(name).empty[kept])
        return replace(piece, records=piece.records.without(np.flatnonzero(bad), Reason.NUMBER))

    def table(self) -> JoinedTable:
        key, other = _chained(self.keys, np.uint64), _chained(self.others, np.uint64)
        texts = {name: growing.coded() for name, growing in self.texts.items()}
        per = [texts[name].codes.astype(np.uint64) for name in self.join.per]
        _, first, group = np.unique(mixed([key, other, *per], 0), return_index=True, return_inverse=True)
        order = np.lexsort((first, key[first]))  # groups of one key side by side, as they first appear
        rank = np.empty(len(order), np.intp)
        rank[order] = np.arange(len(order))
        first, group = first[order], rank[group]
        distinct, begins = np.unique(key[first], return_index=True)
        columns = {name: _looked_up(texts[name], first) for name in (*self.join.per, *self.join.columns)}
        columns |= {name: self._summed(name, group, len(first)) for name in self.join.sum}
        return JoinedTable(
            on=tuple(self.join.on),
            keys=distinct,
            others=other[first][begins],
            begins=np.append(begins, [len(first), len(first)]),
            columns=columns,
            several=self._several(texts, first, group),
        )

    def _summed(self, name: str, group: NDArray[np.intp], count: int) -> Column:
        value, filled = _chained(self.numbers[name], np.int64), _chained(self.filled[name], np.bool_)
        total, seen = np.zeros(count, np.int64), np.zeros(count, np.bool_)
        if np.abs(value.astype(float)).sum() > _MOST:
            raise BadInput(f"the numbers of column '{name}' add up to more than Clew can count exactly")
        np.add.at(total, group, value)
        seen[group[filled]] = True
        decimal = self.source.decimal
        texts = [
            _spelled(one, decimal) if has else None for one, has in zip(total.tolist(), seen.tolist(), strict=True)
        ]
        return Column.of_texts([*texts, None])

    def _several(self, texts: dict[str, Coded], first: NDArray[np.intp], group: NDArray[np.intp]) -> Flags:
        several = np.zeros(len(first) + 1, np.bool_)
        for name in self.join.columns:
            codes = texts[name].codes
            several[group[codes != codes[first][group]]] = True
        return several


class _Growing:
    """A coded column that grows by pieces, with one list of names."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        self._parts: list[Codes] = []

    def add(self, coded: Coded, rows: NDArray[np.intp]) -> None:
        known = self._known
        codes = np.fromiter((known.setdefault(name, len(known)) for name in coded.names), np.int32, len(coded.names))
        self._parts.append(np.append(codes, np.int32(-1))[coded.codes[rows]])

    def coded(self) -> Coded:
        return Coded(_chained(self._parts, np.int32), list(self._known))


def _keyed(cells: Sequence[Column]) -> tuple[Hashes, Hashes, Flags]:
    """Return both hashes of the key columns, and where none of them is empty."""
    filled = ~np.logical_or.reduce([column.empty for column in cells])
    return mixed([column.hashes for column in cells], 1), mixed([column.other_hashes for column in cells], 2), filled


def _chained(parts: Sequence[NDArray[np.generic]], kind: type[np.generic]) -> NDArray:  # type: ignore[type-arg]
    return np.concatenate([np.empty(0, kind), *parts])


def _looked_up(coded: Coded, first: NDArray[np.intp]) -> Column:
    """The cells of the first rows of the groups, and an empty one."""
    none = len(coded.names)
    codes = np.append(coded.codes[first], np.int32(-1)).astype(np.intp)
    return Column.of_texts([*coded.names, None]).take(np.where(codes < 0, none, codes))


def _spelled(millionths: int, decimal: str) -> str:
    whole, rest = divmod(abs(millionths), 1_000_000)
    sign = "-" if millionths < 0 else ""
    return f"{sign}{whole}{decimal}{rest:06d}".rstrip("0").rstrip(decimal)
