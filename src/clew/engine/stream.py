"""The rows a journey is folded from: the events that its conditions mention and the instants its dates name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE, Bucket, Codes, Times
from clew.conditions.model import All, AnyOf, Condition, Count, Date, Event, Not, Score, Segment, Silent
from clew.engine.attributes import Units, instants_due
from clew.engine.ordered import Mask, Positions, segment_starts
from clew.engine.terms import Terms
from clew.errors import BadRequest
from clew.journeys.model import Journey, Subject

NO_DATE = -1
Part = tuple[Positions, Times, Positions, NDArray[np.int16], Mask]


@dataclass(frozen=True)
class Stream:
    """Rows in order of (unit, time): at one instant, dates before events, events in the total order.

    units  whose rows these are      starts  (u + 1,) first row of each unit, then n
    unit   (n,) unit of each row     at      (n,) instant
    row    (n,) row of the bucket's events, -1 for an instant that a date names
    date   (n,) which of `dates` came due, NO_DATE for an event
    fresh  (n,) False for an instant that had passed when it was learnt
    """

    bucket: Bucket
    units: Units
    dates: tuple[Date, ...]
    starts: Positions
    unit: Positions
    at: Times
    row: Positions
    date: NDArray[np.int16]
    fresh: Mask

    def __len__(self) -> int:
        return len(self.at)

    def gather(self, column: NDArray[np.generic]) -> Codes:
        """Return a coded column of the bucket's events for each row, NO_CODE where the row is no event."""
        if not len(column):
            return np.full(len(self), NO_CODE, np.int64)
        return np.where(self.row >= 0, column[self.row], NO_CODE)


def conditions_of(journey: Journey) -> tuple[Condition, ...]:
    """Every condition that decides about runs, as written."""
    return tuple(
        condition
        for condition in (
            journey.starts,
            *(stage.enter for stage in journey.stages),
            *(end.when for end in journey.ends),
            *(variant.when for variant in journey.variants),
        )
        if condition is not None
    )


def leaves_of(conditions: Iterable[Condition], terms: Terms, inside: tuple[str, ...] = ()) -> list[Condition]:
    """Every leaf of the conditions, those of the segments they name included.

    Raises BadRequest where a segment is defined by itself.
    """
    found: list[Condition] = []
    for condition in conditions:
        if isinstance(condition, All | AnyOf):
            found += leaves_of(condition.parts, terms, inside)
        elif isinstance(condition, Not):
            found += leaves_of((condition.part,), terms, inside)
        elif isinstance(condition, Segment):
            if condition.name in inside:
                raise BadRequest(f"segment '{condition.name}' is defined by itself: {' > '.join(inside)}")
            found += leaves_of((terms.segment(condition.name),), terms, (*inside, condition.name))
        else:
            found.append(condition)
    return found


def build_stream(bucket: Bucket, terms: Terms, subject: Subject, conditions: Iterable[Condition]) -> Stream:
    """Collect the rows of one bucket that some condition listens to, by subject."""
    leaves = leaves_of(conditions, terms)
    dates = tuple(dict.fromkeys(leaf for leaf in leaves if isinstance(leaf, Date)))
    rows = np.flatnonzero(_mentioned(bucket, terms, leaves))
    thread, things, rows = _by_subject(bucket, subject, rows)
    units = _units(bucket, terms, subject, (thread, things), dates)
    unit = _places(units, thread, things)
    at, none = np.asarray(bucket.at)[rows], np.full(len(rows), NO_DATE, np.int16)
    due = [instants_due(bucket, terms, units, date) for date in dates]
    parts = [(unit, at, rows, none, np.ones(len(rows), np.bool_))]
    for number, each in enumerate(due):
        length = len(each.at)
        parts.append((each.unit, each.at, np.full(length, -1), np.full(length, number, np.int16), each.fresh))
    return _joined(bucket, units, dates, parts)


