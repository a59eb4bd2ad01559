"""How many runs are in each state, and for what value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE, NO_VALUE
from clew.engine.model import OPEN, RESTARTED
from clew.journeys.model import Journey
from clew.questions.answers import least_of, make
from clew.questions.collect import Key, collect
from clew.questions.compare import compare_shares, sides
from clew.questions.figures import Row, by_cells, by_columns, money, share_cells, share_columns
from clew.questions.frames import WHOLE, Frame, Level
from clew.questions.ground import Ground
from clew.questions.model import Answer, Column, Query, Unit
from clew.questions.options import flag
from clew.questions.worth import no_numbers, no_numbers_note

_RARE = ("before the first stage", "restarted")  # named only where they occur
NO_EVENT, NOT_STARTED, PLANNED = "no event yet", "not started", "planned"


@dataclass(frozen=True)
class States:
    """Runs and their known value (millionths) by state; states are numbered as `names` does.

    unread  codes of the texts that should be a value and are no number, one for each such run
    """

    runs: NDArray[np.int64]
    valued: NDArray[np.int64]
    value: NDArray[np.int64]
    unread: NDArray[np.int64]


def names(journey: Journey) -> list[tuple[str, str]]:
    """(state, kind) in reading order: before the stages, open in each stage, each end, restarted, whole histories."""
    return [
        ("before the first stage", "open"),
        *((stage.name, "open") for stage in journey.stages),
        *((end.name, "ended") for end in journey.ends),
        ("restarted", "ended"),
        ("whole history", "whole"),
    ]


def count_states(ground: Ground) -> Callable[[Frame], States]:
    """Kernel: count runs and sum values by state."""
    stages, ends = len(ground.journey.stages), len(ground.journey.ends)
    unread = no_numbers(ground)

    def kernel(frame: Frame) -> States:
        runs = frame.folded.runs
        outcome, stage = runs.outcome[frame.rows].astype(np.int64), runs.stage[frame.rows].astype(np.int64)
        state = np.where(outcome == OPEN, np.where(stage >= 0, 1 + stage, 0), 1 + stages + outcome)
        state = np.where(outcome == RESTARTED, 1 + stages + ends, np.where(outcome == WHOLE, 2 + stages + ends, state))
        value = runs.value[frame.rows]
        known = value != NO_VALUE
        size = 3 + stages + ends
        total = np.zeros(size, np.int64)
        np.add.at(total, state[known], value[known])
        codes = unread(frame, frame.rows)
        return States(
            np.bincount(state, minlength=size),
            np.bincount(state[known], minlength=size),
            total,
            codes[codes != NO_CODE],
        )

    return kernel


def merge(left: States, right: States) -> States:
    """Sum two partials."""
    return States(
        left.runs + right.runs,
        left.valued + right.valued,
        left.value + right.value,
        np.concatenate((left.unread, right.unread)),
    )


def answer(ground: Ground, query: Query) -> Answer:
    """Answer 'runs'."""
    if flag(query.options, "whole"):
        ground = ground.whole()
    if query.compare:
        return _compared(ground, query)
    found = collect(ground, query, Level.RUN, count_states(ground), merge)
    rows = [row for key, states in found.items() for row in _rows(ground, query, key, states)]
    n = sum(int(states.runs.sum()) for states in found.values())
    beside = [] if query.by or query.where or query.period else list(_beside(ground))
    rows += [{"state": state, "kind": kind, "runs": count} for state, kind, count in beside]
    return make(
        ground,
        query,
        title="Runs by state",
        columns=_columns(query),
        rows=rows,
        n=n,
        notes=(*_notes(ground, cut=not beside), _unread_note(ground, list(found.values()))),
        next_step="See who stands still, and for how much: clew show stalled",
        extra={state.replace(" ", "_"): count for state, _, count in beside},
    )


def _compared(ground: Ground, query: Query) -> Answer:
    counts = []
    for side in sides(ground, query):
        journey = side.ground.journey
        states = collect(side.ground, side.query, Level.RUN, count_states(side.ground), merge)[()]
        n = int(states.runs.sum())
        named = zip(names(journey), states.runs.tolist(), strict=True)
        counts.append({f"{state} ({kind})": (runs, n) for (state, kind), runs in named if kind != "whole"})
    return compare_shares(ground, query, (counts[0], counts[1]), row_title="state", title="Runs by state")


def _columns(query: Query) -> list[Column]:
    return [
        *by_columns(query.by),
        Column("state", "state", Unit.TEXT, "Where the run stands: open in a stage, or how it ended."),
        Column("kind", "is", Unit.TEXT, "open, ended, or not a run yet (planned, not started, no event yet)."),
        Column("runs", "runs", Unit.COUNT, "Number of runs; of subjects where there is no run yet."),
        *share_columns("share", "share of runs", "Part of all runs of the group.", "n"),
        Column("n", "of runs", Unit.COUNT, "Runs of the group."),
        *share_columns("share_of_ended", "share of ended", "Part of the runs that have ended.", "n_ended"),
        Column("n_ended", "of ended", Unit.COUNT, "Runs of the group that have ended, restarted ones not counted."),
        Column("value", "value", Unit.MONEY, "Sum of the known values of these runs.", n="n_value"),
        Column("n_value", "with value", Unit.COUNT, "Runs whose value is known."),
    ]


def _rows(ground: Ground, query: Query, key: Key, states: States) -> Iterator[Row]:
    least, n = least_of(query), int(states.runs.sum())
    first_end = 1 + len(ground.journey.stages)
    ends = range(first_end, first_end + len(ground.journey.ends))
    ended = int(states.runs[list(ends)].sum())
    whole = bool(states.runs[-1])
    for number, (state, kind) in enumerate(names(ground.journey)):
        runs, valued = int(states.runs[number]), int(states.valued[number])
        if not runs and (whole or kind == "whole" or state in _RARE):
            continue
        yield {
            **by_cells(query.by, key),
            "state": state,
            "kind": kind,
            "runs": runs,
            **share_cells("share", runs, n, least),
            "n": n,
            **(share_cells("share_of_ended", runs, ended, least) if number in ends else {}),
            "n_ended": ended if number in ends else None,
            "value": money(int(states.value[number])) if valued else None,
            "n_value": valued,
        }


def _beside(ground: Ground) -> Iterator[tuple[str, str, int]]:
    """Subjects that have no run: planned, with events but not started, without any event."""
    planned = sum(len(folded.planned.start) for folded in ground.buckets)
    known, seen, running = _subjects(ground)
    yield PLANNED, "not yet", planned
    yield NOT_STARTED, "not yet", len(seen - running)
    yield NO_EVENT, "not yet", len(known - seen)


def _subjects(ground: Ground) -> tuple[set[int], set[int], set[int]]:
    """Subjects known, with events, with runs; for subject account they are threads."""
    kind, view = ground.journey.subject.kind, ground.view
    kinds = [kind] if kind != "account" else [k for k in view.entity_kinds() if k not in view.subject_kinds]
    known: set[int] = set()
    for name in kinds:
        entities, threads = view.threads_of(name)
        known.update((threads if kind == "account" else entities).tolist())
    seen: set[int] = set()
    running: set[int] = set()
    for folded in ground.buckets:
        subject = folded.bucket.thread if kind == "account" else folded.bucket.subject(kind)
        seen.update(np.unique(subject).tolist())
        running.update(np.unique(folded.runs.subject).tolist())
    return known, seen - {NO_CODE}, running


def _notes(ground: Ground, *, cut: bool) -> list[str]:
    attribute = ground.journey.value
    return [
        "An open run stands in the stage shown; shares rest on all runs of the group, intervals are Wilson's at 95 %.",
        f"Value is '{attribute}' as known at the view."
        if attribute
        else "The journey names no value, so runs weigh alike.",
        "Subjects without a run are counted only without filters and splits." if cut else "",
    ]


def _unread_note(ground: Ground, parts: list[States]) -> str:
    if not parts:
        return ""
    known, n = sum(int(part.valued.sum()) for part in parts), sum(int(part.runs.sum()) for part in parts)
    return no_numbers_note(ground, np.concatenate([part.unread for part in parts]), known=known, n=n, of="run")
