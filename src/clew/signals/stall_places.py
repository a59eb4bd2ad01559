"""Where visits stand still: by journey, stage and segment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from clew.questions.norms import segment_of_runs
from clew.signals.judging import Judged, judged
from clew.signals.sight import Sight


@dataclass(frozen=True)
class Place:
    """Stalls of one stage in one segment: visits whose limit or norm had come, and how many of them stood still."""

    journey: str
    stage: str
    segment: str
    visits: int
    stalls: int


def by_place(sight: Sight, since: int | None = None) -> list[Place]:
    """Count visits and stalls by journey, stage and segment of the run, most stalls first."""
    counts: dict[tuple[str, str, str], list[int]] = {}
    for number in range(len(sight.buckets)):
        for part in judged(sight, number):
            for key, visits, stalls in _counted(part, since):
                each = counts.setdefault(key, [0, 0])
                each[0], each[1] = each[0] + visits, each[1] + stalls
    places = [Place(*key, *count) for key, count in counts.items()]
    return sorted(places, key=lambda place: (-place.stalls, place.journey, place.stage, place.segment))


def _counted(part: Judged, since: int | None) -> Iterator[tuple[tuple[str, str, str], int, int]]:
    journey, segments = part.ground.journey, (*part.ground.firm.segments, "")
    stages = len(journey.stages)
    recent = np.ones(len(part.due), np.bool_) if since is None else part.due >= since
    segment = segment_of_runs(part.ground, part.folded)[part.run]
    cell = ((segment + 1) * stages + part.folded.visits.stage[part.visit])[recent]
    size = len(segments) * stages
    visits, stalls = np.bincount(cell, minlength=size), np.bincount(cell[part.stalled[recent]], minlength=size)
    for place in np.flatnonzero(visits).tolist():
        of, stage = divmod(place, stages)
        yield (journey.name, journey.stages[stage].name, segments[of - 1]), int(visits[place]), int(stalls[place])
