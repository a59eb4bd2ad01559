"""A part of a log: the events of some accounts only, seen as a view like any other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from clew.archive.model import Bucket, Codes, LogView
from clew.engine.attributes import Units
from clew.engine.ordered import Mask, Positions, segment_starts
from clew.engine.terms import Terms
from clew.firm.model import Firm
from clew.questions.segments import held_at

_COLUMNS = frozenset({"thread", "at", "day", "event", "source", "team", "channel", "user", "contact", "value", "known"})


def of_segment(view: LogView, firm: Firm, name: str) -> LogView:
    """Keep the accounts that are in a segment of clew.yaml as the view ends. Raises UnknownName."""
    terms = Terms(view, firm)
    return _Part(view, [np.flatnonzero(_rows_in(bucket, terms, name)) for bucket in view.buckets()])


class _Part:
    """A view of some rows of each bucket; whatever else is asked, the whole view answers."""

    def __init__(self, view: LogView, rows: Sequence[Positions]) -> None:
        self._view, self._rows = view, rows

    def __getattr__(self, name: str) -> Any:
        return getattr(self._view, name)

    @cached_property
    def _buckets(self) -> tuple[Bucket, ...]:
        return tuple(_PartOfBucket(each, rows) for each, rows in zip(self._view.buckets(), self._rows, strict=True))

    def buckets(self) -> Sequence[Bucket]:
        return self._buckets


class _PartOfBucket:
    """Some rows of a bucket, in their order."""

    def __init__(self, bucket: Bucket, rows: Positions) -> None:
        self._bucket, self._rows = bucket, rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getattr__(self, name: str) -> Any:
        column = getattr(self._bucket, name)
        return np.asarray(column)[self._rows] if name in _COLUMNS else column

    def subject(self, kind: str) -> Codes:
        return self._bucket.subject(kind)[self._rows]

    def property(self, name: str) -> Codes:
        return self._bucket.property(name)[self._rows]


def _rows_in(bucket: Bucket, terms: Terms, name: str) -> Mask:
    starts = segment_starts(bucket.thread)
    threads = np.asarray(bucket.thread)[starts[:-1]]
    when = np.full(len(threads), terms.view.as_of, np.int64)
    held = held_at(bucket, terms, terms.segment(name), units=Units(threads, threads, True), when=when)
    return np.repeat(held, np.diff(starts))
