"""A view with other buckets: one of them alone, or without rows that are parked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from clew.archive.layout import ATTRIBUTES, EVENTS, Array
from clew.archive.model import Bucket, Codes, LogView, Names
from clew.archive.pieces import Chosen, Piece
from clew.archive.reader import LogBucket

RowKeys = frozenset[tuple[int, int]]  # both halves of row keys, as signed numbers


class Narrowed:
    """A view with other buckets; all else is as it was."""

    def __init__(self, view: LogView, buckets: Sequence[Bucket]) -> None:
        self._view, self._buckets = view, buckets

    @property
    def as_of(self) -> int:
        return self._view.as_of

    @property
    def known_at(self) -> int:
        return self._view.known_at

    @property
    def generation(self) -> int:
        return self._view.generation

    @property
    def names(self) -> Names:
        return self._view.names

    @property
    def undated(self) -> frozenset[str]:
        return self._view.undated

    @property
    def sources(self) -> Sequence[str]:
        return self._view.sources

    @property
    def subject_kinds(self) -> frozenset[str]:
        return self._view.subject_kinds

    def buckets(self) -> Sequence[Bucket]:
        return self._buckets

    def entity_kinds(self) -> dict[str, int]:
        return self._view.entity_kinds()

    def threads_of(self, kind: str) -> tuple[Codes, Codes]:
        return self._view.threads_of(kind)


def without(view: LogView, rows: RowKeys) -> LogView:
    """Leave rows out of a view; a bucket that holds none of them stays as it is."""
    return Narrowed(view, [_bucket_without(bucket, rows) for bucket in view.buckets()]) if rows else view


def _bucket_without(bucket: Bucket, rows: RowKeys) -> Bucket:
    if not isinstance(bucket, LogBucket):
        return bucket
    kept = {name: _kept(bucket.table(name), rows) for name in (EVENTS, ATTRIBUTES)}
    if all(len(keep) == len(bucket.table(name)) for name, keep in kept.items()):
        return bucket
    return LogBucket(bucket.number, _reader(bucket, kept))


def _reader(bucket: LogBucket, kept: dict[str, Array]) -> Callable[[str], Piece]:
    def read(table: str) -> Piece:
        return Chosen(bucket.table(table), kept[table]) if table in kept else bucket.table(table)

    return read


def _kept(table: Piece, rows: RowKeys) -> Array:
    """The rows of a table whose key is not among these."""
    if not len(table):
        return np.empty(0, np.int64)
    hi, lo = (np.asarray(table.column(name)).view(np.int64) for name in ("row_hi", "row_lo"))
    suspects = np.flatnonzero(np.isin(hi, [key[0] for key in rows]))
    parked = [row for row in suspects.tolist() if (int(hi[row]), int(lo[row])) in rows]
    return np.delete(np.arange(len(table)), parked)
