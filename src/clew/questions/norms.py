"""How long each stage usually takes, by segment: stored norms where some are known, else taken from the log at hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.clock import US
from clew.engine.model import FoldedBucket
from clew.engine.norms import Norm, StageStays, looks_like_timer, norm_of, stage_counts, stage_stays, usual_span
from clew.questions.collect import each
from clew.questions.ground import Ground
from clew.questions.segments import in_segment
from clew.questions.words import date
from clew.stats.survival import SurvivalCounts

Values = NDArray[np.int64]
UNKNOWN = -1


@dataclass(frozen=True)
class Norms:
    """P90 by segment and stage.

    segments  names; table (segments + 1, stages) microseconds, UNKNOWN possible; row 0 is for all runs
    dated     day on which stored norms were taken, "" where they come from the log at hand
    timers    stages whose stays have the shape of a timer
    """

    ground: Ground
    segments: tuple[str, ...]
    table: Values
    dated: str
    timers: frozenset[int]

    def segment_of_runs(self, folded: FoldedBucket) -> Values:
        """Place of the first segment each run is in, -1 for none."""
        return segment_of_runs(self.ground, folded)

    def segment_name(self, place: int) -> str:
        """Name of a segment, 'all runs' for none."""
        return self.segments[place] if place >= 0 else "all runs"

    def is_timer(self, stage: int) -> bool:
        """Whether the stays of a stage have the shape of a timer."""
        return stage in self.timers


def norms_of(ground: Ground) -> Norms:
    """Norms of the ground's journey: those stored and known at the view, else those of its log."""
    segments, stages = tuple(ground.firm.segments), len(ground.journey.stages)
    counts = counts_by_stage(ground)
    timers = frozenset(stage for stage in range(stages) if stage in counts and looks_like_timer(counts[stage]))
    known = [
        norm
        for norm in ground.norms
        if norm.version == ground.journey.version
        and norm.dated <= ground.view.known_at
        and norm.through <= ground.view.as_of
    ]
    if known:
        dated = date(max(norm.dated for norm in known) / US, ground.firm.time_zone)
        return Norms(ground, segments, stored_table(ground, known), dated, timers)
    spans = [usual_span(counts[cell]) if cell in counts else None for cell in range((len(segments) + 1) * stages)]
    table = np.array([UNKNOWN if span is None else span for span in spans], np.int64).reshape(-1, max(stages, 1))
    table[1:] = np.where(table[1:] == UNKNOWN, table[0], table[1:])
    return Norms(ground, segments, table, "", timers)


def counts_by_stage(ground: Ground) -> dict[int, SurvivalCounts]:
    """Stays by (segment + 1) * stages + stage; row 0 holds those of all runs."""

    def measured(folded: FoldedBucket) -> StageStays:
        return stage_stays(folded, ground.journey, ground.as_of, segment=segment_of_runs(ground, folded))

    return stage_counts(each(ground.buckets, measured))


def segment_of_runs(ground: Ground, folded: FoldedBucket, *, known_by: Values | None = None) -> Values:
    """Place among the firm's segments of the first one that each run is in, -1 for none; known_by as in_segment."""
    found = np.full(len(folded.runs), -1, np.int64)
    for place, name in reversed(list(enumerate(ground.firm.segments))):
        found[in_segment(folded, name, ground.terms, subject=ground.journey.subject, known_by=known_by)] = place
    return found


def stored_table(ground: Ground, known: Iterable[Norm]) -> Values:
    """Lay stored norms out as `Norms.table`."""

    def span(stage: str, segment: str | None) -> int:
        norm = norm_of(
            known, version=ground.journey.version, stage=stage, segment=segment, known_at=ground.view.known_at
        )
        return UNKNOWN if norm is None else norm.span_us

    rows = [[span(stage, segment) for stage in ground.journey.stage_names] for segment in (None, *ground.firm.segments)]
    return np.array(rows, np.int64)
