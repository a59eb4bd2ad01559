"""Flat records as a sheet of named columns, so that arriving events are shaped by the code that shapes exports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from hashlib import blake2b
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from clew.ingest.wires.model import Record
from clew.ingest.wires.values import text_of
from clew.sources.columns import Column
from clew.sources.receiving import record_column
from clew.sources.records import no_records
from clew.sources.shape import CONTENT
from clew.sources.sheet import Sheet

_VOLATILE = frozenset({"at", "sent_at", "received_at", "clock_skew"})  # another try to send the same event alters these
_RARE = 8  # a name that fewer than one in so many records has


class RecordSheet(Sheet):
    """Records by the names of a mapping: a name that is no column of a record is one of its properties."""

    def __init__(self, records: Sequence[Record]) -> None:
        super().__init__({}, no_records(1))
        self._told = records
        self._counts = Counter(chain.from_iterable(records))

    def __len__(self) -> int:
        return len(self._told)

    @property
    def lines(self) -> NDArray[np.int64]:
        return np.arange(len(self._told), dtype=np.int64)

    def names(self) -> Iterable[str]:
        return self._counts.keys()

    def row_text(self, row: int) -> str:
        """Nothing: what arrived is kept as it was sent."""
        return ""

    def _of_file(self, name: str) -> Column:
        if name == CONTENT:
            return Column.of_texts([content_of(record) for record in self._told])
        column = record_column(name)
        if column not in self._rows_of_rare:
            return Column.of_texts([_text(record.get(column)) for record in self._told])
        rows = self._rows_of_rare[column]
        return Column.of_some([_text(self._told[row][column]) for row in rows], rows, len(self))

    @cached_property
    def _rows_of_rare(self) -> Mapping[str, Sequence[int]]:
        """The rows of names that few records have: to ask every record for every name costs rows times names."""
        found: dict[str, list[int]] = {name: [] for name, count in self._counts.items() if count * _RARE < len(self)}
        if found:
            for row, record in enumerate(self._told):
                for name in record.keys() & found.keys():
                    found[name].append(row)
        return found


def content_of(record: Record) -> str:
    """Return a hash of what a record says, whenever and however often it was sent."""
    said = sorted((name, _text(value)) for name, value in record.items() if name not in _VOLATILE)
    told = "\x1e".join(f"{name}\x1f{text}" for name, text in said)
    return blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _text(value: object) -> str:
    return value if type(value) is str else text_of(value)
