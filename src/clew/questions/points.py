"""Points of a run that a question can name: its start, a stage entered, an event, an end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE
from clew.clock import NEVER
from clew.conditions.happening import event_names
from clew.engine.model import OPEN, FoldedBucket
from clew.errors import BadRequest, UnknownName
from clew.journeys.model import Journey, points_of
from clew.questions.ground import Ground

Times = NDArray[np.int64]
Runs = NDArray[np.int64]
KINDS = ("stage", "event", "end")


@dataclass(frozen=True)
class Point:
    """kind: start, end (any or a certain one), stage or event; code: of the stage, event or end, -1 for any end."""

    name: str
    kind: str
    code: int = NO_CODE


@dataclass(frozen=True)
class Passings:
    """When runs passed points, sorted by run and instant; at one instant in the order of the log."""

    run: Runs
    at: Times
    point: NDArray[np.int64]


def read_point(ground: Ground, text: str) -> Point:
    """Find what a name means: 'start', 'end', a stage, an end or an event; 'stage:x', 'event:x', 'end:x' where unclear.

    Raises UnknownName, BadRequest
    """
    kind, colon, name = text.partition(":")
    if colon and kind in KINDS:
        return _of_kind(ground, kind, name)
    if text == "start":
        return Point(text, "start")
    found = [kind for kind in KINDS if text in _names(ground, kind)]
    if text == "end" and not found:
        return Point(text, "end")
    if not found:
        raise UnknownName("point", text, [*(name for kind in KINDS for name in _names(ground, kind)), "start", "end"])
    if len(found) > 1:
        ways = " or ".join(f"'{kind}:{text}'" for kind in found)
        raise BadRequest(f"'{text}' is the name of more than one thing; write {ways}")
    return _of_kind(ground, found[0], text)


def passings(folded: FoldedBucket, points: Sequence[Point]) -> Passings:
    """List every passing of the points, in order of run and time.

    At one instant, events stand in the log's order; a stage stands at its entry, an end after everything else.
    """
    if all(point.kind == "event" for point in points):
        return _events_passed(folded, points)
    parts = [_passed(folded, point) for point in points]
    run = np.concatenate([run for run, _, _ in parts])
    at = np.concatenate([at for _, at, _ in parts])
    place = np.concatenate([place for _, _, place in parts])
    number = np.repeat(np.arange(len(points)), [len(run) for run, _, _ in parts])
    order = np.lexsort((number, place, at, run))
    return Passings(run[order], at[order], number[order])


def _events_passed(folded: FoldedBucket, points: Sequence[Point]) -> Passings:
    """Events stand in the right order already. The points are different events."""
    steps, event = folded.steps, folded.bucket.event[folded.steps.row]
    number_of = np.full(max(int(event.max(initial=-1)), *(point.code for point in points)) + 2, NO_CODE, np.int16)
    number_of[[point.code for point in points if point.code != NO_CODE]] = [
        number for number, point in enumerate(points) if point.code != NO_CODE
    ]
    number = number_of[event]
    chosen = np.flatnonzero(number != NO_CODE)
    at: Times = folded.bucket.at[steps.row[chosen]]
    return Passings(steps.run[chosen].astype(np.int64), at, number[chosen].astype(np.int64))


@dataclass(frozen=True)
class Table:
    """Passings as the funnel kernel reads them: run and instant of each row, and per step where a row matches it."""

    run: Runs
    at: Times
    steps: list[NDArray[np.bool_]]


def table_of(folded: FoldedBucket, points: Sequence[Point], *, everything: bool) -> Table:
    """Lay out the passings of points, one row for each, even where two steps name one point.

    everything  events that match no point stand there too
    """
    distinct = list(dict.fromkeys(points))
    found = passings(folded, distinct)
    run, at, point = found.run, found.at, found.point
    if everything:
        run, at, point = _with_idle_events(folded, distinct, found)
    return Table(run, at, [point == distinct.index(asked) for asked in points])


def _with_idle_events(
    folded: FoldedBucket, points: Sequence[Point], found: Passings
) -> tuple[Runs, Times, NDArray[np.int64]]:
    steps = folded.steps
    event = folded.bucket.event[steps.row]
    idle = np.flatnonzero(~np.isin(event, [point.code for point in points if point.kind == "event"]))
    run = np.concatenate((found.run, steps.run[idle].astype(np.int64)))
    at = np.concatenate((found.at, folded.bucket.at[steps.row[idle]]))
    number = np.concatenate((found.point, np.full(len(idle), NO_CODE, np.int64)))
    order = np.lexsort((np.arange(len(run)), at, run))
    return run[order], at[order], number[order]


def first_passing(folded: FoldedBucket, point: Point) -> Times:
    """First instant at which each run passed the point, NEVER where it did not."""
    run, at, _ = _passed(folded, point)
    first = np.full(len(folded.runs), NEVER, np.int64)
    np.minimum.at(first, run, at)
    return first


def first_after(folded: FoldedBucket, start: Point, goal: Point) -> tuple[Times, Times]:
    """First passing of the start, and the first passing of the goal that does not lie before it (NEVER where none).

    Where both are the same point, the second passing is the goal.
    """
    both = passings(folded, [start, goal])
    begun, reached = (np.full(len(folded.runs), NEVER, np.int64) for _ in range(2))
    is_start = both.point == 0
    _first_of(begun, both.run[is_start], both.at[is_start])
    later = ~is_start & (both.at >= begun[both.run])
    if start == goal:
        later[_firsts(both.run, later)] = False
    _first_of(reached, both.run[later], both.at[later])
    return begun, reached


def _firsts(run: Runs, chosen: NDArray[np.bool_]) -> Runs:
    """Place of the first chosen row of each run."""
    places = np.flatnonzero(chosen)
    return places[np.unique(run[places], return_index=True)[1]]


def _first_of(target: Times, run: Runs, at: Times) -> None:
    np.minimum.at(target, run, at)


def _of_kind(ground: Ground, kind: str, name: str) -> Point:
    names = _names(ground, kind)
    if name not in names:
        raise UnknownName(kind, name, names)
    code = ground.view.names["event"].code(name) if kind == "event" else list(names).index(name)
    return Point(name, kind, code)


def _names(ground: Ground, kind: str) -> Sequence[str]:
    match kind:
        case "stage":
            return ground.journey.stage_names
        case "end":
            return [end.name for end in ground.journey.ends]
        case _:
            return [*dict.fromkeys((*ground.view.names["event"].texts(), *_named_by(ground.journey)))]


def _named_by(journey: Journey) -> Iterator[str]:
    """Events that the map names: they are points even where they have not occurred yet."""
    conditions = [journey.starts, *(stage.enter for stage in journey.stages), *(end.when for end in journey.ends)]
    for condition in conditions:
        if condition is not None:
            yield from event_names(condition)
    for kpi in journey.kpis:
        yield from (point for point in points_of(kpi) if point not in journey.stage_names)


def _passed(folded: FoldedBucket, point: Point) -> tuple[Runs, Times, NDArray[np.int64]]:
    """(run, instant, place inside the instant) of every passing of one point."""
    runs, visits, steps = folded.runs, folded.visits, folded.steps
    match point.kind:
        case "start":
            run = np.arange(len(runs), dtype=np.int64)
            return run, runs.start, np.full(len(runs), -1, np.int64)
        case "stage":
            chosen = np.flatnonzero(visits.stage == point.code)
            entered: Times = visits.enter[chosen]
            return visits.run[chosen].astype(np.int64), entered, np.zeros(len(chosen), np.int64)
        case "end":
            ended = (runs.outcome != OPEN) if point.code == NO_CODE else (runs.outcome == point.code)
            run = np.flatnonzero(ended).astype(np.int64)
            return run, runs.end[run], np.full(len(run), 2**62, np.int64)
        case _:
            chosen = np.flatnonzero(folded.bucket.event[steps.row] == point.code)
            at: Times = folded.bucket.at[steps.row[chosen]]
            return steps.run[chosen].astype(np.int64), at, chosen.astype(np.int64)
