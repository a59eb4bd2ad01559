"""When runs first enter each stage and when they go on from it, and how long going on usually takes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clew.clock import NEVER
from clew.engine.kernels.repeats import first_rows
from clew.engine.model import FoldedBucket

Values = NDArray[np.int64]
P90 = 0.9
FEWEST_TO_KNOW = 10  # moves on which a usual time rests


def entries_of(folded: FoldedBucket, stages: int) -> tuple[Values, Values]:
    """Return (runs, stages): when each run first entered a stage, and when first a later one; NEVER where not."""
    visits, runs = folded.visits, len(folded.runs)
    entered, later = (np.full((runs, stages), NEVER, np.int64) for _ in range(2))
    first = first_rows(visits.run, visits.stage)
    entered[visits.run[first], visits.stage[first]] = visits.enter[first]
    later[:, :-1] = np.minimum.accumulate(entered[:, :0:-1], axis=1)[:, ::-1]
    return entered, later


def usual_time_on(entered: Values, later: Values) -> int | None:
    """Return the microseconds by which nine in ten of those that went on did; None where too few did.

    entered, later  (n,) of runs that entered one stage; NEVER where a run did not go on
    """
    moved = later != NEVER
    if int(moved.sum()) < FEWEST_TO_KNOW:
        return None
    return int(np.quantile(np.maximum(later[moved] - entered[moved], 0), P90))
