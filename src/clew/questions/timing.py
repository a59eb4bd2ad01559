"""Kernels that time things: visits, runs, spans between two points, waits after events; elapsed or working."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from clew.calendars import Calendar
from clew.clock import NEVER
from clew.engine.kernels.stays import runs_watched, visits_watched
from clew.engine.model import OPEN
from clew.engine.norms import ends_by_time
from clew.questions.frames import Frame
from clew.questions.ground import Ground
from clew.questions.points import Point, first_after, first_passing
from clew.questions.spans import Spans
from clew.questions.stages import by_variant
from clew.questions.words import listed

Times = NDArray[np.int64]
Kernel = Callable[[Frame], Spans]


def of_visits(ground: Ground, *, working: bool) -> Kernel:
    """Time every visit: from entering the stage to leaving it, or until it was watched no longer."""
    by_time = ends_by_time(ground.journey)
    calendars = _stage_calendars(ground) if working else None

    def kernel(frame: Frame) -> Spans:
        visits, rows = frame.folded.visits, frame.rows
        watched = visits_watched(visits, ground.as_of, by_time)
        start, end, seen = visits.enter[rows], watched.until[rows], watched.seen[rows]
        if calendars is None:
            return Spans(end - start, seen, len(rows))
        variant = frame.folded.runs.variant[visits.run[rows]].astype(np.int64)
        table, distinct = calendars
        which = table[variant + 1, np.maximum(visits.stage[rows], 0)]
        return Spans(_worked(start, end, which, distinct), seen, len(rows))

    return kernel


def of_runs(ground: Ground, *, working: bool) -> Kernel:
    """Time every run from start to end, or until it was watched no longer."""
    calendar, by_time = ground.firm.calendar_of(None), ends_by_time(ground.journey)

    def kernel(frame: Frame) -> Spans:
        runs, rows = frame.folded.runs, frame.rows
        watched = runs_watched(runs, ground.as_of, by_time)
        start, until = runs.start[rows], watched.until[rows]
        return Spans(calendar.working_time(start, until) if working else until - start, watched.seen[rows], len(rows))

    return kernel


def between(ground: Ground, start: Point, goal: Point, *, working: bool, any_order: bool = False) -> Kernel:
    """Time every run that passed the first point until it passed the second.

    Without the second it is open until now, also where it has ended without, by time alone or not: the second never
    came. Censoring it at its end would claim that it could have come later like any other (the cumulative incidence of
    Fine & Gray 1999, for known follow-up).
    any_order  take the first passing of each, wherever it lies: spans may be negative; runs without both are left out
    """
    calendar = ground.firm.calendar_of(None)

    def kernel(frame: Frame) -> Spans:
        folded, rows = frame.folded, frame.rows
        if any_order:
            begun, reached = first_passing(folded, start)[rows], first_passing(folded, goal)[rows]
        else:
            begun, reached = (times[rows] for times in first_after(folded, start, goal))
        until = np.where(reached != NEVER, reached, ground.as_of)
        counts = (begun != NEVER) & ((reached != NEVER) | (not any_order))
        begun, until, seen = begun[counts], until[counts], (reached != NEVER)[counts]
        return Spans(_span(begun, until, calendar if working else None), seen, len(begun))

    return kernel


def after_each_event(ground: Ground, *, working: bool) -> Kernel:
    """Time from every event to the next one of its run; after the last one open, or nothing where the run ended."""
    calendar = ground.firm.calendar_of(None)

    def kernel(frame: Frame) -> Spans:
        steps, runs, at = frame.folded.steps, frame.folded.runs, frame.bucket.at
        here, following = frame.rows, np.minimum(frame.rows + 1, len(steps.row) - 1)
        run = steps.run[here]
        followed = (following > here) & (steps.run[following] == run)
        counts = followed | (runs.outcome[run] == OPEN)
        start, end = at[steps.row[here]], np.where(followed, at[steps.row[following]], ground.as_of)
        return Spans(_span(start[counts], end[counts], calendar if working else None), followed[counts], len(here))

    return kernel


def by_time_notes(ground: Ground, what: str) -> tuple[str, ...]:
    """Say what becomes of visits or runs that time alone ended."""
    names = [f"'{ground.journey.ends[end].name}'" for end in ends_by_time(ground.journey)]
    if not names:
        return ()
    told = "that stood when time alone ended the run" if what == "visit" else "that time alone ended"
    return (f"A {what} {told} ({listed(names)}) was not seen to end: it counts as lasting at least until then.",)


def _span(start: Times, end: Times, calendar: Calendar | None) -> Times:
    if calendar is None:
        return end - start
    forward = calendar.working_time(np.minimum(start, end), np.maximum(start, end))
    return np.where(end >= start, forward, -forward)


def _stage_calendars(ground: Ground) -> tuple[NDArray[np.int64], list[Calendar]]:
    """Which calendar each (variant + 1, stage) works by."""
    distinct: list[Calendar] = []
    table = []
    for row in by_variant(ground.journey, "team"):
        found = [ground.firm.calendar_of(None if team is None else str(team)) for team in row]
        distinct += [calendar for place, calendar in enumerate(found) if calendar not in (*distinct, *found[:place])]
        table.append([distinct.index(calendar) for calendar in found])
    return np.array(table, np.int64).reshape(len(table), -1), distinct


def _worked(start: Times, end: Times, which: NDArray[np.int64], calendars: list[Calendar]) -> Times:
    spans = np.zeros(len(start), np.int64)
    for number, calendar in enumerate(calendars):
        chosen = which == number
        spans[chosen] = calendar.working_time(start[chosen], end[chosen])
    return spans
