"""Signals and occasions counted by account, and accounts by quarter: all that rates and trends are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_VALUE, Codes, Times
from clew.engine.ordered import Mask, segment_starts
from clew.periods import QUARTER, period_of, period_start
from clew.questions.collect import each
from clew.signals.model import Detector, Exposed, Found
from clew.signals.parts.customers import spells
from clew.signals.sight import Sight

Numbers = NDArray[np.int64]
Moments = Found | Exposed


@dataclass(frozen=True)
class Counts:
    """Accounts with an occasion, one row each; and by quarter, from `quarter` on, how many of them there are.

    thread     accounts   occasions, signals  (n,) how many of each account; occasions >= 1
    latest     (n,) instant of the latest signal, clock of the view's beginning where there is none
    revenue    (n,) what the account brings a year, millionths, NO_VALUE where unknown
    today      (n,) bool, the account is a customer as of the view
    exposed, touched  (q,) accounts with an occasion, and with a signal, in each quarter from number `quarter` on
                       a signal counts in the quarter of its occasion, which is that in which a request was opened
    """

    thread: Codes
    occasions: Numbers
    signals: Numbers
    latest: Times
    revenue: Numbers
    today: Mask
    quarter: int
    exposed: Numbers
    touched: Numbers

    def __len__(self) -> int:
        return len(self.thread)


def counted(sight: Sight, detector: Detector, since: int | None = None) -> Counts:
    """Count what a detector saw, since an instant where one is given."""
    quarters = quarters_of(sight)
    parts = list(each(range(len(sight.buckets)), lambda number: _of_bucket(sight, detector, number, quarters, since)))
    thread, occasions, signals, latest, revenue = (
        np.concatenate([part[place] for part in parts]).astype(np.int64) for place in range(5)
    )
    today = np.concatenate([np.zeros(0, np.bool_), *(part[5].astype(np.bool_) for part in parts)])
    exposed, touched = (np.sum([part[place] for part in parts], axis=0) for place in (6, 7))
    return Counts(thread, occasions, signals, latest, revenue, today, int(quarters[0]), exposed, touched)


def quarters_of(sight: Sight) -> Numbers:
    """Number the quarters from the log's first event to the view's end."""
    return sight.made("quarters", lambda: _quarters(sight))


def first_event(sight: Sight) -> int:
    """Return the instant of the log's first event; the view's end in an empty one."""
    return min((int(bucket.at.min()) for bucket in sight.buckets if len(bucket)), default=sight.as_of)


def _quarters(sight: Sight) -> Numbers:
    ends = np.array([first_event(sight), sight.as_of], np.int64)
    first, last = period_of(ends, QUARTER, sight.firm.time_zone)
    return np.arange(first, last + 1)


def _of_bucket(
    sight: Sight, detector: Detector, number: int, quarters: Numbers, since: int | None
) -> tuple[NDArray[np.integer], ...]:
    seen = detector.detect(sight, number)
    starts = period_start(quarters[1:], QUARTER, sight.firm.time_zone)
    exposed = _pairs(seen.exposed.thread, seen.exposed.at, starts, since=since)
    found = np.intersect1d(exposed, _pairs(seen.found.thread, seen.found.quartered, starts, since=since))
    thread, occasions = _by_account(seen.exposed, since)
    with_signal, signals = _by_account(seen.found, since)
    every = np.union1d(thread, with_signal)
    of, told = np.zeros(len(every), np.int64), np.zeros(len(every), np.int64)
    of[np.searchsorted(every, thread)], told[np.searchsorted(every, with_signal)] = occasions, signals
    latest = np.full(len(every), since or 0, np.int64)
    rows = np.flatnonzero(seen.found.at >= since) if since is not None else slice(None)
    latest[np.searchsorted(every, seen.found.thread[rows])] = seen.found.at[rows]  # the last of each account stays
    return (
        every.astype(np.int32),
        np.maximum(of, told > 0),
        told,
        latest,
        revenue_of(sight, number, every),
        spells(sight, number).hold(every, np.full(len(every), sight.as_of, np.int64)).astype(np.int64),
        np.bincount(exposed % len(quarters), minlength=len(quarters)),
        np.bincount(found % len(quarters), minlength=len(quarters)),
    )


def _pairs(thread: Codes, at: Times, starts: Times, *, since: int | None) -> Numbers:
    """The different (account, quarter), packed into one number each, rising. starts  of all quarters but the first"""
    rows = slice(None) if since is None else at >= since
    quarter = np.searchsorted(starts, at[rows], "right")
    return np.unique(thread[rows].astype(np.int64) * (len(starts) + 1) + quarter)


def _by_account(part: Moments, since: int | None) -> tuple[Codes, Numbers]:
    thread = part.thread if since is None else part.thread[part.at >= since]
    starts = segment_starts(thread)
    return thread[starts[:-1]], np.diff(starts)


def revenue_of(sight: Sight, number: int, thread: Codes) -> Numbers:
    """What accounts of a bucket bring a year, looked up once for all of them."""
    known, amount = sight.made(("revenue", number), lambda: _revenue(sight, number))
    if not len(known):
        return np.full(len(thread), NO_VALUE, np.int64)
    place = np.minimum(np.searchsorted(known, thread), len(known) - 1)
    return np.where(known[place] == thread, amount[place], NO_VALUE)


def _revenue(sight: Sight, number: int) -> tuple[Codes, Numbers]:
    bucket = sight.buckets[number]
    threads = bucket.thread[segment_starts(bucket.thread)[:-1]]
    return threads, sight.revenue(number, threads)
