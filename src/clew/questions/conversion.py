"""What share of runs comes from one point to the next ones, in order, within a window; and how long that takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.clock import NEVER
from clew.engine.compiled import fast_enough
from clew.engine.kernels.funnel import MODES, Levels, funnel
from clew.engine.model import FoldedBucket
from clew.errors import BadRequest, UnknownName
from clew.questions.answers import least_of, make, top
from clew.questions.blind import late_notes
from clew.questions.collect import Key, collect
from clew.questions.compare import compare_shares, sides
from clew.questions.figures import Row, by_cells, by_columns, share_cells, share_columns
from clew.questions.frames import Frame, Level
from clew.questions.ground import Ground
from clew.questions.model import Answer, Column, Query, Unit
from clew.questions.options import flag, several, span, whole_number
from clew.questions.points import Point, first_passing, read_point, table_of
from clew.questions.spans import sample_cells
from clew.questions.words import counted, listed

Counts = NDArray[np.int64]
NO_WINDOW = 2**60
ANY_ORDER = "any-order"
MEDIAN = "Elapsed time from the first point, of those who came."


@dataclass(frozen=True)
class Asked:
    """What is asked of every run: points in order, window (microseconds), modes, and who counts.

    everyone  runs too that could not be followed for the whole window
    compiled  the log is large enough to compile the walk for
    """

    points: tuple[Point, ...]
    window: int
    modes: tuple[str, ...]
    any_order: bool
    everyone: bool
    compiled: bool

    @property
    def windowed(self) -> bool:
        return self.window != NO_WINDOW


@dataclass(frozen=True)
class Converted:
    """Runs by the number of points they passed in order.

    level     (points + 1,) runs by level; level 0 never passed the first point
    left_out  runs left out, for they could not be followed for the whole window
    spans     per further point, microseconds from the first, of the runs that came there
    """

    level: Counts
    left_out: int
    spans: tuple[Counts, ...]


def answer(ground: Ground, query: Query) -> Answer:
    """Answer 'conversion'."""
    if flag(query.options, "whole"):
        ground = ground.whole()
    asked = _read(ground, query)
    title = " to ".join(f"'{point.name}'" for point in asked.points)
    title += f" within {query.options['within']}" if asked.windowed else ""
    if query.compare:
        return _compared(ground, query, asked, title)
    found = collect(ground, query, Level.RUN, convert(ground, asked), merge)
    rows = [row for key, part in found.items() for row in _rows(asked, query, key, part)]
    rows, cut = top(rows, whole_number("top", query.options["top"]), "rows")
    return make(
        ground,
        query,
        title=f"From {title}",
        columns=_columns(query),
        rows=rows,
        n=sum(int(part.level.sum()) for part in found.values()),
        notes=(*_notes(ground, query, asked, found), cut),
        next_step=_next(asked),
    )


def convert(ground: Ground, asked: Asked) -> Callable[[Frame], Converted]:
    """Kernel: how many points each run passed in order within the window."""

    def kernel(frame: Frame) -> Converted:
        rows = frame.rows
        begun = first_passing(frame.folded, asked.points[0])[rows]
        passed = begun != NEVER
        followed = passed & ((begun <= ground.as_of - asked.window) | asked.everyone | (not asked.windowed))
        kept = followed | ~passed
        levels = [_levels(frame.folded, asked, points) for points in range(2, len(asked.points) + 1)]
        level = levels[-1].level[rows]
        spans = tuple(_spans(found, points, rows[followed]) for points, found in enumerate(levels, start=2))
        counts = np.bincount(level[kept], minlength=len(asked.points) + 1)
        return Converted(counts, int((passed & ~followed).sum()), spans)

    return kernel


def merge(left: Converted, right: Converted) -> Converted:
    """Put two partials together."""
    pairs = zip(left.spans, right.spans, strict=True)
    spans = tuple(np.concatenate(pair) for pair in pairs)
    return Converted(left.level + right.level, left.left_out + right.left_out, spans)


@dataclass(frozen=True)
class _PerRun:
    """Level, and the instants of the first and the last step, of every run of a bucket."""

    level: Counts
    first: Counts
    last: Counts


def _levels(folded: FoldedBucket, asked: Asked, points: int) -> _PerRun:
    """Walk every run of the bucket for the first so many points."""
    if asked.any_order:
        return _in_any_order(folded, asked, points)
    table = table_of(folded, asked.points[:points], everything="strict_order" in asked.modes)
    found = funnel(table.run, table.at, table.steps, window=asked.window, modes=asked.modes, compiled=asked.compiled)
    return _scattered(found, len(folded.runs))


def _scattered(found: Levels, runs: int) -> _PerRun:
    level, first, last = np.zeros((3, runs), np.int64)
    level[found.segment], first[found.segment], last[found.segment] = found.level, found.first, found.last
    return _PerRun(level, first, last)


def _in_any_order(folded: FoldedBucket, asked: Asked, points: int) -> _PerRun:
    """Each point's first passing, wherever it lies; a point counts when it is passed before the window closes."""
    times = np.array([first_passing(folded, point) for point in asked.points[:points]])
    begun = times[0]
    inside = (times[1:] != NEVER) & (begun != NEVER) & (times[1:] <= np.where(begun == NEVER, 0, begun) + asked.window)
    level = np.where(begun != NEVER, 1 + np.logical_and.accumulate(inside, axis=0).sum(axis=0), 0)
    return _PerRun(level, begun, np.where(level == points, times[-1], 0))


