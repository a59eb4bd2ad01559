"""Which ways runs take, how common each is, how long it takes and what it is worth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_VALUE
from clew.engine.kernels.stays import runs_watched
from clew.engine.kernels.variants import sequence_numbers
from clew.engine.norms import ends_by_time
from clew.engine.ordered import segment_starts
from clew.questions.answers import least_of, make
from clew.questions.collect import Key, collect
from clew.questions.figures import Row, by_cells, by_columns, money, share_cells, share_columns
from clew.questions.frames import Frame
from clew.questions.ground import Ground
from clew.questions.model import Answer, Column, Query, Unit
from clew.questions.options import flag, whole_number
from clew.questions.over import Over, told
from clew.questions.spans import Spans, merge, quantile_cells, together
from clew.questions.timing import by_time_notes
from clew.questions.words import counted

Values = NDArray[np.int64]
Way = tuple[int, ...]
ARROW = " → "
_LONGEST = 12  # of a way, so many codes are written out


@dataclass(frozen=True)
class Taken:
    """Runs that took one way: how long each took or has been going on, how many ended, and their known value."""

    spans: Spans
    value: int
    valued: int

    def __add__(self, other: Taken) -> Taken:
        return Taken(merge(self.spans, other.spans), self.value + other.value, self.valued + other.valued)


def answer(ground: Ground, query: Query) -> Answer:
    """Answer 'variants'."""
    if flag(query.options, "whole"):
        ground = ground.whole()
    over = Over(ground, query.options["over"])
    found = collect(ground, query, over.level, ways(over), _merge)
    most = whole_number("top", query.options["top"])
    rows = [row for key, taken in found.items() for row in _rows(over, query, key, taken, most)]
    n = sum(taken.spans.n for group in found.values() for taken in group.values())
    distinct = len({way for group in found.values() for way in group})
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


def ways(over: Over) -> Callable[[Frame], dict[Way, Taken]]:
    """Kernel: the runs of each way."""
    as_of, by_time = over.ground.as_of, ends_by_time(over.ground.journey)

    def kernel(frame: Frame) -> dict[Way, Taken]:
        trail = told(over.trail(frame))
        starts = segment_starts(trail.run)
        if len(starts) < 2:
            return {}
        number = sequence_numbers(starts, trail.code.astype(np.int64))
        runs, run = frame.folded.runs, trail.run[starts[:-1]]
        watched = runs_watched(runs, as_of, by_time)
        seen, micros = watched.seen[run], watched.until[run] - runs.start[run]
        order = np.argsort(number, kind="stable")
        edges = np.searchsorted(number[order], np.arange(int(number.max()) + 2))
        found = {}
        for place in range(len(edges) - 1):
            chosen = order[edges[place] : edges[place + 1]]
            first = chosen[0]
            way = tuple(trail.code[starts[first] : starts[first + 1]].tolist())
            value = runs.value[run[chosen]]
            known = value != NO_VALUE
            spans = Spans(micros[chosen], seen[chosen], len(chosen))
            found[way] = Taken(spans, int(value[known].sum()), int(known.sum()))
        return found

    return kernel


def _merge(left: Mapping[Way, Taken], right: Mapping[Way, Taken]) -> dict[Way, Taken]:
    merged = dict(left)
    for way, taken in right.items():
        merged[way] = merged[way] + taken if way in merged else taken
    return merged


def _rows(over: Over, query: Query, key: Key, found: Mapping[Way, Taken], most: int) -> Iterator[Row]:
    ranked = _ranked(over, found, most)
    n = sum(taken.spans.n for taken in found.values())
    shown, rest = (ranked[:most], ranked[most:]) if most else (ranked, [])
    for way, taken in shown:
        yield _row(query, key, _written(over, way), taken, n, ways=1, steps=len(way))
    if rest:
        others = [taken for _, taken in rest]
        value, valued = sum(taken.value for taken in others), sum(taken.valued for taken in others)
        pooled = Taken(together(taken.spans for taken in others), value, valued)
        yield _row(query, key, f"({len(rest):,} other ways)", pooled, n, ways=len(rest), steps=None)


def _ranked(over: Over, found: Mapping[Way, Taken], most: int) -> list[tuple[Way, Taken]]:
    """The ways by falling number of runs, those in question by their names; beyond `most` (0: all) in any order."""
    by_size = sorted(found.items(), key=lambda item: -item[1].spans.n)
    least = by_size[most - 1][1].spans.n if 0 < most < len(by_size) else 0
    inside = [item for item in by_size if item[1].spans.n >= least]
    inside.sort(key=lambda item: (-item[1].spans.n, _written(over, item[0])))
    return inside + by_size[len(inside) :]


def _row(query: Query, key: Key, text: str, taken: Taken, n: int, *, ways: int, steps: int | None) -> Row:
    least = least_of(query)
    return {
        **by_cells(query.by, key),
        "way": text,
        "steps": steps,
        "ways": ways,
        "runs": taken.spans.n,
        **share_cells("share", taken.spans.n, n, least),
        "n": n,
        "open": taken.spans.still_open,
        **quantile_cells("median", taken.spans, 0.5, least),
        "value": money(taken.value) if taken.valued else None,
    }


def _written(over: Over, way: Way) -> str:
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
