"""When each visit reaches the limit that the owner set for its stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clew.archive.model import Codes, Times
from clew.clock import NEVER
from clew.durations import Duration
from clew.journeys.model import Journey, Stage, Variant

if TYPE_CHECKING:
    from clew.firm.model import Firm


def varied_stage(journey: Journey, stage: int, variant: int) -> Stage:
    """Return a stage as a variant changes it; variant -1 is the journey as written."""
    from dataclasses import replace

    plain = journey.stages[stage]
    if variant < 0:
        return plain
    changes = _changes(journey.variants[variant], plain.name)
    return replace(plain, **changes)  # type: ignore[arg-type]


def _changes(variant: Variant, stage: str) -> dict[str, object]:
    return dict(variant.stages.get(stage, {}))


def deadlines(journey: Journey, firm: Firm, *, stage: Codes, variant: Codes, enter: Times) -> Times:
    """Return when each visit reaches its limit, NEVER without one.

    stage, variant, enter  (v,) of each visit; the variant is that of its run
    """
    deadline = np.full(len(enter), NEVER, np.int64)
    for number in range(len(journey.stages)):
        for choice in range(-1, len(journey.variants)):
            here = np.flatnonzero((stage == number) & (variant == choice))
            varied = varied_stage(journey, number, choice)
            if len(here) and isinstance(varied.limit, Duration):
                deadline[here] = firm.calendar_of(varied.team).add(enter[here], varied.limit)
    return deadline
