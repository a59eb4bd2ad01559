"""Since when something is recorded, and until when: what began late, and what ceased before the log ends.

Began late  Had the rate of those who came after the first record held all the time, k of those who were there before
            would have it earlier; none has with a probability of exp(-k). Where that is tiny the recording began late,
            not what is recorded. Each is compared at the time since its own start, so a firm that grows, or what comes
            late in a customer's life, is no late recording. Where hardly anybody came after the first record, nobody
            can tell.
Ceased      The stretch at the log's end that holds hardly any of what the equally long stretch before it held.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Bucket, Codes, LogView
from clew.clock import DAY_US, NEVER
from clew.engine.kernels.repeats import first_rows
from clew.engine.ordered import segment_of_row, segment_starts
from clew.questions.collect import each
from clew.stats.survival import SurvivalCounts, kaplan_meier
from clew.zones import day_start, to_local

Times = NDArray[np.int64]
Values = NDArray[np.int64]
UNLIKELY = 0.01  # an absence less likely than this is called late recording
FEWEST_LATER = 20  # runs, or accounts, that a later rate must rest on
LEFT = 0.1  # of the records that the time before lets expect, at most so many come after
FEWEST_EXPECTED = 30  # so that none of this is chance: P(at most 3 | 30 expected) is below one in a hundred million
SHORTEST = 14  # days


@dataclass(frozen=True)
class Firsts:
    """When runs (or accounts) started, and each code was first recorded in each of them and in the whole log.

    start  (r,)      code, run_start, at  (n,) one row per code of a run      recorded  (codes,) NEVER where never
    """

    start: Times
    code: Values
    run_start: Times
    at: Times
    recorded: Times

    @staticmethod
    def together(parts: Sequence[Firsts]) -> Firsts:
        """Put those of several buckets together."""
        names = ("start", "code", "run_start", "at")
        start, code, run_start, at = (np.concatenate([getattr(part, name) for part in parts]) for name in names)
        return Firsts(start, code, run_start, at, np.minimum.reduce([part.recorded for part in parts]))


@dataclass(frozen=True)
class Late:
    """What is recorded only from `since` on, the beginning of the day of its first record.

    before    runs, or accounts, that started earlier       expected  of them would have it before, had the rate held
    """

    event: str
    since: int
    before: int
    expected: float

    @property
    def chance(self) -> float:
        """Probability that none is seen before, had it been recorded all the time."""
        return exp(-self.expected)


@dataclass(frozen=True)
class Ceased:
    """What hardly occurs after a day.

    until   instant at which that day begins       after  records from then on
    before  records in an equally long time before
    """

    event: str
    until: int
    after: int
    before: int


def began_late(
    found: Firsts, codes: Iterable[int], text: Callable[[int], str], *, as_of: int, zone: str, level: float = UNLIKELY
) -> list[Late]:
    """Find those of some codes whose recording began late.

    text  of a code      level  probability below which an absence is called late recording
    """
    starts, wanted = np.sort(found.start), list(codes)
    judged = each(wanted, lambda code: _late(found, starts, code, text(code), as_of=as_of, zone=zone))
    return [late for late in judged if late is not None and late.chance <= level]


def firsts_of_accounts(view: LogView, column: Callable[[Bucket], Codes], size: int) -> Firsts:
    """Find them for accounts, each of which starts with its first event.

    column  codes of a bucket's events, those of `size` or more left out
    """

    def of_bucket(bucket: Bucket) -> Firsts:
        codes, starts = column(bucket).astype(np.int64), segment_starts(bucket.thread)
        codes[codes >= size] = -1
        start, account = bucket.at[starts[:-1]], segment_of_row(starts)
        first = first_rows(account, codes)
        recorded = np.full(size, NEVER, np.int64)
        np.minimum.at(recorded, codes[first], bucket.at[first])
        return Firsts(start, codes[first], start[account[first]], bucket.at[first], recorded)

    return Firsts.together(list(each(view.buckets(), of_bucket)))


def ceased(
    view: LogView, column: Callable[[Bucket], Codes], names: Sequence[str], *, asked: Collection[str] | None = None
) -> list[Ceased]:
    """Find what all but stops at least two weeks before the log ends.

    column  codes of a bucket's events, places in `names`      asked  those of the names that are looked at; None: all
    """
    days = _by_day(view, column, len(names))
    chosen = [code for code, name in enumerate(names) if asked is None or name in asked]
    found = [_dry(names[code], days[code], view.as_of) for code in chosen]
    return [one for one in found if one is not None]


def events_ceased(view: LogView, events: Collection[str] | None = None) -> list[Ceased]:
    """Find those of some events, of all where none are named, that all but stop before the log ends."""
    return ceased(view, lambda bucket: bucket.event, list(view.names["event"].texts()), asked=events)


def _late(found: Firsts, starts: Times, code: int, text: str, *, as_of: int, zone: str) -> Late | None:
    chosen = found.code == code
    if not chosen.any():
        return None
    since = _day_begins(int(found.recorded[code]), zone)
    before = int(np.searchsorted(starts, since, side="left"))
    if before == 0 or len(starts) - before < FEWEST_LATER:
        return None
    expected = _expected(starts[:before], starts[before:], since, found.run_start[chosen], found.at[chosen], as_of)
    return Late(text, since, before, expected)


def _day_begins(at: int, zone: str) -> int:
    """Return when the day of an instant begins: whoever starts on that day can be compared, and words name the day."""
    return int(day_start(to_local(np.array([at], np.int64), zone) // DAY_US, zone)[0])


def _expected(early: Times, later: Times, since: int, begun: Times, at: Times, as_of: int) -> float:
    """Sum over early runs of the chance, known from later ones, that the record comes before the first of all.

    No early run can have waited longer than the first of them; what later runs did after so long need not be sorted.
    """
    longest = since - int(early[0])
    seen = begun >= since
    waited = np.maximum(at[seen] - begun[seen], 0)
    young = np.searchsorted(later, as_of - longest, side="left")
    without = _without(later[young:], begun[begun >= max(since, as_of - longest)])
    ended, open_for = waited[waited <= longest], np.maximum(as_of - without, 0)
    longer = np.full(len(later) - len(ended) - len(open_for), longest + 1)
    counts = SurvivalCounts.merged(
        [SurvivalCounts.of(ended, ended >= 0)] + [SurvivalCounts.of(open_, open_ < 0) for open_ in (open_for, longer)]
    )
    curve = kaplan_meier(counts)
    place = np.searchsorted(curve.durations, since - early, side="left") - 1
    return float(np.where(place >= 0, 1 - curve.share[np.maximum(place, 0)], 0.0).sum())


def _without(later: Times, begun: Times) -> Times:
    """Starts of the later runs that do not have the record: all less those that have. `later` rises."""
    first = segment_starts(later)
    starts, count = later[first[:-1]], np.diff(first)
    count -= np.bincount(np.searchsorted(starts, begun), minlength=len(starts))
    return np.repeat(starts, np.maximum(count, 0))


def _by_day(view: LogView, column: Callable[[Bucket], Codes], size: int) -> Values:
    """(size, days) records of each code by whole days back from the log's end: place 0 is the last day."""

    def of_bucket(bucket: Bucket) -> Values:
        codes, back = column(bucket).astype(np.int64), (view.as_of - np.asarray(bucket.at)) // DAY_US
        known = (codes >= 0) & (codes < size)
        days = int(back.max(initial=-1)) + 1
        return np.bincount(codes[known] * days + back[known], minlength=size * days).reshape(size, days)

    parts = list(each(view.buckets(), of_bucket))
    total = np.zeros((size, max((part.shape[1] for part in parts), default=0)), np.int64)
    for part in parts:
        total[:, : part.shape[1]] += part
    return total


def _dry(event: str, counts: Values, as_of: int) -> Ceased | None:
    """Find the longest stretch at the end that holds hardly any of what the stretch before it held."""
    counts = np.trim_zeros(counts, "b")
    total = np.cumsum(counts)
    stretch = np.arange(SHORTEST, len(counts))
    if not len(stretch):
        return None
    after = total[stretch - 1]
    before = total[np.minimum(2 * stretch, len(counts)) - 1] - after
    dry = np.flatnonzero((before >= FEWEST_EXPECTED) & (after <= LEFT * before))
    if not len(dry):
        return None
    days = int(stretch[dry[_clearest(after[dry], before[dry])]])
    place = days - SHORTEST
    return Ceased(event, as_of - days * DAY_US, int(after[place]), int(before[place]))


def _clearest(after: Values, before: Values) -> int:
    """The stretch least likely to be chance: the largest Poisson log-likelihood ratio against one rate; of equal ones
    the longest, which begins where the records cease.
    """
    whole = after + before
    parts = [count * np.log(np.maximum(2 * count / whole, 1e-300)) for count in (after, before)]
    return len(whole) - 1 - int(np.argmax((parts[0] + parts[1])[::-1]))
