"""The runs that show one deviation, the most valuable first."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_VALUE
from clew.clock import US
from clew.discovery.conformance.listed import in_words
from clew.discovery.conformance.tally import Measure, Sighting
from clew.engine.model import BEFORE_STAGES, OPEN, RESTARTED
from clew.journeys.model import Journey
from clew.questions.answers import make, top
from clew.questions.collect import collect
from clew.questions.figures import RUN_COLUMNS, Row, money, run_cells
from clew.questions.frames import Frame, Level
from clew.questions.ground import Ground
from clew.questions.model import Answer, Column, Query, Unit
from clew.questions.options import whole_number

Values = NDArray[np.int64]


@dataclass(frozen=True)
class Showing:
    """Runs that show a deviation, a row each; see engine.model.Runs. times: how often it occurred in the run."""

    subject: Values
    thread: Values
    start: Values
    stage: Values
    outcome: Values
    value: Values
    times: Values


def runs_showing(
    ground: Ground, query: Query, measure: Measure, *, deviation: str, typed: Sequence[str] = ()
) -> Answer:
    """List the runs that show a deviation, named as `Deviation.key` writes it. Raises UnknownName, BadRequest."""
    sighting = Sighting(ground, measure)
    place = sighting.places.named(deviation)
    found = collect(ground, query, Level.RUN, _showing(sighting, place), _merge)[()]
    order = np.lexsort((found.subject, -found.times, -np.where(found.value == NO_VALUE, -1, found.value)))
    chosen, cut = top(order.tolist(), whole_number("top", query.options.get("top", "20")), "runs")
    rows = [_row(ground, found, row, typed) for row in chosen]
    return make(
        ground,
        query,
        title=f"Runs with: {in_words(sighting.places.all[place])}",
        columns=_COLUMNS,
        rows=rows,
        n=len(found.subject),
        notes=(cut,),
        next_step=f"See one planned against actual: {rows[0]['command']}"
        if rows
        else f"No run shows it; see what they do show: {shlex.join(['clew', 'conform', *typed])}",
    )


def _showing(sighting: Sighting, place: int) -> Callable[[Frame], Showing]:
    def kernel(frame: Frame) -> Showing:
        runs, touched = frame.folded.runs, sighting.of(frame.folded).touched
        times = np.zeros(len(runs), np.int64)
        here = touched.place == place
        times[touched.run[here]] = touched.times[here]
        rows = frame.rows[times[frame.rows] > 0]
        columns = (runs.subject, runs.thread, runs.start, runs.stage, runs.outcome, runs.value, times)
        return Showing(*(column[rows].astype(np.int64) for column in columns))

    return kernel


def _merge(left: Showing, right: Showing) -> Showing:
    names = Showing.__dataclass_fields__
    return Showing(*(np.concatenate((getattr(left, name), getattr(right, name))) for name in names))


def _row(ground: Ground, found: Showing, row: int, typed: Sequence[str]) -> Row:
    value = int(found.value[row])
    whose = run_cells(ground.view.names["entity"], int(found.subject[row]), int(found.thread[row]))
    return {
        **whose,
        "start": int(found.start[row]) / US,
        "stands": stands(ground.journey, int(found.stage[row]), int(found.outcome[row])),
        "times": int(found.times[row]),
        "value": None if value == NO_VALUE else money(value),
        "command": shlex.join(["clew", "conform", *typed, "--run", str(whose["subject"])]),
    }


def stands(journey: Journey, stage: int, outcome: int) -> str:
    """Say where a run is: in a stage, or how it ended."""
    if outcome == OPEN:
        return "before the first stage" if stage == BEFORE_STAGES else f"in {journey.stages[stage].name}"
    return "restarted" if outcome == RESTARTED else f"ended: {journey.ends[outcome].name}"


_COLUMNS = (
    *RUN_COLUMNS,
    Column("start", "started", Unit.TIME, "When the run started."),
    Column("stands", "is", Unit.TEXT, "The stage in which it stands, or how it ended."),
    Column("times", "times", Unit.COUNT, "How often the deviation occurred in it."),
    Column("value", "value", Unit.MONEY, "Known value of the run."),
    Column("command", "command", Unit.TEXT, "The command that shows this run planned against actual."),
)
