"""What is known of every account, from one pass over each bucket: the table that most facts are read off."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE, Bucket, Codes, LogView, Times
from clew.clock import DAY_US, NEVER, US
from clew.engine.kernels.counts import count_by
from clew.engine.kernels.touches import distinct_per_segment
from clew.engine.ordered import segment_of_row, segment_starts
from clew.questions.collect import each
from clew.signals.parts.customers import spells
from clew.signals.sight import Sight

Values = NDArray[np.int64]
Mask = NDArray[np.bool_]
YEAR_US = 365 * DAY_US
PERSON = "contact"  # kind of the thread of a person of whom no account is known


@dataclass(frozen=True)
class Accounts:
    """One row per thread with events. "Year" is the last 365 days of the view.

    thread    code in "entity"                 known     it is an account, no mere person or thing without one
    first, last  instants of its events        since     customer from; NEVER where not
    lost      when it left; NEVER where not, or where it came back
    revenue   what it brings a year, millionths, NO_VALUE where unknown
    Of the year: events; touches (events that name a channel or a contact); contacts and teams, different ones;
    bare      events that neither a user nor a team took part in
    acted     touches of known users, most: those of the busiest one
    scored    it gave a score that meanings.yaml names
    """

    thread: Codes
    known: Mask
    first: Times
    last: Times
    since: Times
    lost: Times
    revenue: Values
    events: Values
    touches: Values
    contacts: Values
    teams: Values
    bare: Values
    acted: Values
    most: Values
    scored: Mask

    def __len__(self) -> int:
        return len(self.thread)

    @property
    def customers(self) -> Mask:
        """Those who are customers now."""
        now: Mask = self.known & (self.since != NEVER) & (self.lost == NEVER)
        return now

    def places(self, entities: int) -> Values:
        """(entities + 1,) the row of each thread by its code, -1 for none."""
        found = np.full(entities + 1, -1, np.int64)
        found[self.thread] = np.arange(len(self))
        return found


def accounts_of(sight: Sight) -> Accounts:
    """Read the table of accounts off the log."""
    strangers = _strangers(sight.view)
    numbers = range(len(sight.buckets))
    parts = list(each(numbers, lambda number: _of_bucket(sight, number, strangers)))
    names = [field.name for field in fields(Accounts)]
    return Accounts(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def year_begins(sight: Sight) -> int:
    """Return the first instant of the last 365 days of the view, its last day among them: a day of the firm begins."""
    zone = ZoneInfo(sight.firm.time_zone)
    day = datetime.fromtimestamp(sight.as_of // US, zone).date() - timedelta(days=364)
    return round(datetime.combine(day, time(), zone).timestamp()) * US


def in_year(sight: Sight, at: Times) -> Mask:
    """Say which instants lie in the last 365 days of the view."""
    recent: Mask = np.asarray(at) >= year_begins(sight)
    return recent


def _strangers(view: LogView) -> Mask:
    """(entities + 1,) which threads are a mere person, or a thing of which no account is known."""
    found = np.zeros(len(view.names["entity"]) + 1, np.bool_)
    for kind in {PERSON, *view.subject_kinds}:
        found[view.threads_of(kind)[0]] = True
    return found


def _of_bucket(sight: Sight, number: int, strangers: Mask) -> Accounts:
    bucket = sight.buckets[number]
    starts = segment_starts(bucket.thread)
    row_of, first = segment_of_row(starts), starts[:-1]
    thread = np.asarray(bucket.thread)[first]
    since, lost = _tenure(sight, number, thread)
    recent = np.flatnonzero(in_year(sight, bucket.at))
    year = _Year(bucket, recent, row_of[recent], len(thread))
    scored = np.zeros(len(thread), np.bool_)
    scored[year.of[_scores(sight, bucket, recent)]] = True
    return Accounts(
        thread=thread,
        known=~strangers[thread],
        first=np.asarray(bucket.at)[first],
        last=np.asarray(bucket.at)[starts[1:] - 1] if len(thread) else np.zeros(0, np.int64),
        since=since,
        lost=lost,
        revenue=sight.revenue(number, thread),
        events=year.count(np.ones(len(recent), np.bool_)),
        touches=year.count(year.touch),
        contacts=distinct_per_segment(year.of, bucket.contact[recent], len(thread)),
        teams=distinct_per_segment(year.of, bucket.team[recent], len(thread)),
        bare=year.count((bucket.user[recent] == NO_CODE) & (bucket.team[recent] == NO_CODE)),
        acted=year.count(year.acted),
        most=year.most(),
        scored=scored,
    )


def _tenure(sight: Sight, number: int, thread: Codes) -> tuple[Times, Times]:
    """From when each thread was a customer, and when it left for good; NEVER where not."""
    found = spells(sight, number)
    since, lost = np.full((2, len(thread)), NEVER, np.int64)
    place = np.searchsorted(thread, found.thread)
    np.minimum.at(since, place, found.since)
    lost[place] = found.until  # spells of an account follow each other: the last one stands
    return since, lost


class _Year:
    """The events of the year: which thread each belongs to, and counts by thread."""

    def __init__(self, bucket: Bucket, rows: Values, of: Values, threads: int) -> None:
        self.of, self.threads = of, threads
        self.user = np.asarray(bucket.user)[rows]
        self.touch: Mask = (bucket.channel[rows] != NO_CODE) | (bucket.contact[rows] != NO_CODE)
        self.acted: Mask = self.touch & (self.user != NO_CODE)

    def count(self, chosen: Mask) -> Values:
        """Rows of each thread for which the mask holds."""
        return np.bincount(self.of[chosen], minlength=self.threads)

    def most(self) -> Values:
        """Touches of the busiest user of each thread."""
        found = np.zeros(self.threads, np.int64)
        if self.acted.any():
            counted = count_by(self.of[self.acted], self.user[self.acted])
            np.maximum.at(found, counted.keys[:, 0], counted.count)
        return found


def _scores(sight: Sight, bucket: Bucket, rows: Values) -> Mask:
    """Which of the rows carry a score."""
    found = np.zeros(len(rows), np.bool_)
    for score in sight.meanings.scores.values():
        found |= bucket.property(score.property)[rows] != NO_CODE
    return found
