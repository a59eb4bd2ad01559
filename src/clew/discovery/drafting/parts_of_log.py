"""A part of a log: the events of some accounts only, seen as a view like any other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Bucket, Codes, LogView
from clew.conditions.model import All, AnyOf, Attribute, Condition, Count, Not, Segment
from clew.engine.attributes import Units, code_in_force
from clew.engine.conditions import Evaluation
from clew.engine.ordered import Mask, Positions, segment_starts
from clew.engine.stream import build_stream
from clew.engine.terms import Terms
from clew.engine.value_tests import passing_numbers
from clew.firm.model import Firm
from clew.journeys.model import Subject

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
    held = _held(bucket, terms, terms.segment(name), threads)
    return np.repeat(held, np.diff(starts))


def _held(bucket: Bucket, terms: Terms, condition: Condition, threads: Codes) -> Mask:
    """Say of each thread whether the condition holds as the view ends."""
    match condition:
        case Attribute():
            when = np.full(len(threads), terms.view.as_of, np.int64)
            units = Units(threads, threads, True)
            code = code_in_force(bucket, terms, units, condition.name, unit=np.arange(len(threads)), when=when)
            passing: Mask = terms.passing(f"attribute:{condition.name}", condition.test)[code]
            return passing
        case Segment():
            return _held(bucket, terms, terms.segment(condition.name), threads)
        case All() | AnyOf():
            parts = [_held(bucket, terms, part, threads) for part in condition.parts]
            return reduce(np.logical_and if isinstance(condition, All) else np.logical_or, parts)
        case Not():
            return ~_held(bucket, terms, condition.part, threads)
        case _:
            return _held_at_last_event(bucket, terms, condition, threads)


def _held_at_last_event(bucket: Bucket, terms: Terms, condition: Condition, threads: Codes) -> NDArray[np.bool_]:
    stream = build_stream(bucket, terms, Subject(), [condition])
    without = isinstance(condition, Count) and bool(passing_numbers(np.zeros(1), condition.test)[0])
    held = np.full(len(threads), without)
    if len(stream):
        last = stream.starts[1:] - 1
        held[np.searchsorted(threads, stream.units.thread)] = Evaluation(stream, terms).holds(condition)[last]
    return held
