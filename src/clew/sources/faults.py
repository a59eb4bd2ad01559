"""Which rows of a sheet cannot be used, and why: the first reason found counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clew.sources.blocks import Reason, Rejected
from clew.sources.sheet import Sheet
from clew.sources.times import Times

_REASONS = list(Reason)
_SHOWN = 200


class Faults:
    """Marks on the rows of one sheet."""

    def __init__(self, count: int) -> None:
        self._reason = np.full(count, -1, np.int8)
        self._column = np.full(count, -1, np.int32)
        self._names: list[str] = []

    @property
    def usable(self) -> NDArray[np.bool_]:
        return np.asarray(self._reason < 0)

    def mark(self, rows: NDArray[np.bool_], reason: Reason, column: str = "") -> None:
        """Mark rows that have no mark yet."""
        if not rows.any():
            return
        new = rows & self.usable
        self._reason[new] = _REASONS.index(reason)
        self._column[new] = len(self._names)
        self._names.append(column)

    def mark_times(self, times: Times, column: str, *, latest: int | None) -> None:
        """Mark what cannot be a time; latest None: the future is allowed."""
        self.mark(times.bad, Reason.TIME, column)
        self.mark(times.early, Reason.EARLY, column)
        self.mark(times.gap, Reason.GAP, column)
        if latest is not None:
            self.mark(times.present & (times.at > latest), Reason.FUTURE, column)

    def rejected(self, sheet: Sheet) -> list[Rejected]:
        """Return the marked rows in words, in their order."""
        rows = np.flatnonzero(~self.usable)
        values = self._values(sheet, rows)
        lines, reasons, columns = sheet.lines[rows], self._reason[rows], self._column[rows]
        told = zip(rows.tolist(), lines.tolist(), columns.tolist(), reasons.tolist(), strict=True)
        return [
            Rejected(line, self._names[column], values.get(row, ""), _REASONS[reason], sheet.row_text(row))
            for row, line, column, reason in told
        ]

    def _values(self, sheet: Sheet, rows: NDArray[np.intp]) -> dict[int, str]:
        """The offending texts, spelled column by column."""
        values: dict[int, str] = {}
        for number, name in enumerate(self._names):
            if name:
                chosen = rows[self._column[rows] == number]
                texts = sheet.column(name).spelled(chosen)
                values.update(zip(chosen.tolist(), (text[:_SHOWN] for text in texts), strict=True))
        return values
