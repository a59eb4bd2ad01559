"""How often work goes from one to another and straight back: A, B, A with consecutive repeats dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from clew.archive.model import Codes
from clew.engine.kernels.counts import Counted, count_by, merge_counted
from clew.engine.kernels.handoffs import pingpongs
from clew.questions.answers import least_of, make, top
from clew.questions.collect import Key, collect
from clew.questions.compare import compare_shares, sides
from clew.questions.figures import Row, by_cells, by_columns, share_cells, share_columns
from clew.questions.frames import Frame
from clew.questions.ground import Ground
from clew.questions.model import Answer, Column, Query, Unit
from clew.questions.options import flag, whole_number
from clew.questions.over import Over

EVERY = "(all)"


@dataclass(frozen=True)
class Returns:
    """Runs asked, runs with at least one A, B, A, and occurrences and runs by pair (a, b)."""

    runs: int
    hit: int
    occurrences: Counted
    of_runs: Counted


def answer(ground: Ground, query: Query) -> Answer:
    """Answer 'pingpong'."""
    if flag(query.options, "whole"):
        ground = ground.whole()
    over = Over(ground, query.options["over"])
    title = f"Back and forth over {over.name}"
    note = f"Back and forth: {over.one} A, then B, then A again; repeats in a row and rows without one do not count."
    if query.compare:
        pair = [
            _whole(collect(side.ground, side.query, over.level, count(over), merge)[()])
            for side in sides(ground, query)
        ]
        return compare_shares(ground, query, (pair[0], pair[1]), row_title="back and forth", title=title, notes=(note,))
    found = collect(ground, query, over.level, count(over), merge)
    most = whole_number("top", query.options["top"])
    rows, notes = [], [note, "The first row counts runs with any such pair; a run may show several pairs."]
    for key, part in found.items():
        pairs, cut = top(list(_pairs(over, query, key, part)), most, "pairs")
        rows += [_all(query, key, part), *pairs]
        notes.append(cut)
    return make(
        ground,
        query,
        title=title,
        columns=_columns(query, over),
        rows=rows,
        n=sum(part.runs for part in found.values()),
        notes=notes,
        next_step=f"See whether it costs time: clew show time --of run --by pingpong:{over.name}"
        if over.column is not None
        else "",
    )


def count(over: Over) -> Callable[[Frame], Returns]:
    """Kernel: find every A, B, A of each run."""

    def kernel(frame: Frame) -> Returns:
        trail = over.trail(frame)
        found = pingpongs(trail.run, trail.code)
        a, b, run = (column.astype(np.int64) for column in (found.a, found.b, found.segment))
        size = 1 + int(max(a.max(initial=0), b.max(initial=0)))
        once = np.unique((run * size + a) * size + b)
        return Returns(
            _distinct(trail.run), _distinct(found.segment), count_by(a, b), count_by(once // size % size, once % size)
        )

    return kernel


def _distinct(run: Codes) -> int:
    """Number of different runs; equal ones stand together."""
    return int((run[1:] != run[:-1]).sum()) + 1 if len(run) else 0


def merge(left: Returns, right: Returns) -> Returns:
    """Add two partials of disjoint runs."""
    return Returns(
        left.runs + right.runs,
        left.hit + right.hit,
        merge_counted((left.occurrences, right.occurrences)),
        merge_counted((left.of_runs, right.of_runs)),
    )


def _whole(found: Returns) -> dict[str, tuple[int, int]]:
    return {"any": (found.hit, found.runs)}


def _all(query: Query, key: Key, part: Returns) -> Row:
    return {
        **by_cells(query.by, key),
        "a": EVERY,
        "b": EVERY,
        "occurrences": int(part.occurrences.count.sum()),
        "runs": part.hit,
        **share_cells("share", part.hit, part.runs, least_of(query)),
        "n": part.runs,
    }


def _pairs(over: Over, query: Query, key: Key, part: Returns) -> Iterator[Row]:
    if not len(part.occurrences):
        return
    of_runs = {
        tuple(pair): int(runs) for pair, runs in zip(part.of_runs.keys.tolist(), part.of_runs.count, strict=True)
    }
    pairs = sorted(
        zip(part.occurrences.keys.tolist(), part.occurrences.count.tolist(), strict=True),
        key=lambda item: (-item[1], over.label(item[0][0]), over.label(item[0][1])),
    )
    for (a, b), occurrences in pairs:
        yield {
            **by_cells(query.by, key),
            "a": over.label(a),
            "b": over.label(b),
            "occurrences": occurrences,
            "runs": of_runs[(a, b)],
            **share_cells("share", of_runs[(a, b)], part.runs, least_of(query)),
            "n": part.runs,
        }


def _columns(query: Query, over: Over) -> list[Column]:
    return [
        *by_columns(query.by),
        Column("a", f"{over.one} A", Unit.TEXT, "Where the work was and came back to."),
        Column("b", "B between", Unit.TEXT, "Where it was in between."),
        Column("occurrences", "times", Unit.COUNT, "How often A, B, A occurred."),
        Column("runs", "runs", Unit.COUNT, "Runs in which it occurred at least once."),
        *share_columns("share", "share of runs", "Runs in which it occurred, as a part of all runs with events.", "n"),
        Column("n", "of runs", Unit.COUNT, "Runs of the group."),
    ]
