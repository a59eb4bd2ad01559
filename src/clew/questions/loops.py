"""What runs come back to: revisits of stages, events done again, and the time that goes into them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.engine.kernels.counts import Counted, count_by, merge_counted
from clew.engine.kernels.repeats import seen_before
from clew.journeys.model import Back
from clew.questions.answers import least_of, make, top
from clew.questions.collect import Key, collect
from clew.questions.compare import Hits, compare_shares, sides
from clew.questions.figures import Row, by_cells, by_columns, share_cells, share_columns
from clew.questions.frames import Frame
from clew.questions.ground import Ground
from clew.questions.model import Answer, Column, Query, Unit
from clew.questions.options import flag, whole_number
from clew.questions.over import Over, told
from clew.questions.words import listed

Values = NDArray[np.int64]


@dataclass(frozen=True)
class Repeats:
    """By code: runs that have it, runs that have it again, further occurrences with their time, moves back to it."""

    having: Counted
    again: Counted
    extra: Counted
    back: Counted


def answer(ground: Ground, query: Query) -> Answer:
    """Answer 'loops'."""
    if flag(query.options, "whole"):
        ground = ground.whole()
    over = Over(ground, query.options["over"])
    title = f"What runs come back to, over {over.name}"
    if query.compare:
        pair = [
            _shares(over, collect(side.ground, side.query, over.level, repeats(over), merge)[()])
            for side in sides(ground, query)
        ]
        return compare_shares(ground, query, (pair[0], pair[1]), row_title=over.one, title=title, notes=_notes(over))
    found = collect(ground, query, over.level, repeats(over), merge)
    rows = [row for key, part in found.items() for row in _rows(over, query, key, part)]
    rows, cut = top(rows, whole_number("top", query.options["top"]), f"{over.one}s")
    return make(
        ground,
        query,
        title=title,
        columns=_columns(query, over),
        rows=rows,
        n=sum(int(part.having.count.sum()) for part in found.values()),
        n_of=f"runs by {over.one}",
        notes=(*_notes(over), cut),
        next_step="See who passes work back and forth: clew show pingpong",
    )


def repeats(over: Over) -> Callable[[Frame], Repeats]:
    """Kernel: what occurs again in each run."""

    def kernel(frame: Frame) -> Repeats:
        trail = told(over.trail(frame))
        again = seen_before(trail.run, trail.code) if len(trail.run) else np.zeros(0, np.bool_)
        returned = again.copy()
        size = int(trail.code.max(initial=0)) + 1
        returned[again] = ~seen_before(
            np.zeros(int(again.sum()), np.int64), (trail.run[again].astype(np.int64) * size + trail.code[again])
        )
        spent = np.maximum(trail.end - trail.begin, 0)
        return Repeats(
            count_by(trail.code[~again]),
            count_by(trail.code[returned]),
            count_by(trail.code[again], weights=spent[again]),
            _moves_back(over, frame),
        )

    return kernel


def merge(left: Repeats, right: Repeats) -> Repeats:
    """Add two partials of disjoint runs."""
    names = ("having", "again", "extra", "back")
    return Repeats(*(merge_counted((getattr(left, name), getattr(right, name))) for name in names))


def _moves_back(over: Over, frame: Frame) -> Counted:
    if not over.stages:
        return count_by(np.zeros(0, np.int64))
    visits = frame.folded.visits
    back = frame.rows[visits.back[frame.rows]]
    return count_by(visits.stage[back].astype(np.int64))


def _by_code(counted: Counted, column: Values) -> dict[int, int]:
    return (
        {int(code): int(value) for code, value in zip(counted.keys[:, 0], column, strict=True)} if len(counted) else {}
    )


def _rows(over: Over, query: Query, key: Key, part: Repeats) -> list[Row]:
    least = least_of(query)
    having, again = _by_code(part.having, part.having.count), _by_code(part.again, part.again.count)
    extra, spent = _by_code(part.extra, part.extra.count), _by_code(part.extra, part.extra.total)
    back = _by_code(part.back, part.back.count)
    order = sorted(having, key=lambda code: code if over.stages else (-extra.get(code, 0), over.label(code)))
    return [
        {
            **by_cells(query.by, key),
            "what": over.label(code),
            "runs": again.get(code, 0),
            **share_cells("share", again.get(code, 0), having[code], least),
            "n": having[code],
            "extra": extra.get(code, 0),
            "spent": spent.get(code, 0) / 1e6,
            "back": back.get(code, 0) if over.stages else None,
            "friction": over.ground.journey.stages[code].back is Back.FRICTION if over.stages else None,
        }
        for code in order
    ]


def _shares(over: Over, part: Repeats) -> dict[str, Hits]:
    again = _by_code(part.again, part.again.count)
    having = _by_code(part.having, part.having.count)
    return {over.label(code): (again.get(code, 0), n) for code, n in sorted(having.items())}


def _notes(over: Over) -> list[str]:
    if not over.stages:
        return [f"A repeat is any further row with the same {over.one} in the same run, also right after the first."]
    ignored = [stage.name for stage in over.ground.journey.stages if stage.back is Back.IGNORED]
    return [
        "A repeat is a further visit of the stage; a move back comes from a later stage of the map.",
        f"The map ignores coming back to {listed(ignored)}: it shows no repeats there." if ignored else "",
    ]


def _columns(query: Query, over: Over) -> list[Column]:
    time = "time in them" if over.stages else "time after them"
    return [
        *by_columns(query.by),
        Column("what", over.one, Unit.TEXT),
        Column("runs", "runs with repeats", Unit.COUNT, "Runs that came to it more than once."),
        *share_columns("share", "share", "Part of the runs that came to it at all.", "n"),
        Column("n", "of runs", Unit.COUNT, "Runs that came to it at all."),
        Column("extra", "repeats", Unit.COUNT, "Occurrences beyond the first of each run."),
        Column("spent", time, Unit.SPAN, "Elapsed time that went into the repeats, up to now where they go on."),
        Column("back", "moves back", Unit.COUNT, "Entries from a later stage of the map."),
        Column("friction", "friction", Unit.TEXT, "Whether the map calls coming back here friction."),
    ]
