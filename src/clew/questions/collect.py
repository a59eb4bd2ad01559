"""The one way through a folded journey: select rows, group them, run a kernel per bucket and group, merge."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from os import cpu_count
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE
from clew.engine.model import FoldedBucket
from clew.errors import BadRequest
from clew.periods import GRAINS
from clew.questions.dimensions import NONE, Dimension
from clew.questions.event_dimensions import Touched
from clew.questions.frames import Frame, Level, run_of
from clew.questions.ground import Ground
from clew.questions.model import Query
from clew.questions.segments import in_segment

Key = tuple[str, ...]
Codes = tuple[int, ...]
Part = TypeVar("Part")
Item = TypeVar("Item")
Kernel = Callable[[Frame], Part]
Merge = Callable[[Part, Part], Part]
Mask = NDArray[np.bool_]

NO_SEGMENT = "(no segment)"
_RADIX = 1 << 31
_DENSE = 1 << 15  # keys up to which a table is cheaper than sorting
_MONTH = r"\d{4}-(0[1-9]|1[0-2])"
_WRITTEN = (
    _MONTH,
    r"\d{4}-Q[1-4]",
    r"\d{4}-W(0[1-9]|[1-4]\d|5[0-3])",
    r"\d{4}",
    rf"{_MONTH}-(0[1-9]|[12]\d|3[01])",
)


def collect(ground: Ground, query: Query, level: Level, kernel: Kernel[Part], merge: Merge[Part]) -> dict[Key, Part]:
    """Run a kernel over the rows of every bucket and group, and merge what belongs together.

    kernel   from the rows of one bucket and group to a partial
    merge    associative, and commutative up to the order of rows
    Returns  one partial per group, in reading order of the groups; without `by` exactly one, under ()
    """
    return {key: _merged(parts, merge) for key, parts in gather(ground, query, level, kernel).items()}


def gather(ground: Ground, query: Query, level: Level, kernel: Kernel[Part]) -> dict[Key, list[Part]]:
    """Run a kernel as `collect` does; the partials of a group stay apart, for merges that take all of them at once."""
    if "segment" in query.by:
        return _by_segment(ground, query, level, kernel)
    dimensions = [ground.dimension(name) for name in query.by]
    found: dict[Codes, list[Part]] = {}
    for parts in each(ground.buckets, lambda bucket: _of_bucket(ground, bucket, query, dimensions, level, kernel)):
        for codes, part in parts.items():
            found.setdefault(codes, []).append(part)
    ordered = sorted(found, key=lambda codes: _order(dimensions, codes))
    return {_words(dimensions, codes): found[codes] for codes in ordered}


def _merged(parts: list[Part], merge: Merge[Part]) -> Part:
    """Merge neighbours, then those: arrays are copied a few times instead of once for every bucket."""
    while len(parts) > 1:
        pairs = [merge(parts[place], parts[place + 1]) for place in range(0, len(parts) - 1, 2)]
        parts = pairs + parts[len(parts) - len(parts) % 2 :]
    return parts[0]


def select(ground: Ground, folded: FoldedBucket, query: Query, level: Level) -> Mask:
    """Say of every row of a level whether the query's period and filters let it pass."""
    runs = folded.runs
    of_run = np.ones(len(runs), np.bool_)
    if query.period is not None:
        of_run &= (runs.start >= query.period.start) & (runs.start < query.period.end)
    passing = of_run if level is Level.RUN else of_run[run_of(folded, level)]
    for name, values in query.where.items():
        passing &= _passes(ground, folded, name, values, level)
    return passing


def _passes(ground: Ground, folded: FoldedBucket, name: str, values: Sequence[str], level: Level) -> Mask:
    if name == "segment":
        return _in_any(ground, folded, values)[run_of(folded, level)]
    dimension = ground.dimension(f"period:{_grain(values[0])}" if name == "period" else name)
    if isinstance(dimension, Touched):
        return dimension.mask(folded, values)[run_of(folded, level)]
    return np.isin(dimension.codes(folded, level), [dimension.code(value) for value in values])


def _in_any(ground: Ground, folded: FoldedBucket, names: Sequence[str]) -> Mask:
    passing = np.zeros(len(folded.runs), np.bool_)
    for name in names:
        if name == NO_SEGMENT:
            passing |= ~_in_any(ground, folded, tuple(ground.firm.segments))
        else:
            passing |= in_segment(folded, name, ground.terms, subject=ground.journey.subject)
    return passing


