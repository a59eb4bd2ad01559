"""Blind spots on the left: events that were recorded only from some day on, though runs had started before.

Had an event's later rate held, k of it would have been expected before its first record; none is seen with a
probability of exp(-k). Where that is tiny, the recording began late, not the events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from clew.clock import DAY_US, NEVER, US
from clew.engine.kernels.repeats import first_rows
from clew.engine.ordered import segment_starts
from clew.questions.collect import each, gather
from clew.questions.frames import Frame, Level
from clew.questions.ground import Ground
from clew.questions.model import Query
from clew.questions.points import Point
from clew.questions.words import counted, date
from clew.stats.survival import SurvivalCounts, kaplan_meier
from clew.zones import day_start, to_local

Times = NDArray[np.int64]
UNLIKELY = 0.01  # an absence less likely than this is called late recording
FEWEST_LATER = 20  # runs that a later rate must rest on


@dataclass(frozen=True)
class Firsts:
    """Start of every run, the first record of each event in each run, and of each event in the whole log (by code)."""

    start: Times
    event: NDArray[np.int64]
    run_start: Times
    at: Times
    recorded: Times


@dataclass(frozen=True)
class Late:
    """An event recorded only from `since` on, the beginning of the day of its first record.

    before    runs that started earlier       expected  records expected before, had the later rate held
    """

    event: str
    since: int
    before: int
    expected: float

    @property
    def chance(self) -> float:
        """Probability that none is seen before, had it been recorded all the time."""
        return exp(-self.expected)


def late_events(ground: Ground, codes: Sequence[int] | None = None) -> list[Late]:
    """Find the events whose recording began late; `codes` limits the search."""
    found = _together(gather(ground, Query("coverage"), Level.RUN, _firsts(len(ground.view.names["event"])))[()])
    wanted: Sequence[int] = np.flatnonzero(np.bincount(found.event)).tolist() if codes is None else codes
    starts = np.sort(found.start)
    judged = each(wanted, lambda code: _late(ground, found, starts, code))
    return [late for late in judged if late is not None]


def late_notes(ground: Ground, points: Sequence[Point]) -> Iterator[str]:
    """Say which of the events asked about were recorded late."""
    if points:
        for late in late_events(ground, [point.code for point in points]):
            yield in_words(late, ground.firm.time_zone)


def in_words(late: Late, zone: str) -> str:
    """Say what late recording means for comparisons."""
    runs, since = counted(late.before, "run"), date(late.since / US, zone)
    return f"'{late.event}' is first recorded on {since}; the {runs} started before cannot be compared."


def _late(ground: Ground, found: Firsts, starts: Times, code: int) -> Late | None:
    chosen = found.event == code
    if not chosen.any():
        return None
    since = _day_begins(int(found.recorded[code]), ground.firm.time_zone)
    before = int(np.searchsorted(starts, since, side="left"))
    if before == 0 or len(starts) - before < FEWEST_LATER:
        return None
    expected = _expected(ground, starts[:before], starts[before:], since, found, chosen)
    if exp(-expected) > UNLIKELY:
        return None
    return Late(ground.view.names["event"].text(code), since, before, expected)


def _day_begins(at: int, zone: str) -> int:
    """Return when the day of an instant begins: whoever starts on that day can be compared, and words name the day."""
    return int(day_start(to_local(np.array([at], np.int64), zone) // DAY_US, zone)[0])


def _expected(
    ground: Ground, early: Times, later: Times, since: int, found: Firsts, chosen: NDArray[np.bool_]
) -> float:
    """Sum over early runs of the chance, known from later ones, that the event comes before its first record.

    No early run can have waited longer than the first of them; what later runs did after so long need not be sorted.
    """
    longest = since - int(early[0])
    begun, at = found.run_start[chosen], found.at[chosen]
    seen = begun >= since
    waited = np.maximum(at[seen] - begun[seen], 0)
    young = np.searchsorted(later, ground.as_of - longest, side="left")
    without = _without(later[young:], begun[begun >= max(since, ground.as_of - longest)])
    ended, open_for = waited[waited <= longest], np.maximum(ground.as_of - without, 0)
    longer = np.full(len(later) - len(ended) - len(open_for), longest + 1)
    counts = SurvivalCounts.merged(
        [SurvivalCounts.of(ended, ended >= 0)] + [SurvivalCounts.of(open_, open_ < 0) for open_ in (open_for, longer)]
    )
    curve = kaplan_meier(counts)
    place = np.searchsorted(curve.durations, since - early, side="left") - 1
    return float(np.where(place >= 0, 1 - curve.share[np.maximum(place, 0)], 0.0).sum())


def _without(later: Times, begun: Times) -> Times:
    """Starts of the later runs that do not have the event: all less those that have. `later` rises."""
    first = segment_starts(later)
    starts, count = later[first[:-1]], np.diff(first)
    count -= np.bincount(np.searchsorted(starts, begun), minlength=len(starts))
    return np.repeat(starts, np.maximum(count, 0))


def _firsts(events: int) -> Callable[[Frame], Firsts]:
    def kernel(frame: Frame) -> Firsts:
        folded = frame.folded
        steps, runs = folded.steps, folded.runs
        event = folded.bucket.event[steps.row]
        first = first_rows(steps.run, event)
        recorded = np.full(events, NEVER, np.int64)
        np.minimum.at(recorded, folded.bucket.event, folded.bucket.at)
        begun, at = runs.start[steps.run[first]], folded.bucket.at[steps.row[first]]
        return Firsts(runs.start, event[first].astype(np.int64), begun, at, recorded)

    return kernel


def _together(parts: Sequence[Firsts]) -> Firsts:
    names = ("start", "event", "run_start", "at")
    start, event, run_start, at = (np.concatenate([getattr(part, name) for part in parts]) for name in names)
    return Firsts(start, event, run_start, at, np.minimum.reduce([part.recorded for part in parts]))
