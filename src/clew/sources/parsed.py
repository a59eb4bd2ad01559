"""The cells of a sheet that are times and numbers, read once each."""

from __future__ import annotations

import numpy as np

from clew.archive.model import NO_VALUE
from clew.clock import ALWAYS
from clew.sources.blocks import Longs, Reason
from clew.sources.columns import Column
from clew.sources.faults import Faults
from clew.sources.model import Source
from clew.sources.numbers import Numbers, parse_numbers
from clew.sources.sheet import Sheet
from clew.sources.times import Times, parse_times


class Parsed:
    """Times, amounts and sequence numbers of one sheet; what cannot be read is marked as a fault.

    latest  microseconds UTC after which nothing can have happened yet
    """

    def __init__(self, sheet: Sheet, source: Source, faults: Faults, *, latest: int) -> None:
        self._sheet, self._source, self._faults, self._latest = sheet, source, faults, latest
        self._times: dict[str, Times] = {}
        self._amounts: dict[str, Longs] = {}
        self._sequences: dict[str, Longs] = {}

    def read_all(self) -> None:
        """Read every time and number that the source maps, so that all faults are known."""
        for event in self._source.events:
            self.happened(event.at)
            for column in filter(None, (event.value,)):
                self.amounts(column)
            for column in filter(None, (event.sequence,)):
                self.sequences(column)
        for column in filter(None, (self._source.learnt,)):
            self.happened(column)
        dated = [attribute.at for attribute in self._source.attributes]
        for column in filter(None, (*dated, self._source.linked_at)):
            self.times(column)

    def happened(self, column: str) -> Times:
        """Times of what has happened: the future is a fault."""
        times = self.times(column)
        self._faults.mark_times(times, column, latest=self._latest)
        return times

    def times(self, column: str) -> Times:
        """Times that may lie in the future."""
        if column not in self._times:
            cells = self._sheet.column(column)
            times = parse_times(cells, zone=self._source.time_zone, form=self._source.time_format)
            self._faults.mark_times(times, column, latest=None)
            self._times[column] = times
        return self._times[column]

    def since(self, column: str | None) -> Longs:
        """Times from which something holds: ALWAYS where there is no column or the cell is empty."""
        if column is None:
            return np.full(len(self._sheet), ALWAYS, np.int64)
        times = self.times(column)
        return np.where(times.present, times.at, ALWAYS)

    def all_times(self) -> list[Times]:
        return list(self._times.values())

    def amounts(self, column: str) -> Longs:
        """Millionths, NO_VALUE where the cell is empty."""
        if column not in self._amounts:
            cells = self._sheet.column(column)
            numbers = self._numbers(cells, places=6)
            self._faults.mark(numbers.bad, Reason.NUMBER, column)
            self._amounts[column] = np.where(cells.empty, NO_VALUE, numbers.value)
        return self._amounts[column]

    def _numbers(self, cells: Column, *, places: int) -> Numbers:
        return parse_numbers(cells, places=places, decimal=self._source.decimal, thousands=self._source.thousands)

    def sequences(self, column: str) -> Longs:
        """Whole numbers, 0 where the cell is empty."""
        if column not in self._sequences:
            numbers = self._numbers(self._sheet.column(column), places=0)
            self._faults.mark(numbers.bad, Reason.SEQUENCE, column)
            self._sequences[column] = numbers.value
        return self._sequences[column]