def _of_bucket(
    ground: Ground,
    folded: FoldedBucket,
    query: Query,
    dimensions: Sequence[Dimension],
    level: Level,
    kernel: Kernel[Part],
) -> dict[Codes, Part]:
    selected = query.where or query.period is not None
    rows = np.flatnonzero(select(ground, folded, query, level)) if selected else np.arange(len(run_of(folded, level)))
    if not dimensions:
        return {(): kernel(Frame(folded, level, rows))}
    columns = [dimension.codes(folded, level) for dimension in dimensions]
    groups, group = _groups([column[rows] for column in columns] if selected else columns)
    order = np.argsort(group, kind="stable")
    edges = np.cumsum([0, *np.bincount(group, minlength=len(groups))])
    rows = rows[order] if selected else order
    return {
        codes: kernel(Frame(folded, level, rows[edges[number] : edges[number + 1]]))
        for number, codes in enumerate(groups)
    }


def _groups(columns: Sequence[NDArray[np.int64]]) -> tuple[list[Codes], NDArray[np.integer]]:
    """Number the distinct combinations of codes; return them and the number of each row."""
    distinct, group = _numbered(columns[0] + 1)
    found: list[Codes] = [(int(key) - 1,) for key in distinct]
    for column in columns[1:]:
        distinct, group = _numbered(group.astype(np.int64) * _RADIX + (column + 1))
        found = [(*found[int(key) // _RADIX], int(key) % _RADIX - 1) for key in distinct]
    return found, group


def _numbered(keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.integer]]:
    """Return the distinct keys, rising, and the place of each key among them, as int16 where that is enough.

    numpy sorts such short integers by radix.
    """
    highest = int(keys.max(initial=-1))
    if highest >= _DENSE:
        distinct, place = np.unique(keys, return_inverse=True)
        return distinct, place.astype(np.int16) if len(distinct) < 2**15 else place
    distinct = np.flatnonzero(np.bincount(keys, minlength=highest + 1))
    places = np.zeros(highest + 1, np.int16)
    places[distinct] = np.arange(len(distinct))
    return distinct, places[keys]


def _by_segment(ground: Ground, query: Query, level: Level, kernel: Kernel[Part]) -> dict[Key, list[Part]]:
    """One pass per segment: segments may overlap, and then a run counts in each of its own."""
    place = query.by.index("segment")
    rest = tuple(name for name in query.by if name != "segment")
    accepted = query.where.get("segment", tuple(ground.firm.segments))
    if "segment" not in query.where and _anywhere(
        ground, replace(query, where={**query.where, "segment": (NO_SEGMENT,)})
    ):
        accepted = (*accepted, NO_SEGMENT)
    found: dict[Key, list[Part]] = {}
    for segment in accepted:
        narrowed = replace(query, by=rest, where={**query.where, "segment": (segment,)})
        for key, parts in gather(ground, narrowed, level, kernel).items():
            found[(*key[:place], segment, *key[place:])] = parts
    return found


def _anywhere(ground: Ground, query: Query) -> bool:
    """Whether any run passes the query's filters on runs."""
    return any(select(ground, bucket, query, Level.RUN).any() for bucket in ground.buckets)


def each(items: Collection[Item], work: Callable[[Item], Part]) -> Iterator[Part]:
    """Do some work for each item, on all cores, and yield the results in the order of the items."""
    if len(items) < 2:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(max_workers=min(8, cpu_count() or 1)) as pool:
        yield from pool.map(work, items)


def _words(dimensions: Sequence[Dimension], codes: Codes) -> Key:
    pairs = zip(dimensions, codes, strict=True)
    return tuple(NONE if code == NO_CODE else dimension.label(code) for dimension, code in pairs)


def _order(dimensions: Sequence[Dimension], codes: Codes) -> list[tuple[int, str]]:
    return [dimension.order(code) for dimension, code in zip(dimensions, codes, strict=True)]


def _grain(label: str) -> str:
    """Tell a month from a quarter by how it is written."""
    for grain, pattern in zip(GRAINS, _WRITTEN, strict=True):
        if re.fullmatch(pattern, label):
            return grain
    raise BadRequest(f"'{label}' is no period; write it as 2018, 2018-Q1, 2018-01, 2018-W05 or 2018-01-31")
