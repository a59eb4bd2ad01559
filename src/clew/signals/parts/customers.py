"""Who is a customer, and when: from winning an account to losing it, and the quarters in between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clew.archive.model import Codes, Times
from clew.clock import NEVER
from clew.engine.ordered import Mask, Positions, first_after, segment_starts
from clew.periods import QUARTER, period_of, period_start
from clew.questions.words import counted
from clew.signals.model import Exposed
from clew.signals.sight import Sight


@dataclass(frozen=True)
class Spells:
    """Spans in which accounts of one bucket are customers, in order of (thread, since).

    thread  int32       since  instant       until  instant of the loss, clock.NEVER where the account is one still
    row     event that began it              lost   event that ended it, -1 where none did
    """

    thread: Codes
    since: Times
    until: Times
    row: Positions
    lost: Positions

    def __len__(self) -> int:
        return len(self.thread)

    def hold(self, thread: Codes, at: Times) -> Mask:
        """Say of pairs of account and instant whether the account is a customer then."""
        lo, hi = np.searchsorted(self.thread, thread, "left"), np.searchsorted(self.thread, thread, "right")
        place = first_after(self.since, lo, hi, at) - 1
        found = place >= lo
        found[found] = at[found] < self.until[place[found]]
        return found


def spells(sight: Sight, number: int) -> Spells:
    """Find them: begun by `customers` (else by the account's first event), ended by `lost`; `customers` begins anew."""
    return sight.made(("spells", number), lambda: _spells(sight, number))


@dataclass(frozen=True)
class CustomerQuarters:
    """Quarters in which accounts of one bucket are customers, in order of (thread, begin): half-open spans.

    begin  start of the quarter, or the instant at which the account became a customer in it
    end    start of the next quarter, or of the loss, or just after the view's end
    """

    thread: Codes
    begin: Times
    end: Times

    def exposed(self, since: int) -> Exposed:
        """Each that an instant does not come after as an occasion, from its begin or that instant on."""
        rows = np.flatnonzero(self.end > since)
        return Exposed(self.thread[rows], np.maximum(self.begin[rows], since))


def customer_quarters(sight: Sight, number: int) -> CustomerQuarters:
    """List them for one bucket: the occasions of detectors that watch customers all the time."""
    return sight.made(("customer quarters", number), lambda: _customer_quarters(sight, number))


def _customer_quarters(sight: Sight, number: int) -> CustomerQuarters:
    found, zone = spells(sight, number), sight.firm.time_zone
    until = np.minimum(found.until, sight.as_of + 1)
    first, last = period_of(found.since, QUARTER, zone), period_of(np.maximum(until - 1, found.since), QUARTER, zone)
    length = last - first + 1
    spell = np.repeat(np.arange(len(found)), length)
    quarter = np.arange(len(spell)) - np.repeat(np.cumsum(length) - length, length) + first[spell]
    low, high = int(first.min(initial=0)), int(last.max(initial=0)) + 2
    starts = period_start(np.arange(low, high), QUARTER, zone)
    begin, end = starts[quarter - low], starts[quarter - low + 1]
    return CustomerQuarters(found.thread[spell], np.maximum(begin, found.since[spell]), np.minimum(end, until[spell]))


def _spells(sight: Sight, number: int) -> Spells:
    bucket = sight.buckets[number]
    begins, ends = _begins(sight, number), sight.happens(number, sight.meanings.lost)
    rows = np.flatnonzero(begins | ends)
    rows = rows[~sight.terms.is_thing()[bucket.thread[rows]]]
    thread, is_loss = bucket.thread[rows], ends[rows]
    turns = segment_starts(thread, is_loss.astype(np.int8))[
        :-1
    ]  # of winning twice, or losing twice, in a row the first counts
    rows, thread, is_loss = rows[turns], thread[turns], is_loss[turns]
    won = np.flatnonzero(~is_loss)
    after = np.minimum(won + 1, len(rows) - 1)
    ended = (after > won) & (thread[after] == thread[won])
    lost = np.where(ended, rows[after], -1)
    until = np.where(ended, bucket.at[rows[after]], NEVER)
    return Spells(thread[won].astype(np.int32), bucket.at[rows[won]], until, rows[won], lost)


def _begins(sight: Sight, number: int) -> Mask:
    if sight.meanings.customers is not None:
        return sight.happens(number, sight.meanings.customers)
    first = np.zeros(len(sight.buckets[number]), np.bool_)
    first[segment_starts(sight.buckets[number].thread)[:-1]] = True
    return first


def without_begin(sight: Sight) -> list[str]:
    """Say how many accounts were lost or renewed although nothing tells that they ever became customers."""
    if sight.meanings.customers is None:
        return ["meanings.yaml does not say 'customers': every account counts as one from its first event on."]
    count = sight.made("never won", lambda: sum(_never_won(sight, number) for number in range(len(sight.buckets))))
    if not count:
        return []
    accounts = counted(count, "account")
    return [f"{accounts} left or renewed, but nothing tells when they became customers: they are not watched."]


def _never_won(sight: Sight, number: int) -> int:
    meanings = sight.meanings
    later = sight.happens(number, meanings.lost) | sight.happens(number, meanings.renewed)
    threads = np.unique(sight.buckets[number].thread[later])
    return int((~np.isin(threads, spells(sight, number).thread)).sum())
