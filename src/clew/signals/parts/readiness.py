"""When accounts were ready for the next value step, and what followed: outreach, expansion, loss."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Bucket, Codes, Times
from clew.clock import NEVER
from clew.conditions.model import Condition
from clew.engine.ordered import Mask, first_after, first_at_or_after, segment_starts
from clew.meanings.model import Ready
from clew.signals.model import Rows
from clew.signals.parts.customers import spells
from clew.signals.sight import Sight


@dataclass(frozen=True)
class Occasions:
    """Readinesses of one kind in one bucket, in the order of events.

    thread    (n,) account                   row       (n,) row of the event that made it ready
    at        instant of that event          due       by when outreach is expected
    until     end of the time watched        stays     the account is a customer still when outreach is due
    outreach  first at or after `at`         expanded  first after that event; clock.NEVER where there is none
    """

    thread: Codes
    row: Rows
    at: Times
    due: Times
    until: Times
    stays: Mask
    outreach: Times
    expanded: Times

    def __len__(self) -> int:
        return len(self.row)

    def where(self, mask: NDArray[np.bool_]) -> Occasions:
        """Keep those for which the mask is true."""
        return Occasions(**{field.name: getattr(self, field.name)[mask] for field in fields(self)})


def occasions(sight: Sight, number: int, ready: Ready) -> Occasions:
    """List the occasions on which accounts were ready; made once for each bucket.

    An account must be a customer at that event. Once ready it is not ready again before it was
    answered by an outreach, or `watch` has passed.
    """
    return sight.made(("ready", ready.name, number), lambda: _chosen(sight, number, ready))


def _chosen(sight: Sight, number: int, ready: Ready) -> Occasions:
    every = _candidates(sight, number, ready)
    outreach = np.flatnonzero(sight.happens(number, ready.outreach))
    return every.where(_armed(every, _first_row(sight.buckets[number], outreach, every.thread, since=every.at)))


def _candidates(sight: Sight, number: int, ready: Ready) -> Occasions:
    bucket = sight.buckets[number]
    row = np.flatnonzero(sight.happens(number, ready.when))
    row = row[spells(sight, number).hold(bucket.thread[row], bucket.at[row])]
    thread, at = bucket.thread[row], bucket.at[row]
    due = at + ready.within.micros
    outreach = _first_row(bucket, np.flatnonzero(sight.happens(number, ready.outreach)), thread, since=at)
    return Occasions(
        thread=thread,
        row=row,
        at=at,
        due=due,
        until=at + ready.watch.micros,
        stays=spells(sight, number).hold(thread, due),
        outreach=_instant(bucket, outreach),
        expanded=_first_later(sight, number, sight.meanings.expanded, row),
    )


def _armed(every: Occasions, outreach: Rows) -> Mask:
    """Follow each account from its first readiness to the next one that counts.

    outreach  (n,) row of the first outreach at or after each, beyond all rows where there is none
    """
    starts = segment_starts(every.thread)
    end = np.repeat(starts[1:], np.diff(starts))
    here = np.arange(len(every))
    answered = np.maximum(np.searchsorted(every.row, outreach, "right"), here + 1)
    following = np.minimum(answered, first_after(every.at, here + 1, end, every.until))
    armed, current = np.zeros(len(every), np.bool_), starts[:-1][np.diff(starts) > 0]
    while len(current):
        armed[current] = True
        current = following[current[following[current] < end[current]]]
    return armed


def _first_row(bucket: Bucket, rows: Rows, thread: Codes, *, since: Times) -> Rows:
    """Return the first of these rows of each account at or after an instant, a row beyond all where there is none."""
    of, at = bucket.thread[rows], bucket.at[rows]
    lo, hi = np.searchsorted(of, thread, "left"), np.searchsorted(of, thread, "right")
    place = first_at_or_after(at, lo, hi, since)
    return np.where(place < hi, np.append(rows, len(bucket))[place], len(bucket))


def _first_later(sight: Sight, number: int, condition: Condition | None, row: Rows) -> Times:
    """Return when something first happened to the account after each row, NEVER where it did not."""
    bucket = sight.buckets[number]
    rows = np.append(np.flatnonzero(sight.happens(number, condition)), len(bucket))
    later = rows[np.searchsorted(rows[:-1], row, "right")]
    same = np.append(bucket.thread, -1)[later] == bucket.thread[row]
    return _instant(bucket, np.where(same, later, len(bucket)))


def _instant(bucket: Bucket, row: Rows) -> Times:
    return np.append(bucket.at, NEVER)[row]
