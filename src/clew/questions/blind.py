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

from clew.clock import NEVER, US
from clew.engine.kernels.repeats import seen_before
from clew.questions.collect import collect
from clew.questions.frames import Frame, Level
from clew.questions.ground import Ground
from clew.questions.model import Query
from clew.questions.points import Point
from clew.questions.words import counted, date
from clew.stats.survival import SurvivalCounts, kaplan_meier

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
    """An event recorded only from `since` on.

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
    found = collect(ground, Query("coverage"), Level.RUN, _firsts(len(ground.view.names["event"])), _merge)[()]
    wanted = np.unique(found.event) if codes is None else codes
    starts = np.sort(found.start)
    late = (_late(ground, found, starts, int(code)) for code in wanted)
    return [each for each in late if each is not None]


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
    since = int(found.recorded[code])
    before = int(np.searchsorted(starts, since, side="left"))
    if before == 0 or len(starts) - before < FEWEST_LATER:
        return None
    expected = _expected(ground, starts[:before], starts[before:], since, found, chosen)
    if exp(-expected) > UNLIKELY:
        return None
    return Late(ground.view.names["event"].text(code), since, before, expected)


def _expected(
    ground: Ground, early: Times, later: Times, since: int, found: Firsts, chosen: NDArray[np.bool_]
) -> float:
    """Sum over early runs of the chance, known from later ones, that the event comes before its first record."""
    begun, at = found.run_start[chosen], found.at[chosen]
    seen = begun >= since
    without = _without(later, begun[seen])
    durations = np.concatenate((at[seen] - begun[seen], ground.as_of - without))
    observed = np.concatenate((np.ones(int(seen.sum()), np.bool_), np.zeros(len(without), np.bool_)))
    curve = kaplan_meier(SurvivalCounts.of(np.maximum(durations, 0), observed))
    place = np.searchsorted(curve.durations, since - early, side="left") - 1
    return float(np.where(place >= 0, 1 - curve.share[np.maximum(place, 0)], 0.0).sum())


def _without(later: Times, begun: Times) -> Times:
    """Starts of the later runs that do not have the event: all less those that have."""
    starts, count = np.unique(later, return_counts=True)
    having = np.searchsorted(starts, begun)
    np.subtract.at(count, having, 1)
    return np.repeat(starts, np.maximum(count, 0))


def _firsts(events: int) -> Callable[[Frame], Firsts]:
    def kernel(frame: Frame) -> Firsts:
        folded = frame.folded
        steps, runs = folded.steps, folded.runs
        event = folded.bucket.event[steps.row]
        first = np.flatnonzero(~seen_before(steps.run, event)) if len(event) else np.zeros(0, np.int64)
        recorded = np.full(events, NEVER, np.int64)
        np.minimum.at(recorded, folded.bucket.event, folded.bucket.at)
        begun, at = runs.start[steps.run[first]], folded.bucket.at[steps.row[first]]
        return Firsts(runs.start, event[first].astype(np.int64), begun, at, recorded)

    return kernel


def _merge(left: Firsts, right: Firsts) -> Firsts:
    names = ("start", "event", "run_start", "at")
    start, event, run_start, at = (np.concatenate((getattr(left, name), getattr(right, name))) for name in names)
    return Firsts(start, event, run_start, at, np.minimum(left.recorded, right.recorded))
