"""How long each stage usually takes, by segment: stored norms where there are some, else taken from the log at hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.clock import NEVER, US
from clew.engine.model import FoldedBucket
from clew.errors import NotEnoughData
from clew.questions.ground import Ground
from clew.questions.segments import in_segment
from clew.questions.stages import time_outs
from clew.questions.words import date
from clew.stats.survival import SurvivalCounts, kaplan_meier

Values = NDArray[np.int64]
P90 = 0.9
FEWEST = 10  # visits below which a stage has no norm of its own
TIMER_SPREAD = 0.1  # P90 at most so much above the median, of stays that ended: the shape of a timer


@dataclass(frozen=True)
class Norms:
    """P90 by segment and stage.

    segments  names; table (segments + 1, stages) microseconds, -1 unknown; row 0 is for all runs
    dated     day on which stored norms were taken, "" where they come from the log at hand
    timers    stages that the map does not call a timer and that have the shape of one
    """

    ground: Ground
    segments: tuple[str, ...]
    table: Values
    dated: str
    timers: frozenset[int]

    def segment_of_runs(self, folded: FoldedBucket) -> Values:
        """Place of the first segment each run is in, -1 for none."""
        found = np.full(len(folded.runs), -1, np.int64)
        for place in reversed(range(len(self.segments))):
            inside = in_segment(folded, self.segments[place], self.ground.terms, subject=self.ground.journey.subject)
            found[inside] = place
        return found

    def segment_name(self, place: int) -> str:
        """Name of a segment, 'all runs' for none."""
        return self.segments[place] if place >= 0 else "all runs"

    def is_timer(self, stage: int) -> bool:
        """Whether the stays of a stage have the shape of a timer."""
        return stage in self.timers


def norms_of(ground: Ground) -> Norms:
    """Norms of the ground's journey: the stored ones, else those of its log."""
    segments = tuple(ground.firm.segments)
    stages = len(ground.journey.stages)
    empty = Norms(ground, segments, np.full((len(segments) + 1, stages), -1, np.int64), "", frozenset())
    counts = _counts(ground, empty)
    if ground.norms:
        table, dated = _stored(ground, segments)
        return Norms(ground, segments, table, dated, _timers(counts[0]))
    table = np.array([[_p90(stage) for stage in row] for row in counts], np.int64).reshape(len(segments) + 1, stages)
    for row in table[1:]:
        row[row < 0] = table[0][row < 0]
    return Norms(ground, segments, table, "", _timers(counts[0]))


def _counts(ground: Ground, norms: Norms) -> list[list[SurvivalCounts]]:
    """Stays by (segment + 1, stage); row 0 holds all of them."""
    parts: list[list[list[SurvivalCounts]]] = []
    for folded in ground.buckets:
        visits = folded.visits
        micros = np.where(visits.leave != NEVER, visits.leave, ground.as_of) - visits.enter
        seen = (visits.leave != NEVER) & ~np.isin(visits.next, time_outs(ground.journey))
        segment = norms.segment_of_runs(folded)[visits.run]
        rows = [np.ones(len(visits), np.bool_), *(segment == place for place in range(len(norms.segments)))]
        parts.append(
            [
                [_of(micros, seen, inside & (visits.stage == stage)) for stage in range(len(ground.journey.stages))]
                for inside in rows
            ]
        )
    return [
        [SurvivalCounts.merged([part[row][stage] for part in parts]) for stage in range(len(ground.journey.stages))]
        for row in range(len(norms.segments) + 1)
    ]


def _of(micros: Values, seen: NDArray[np.bool_], chosen: NDArray[np.bool_]) -> SurvivalCounts:
    return SurvivalCounts.of(micros[chosen], seen[chosen])


def _p90(counts: SurvivalCounts) -> int:
    if counts.n < FEWEST:
        return -1
    try:
        value = kaplan_meier(counts).quantile(P90).value
    except NotEnoughData:
        return -1
    return -1 if value is None else int(value)


def _timers(counts: list[SurvivalCounts]) -> frozenset[int]:
    """Stages whose finished stays hardly differ: half and nine tenths leave at nearly the same age."""
    return frozenset(stage for stage, each in enumerate(counts) if _looks_like_timer(each))


def _looks_like_timer(counts: SurvivalCounts) -> bool:
    finished = counts.finished()
    if len(finished) < FEWEST:
        return False
    median, high = np.quantile(finished, [0.5, P90])
    return bool(median > 0 and high - median <= TIMER_SPREAD * median)


def _stored(ground: Ground, segments: tuple[str, ...]) -> tuple[Values, str]:
    names = ground.journey.stage_names
    table = np.full((len(segments) + 1, len(names)), -1, np.int64)
    for norm in ground.norms:
        if norm.stage in names and (norm.segment is None or norm.segment in segments):
            table[0 if norm.segment is None else 1 + segments.index(norm.segment), names.index(norm.stage)] = (
                norm.span_us
            )
    for row in table[1:]:
        row[row < 0] = table[0][row < 0]
    return table, date(max(norm.dated for norm in ground.norms) / US, ground.firm.time_zone)
