"""What began or ceased to be recorded while the log ran: figures before and after cannot be compared as they are.

Had an event's rate held all the time, k records would have been expected before its first (or after its last); none is
seen with a probability of exp(-k). Where that is tiny, and the time without it is longer than any that the event left
before, the recording began late or ended early, not the events (as questions.blind says of runs).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from clew.clock import ALWAYS, DAY_US, NEVER
from clew.questions.blind import FEWEST_LATER, UNLIKELY
from clew.questions.words import listed
from clew.signals.measuring.by_account import first_event
from clew.signals.parts import wording
from clew.signals.sight import Sight

MOST_NAMED = 3
LONGER = 2  # times its own longest pause: a weekend or a holiday is no end
Instants = NDArray[np.int64]


@dataclass(frozen=True)
class Recorded:
    """A source, or an event, that is recorded from `first` to `last` only, though the log is longer.

    late   its recording began after the log did      ended  it ceased before the view's end
    """

    what: str
    first: int
    last: int
    late: bool
    ended: bool


def partly_recorded(sight: Sight) -> list[Recorded]:
    """Find the sources and events that are recorded for a part of the log only, by name."""
    return sight.made("partly recorded", lambda: _partly_recorded(sight))


def changed_between(sight: Sight, start: int, end: int, *, named: str) -> str:
    """Say in a sentence what began and what ceased to be recorded in [start, end), a time that people call `named`."""
    every = partly_recorded(sight)
    began = [(each.first, each.what) for each in every if each.late and start <= each.first < end]
    ceased = [(each.last, each.what) for each in every if each.ended and start <= each.last < end]
    told = [
        f"{verb} to be recorded in {named}, so part of the difference may be that: {_dated(sight, found)}."
        for verb, found in (("Began", began), ("Ceased", ceased))
        if found
    ]
    return " ".join(told) or f"No source and no event began or ceased to be recorded in {named}."


def _dated(sight: Sight, found: list[tuple[int, str]]) -> str:
    return listed([f"{what} ({wording.day(sight, at)})" for at, what in sorted(found)], MOST_NAMED)


def _partly_recorded(sight: Sight) -> list[Recorded]:
    sources = getattr(sight.view, "sources", ())
    found = [
        *_of_column(sight, "source", [f"source {name}" for name in sources]),
        *_of_column(sight, "event", [f"'{name}'" for name in sight.view.names["event"].texts()]),
    ]
    return sorted(found, key=lambda each: each.what)


def _of_column(sight: Sight, column: str, names: list[str]) -> Iterator[Recorded]:
    begin, end = first_event(sight), sight.as_of
    count, first, last, days = _records(sight, column, len(names))
    for code in np.flatnonzero(count >= FEWEST_LATER).tolist():
        one, other = int(first[code]), int(last[code])
        pause = LONGER * (int(np.diff(np.flatnonzero(days[code])).max(initial=1)) * DAY_US)
        rate = int(count[code]) / max(other - one, 1)
        late, ended = (span > pause and exp(-min(rate * span, 700)) < UNLIKELY for span in (one - begin, end - other))
        if late or ended:
            yield Recorded(names[code], one, other, late, ended)


def _records(sight: Sight, column: str, size: int) -> tuple[Instants, Instants, Instants, NDArray[np.bool_]]:
    """How often each code occurs, when first and last, and on which days of the log."""
    begin = first_event(sight)
    count, first, last = np.zeros(size, np.int64), np.full(size, NEVER, np.int64), np.full(size, ALWAYS, np.int64)
    days = np.zeros((size, (sight.as_of - begin) // DAY_US + 1), np.bool_)
    for bucket in sight.buckets:
        rows = np.flatnonzero(getattr(bucket, column) < size)
        codes, at = getattr(bucket, column)[rows], bucket.at[rows]
        count += np.bincount(codes, minlength=size)
        np.minimum.at(first, codes, at)
        np.maximum.at(last, codes, at)
        days[codes, (at - begin) // DAY_US] = True
    return count, first, last, days
