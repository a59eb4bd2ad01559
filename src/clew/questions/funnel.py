"""How far runs come through the stages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.engine.model import OPEN
from clew.questions.answers import least_of, make
from clew.questions.collect import Key, collect
from clew.questions.compare import compare_shares, sides
from clew.questions.figures import Row, by_cells, by_columns, share_cells, share_columns
from clew.questions.frames import Frame, Level
from clew.questions.ground import Ground
from clew.questions.model import Answer, Column, Query, Unit

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Reach:
    """Runs by stage.

    started  number of runs            entered  runs with a visit of the stage
    reached  runs that entered the stage or a later one (never rises from stage to stage)
    open     runs whose furthest stage is this one and that are open; ended: likewise ended
    """

    started: int
    reached: Counts
    entered: Counts
    open: Counts
    ended: Counts


def reach(stages: int) -> Callable[[Frame], Reach]:
    """Kernel: how far each run came."""

    def kernel(frame: Frame) -> Reach:
        folded = frame.folded
        visits, asked = folded.visits, np.zeros(len(folded.runs), np.bool_)
        asked[frame.rows] = True
        inside = np.flatnonzero(asked[visits.run] & (visits.stage >= 0))
        run, stage = visits.run[inside].astype(np.int64), visits.stage[inside].astype(np.int64)
        furthest = np.full(len(folded.runs), -1, np.int64)
        np.maximum.at(furthest, run, stage)
        ever = np.unique(run * max(stages, 1) + stage) % max(stages, 1)
        far, still = furthest[frame.rows], folded.runs.outcome[frame.rows] == OPEN
        ends_here = np.bincount(far + 1, minlength=stages + 1)
        return Reach(
            len(frame.rows),
            ends_here[::-1].cumsum()[::-1][1:],
            np.bincount(ever, minlength=stages)[:stages],
            np.bincount(far[still] + 1, minlength=stages + 1)[1:],
            np.bincount(far[~still] + 1, minlength=stages + 1)[1:],
        )

    return kernel


def merge(left: Reach, right: Reach) -> Reach:
    """Sum two partials."""
    return Reach(
        left.started + right.started,
        left.reached + right.reached,
        left.entered + right.entered,
        left.open + right.open,
        left.ended + right.ended,
    )


def answer(ground: Ground, query: Query) -> Answer:
    """Answer 'funnel'."""
    if query.compare:
        return _compared(ground, query)
    found = collect(ground, query, Level.RUN, reach(len(ground.journey.stages)), merge)
    rows = [row for key, counts in found.items() for row in _rows(ground, query, key, counts)]
    still = sum(int(counts.open.sum()) for counts in found.values())
    n = sum(counts.started for counts in found.values())
    return make(
        ground,
        query,
        title="How far runs come",
        columns=_columns(query),
        rows=rows,
        n=n,
        notes=(
            "A run has reached a stage when it entered it or a later one; 'skipped' says how many passed it by.",
            f"{still:,} of {n:,} runs are still open, so their shares can only grow." if still else "",
        ),
        next_step="See how long each stage takes: clew show time",
    )


def _compared(ground: Ground, query: Query) -> Answer:
    counts = []
    for side in sides(ground, query):
        stages = side.ground.journey.stage_names
        found = collect(side.ground, side.query, Level.RUN, reach(len(stages)), merge)[()]
        reached = zip(stages, found.reached.tolist(), strict=True)
        counts.append({stage: (runs, found.started) for stage, runs in reached})
    return compare_shares(ground, query, (counts[0], counts[1]), row_title="stage", title="How far runs come")


def _columns(query: Query) -> list[Column]:
    return [
        *by_columns(query.by),
        Column("stage", "stage", Unit.TEXT, "Stage in the order of the map."),
        Column("reached", "reached", Unit.COUNT, "Runs that entered this stage or a later one."),
        *share_columns("share", "of started", "Reached, as a part of all runs that started.", "n"),
        Column("n", "started", Unit.COUNT, "Runs that started."),
        *share_columns(
            "of_previous", "of previous", "Reached, as a part of those who reached the stage before.", "n_previous"
        ),
        Column("n_previous", "reached before", Unit.COUNT, "Runs that reached the stage before."),
        Column("skipped", "skipped", Unit.COUNT, "Runs that reached a later stage without ever entering this one."),
        Column("open_here", "open here", Unit.COUNT, "Open runs that came no further."),
        Column("ended_here", "ended here", Unit.COUNT, "Ended runs that came no further."),
    ]


def _rows(ground: Ground, query: Query, key: Key, counts: Reach) -> Iterator[Row]:
    least, before = least_of(query), counts.started
    for number, stage in enumerate(ground.journey.stages):
        reached = int(counts.reached[number])
        yield {
            **by_cells(query.by, key),
            "stage": stage.name,
            "reached": reached,
            **share_cells("share", reached, counts.started, least),
            "n": counts.started,
            **share_cells("of_previous", reached, before, least),
            "n_previous": before,
            "skipped": reached - int(counts.entered[number]),
            "open_here": int(counts.open[number]),
            "ended_here": int(counts.ended[number]),
        }
        before = reached
