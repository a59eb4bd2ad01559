"""What runs are told apart by in a scan: attributes, what the event that began a run tells of it, segments.

Nothing is taken from later events of a run: they come after some of what it is compared on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE
from clew.engine.model import FoldedBucket
from clew.engine.ordered import segment_starts
from clew.questions.collect import each
from clew.questions.event_dimensions import OfEvents
from clew.questions.frames import Level
from clew.questions.ground import Ground
from clew.questions.segments import attributes_of, in_segment

Values = NDArray[np.int64]
FEWEST_VALUES, MOST_VALUES = 2, 40
FIRST = ("team", "channel")
ATTRIBUTE, PROPERTY, BEGUN, SEGMENT = "attribute", "property", "begun", "segment"


@dataclass(frozen=True)
class Split:
    """One way to tell runs apart.

    name      "origin", or the name of a segment     kind     one of the four above
    values    texts of its values; of a segment: outside it, in it
    code      (r,) place of each run's value among them, -1 where none is known
    rests_on  attributes and columns it is made of
    undated   the values carry no date: they may have been written after what they are compared on
    """

    name: str
    kind: str
    values: tuple[str, ...]
    code: Values
    rests_on: frozenset[str]
    undated: bool = False


def splits_of(ground: Ground) -> Iterator[Split]:
    """Yield every split of a journey's runs with 2 to 40 values. A segment is a split of its own: in it or not."""
    undated = ground.view.undated
    for name in sorted(ground.view.names["attribute"].texts()):
        dimension = ground.dimension(name)
        yield from _split(ground, name, ATTRIBUTE, partial(dimension.codes, level=Level.RUN), undated=name in undated)
    for name, kind in [*((name, PROPERTY) for name in _properties(ground)), *((name, BEGUN) for name in FIRST)]:
        column = ground.column(name)
        yield from _split(ground, name, kind, partial(_of_first_event, column), undated=False)
    for name in ground.firm.segments:
        yield _segment(ground, name)


def _properties(ground: Ground) -> list[str]:
    """Kept properties that bear the name of nothing else."""
    taken = {*ground.view.names["attribute"].texts(), *FIRST, "user", "event"}
    names = (name.removeprefix("property:") for name in ground.view.names if name.startswith("property:"))
    return sorted(name for name in names if name not in taken and len(ground.view.names[f"property:{name}"]))


def _of_first_event(column: OfEvents, folded: FoldedBucket) -> Values:
    """What the event at the very start of each run carries; a run that a date began has none."""
    steps, runs, bucket = folded.steps, folded.runs, folded.bucket
    first = segment_starts(steps.run)[:-1]
    row, run = steps.row[first], steps.run[first]
    code = np.full(len(runs), NO_CODE, np.int64)
    at_start = np.asarray(bucket.at)[row] == runs.start[run]
    code[run[at_start]] = column.column_of(bucket)[row[at_start]]
    return code


def _split(
    ground: Ground, name: str, kind: str, codes: Callable[[FoldedBucket], Values], *, undated: bool
) -> Iterator[Split]:
    code = np.concatenate(list(each(ground.buckets, codes)))
    dictionary = ground.view.names[{ATTRIBUTE: f"attribute:{name}", PROPERTY: f"property:{name}"}.get(kind, name)]
    occurring = np.flatnonzero(np.bincount(code[code != NO_CODE], minlength=len(dictionary)))
    if not FEWEST_VALUES <= len(occurring) <= MOST_VALUES:
        return
    by_text = sorted((dictionary.text(value), value) for value in occurring.tolist())  # codes depend on arrival
    rank = np.full(len(dictionary) + 1, -1, np.int64)
    rank[[value for _, value in by_text]] = np.arange(len(by_text))
    yield Split(name, kind, tuple(text for text, _ in by_text), rank[code], frozenset({name}), undated)


def _segment(ground: Ground, name: str) -> Split:
    def inside(folded: FoldedBucket) -> NDArray[np.bool_]:
        return in_segment(folded, name, ground.terms, subject=ground.journey.subject)

    code = np.concatenate(list(each(ground.buckets, inside))).astype(np.int64)
    used = frozenset(attributes_of(ground.firm.segments[name], ground.firm.segments))
    return Split(name, SEGMENT, (f"outside {name}", name), code, used, bool(used & ground.view.undated))
