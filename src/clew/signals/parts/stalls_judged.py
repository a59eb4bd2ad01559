"""Visits held against the limit of their stage, else against the norm that was known then."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clew.archive.model import Codes, Times
from clew.clock import NEVER
from clew.engine.model import FoldedBucket
from clew.engine.ordered import Mask, Positions, first_after, segment_starts
from clew.journeys.model import WaitingOn
from clew.questions.ground import Ground
from clew.questions.norms import UNKNOWN
from clew.questions.stages import by_variant
from clew.signals.model import NO_ROW
from clew.signals.parts.norms_in_force import Epochs, epochs_of
from clew.signals.parts.visit_spans import Standing, standing
from clew.signals.sight import Sight


@dataclass(frozen=True)
class Judged:
    """The visits of one journey in one bucket whose limit, or norm, has come: one row each, rising.

    visit  row of the fold's visits      due  when its limit or norm was reached, later where it could be seen only
    stalled  whether it was still standing then
    """

    ground: Ground
    folded: FoldedBucket
    visit: Positions
    due: Times
    stalled: Mask

    @property
    def run(self) -> Codes:
        return self.folded.visits.run[self.visit]


def judged(sight: Sight, number: int) -> list[Judged]:
    """Judge the visits of one bucket, journey by journey."""
    return sight.made(("stall", number), lambda: [_judged(sight, name, number) for name in sorted(sight.journeys)])


def _judged(sight: Sight, name: str, number: int) -> Judged:
    ground = sight.journeys[name]
    folded, visits = ground.buckets[number], ground.buckets[number].visits
    real = np.flatnonzero((visits.stage >= 0) & (visits.enter <= sight.as_of) & ~_on_timer(ground, folded))
    seen = standing(ground, folded, real)
    by_limit = visits.deadline[seen.visit] != NEVER
    due, stalled = np.full(len(seen), NEVER, np.int64), np.zeros(len(seen), np.bool_)
    limited, bare = np.flatnonzero(by_limit), np.flatnonzero(~by_limit)
    deadline = visits.deadline[seen.visit[limited]]
    due[limited] = np.maximum(deadline, np.where(seen.hi[limited] > deadline, seen.lo[limited], deadline))
    stalled[limited] = due[limited] < seen.hi[limited]
    epochs = sight.made(("epochs", name), lambda: epochs_of(ground))
    due[bare], stalled[bare] = against_norms(seen.part(bare), folded, epochs, stages=len(ground.journey.stages))
    return _one_each(ground, folded, seen, due, stalled & (due <= sight.as_of))


def against_norms(seen: Standing, folded: FoldedBucket, epochs: Epochs, *, stages: int) -> tuple[Times, Mask]:
    """Say of each span when the visit reached the norm in force, and whether it was standing then.

    Goes from epoch to epoch with the spans that are still undecided. NEVER where no norm was in force
    """
    enter = folded.visits.enter[seen.visit]
    cell = (seen.segment + 1) * stages + folded.visits.stage[seen.visit]
    due, stalled = np.full(len(seen), NEVER, np.int64), np.zeros(len(seen), np.bool_)
    epoch = np.maximum(np.searchsorted(epochs.begins, seen.lo, "right") - 1, 0)
    rows = np.flatnonzero(epoch < len(epochs))
    while len(rows):
        here = epoch[rows]
        span, close = epochs.tables[here, cell[rows]], epochs.close(here)
        reached = np.maximum(np.maximum(enter[rows] + span, seen.lo[rows]), epochs.begins[here])
        reached[(span == UNKNOWN) | (seen.hi[rows] <= epochs.begins[here])] = NEVER
        due[rows] = reached
        stalled[rows] = reached < np.minimum(close, seen.hi[rows])
        rows = rows[~stalled[rows] & (close < seen.hi[rows])]
        epoch[rows] += 1
    return due, stalled


def _one_each(ground: Ground, folded: FoldedBucket, seen: Standing, due: Times, stalled: Mask) -> Judged:
    """Of the spans of one visit the first that shows a stall decides, else the last."""
    starts = segment_starts(seen.visit)
    place, last = np.arange(len(seen)), starts[1:] - 1
    first = np.minimum.reduceat(np.where(stalled, place, len(seen)), starts[:-1]) if len(seen) else last
    chosen = np.where(first < len(seen), first, last)
    chosen = chosen[due[chosen] <= ground.as_of]
    return Judged(ground, folded, seen.visit[chosen], due[chosen], stalled[chosen])


def _on_timer(ground: Ground, folded: FoldedBucket) -> Mask:
    """Visits of stages that the map calls a mere timer."""
    sides = by_variant(ground.journey, "waiting_on")
    timer = np.array([[side == WaitingOn.TIMER for side in row] for row in sides], np.bool_)
    variant = folded.runs.variant[folded.visits.run].astype(np.int64) + 1
    on_timer: Mask = timer[variant, np.maximum(folded.visits.stage, 0)]
    return on_timer


def entered(folded: FoldedBucket, visit: Positions) -> Positions:
    """Row of the event with which each visit began, NO_ROW where time alone began it."""
    steps, enter, run = folded.steps, folded.visits.enter[visit], folded.visits.run[visit]
    if not len(steps.row):
        return np.full(len(visit), NO_ROW, np.int64)
    lo, hi = (np.searchsorted(steps.run, run, side) for side in ("left", "right"))
    at = folded.bucket.at[steps.row]
    place = first_after(at, lo, hi, enter) - 1
    return np.where((place >= lo) & (at[place] == enter), steps.row[place], NO_ROW)