def _joined(bucket: Bucket, units: Units, dates: tuple[Date, ...], parts: list[Part]) -> Stream:
    """Put the parts (unit, at, row, date, fresh) in order; of several dates at one instant the one written last first.

    Ends are written after starts, so a run that a date ends leaves room for one that a date starts.
    """
    unit, at, row, date, fresh = (np.concatenate(column) for column in zip(*parts, strict=True))
    if len(parts) > 1:
        order = np.lexsort((-date, row, at, unit))
        unit, at, row, date, fresh = unit[order], at[order], row[order], date[order], fresh[order]
    starts = np.searchsorted(unit, np.arange(len(units) + 1))
    return Stream(bucket, units, dates, starts, unit, at, row, date, fresh)


def _mentioned(bucket: Bucket, terms: Terms, leaves: list[Condition]) -> Mask:
    names: dict[str, None] = {}
    for leaf in leaves:
        names |= dict.fromkeys(_names(leaf))
    mask = terms.named(tuple(names))[bucket.event]
    for leaf in leaves:
        if isinstance(leaf, Score):
            mask = mask | (bucket.property(leaf.name) != NO_CODE)
    return mask


def _names(leaf: Condition) -> tuple[str, ...]:
    if isinstance(leaf, Event):
        return leaf.names
    if isinstance(leaf, Count):
        return leaf.event.names
    return leaf.events if isinstance(leaf, Silent) else ()


def _by_subject(bucket: Bucket, subject: Subject, rows: Positions) -> tuple[Codes, Codes, Positions]:
    """Return (thread, thing, row) with the rows of each subject together, in the total order."""
    thread = np.asarray(bucket.thread)[rows]
    if subject.kind == "account":
        return thread, thread, rows
    things = bucket.subject(subject.kind)[rows]
    about = things != NO_CODE
    thread, things, rows = thread[about], things[about], rows[about]
    order = np.argsort(_pair(thread, things), kind="stable")
    return thread[order], things[order], rows[order]


def _units(
    bucket: Bucket, terms: Terms, subject: Subject, of_events: tuple[Codes, Codes], dates: tuple[Date, ...]
) -> Units:
    """List the subjects with rows; where a date may start a run, every other subject that may have that date too."""
    thread, things = of_events
    starts = segment_starts(thread, things)[:-1]
    thread, things = thread[starts], things[starts]
    of_account = subject.kind == "account"
    if dates:
        others = _dated(bucket, terms, subject)
        pairs = np.unique(np.concatenate([_pair(thread, things), *(_pair(*each) for each in others)]))
        thread, things = (pairs >> 32).astype(np.int32), (pairs & 0xFFFFFFFF).astype(np.int32)
    return Units(thread, things, of_account)


def _dated(bucket: Bucket, terms: Terms, subject: Subject) -> list[tuple[Codes, Codes]]:
    """(thread, subject) of what has attributes or stands in a thread that has some, events or not."""
    threads = np.unique(bucket.attributes.thread)
    if subject.kind == "account":
        return [(threads, threads)]
    things = bucket.subject(subject.kind)
    rows = np.flatnonzero((things != NO_CODE) & np.isin(bucket.thread, threads))
    known, known_threads = terms.view.threads_of(subject.kind)
    here = np.isin(known_threads, threads)
    said = np.isin(bucket.attributes.entity, known)
    return [
        (np.asarray(bucket.thread)[rows], things[rows]),
        (known_threads[here], known[here]),
        (bucket.attributes.thread[said], bucket.attributes.entity[said]),
    ]


def _places(units: Units, thread: Codes, things: Codes) -> Positions:
    """Return the unit of each row; rows of one subject stand together."""
    starts = segment_starts(thread, things)
    first = starts[:-1]
    place = np.searchsorted(_pair(units.thread, units.subject), _pair(thread[first], things[first]))
    return np.repeat(place, np.diff(starts))


def _pair(thread: Codes, thing: Codes) -> NDArray[np.int64]:
    return (np.asarray(thread, np.int64) << 32) + thing
