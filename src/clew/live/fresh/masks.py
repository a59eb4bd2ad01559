"""Buckets and folds without some of their threads: columns are cut when they are read, indices follow."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from clew.archive.layout import ATTRIBUTES, EVENTS, Array
from clew.archive.pieces import Chosen, Piece
from clew.archive.reader import LogBucket
from clew.engine.model import FoldedBucket, Planned, Runs, Steps, Visits, Withdrawn
from clew.engine.ordered import Positions, spans
from clew.live.fresh.stored import ByThread

SLICES = 2_000  # stretches up to which joining them is quicker than gathering row by row

Table = TypeVar("Table", Runs, Visits, Steps, Withdrawn)
OfRuns = TypeVar("OfRuns", Visits, Steps, Withdrawn)
Index = Callable[[str], ByThread]  # table of a bucket -> its rows by thread


@dataclass(frozen=True)
class Gaps:
    """Rows before, between and after some threads: k + 1 stretches for k threads, many of them empty."""

    begin: Positions
    end: Positions

    @classmethod
    def around(cls, lo: Positions, hi: Positions, rows: int) -> Gaps:
        """Leave rows lo <= row < hi out, for each thread; rising."""
        return cls(np.concatenate([[0], hi]).astype(np.int64), np.concatenate([lo, [rows]]).astype(np.int64))

    def __len__(self) -> int:
        return int((self.end - self.begin).sum())

    @property
    def lengths(self) -> Positions:
        return self.end - self.begin

    @property
    def left_out(self) -> Positions:
        """How many rows before each stretch are left out."""
        before: Positions = self.begin - np.concatenate([[0], np.cumsum(self.lengths)[:-1]])
        return before

    def take(self, column: Array) -> Array:
        """Return a column without what is left out."""
        some = np.flatnonzero(self.begin < self.end)
        if len(some) > SLICES:
            return column[spans(self.begin, self.end)]
        pairs = zip(self.begin[some].tolist(), self.end[some].tolist(), strict=True)
        parts = [column[lo:hi] for lo, hi in pairs]
        return np.concatenate(parts) if parts else column[:0]

    def renumbered(self, column: Array, left_out: Positions) -> Array:
        """Return a column of indices into a table of which so many rows are left out before each stretch."""
        taken = self.take(column)
        numbers: Array = taken - np.repeat(left_out.astype(taken.dtype), self.lengths)
        return numbers


class Rest:
    """Rows of a table without some stretches; what was cut once is kept."""

    def __init__(self, piece: Piece, gaps: Gaps) -> None:
        self._piece, self.gaps = piece, gaps
        self._cut: dict[str, Array] = {}

    def __len__(self) -> int:
        return len(self.gaps)

    def columns(self) -> Collection[str]:
        return self._piece.columns()

    def column(self, name: str) -> Array:
        found = self._cut.get(name)
        if found is None:
            found = self._cut[name] = self.gaps.take(self._piece.column(name))
        return found


def bucket_without(bucket: LogBucket, index: Index, gone: Array) -> LogBucket:
    """Return a bucket without some threads.

    gone  rising
    """

    def read(table: str) -> Piece:
        piece = bucket.table(table)
        if table in (EVENTS, ATTRIBUTES):
            return Rest(piece, Gaps.around(*index(table).spans(gone), len(piece)))
        return Chosen(piece, np.flatnonzero(~np.isin(piece.column("thread"), gone)))

    return LogBucket(bucket.number, read)


def fold_without(part: FoldedBucket, bucket: LogBucket, index: Index, gone: Array) -> FoldedBucket:
    """Return what the fold made of a bucket without some threads.

    bucket  the bucket without them        index  of the bucket with them
    """
    threads = part.runs.thread
    lo, hi = np.searchsorted(threads, gone, "left"), np.searchsorted(threads, gone, "right")
    runs = Gaps.around(lo, hi, len(part.runs))
    rows = Gaps.around(*index(EVENTS).spans(gone), len(part.bucket))

    def of_runs(run: Array) -> Gaps:
        return Gaps.around(np.searchsorted(run, lo, "left"), np.searchsorted(run, hi, "left"), len(run))

    def by_run(table: OfRuns) -> OfRuns:
        gaps = of_runs(table.run)
        renumbered = {"run": runs.left_out, "row": rows.left_out}

        def column(name: str) -> Array:
            values = getattr(table, name)
            return gaps.renumbered(values, renumbered[name]) if name in renumbered else gaps.take(values)

        return later(type(table), column)

    planned = np.flatnonzero(~np.isin(part.planned.thread, gone))
    return FoldedBucket(
        bucket=bucket,
        runs=later(Runs, lambda name: runs.take(getattr(part.runs, name))),
        visits=by_run(part.visits),
        steps=by_run(part.steps),
        planned=Planned(part.planned.subject[planned], part.planned.thread[planned], part.planned.start[planned]),
        withdrawn=by_run(part.withdrawn),
    )


def later(kind: type[Table], column: Callable[[str], Array]) -> Table:
    """Make a table whose columns are worked out when they are read, each once."""
    made: Table = object.__new__(_KINDS[kind])
    object.__setattr__(made, "_column", column)
    return made


class _Later:
    """Columns that are not there yet are asked for by name."""

    _column: Callable[[str], Array]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        values = self._column(name)
        object.__setattr__(self, name, values)
        return values


class _LaterRuns(_Later, Runs):
    pass


class _LaterVisits(_Later, Visits):
    pass


class _LaterSteps(_Later, Steps):
    pass


class _LaterWithdrawn(_Later, Withdrawn):
    pass


_KINDS: dict[Any, Any] = {
    Runs: _LaterRuns,
    Visits: _LaterVisits,
    Steps: _LaterSteps,
    Withdrawn: _LaterWithdrawn,
    _LaterRuns: _LaterRuns,
    _LaterVisits: _LaterVisits,
    _LaterSteps: _LaterSteps,
    _LaterWithdrawn: _LaterWithdrawn,
}
