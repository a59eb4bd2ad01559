"""Runs in flight: how many stand where, under which version, and how many are past the owner's limit there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clew.clock import NEVER
from clew.engine.model import Folded


@dataclass(frozen=True)
class Standing:
    """Open runs in one place.

    stage  None: before any stage        late  of the runs, those past the owner's limit
    """

    version: str
    stage: str | None
    runs: int
    late: int


def in_flight(course: Sequence[Folded]) -> list[Standing]:
    """Count the open runs of a journey's versions as of their view, in the order of versions and stages."""
    return [each for folded in course for each in _standing(folded)]


def _standing(folded: Folded) -> list[Standing]:
    runs, late = Counter[int](), Counter[int]()
    for part in folded.buckets:
        here = (part.visits.leave == NEVER) & (part.runs.end[part.visits.run] == NEVER)
        stages = part.visits.stage[here]
        runs.update(stages.tolist())
        late.update(stages[np.asarray(part.visits.deadline[here] <= folded.view.as_of)].tolist())
    names = (*folded.journey.stage_names, None)
    return [Standing(folded.journey.version, names[stage], runs[stage], late[stage]) for stage in sorted(runs)]
