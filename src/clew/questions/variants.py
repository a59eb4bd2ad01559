"""Which ways runs take, how common each is, how long it takes and what it is worth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_VALUE
from clew.engine.amounts import total
from clew.engine.kernels.stays import runs_watched
from clew.engine.kernels.variants import sequence_numbers
from clew.engine.norms import ends_by_time
from clew.engine.ordered import segment_starts
from clew.questions.answers import least_of, make
from clew.questions.collect import Key, gather
from clew.questions.dimensions import NONE
from clew.questions.figures import Row, by_cells, by_columns, money, share_cells, share_columns
from clew.questions.frames import Frame
from clew.questions.ground import Ground
from clew.questions.model import Answer, Column, Query, Unit
from clew.questions.options import flag, whole_number
from clew.questions.over import BEFORE, Over, told
from clew.questions.spans import Spans, quantile_cells
from clew.questions.timing import by_time_notes
from clew.questions.words import counted

Values = NDArray[np.int64]
Way = tuple[int, ...]
ARROW = " → "
_LONGEST = 12  # of a way, so many codes are written out


@dataclass(frozen=True)
class Taken:
    """Runs by the way each took.

    ways    the distinct ones           way     (r,) place of each run's own among them
    micros  (r,) how long it took or has been going on      seen  (r,) whether its end was seen      value  (r,)
    """

    ways: list[Way]
    way: Values
    micros: Values
    seen: NDArray[np.bool_]
    value: Values

    @cached_property
    def count(self) -> Values:
        """Runs of each way."""
        return np.bincount(self.way, minlength=len(self.ways))

    @cached_property
    def rows(self) -> list[Values]:
        """Runs of each way, by their place."""
        short = np.int16 if len(self.ways) < 2**15 else np.int32  # numpy sorts short integers by radix
        return np.split(np.argsort(self.way.astype(short), kind="stable"), np.cumsum(self.count)[:-1])


def answer(ground: Ground, query: Query) -> Answer:
    """Answer 'variants'."""
    if flag(query.options, "whole"):
        ground = ground.whole()
    over = Over(ground, query.options["over"])
    found = {key: together(parts) for key, parts in gather(ground, query, over.level, ways(over)).items()}
    most = whole_number("top", query.options["top"])
    rows = [row for key, taken in found.items() for row in _rows(over, query, key, taken, most)]
    n = sum(len(taken.way) for taken in found.values())
    distinct = len({way for taken in found.values() for way in taken.ways})
    return make(
        ground,
        query,
        title=f"Ways through the {over.name}",
        columns=_columns(query, over),
        rows=rows,
        n=n,
        notes=(
            f"{counted(distinct, 'way')} in {counted(n, 'run')}; consecutive repeats are written once per {over.one}."
            if over.stages
            else f"{counted(distinct, 'way')} in {counted(n, 'run')}, told apart by every {over.one} in its order.",
            "A way is that taken so far; open runs may still go on.",
            "Median time is Kaplan-Meier's from start to end of the run, open runs included.",
            *by_time_notes(ground, "run"),
        ),
        next_step="See what is done twice: clew show loops",
        extra={"distinct": distinct},
    )


def ways(over: Over) -> Callable[[Frame], Taken]:
    """Kernel: the runs with the way of each."""
    as_of, by_time = over.ground.as_of, ends_by_time(over.ground.journey)

    def kernel(frame: Frame) -> Taken:
        passed = over.trail(frame)
        trail = told(passed)
        starts = segment_starts(trail.run)
        runs, run = frame.folded.runs, trail.run[starts[:-1]]
        watched = runs_watched(runs, as_of, by_time)
        number = sequence_numbers(starts, trail.code.astype(np.int64)) if len(run) else np.zeros(0, np.int64)
        example = np.zeros(int(number.max(initial=-1)) + 1, np.int64)
        example[number[::-1]] = np.arange(len(run) - 1, -1, -1)
        found = [tuple(trail.code[starts[first] : starts[first + 1]].tolist()) for first in example]
        idle = np.setdiff1d(passed.run, run)  # runs that entered no stage, or have no such event: a way of their own
        if len(idle):
            run, number = np.concatenate((run, idle)), np.concatenate((number, np.full(len(idle), len(found))))
            found.append(())
        return Taken(found, number, watched.until[run] - runs.start[run], watched.seen[run], runs.value[run])

    return kernel


def together(parts: Sequence[Taken]) -> Taken:
    """Put partials of disjoint runs together."""
    place: dict[Way, int] = {}
    way = [np.array([place.setdefault(way, len(place)) for way in part.ways], np.int64)[part.way] for part in parts]
    micros, seen, value = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("micros", "seen", "value")
    )
    return Taken(list(place), np.concatenate(way), micros, seen, value)


def _rows(over: Over, query: Query, key: Key, taken: Taken, most: int) -> Iterator[Row]:
    ranked = _ranked(over, taken, most)
    shown, rest = (ranked[:most], ranked[most:]) if most else (ranked, [])
    for place in shown:
        way = taken.ways[place]
        yield _row(query, key, _written(over, way), taken, taken.rows[place], ways=1, steps=len(way))
    if rest:
        others = np.flatnonzero(np.isin(taken.way, rest))
        yield _row(query, key, f"({len(rest):,} other ways)", taken, others, ways=len(rest), steps=None)


def _ranked(over: Over, taken: Taken, most: int) -> list[int]:
    """Places of the ways by falling number of runs, those in question by their names; beyond `most` (0: all) anyhow."""
    count = taken.count
    by_size = np.argsort(-count, kind="stable")
    least = int(count[by_size[most - 1]]) if 0 < most < len(by_size) else 0
    inside = [place for place in by_size.tolist() if count[place] >= least]
    inside.sort(key=lambda place: (-count[place], _written(over, taken.ways[place])))
    return [*inside, *by_size[len(inside) :].tolist()]


def _row(query: Query, key: Key, text: str, taken: Taken, rows: Values, *, ways: int, steps: int | None) -> Row:
    least, n = least_of(query), len(taken.way)
    spans = Spans(taken.micros[rows], taken.seen[rows], len(rows))
    value = taken.value[rows]
    known = bool((value != NO_VALUE).any())
    return {
        **by_cells(query.by, key),
        "way": text,
        "steps": steps,
        "ways": ways,
        "runs": spans.n,
        **share_cells("share", spans.n, n, least),
        "n": n,
        "open": spans.still_open,
        **quantile_cells("median", spans, 0.5, least),
        "value": money(total(value)) if known else None,
    }


def _written(over: Over, way: Way) -> str:
    if not way:
        return BEFORE if over.stages else NONE
    names = [over.label(code) for code in way]
    if len(names) > _LONGEST:
        names = [*names[: _LONGEST - 1], f"… {len(names) - _LONGEST} more …", names[-1]]
    return ARROW.join(names)


def _columns(query: Query, over: Over) -> list[Column]:
    return [
        *by_columns(query.by),
        Column("way", "way", Unit.TEXT, f"The {over.name} in the order taken."),
        Column("steps", "steps", Unit.COUNT, "Length of the way."),
        Column("ways", "ways", Unit.COUNT, "How many ways the row stands for."),
        Column("runs", "runs", Unit.COUNT, "Runs that took it."),
        *share_columns("share", "share", "Part of all runs of the group.", "n"),
        Column("n", "of runs", Unit.COUNT, "Runs of the group."),
        Column("open", "still open", Unit.COUNT, "Runs whose end was not seen."),
        Column(
            "median", "median time", Unit.SPAN, "Kaplan-Meier, from start to end.", "median_low", "median_high", "runs"
        ),
        Column("median_low", "median time, low", Unit.SPAN, "Lower end of the 95 % interval."),
        Column("median_high", "median time, high", Unit.SPAN, "Upper end of the 95 % interval."),
        Column("value", "value", Unit.MONEY, "Sum of the known values of these runs."),
    ]
