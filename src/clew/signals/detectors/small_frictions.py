"""Small frictions that pile up: several within a window, and nobody complained."""

from __future__ import annotations

from collections import Counter

import numpy as np

from clew.archive.model import Codes, Times
from clew.engine.ordered import Mask, Positions, first_after, segment_starts
from clew.questions.lookup import last_at_or_before
from clew.questions.words import counted, listed
from clew.signals.detectors.frictions import KINDS, Frictions, frictions, hidden, seen_from
from clew.signals.model import Detector, Failure, Found, Seen
from clew.signals.parts import wording
from clew.signals.parts.customers import customer_quarters, without_begin
from clew.signals.parts.scores import loud
from clew.signals.sight import Sight


def find(sight: Sight, number: int) -> Seen:
    """Find the friction that completes the number, once for each account and window."""
    small, least = frictions(sight, number), sight.meanings.frictions.at_least
    begin = _window_begins(small, sight.meanings.frictions.within.micros)
    count = np.arange(len(small)) - begin + 1
    enough = np.flatnonzero((count >= least) & ~_loud(sight, number, small))
    chosen = enough[apart(small.thread[enough], small.at[enough], sight.meanings.frictions.within.micros)]
    thread = small.thread[chosen].astype(np.int32)
    first, last = small.row[begin[chosen]], small.row[chosen]
    found = Found(thread, thread, small.at[chosen], first, last, count[chosen].astype(np.float64))
    return Seen(found, customer_quarters(sight, number).exposed(seen_from(sight)))


def _window_begins(small: Frictions, within: int) -> Positions:
    """Place of the first friction in the window (at - within, at] of each."""
    starts = segment_starts(small.thread)
    first = np.repeat(starts[:-1], np.diff(starts))
    return first_after(small.at, first, np.arange(len(small)) + 1, small.at - within)


def _loud(sight: Sight, number: int, small: Frictions) -> Mask:
    """Say of each friction whether something loud lies in its window."""
    bucket, rows = sight.buckets[number], np.flatnonzero(loud(sight, number))
    place = last_at_or_before(bucket.thread[rows], bucket.at[rows], small.thread, small.at)
    if not len(rows):
        return np.zeros(len(small), np.bool_)
    inside: Mask = (place >= 0) & (bucket.at[rows[place]] > small.at - sight.meanings.frictions.within.micros)
    return inside


def apart(thread: Codes, at: Times, within: int) -> Positions:
    """Choose, account by account and from the earliest on, instants that lie `within` or more apart.

    thread, at  (n,) sorted by both
    """
    starts = segment_starts(thread)
    ends = np.repeat(starts[1:], np.diff(starts))
    following = np.maximum(first_after(at, np.arange(len(at)), ends, at + within - 1), np.arange(len(at)) + 1)
    chosen, current = [], starts[:-1]
    while len(current):
        chosen.append(current)
        onward = following[current]
        current = onward[onward < ends[current]]
    return np.sort(np.concatenate(chosen)) if chosen else np.zeros(0, np.int64)


def blind(sight: Sight) -> list[str]:
    """Say which frictions cannot be seen, and whether complaints can."""
    lines, missing = [], hidden(sight)
    if missing:
        which = listed(missing).capitalize()
        lines.append(f"{which} cannot be seen: journeys, 'requests' and 'scores' in meanings.yaml show them.")
    if sight.meanings.loud is None:
        lines.append("meanings.yaml does not say 'loud': nobody knows who complained, so those who did count too.")
    return [*lines, *without_begin(sight)]


def sentence(sight: Sight, number: int, found: Found, place: int) -> str:
    """Say how many frictions of which kinds came together, and when."""
    small, at = frictions(sight, number), int(found.at[place])
    within = sight.meanings.frictions.within
    lo, hi = (int(np.searchsorted(small.thread, found.thread[place], side)) for side in ("left", "right"))
    inside = (small.at[lo:hi] <= at) & (small.at[lo:hi] > at - within.micros)
    kinds = Counter(small.kind[lo:hi][inside].tolist())
    named = listed([counted(count, *KINDS[kind]) for kind, count in sorted(kinds.items())], len(KINDS))
    who, day = wording.account(sight, int(found.thread[place])), wording.day(sight, at)
    return (
        f"{who}: {counted(sum(kinds.values()), 'small friction')} within {within} up to {day} ({named}), no complaint."
    )


DETECTOR = Detector(
    name="small-frictions",
    title="Small frictions pile up",
    failure=Failure.FRICTION,
    definition="A customer meets several small frictions within a window (steps back, stalls, reopened requests, slow "
    "answers, lukewarm scores) and nothing loud in it; found at the one that completes the number. Customers are "
    "watched from the first run, request, score or friction named by the firm on: before it none could be seen.",
    of="customer quarters",
    blind=blind,
    find=find,
    sentence=sentence,
    unit="times",
)
