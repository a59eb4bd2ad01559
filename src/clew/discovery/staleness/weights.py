"""How staleness is weighed. Every number here is judgement, said so; nothing was fitted to data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Weighing:
    """One part of the figure: 0 up to `fresh`, 100 from `stale` on, straight in between.

    weight  its part of the whole; where a part is unknown the others share its weight
    """

    part: str
    title: str
    weight: int
    fresh: float
    stale: float
    why: str


EVENTS, PATHS, REVIEW, ASSUMPTIONS = "events", "paths", "review", "assumptions"

WEIGHING: tuple[Weighing, ...] = (
    Weighing(
        EVENTS,
        "recent events that no map explains",
        30,
        0.05,
        0.50,
        "Some events always lie beside the map; when every second one does, the map tells of another firm.",
    ),
    Weighing(
        PATHS,
        "recent runs whose path it does not explain",
        30,
        0.10,
        0.60,
        "One run in ten takes a way of its own anywhere; when most do, the planned order is no plan any more.",
    ),
    Weighing(
        REVIEW,
        "age of the last review, in review periods",
        20,
        1.0,
        3.0,
        "Fresh within the period that the owner promised; two reviews missed in a row is stale.",
    ),
    Weighing(
        ASSUMPTIONS,
        "elements still marked assumption",
        20,
        0.25,
        1.0,
        "A map needs assumptions to begin with, so it weighs less; one that is all assumption was never checked.",
    ),
)

# What a figure is called. Judgement: a quarter of the way is everyday wear, more than half calls for a new look.
STALE, TOO_LITTLE = "stale", "too little known to call it stale"
NAMES: tuple[tuple[float, str], ...] = ((25.0, "fresh"), (50.0, "due for a look"), (101.0, STALE))


def scored(weighing: Weighing, value: float) -> float:
    """Return 0..100 for a value of a part."""
    return 100 * min(1.0, max(0.0, (value - weighing.fresh) / (weighing.stale - weighing.fresh)))


def called(figure: float) -> str:
    """Name a figure."""
    return next(name for below, name in NAMES if figure < below)