def _spans(found: _PerRun, points: int, rows: Counts) -> Counts:
    """Time from the first point to this one, of the runs that came there."""
    done = rows[found.level[rows] >= points]
    return found.last[done] - found.first[done]


def _read(ground: Ground, query: Query) -> Asked:
    names = several(query.options["points"])
    if len(names) < 2:
        raise BadRequest('a conversion needs two points or more, as: clew show conversion "first contact" "deal won"')
    within = query.options["within"]
    modes = tuple(mode.strip() for mode in query.options["mode"].split(",") if mode.strip())
    known = {mode.replace("_", "-"): mode for mode in MODES}
    if unknown := [mode for mode in modes if mode not in known and mode != ANY_ORDER]:
        raise UnknownName("mode", unknown[0], [*known, ANY_ORDER])
    if ANY_ORDER in modes and len(modes) > 1:
        raise BadRequest("any-order cannot be combined with a strict mode")
    return Asked(
        tuple(read_point(ground, name) for name in names),
        span("within", within).micros if within else NO_WINDOW,
        tuple(known[mode] for mode in modes if mode != ANY_ORDER),
        ANY_ORDER in modes,
        flag(query.options, "all"),
        fast_enough(sum(len(folded.steps.row) for folded in ground.buckets)),
    )


def _rows(asked: Asked, query: Query, key: Key, part: Converted) -> Iterator[Row]:
    least = least_of(query)
    at_least = part.level[::-1].cumsum()[::-1]
    for place, point in enumerate(asked.points[1:], start=2):
        yield {
            **by_cells(query.by, key),
            "point": point.name,
            "n": int(at_least[1]),
            "converted": int(at_least[place]),
            **share_cells("share", int(at_least[place]), int(at_least[1]), least),
            "n_previous": int(at_least[place - 1]),
            **share_cells("of_previous", int(at_least[place]), int(at_least[place - 1]), least),
            **sample_cells("median", part.spans[place - 2], 0.5, least),
            "left_out": part.left_out,
            "without": int(part.level[0]),
        }


def _columns(query: Query) -> list[Column]:
    return [
        *by_columns(query.by),
        Column("point", "reached", Unit.TEXT, "The point reached."),
        Column("n", "from", Unit.COUNT, "Runs that passed the first point and could be followed for the whole window."),
        Column("converted", "came there", Unit.COUNT, "Runs that passed this point in order, within the window."),
        *share_columns("share", "share", "Part of the runs that passed the first point.", "n"),
        *(share_columns("of_previous", "of previous", "Part of the runs that passed the point before.", "n_previous")),
        Column("n_previous", "passed the one before", Unit.COUNT, "Runs that passed the point before."),
        Column("median", "median time", Unit.SPAN, MEDIAN, low="median_low", high="median_high", n="converted"),
        Column("median_low", "median time, low", Unit.SPAN, "Lower end of the 95 % interval."),
        Column("median_high", "median time, high", Unit.SPAN, "Upper end of the 95 % interval."),
        Column("left_out", "too recent", Unit.COUNT, "Runs left out: they could not be followed for the whole window."),
        Column("without", "never at the first", Unit.COUNT, "Runs that never passed the first point."),
    ]


def _notes(ground: Ground, query: Query, asked: Asked, found: Mapping[Key, Converted]) -> Iterator[str]:
    left_out = sum(part.left_out for part in found.values())
    groups = [", ".join(key) for key, part in found.items() if part.left_out and key]
    if left_out:
        who = f" ({listed(groups)})" if groups else ""
        yield (
            f"{counted(left_out, 'run')}{who} passed the first point less than {query.options['within']} ago and "
            "could not be followed for the whole window: left out, --all counts them."
        )
    elif asked.windowed and asked.everyone:
        yield "Runs that could not be followed for the whole window count: the share of recent ones can only grow."
    elif not asked.windowed:
        yield "Without --within a run has as long as the log goes on: recent cohorts look worse than they are."
    if asked.any_order:
        yield "Points count in any order; the window runs from the first passing of the first point."
    elif asked.modes:
        modes = listed([mode.replace("_", "-") for mode in asked.modes])
        yield f"Mode {modes}, as ClickHouse's windowFunnel means it."
    yield "The median time is that of those who came, from their last passing of the first point before."
    yield from late_notes(ground, [point for point in asked.points if point.kind == "event"])


def _next(asked: Asked) -> str:
    first, last = asked.points[0].name, asked.points[-1].name
    return f'See how long it takes: clew show time --between "{first}" "{last}"'


def _compared(ground: Ground, query: Query, asked: Asked, title: str) -> Answer:
    counts: list[dict[str, tuple[int, int]]] = []
    notes: Sequence[str] = ()
    for side in sides(ground, query):
        found = collect(side.ground, side.query, Level.RUN, convert(side.ground, asked), merge)[()]
        at_least = found.level[::-1].cumsum()[::-1]
        pairs = enumerate(asked.points[1:], start=2)
        counts.append({point.name: (int(at_least[place]), int(at_least[1])) for place, point in pairs})
        notes = (*notes, *_notes(ground, query, asked, {(side.label,): found}))
    return compare_shares(ground, query, (counts[0], counts[1]), row_title="reached", title=title, notes=notes)
