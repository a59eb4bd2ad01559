"""How long stays last, those that are not over included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Codes
from clew.clock import NEVER
from clew.engine.model import Visits
from clew.engine.ordered import Mask
from clew.stats.survival import SurvivalCounts

Spans = NDArray[np.int64]


@dataclass(frozen=True)
class Stays:
    """Spans of time, one per stay.

    span  (n,) microseconds, up to as_of where the stay is not over     observed  (n,) bool, the stay is over
    """

    span: Spans
    observed: Mask


def visit_stays(visits: Visits, as_of: int) -> Stays:
    """Measure every visit in elapsed time."""
    observed = visits.leave != NEVER
    return Stays(np.where(observed, visits.leave, as_of) - visits.enter, observed)


def survival_by(stays: Stays, cell: Codes) -> dict[int, SurvivalCounts]:
    """Count stays by duration for each cell (a stage, a group, or both packed into one number); exact, mergeable.

    cell  (n,) -1 leaves a stay out
    """
    kept = np.flatnonzero(np.asarray(cell) >= 0)
    order = kept[np.argsort(np.asarray(cell)[kept], kind="stable")]
    sorted_cell = np.asarray(cell)[order]
    cells, first = np.unique(sorted_cell, return_index=True)
    edges = np.append(first, len(order))
    return {
        int(each): SurvivalCounts.of(stays.span[part], stays.observed[part])
        for each, part in ((each, order[edges[n] : edges[n + 1]]) for n, each in enumerate(cells))
    }


def merge_survival(parts: Iterable[Mapping[int, SurvivalCounts]]) -> dict[int, SurvivalCounts]:
    """Put partials of disjoint stays together, cell by cell."""
    by_cell: dict[int, list[SurvivalCounts]] = {}
    for part in parts:
        for cell, counts in part.items():
            by_cell.setdefault(cell, []).append(counts)
    return {cell: SurvivalCounts.merged(counts) for cell, counts in sorted(by_cell.items())}
