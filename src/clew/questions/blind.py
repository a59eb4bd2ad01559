"""Blind spots on the left: events that were recorded only from some day on, though runs had started before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from clew.clock import NEVER, US
from clew.engine.kernels.repeats import first_rows
from clew.questions.collect import gather
from clew.questions.frames import Frame, Level
from clew.questions.ground import Ground
from clew.questions.model import Query
from clew.questions.points import Point
from clew.questions.recording import Firsts, Late, began_late
from clew.questions.words import counted, date


def late_events(ground: Ground, codes: Sequence[int] | None = None) -> list[Late]:
    """Find the events whose recording began late for a journey's runs; `codes` limits the search."""
    events = ground.view.names["event"]
    found = Firsts.together(gather(ground, Query("coverage"), Level.RUN, _firsts(len(events)))[()])
    wanted: Sequence[int] = np.flatnonzero(np.bincount(found.code)).tolist() if codes is None else codes
    return began_late(found, wanted, events.text, as_of=ground.as_of, zone=ground.firm.time_zone)


def late_notes(ground: Ground, points: Sequence[Point]) -> Iterator[str]:
    """Say which of the events asked about were recorded late."""
    if points:
        for late in late_events(ground, [point.code for point in points]):
            yield in_words(late, ground.firm.time_zone)


def in_words(late: Late, zone: str) -> str:
    """Say what late recording means for comparisons."""
    runs, since = counted(late.before, "run"), date(late.since / US, zone)
    return f"'{late.event}' is first recorded on {since}; the {runs} started before cannot be compared."


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
