"""What began to be recorded while the log ran, so that figures before and after cannot be compared as they stand.

Had the later rate held all the time, k records would have been expected before the first; none is seen with a
probability of exp(-k). Where that is tiny, the recording began late, not the events (as questions.blind says of runs).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from clew.clock import NEVER
from clew.questions.blind import FEWEST_LATER, UNLIKELY
from clew.questions.words import listed
from clew.signals import wording
from clew.signals.counts import first_event
from clew.signals.once import once
from clew.signals.sight import Sight

MOST_NAMED = 3


@dataclass(frozen=True)
class Began:
    """A source, or an event, that is first recorded at `since`, though the log is older."""

    what: str
    since: int


def recorded_late(sight: Sight) -> list[Began]:
    """Find the sources and events whose recording began after the log did, the earliest first."""
    return once(sight, "recorded late", lambda: _recorded_late(sight))


def changed_between(sight: Sight, start: int, end: int, *, named: str) -> str:
    """Say in one sentence what began to be recorded in [start, end), a time that people call `named`."""
    began = [each for each in recorded_late(sight) if start <= each.since < end]
    if not began:
        return f"No source and no event began to be recorded in {named}."
    new = listed([f"{each.what} ({wording.day(sight, each.since)})" for each in began], MOST_NAMED)
    return f"Began to be recorded in {named}, so part of the difference may be that: {new}."


def _recorded_late(sight: Sight) -> list[Began]:
    begin = first_event(sight)
    sources = getattr(sight.view, "sources", ())
    events = sight.view.names["event"].texts()
    found = [
        *_late(sight, begin, "source", [f"source {name}" for name in sources]),
        *_late(sight, begin, "event", [f"'{name}'" for name in events]),
    ]
    return sorted(found, key=lambda each: (each.since, each.what))


def _late(sight: Sight, begin: int, column: str, names: list[str]) -> list[Began]:
    count, first = _first_records(sight, column, len(names))
    found = []
    for code, name in enumerate(names):
        after = max(sight.as_of - int(first[code]), 1)
        expected = int(count[code]) * (int(first[code]) - begin) / after
        if count[code] >= FEWEST_LATER and exp(-min(expected, 700)) < UNLIKELY:
            found.append(Began(name, int(first[code])))
    return found


def _first_records(sight: Sight, column: str, size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How often each code occurs, and when first."""
    count, first = np.zeros(size, np.int64), np.full(size, NEVER, np.int64)
    for bucket in sight.buckets:
        codes = getattr(bucket, column)
        if size and len(codes):
            count += np.bincount(codes, minlength=size)[:size]
            np.minimum.at(first, codes[codes < size], bucket.at[codes < size])
    return count, first
