"""What runs are told apart by in a scan: attributes, kept properties, team and channel of the first event, segments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE
from clew.engine.model import FoldedBucket
from clew.questions.collect import each
from clew.questions.dimensions import Dimension
from clew.questions.frames import Level
from clew.questions.ground import Ground
from clew.questions.segments import attributes_of, in_segment

Values = NDArray[np.int64]
FEWEST_VALUES, MOST_VALUES = 2, 40
FIRST = ("team", "channel")
SEGMENT = "segment"


@dataclass(frozen=True)
class Split:
    """One way to tell runs apart.

    name     "origin", "segment"               values  texts of its values
    code     (r,) place of each run's value among them, -1 where none is known
    undated  the values carry no date: they may have been written after what they are compared on
    """

    name: str
    kind: str
    values: tuple[str, ...]
    code: Values
    undated: bool = False


def splits_of(ground: Ground) -> Iterator[Split]:
    """Yield every split of a journey's runs with 2 to 40 values. A segment is a split of its own: in it or not."""
    view = ground.view
    for name in view.names["attribute"].texts():
        yield from _split(ground, name, "attribute", undated=name in view.undated)
    for name in _properties(ground):
        yield from _split(ground, name, "property")
    for name in FIRST:
        yield from _split(ground, name, "first")
    for name in ground.firm.segments:
        yield from _segment(ground, name)


def _properties(ground: Ground) -> list[str]:
    """Kept properties that bear the name of nothing else."""
    taken = {*ground.view.names["attribute"].texts(), *FIRST, "user", "event"}
    names = (name.removeprefix("property:") for name in ground.view.names if name.startswith("property:"))
    return sorted(name for name in names if name not in taken and len(ground.view.names[f"property:{name}"]))


def _split(ground: Ground, name: str, kind: str, *, undated: bool = False) -> Iterator[Split]:
    dimension = ground.column(name) if kind != "attribute" else ground.dimension(name)
    code = np.concatenate(list(each(ground.buckets, lambda folded: _codes(dimension, folded))))
    occurring, place = np.unique(code, return_inverse=True)
    known = occurring[occurring != NO_CODE]
    if not FEWEST_VALUES <= len(known) <= MOST_VALUES:
        return
    texts = [dimension.label(int(value)) for value in known]
    order = np.argsort(np.array(texts, object))  # by text: codes depend on the order of loading
    rank = np.empty(len(known), np.int64)
    rank[order] = np.arange(len(known))
    ranks = np.concatenate([np.full(len(occurring) - len(known), -1), rank])
    yield Split(name, kind, tuple(texts[row] for row in order), ranks[place], undated)


def _codes(dimension: Dimension, folded: FoldedBucket) -> Values:
    return dimension.codes(folded, Level.RUN)


def _segment(ground: Ground, name: str) -> Iterator[Split]:
    def inside(folded: FoldedBucket) -> NDArray[np.bool_]:
        return in_segment(folded, name, ground.terms, subject=ground.journey.subject)

    code = np.concatenate(list(each(ground.buckets, inside))).astype(np.int64)
    used = attributes_of(ground.firm.segments[name], ground.firm.segments)
    yield Split(name, SEGMENT, (f"not {name}", name), code, bool(used & ground.view.undated))
