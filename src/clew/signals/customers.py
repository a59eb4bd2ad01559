"""Who is a customer, and when: from winning an account to losing it, and the quarters in between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clew.archive.model import Codes, Times
from clew.clock import NEVER
from clew.engine.ordered import Mask, Positions, first_after, segment_starts
from clew.signals.model import Exposed
from clew.signals.once import once
from clew.signals.quarters import quarter_of, quarter_start
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
    return once(sight, ("spells", number), lambda: _spells(sight, number))


def quarters_of_customers(sight: Sight, number: int) -> Exposed:
    """List the quarters in which each account is a customer, each at its start, else when the account becomes one."""
    found, zone = spells(sight, number), sight.firm.time_zone
    last = np.minimum(np.where(found.until == NEVER, sight.as_of, found.until - 1), sight.as_of)
    begin, end = quarter_of(found.since, zone), quarter_of(last, zone)
    length = np.maximum(end - begin + 1, 1)
    spell = np.repeat(np.arange(len(found)), length)
    quarter = np.arange(len(spell)) - np.repeat(np.cumsum(length) - length, length) + begin[spell]
    return Exposed(found.thread[spell], np.maximum(quarter_start(quarter, zone), found.since[spell]))


def _spells(sight: Sight, number: int) -> Spells:
    bucket = sight.buckets[number]
    begins, ends = _begins(sight, number), sight.happens(number, sight.meanings.lost)
    rows = np.flatnonzero(begins | ends)
    rows = rows[~sight.terms.is_thing()[bucket.thread[rows]]]
    thread, is_loss = bucket.thread[rows], ends[rows]
    turns = segment_starts(thread, is_loss.astype(np.int8))[:-1]  # of winning twice, or losing twice, in a row the first counts
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
