"""Stored norms through time: at each instant the table of those that were known then, never of one that came later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Times
from clew.clock import NEVER
from clew.engine.norms import Norm
from clew.engine.ordered import Positions
from clew.questions.ground import Ground
from clew.questions.norms import UNKNOWN, stored_table

Spans = NDArray[np.int64]


@dataclass(frozen=True)
class Epochs:
    """The norms of one journey as they came into being.

    begins  (e,) rising instants: from each on, until the next, its table is in force
    tables  (e, cells) microseconds by (segment + 1) * stages + stage, UNKNOWN possible
    """

    begins: Times
    tables: Spans

    def __len__(self) -> int:
        return len(self.begins)

    def close(self, number: Positions) -> Times:
        """Return the instant at which the table of an epoch ceases to be in force."""
        return np.append(self.begins[1:], NEVER)[number]


def epochs_of(ground: Ground) -> Epochs:
    """Lay out the stored norms of a journey, as known at the view, by the end of the log each was taken from.

    A stage whose stays had the shape of a timer has none: nobody waits there for anybody.
    """
    version, view = ground.journey.version, ground.view
    known = [norm for norm in ground.norms if norm.version == version and norm.dated <= view.known_at]
    begins = sorted({norm.through for norm in known if norm.through <= view.as_of})
    cells = (len(ground.firm.segments) + 1) * len(ground.journey.stages)
    tables = np.full((len(begins), cells), UNKNOWN, np.int64)
    for place, begin in enumerate(begins):
        past = [norm for norm in known if norm.through <= begin]
        tables[place] = stored_table(ground, past).ravel()
        tables[place, _timers(ground, past)] = UNKNOWN
    return Epochs(np.array(begins, np.int64), tables)


def _timers(ground: Ground, past: list[Norm]) -> Positions:
    """Cells, in every segment, of the stages whose latest norm tells of a timer."""
    latest: dict[str, Norm] = {}
    for norm in sorted(past, key=lambda norm: norm.dated):
        latest[norm.stage] = norm
    names = ground.journey.stage_names
    numbers = np.array([names.index(stage) for stage, norm in latest.items() if norm.timer], np.int64)
    rows = np.arange(len(ground.firm.segments) + 1) * len(names)
    return (rows[:, None] + numbers).ravel()
