"""The usable records of one stretch of a file, by the names of its columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from clew.sources.columns import Column
from clew.sources.records import Records


@dataclass
class Sheet:
    """Records as named columns.

    header  names of the columns of the file, each once
    taken   (n,) which record each row stands for; None: every record once (a join may split records)
    joined  further columns, (n,) each
    lines   (n,) int64 physical lines of the rows
    """

    header: Mapping[str, int]
    records: Records
    taken: NDArray[np.intp] | None = None
    joined: Mapping[str, Column] = field(default_factory=dict)
    _columns: dict[str, Column] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.records) if self.taken is None else len(self.taken)

    @property
    def lines(self) -> NDArray[np.int64]:
        return self.records.lines if self.taken is None else self.records.lines[self.taken]

    def names(self) -> Iterable[str]:
        return dict.fromkeys((*self.header, *self.joined))

    def split(self, taken: NDArray[np.intp], columns: Mapping[str, Column]) -> Sheet:
        """Return a sheet whose rows are these rows of this one, with further columns (len(taken),) each."""
        joined = {name: column.take(taken) for name, column in self.joined.items()}
        records = taken if self.taken is None else self.taken[taken]
        return Sheet(self.header, self.records, records, {**joined, **columns})

    def column(self, name: str) -> Column:
        if name not in self._columns:
            self._columns[name] = self.joined[name] if name in self.joined else self._of_file(name)
        return self._columns[name]

    def row_text(self, row: int) -> str:
        """Return the record of a row as it stands in the file, shortened."""
        return self.records.row_text(row if self.taken is None else int(self.taken[row]))

    def _of_file(self, name: str) -> Column:
        column = Column.of_records(self.records, self.header[name])
        return column if self.taken is None else column.take(self.taken)
