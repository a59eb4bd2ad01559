"""How far runs come through the stages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Codes
from clew.engine.model import Runs, Visits

Table = NDArray[np.int64]


@dataclass(frozen=True)
class Reach:
    """Runs by group and stage.

    started  (g,)    runs of the group
    entered  (g, s)  runs that were ever in the stage
    reached  (g, s)  runs that were ever in the stage or a later one; never rises from stage to stage
    """

    started: Table
    entered: Table
    reached: Table


def furthest_stage(runs: Runs, visits: Visits) -> Codes:
    """Return the latest stage in the file that each run was ever in, BEFORE_STAGES where it was in none."""
    if not len(visits):
        return np.full(len(runs), -1, np.int8)
    first = np.searchsorted(visits.run, np.arange(len(runs)))
    return np.maximum.reduceat(visits.stage, first) if len(runs) else np.zeros(0, np.int8)


def reach(runs: Runs, visits: Visits, *, stages: int, group: Codes | None = None, groups: int = 1) -> Reach:
    """Count how far the runs of each group came.

    group  (r,) code of each run, -1 leaves it out; None puts all into group 0
    """
    of_run = np.zeros(len(runs), np.int64) if group is None else np.asarray(group).astype(np.int64)
    counted = of_run >= 0
    started = np.bincount(of_run[counted], minlength=groups)
    far = furthest_stage(runs, visits).astype(np.int64)
    ends = np.bincount((of_run * (stages + 1) + far + 1)[counted], minlength=groups * (stages + 1))
    at_least = ends.reshape(groups, stages + 1)[:, ::-1].cumsum(1)[:, ::-1][:, 1:]
    seen = np.zeros(len(runs) * stages, np.bool_)
    inside = visits.stage >= 0
    seen[visits.run[inside].astype(np.int64) * stages + visits.stage[inside]] = True
    ever = np.flatnonzero(seen)
    run, stage = ever // max(stages, 1), ever % max(stages, 1)
    kept = counted[run]
    entered = np.bincount(of_run[run[kept]] * stages + stage[kept], minlength=groups * stages)
    return Reach(started, entered.reshape(groups, stages), at_least)


def merge_reach(parts: Iterable[Reach]) -> Reach:
    """Add partials of disjoint runs; needs at least one."""
    listed = list(parts)
    return Reach(
        *(np.sum([getattr(part, name) for part in listed], axis=0) for name in ("started", "entered", "reached"))
    )
