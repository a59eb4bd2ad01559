"""Where visits stand still: by journey, stage and segment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.engine.ordered import segment_starts
from clew.questions.model import TooFew
from clew.questions.norms import segment_of_runs
from clew.questions.words import counted
from clew.signals.measuring.figures_in_words import interval
from clew.signals.measuring.rates import rate_of
from clew.signals.parts.stalls_judged import Judged, judged
from clew.signals.sight import Sight
from clew.stats.model import Estimate

SHOWN = 8  # places that are named
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Place:
    """One stage in one segment ("" for none): visits whose limit or norm had come, and how many of them stood still.

    rate  stalls per visit; interval by resampling accounts
    """

    journey: str
    stage: str
    segment: str
    visits: int
    stalls: int
    rate: Estimate | TooFew


def by_place(sight: Sight, since: int | None = None) -> list[Place]:
    """Count visits and stalls by journey, stage and segment of the run, most stalls first."""
    found = []
    for place, name in enumerate(sorted(sight.journeys)):
        parts = [judged(sight, number)[place] for number in range(len(sight.buckets))]
        found += _of_journey(name, sight, [_counted(part, since) for part in parts])
    return sorted(found, key=lambda one: (-one.stalls, one.journey, one.stage, one.segment))


def _of_journey(name: str, sight: Sight, parts: list[Numbers]) -> list[Place]:
    cell, visits, stalls = np.concatenate(parts, axis=1)
    journey, segments = sight.journeys[name].journey, ("", *sight.firm.segments)
    places = []
    for each in np.unique(cell).tolist():
        segment, stage = divmod(each, len(journey.stages))
        here = cell == each
        rate = rate_of(stalls[here], visits[here])
        where = journey.stages[stage].name, segments[segment]
        places.append(Place(name, *where, int(visits[here].sum()), int(stalls[here].sum()), rate))
    return places


def _counted(part: Judged, since: int | None) -> Numbers:
    """(cell, visits, stalls) of every account and cell of one bucket, as three lines."""
    rows = np.arange(len(part.due)) if since is None else np.flatnonzero(part.due >= since)
    stages, run = len(part.ground.journey.stages), part.run[rows]
    segment = segment_of_runs(part.ground, part.folded)[run]
    cell = (segment + 1) * stages + part.folded.visits.stage[part.visit[rows]]
    thread = part.folded.runs.thread[run]
    order = np.lexsort((cell, thread))
    starts = segment_starts(thread[order], cell[order])
    stalls = np.add.reduceat(part.stalled[rows][order].astype(np.int64), starts[:-1]) if len(rows) else starts[:-1]
    return np.stack((cell[order][starts[:-1]], np.diff(starts), stalls))


def in_words(sight: Sight) -> list[str]:
    """Say where most visits stand still."""
    places = by_place(sight)
    shown = [_in_words(place) for place in places[:SHOWN] if place.stalls]
    rest = sum(place.stalls for place in places[SHOWN:])
    return [*shown, *([f"Elsewhere: {counted(rest, 'stall')}."] if rest else [])]


def _in_words(place: Place) -> str:
    where = f"{place.journey}, {place.stage}{f', {place.segment}' if place.segment else ''}"
    return f"{where}: {place.stalls:,} of {counted(place.visits, 'visit')} ({interval(place.rate)})."
