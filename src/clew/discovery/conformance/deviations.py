"""Where runs leave their map: the kinds of deviation, and every place at which one can occur."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from clew.errors import UnknownName
from clew.journeys.model import Journey
from clew.questions.ground import Ground
from clew.questions.receipts import names_of

Values = NDArray[np.int64]


class Kind(StrEnum):
    """How a run can leave its map."""

    SKIPPED = "skipped"  # a stage that is not optional was passed over by a later one and never entered
    OUT_OF_ORDER = "out of order"  # first entered after a later stage, or gone back to where the map says friction
    REPEATED = "repeated"  # entered again
    LATE = "late"  # a stay or a receipt beyond its limit, or no receipt until the end
    OTHER_TEAM = "other team"  # entered, or taken over, by another team than the map says
    UNPLANNED = "unplanned"  # an event that no map mentions

    @property
    def slug(self) -> str:
        """As it is typed."""
        return self.value.replace(" ", "-")


OF_ORDER = (Kind.SKIPPED, Kind.OUT_OF_ORDER, Kind.REPEATED)
OF_STAGES = (*OF_ORDER, Kind.LATE, Kind.OTHER_TEAM)
OF_HANDOFFS = (Kind.LATE, Kind.OTHER_TEAM)


@dataclass(frozen=True)
class Deviation:
    """A kind at a place. what: stage, handoff or event; number: of the stage or handoff, code of the event."""

    kind: Kind
    what: str
    number: int
    name: str

    @property
    def key(self) -> str:
        """As it is typed: skipped:set-up, late:sales to onboarding, unplanned:invoice sent."""
        return f"{self.kind.slug}:{self.name}"


class Places:
    """Every deviation that a journey can show, numbered: kinds at stages, then at handoffs, then events."""

    def __init__(self, journey: Journey, events: Sequence[str]) -> None:
        stages, handoffs = list(enumerate(journey.stage_names)), list(enumerate(names_of(journey.handoffs)))
        self.stages, self.handoffs = len(stages), len(handoffs)
        self.all: Sequence[Deviation] = (
            *(Deviation(kind, "stage", number, name) for kind in OF_STAGES for number, name in stages),
            *(Deviation(kind, "handoff", number, name) for kind in OF_HANDOFFS for number, name in handoffs),
            *(Deviation(Kind.UNPLANNED, "event", code, name) for code, name in enumerate(events)),
        )

    def at_stage(self, kind: Kind) -> int:
        """Number of a kind at the first stage; those of the other stages follow."""
        return OF_STAGES.index(kind) * self.stages

    def at_handoff(self, kind: Kind) -> int:
        """Number of a kind at the first handoff."""
        return len(OF_STAGES) * self.stages + OF_HANDOFFS.index(kind) * self.handoffs

    @property
    def at_event(self) -> int:
        """Number of the first event."""
        return len(OF_STAGES) * self.stages + len(OF_HANDOFFS) * self.handoffs

    def named(self, key: str) -> int:
        """Number of a deviation as it is typed. Raises UnknownName."""
        keys = [deviation.key for deviation in self.all]
        if key not in keys:
            raise UnknownName("deviation", key, keys)
        return keys.index(key)


def places_of(ground: Ground) -> Places:
    """The deviations that a ground's journey can show."""
    return Places(ground.journey, ground.view.names["event"].texts())


@dataclass(frozen=True)
class Marks:
    """Occurrences in the runs of one bucket.

    run, place    (n,) where a deviation occurred, one row for each occurrence
    judged        (m,) run and place where it could have occurred, one row for each; events are judged in every run
    """

    run: Values
    place: Values
    judged_run: Values
    judged_place: Values


def joined(parts: Sequence[Marks]) -> Marks:
    """Put the marks of different places together."""
    none = Marks(*(np.zeros(0, np.int64) for _ in Marks.__dataclass_fields__))
    names = Marks.__dataclass_fields__
    return Marks(*(np.concatenate([getattr(part, name) for part in (none, *parts)]) for name in names))


@dataclass(frozen=True)
class Touched:
    """Which runs of a bucket show which deviations: one row for each run and place, and how often it occurred there."""

    run: Values
    place: Values
    times: Values


_DENSE = 32_000_000  # cells of a table of runs and places, up to which counting is cheaper than sorting


def touched(marks: Marks, runs: int, places: int) -> Touched:
    """Count the occurrences of each deviation in each run."""
    cell = marks.run * places + marks.place
    if runs * places <= _DENSE:
        counted = np.bincount(cell, minlength=1)
        cells = np.flatnonzero(counted)
        times = counted[cells]
    else:
        cells, times = np.unique(cell, return_counts=True)
    return Touched(cells // max(places, 1), cells % max(places, 1), times.astype(np.int64))
