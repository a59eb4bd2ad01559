"""How long runs stay in a stage, take between two points or from start to end, or stand after each event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from clew.errors import BadRequest
from clew.questions.answers import least_of, make, top
from clew.questions.collect import Key, each, gather
from clew.questions.compare import compare_spans, sides
from clew.questions.figures import Row, by_cells, by_columns
from clew.questions.frames import Frame, Level
from clew.questions.ground import Ground
from clew.questions.model import Answer, Column, Query, Unit
from clew.questions.options import flag, several, whole_number
from clew.questions.points import read_point
from clew.questions.spans import CENSORED_NOTE, FINISHED_NOTE, Spans, span_cells, span_columns, together
from clew.questions.stages import is_timer
from clew.questions.timing import after_each_event, between, by_time_notes, of_runs, of_visits
from clew.questions.words import listed

Kernel = Callable[[Frame], Spans]


@dataclass(frozen=True)
class Timed:
    """What is timed: level and kernel, the dimension that gives one row each, and words for title and notes."""

    level: Level
    kernel: Kernel
    rows_by: str | None
    what: str
    title: str
    notes: tuple[str, ...] = ()


def answer(ground: Ground, query: Query) -> Answer:
    """Answer 'time'."""
    if flag(query.options, "whole"):
        ground = ground.whole()
    timed = _timed(ground, query)
    if query.compare:
        return _compared(ground, query, timed)
    split = _split(query, timed)
    found = _collected(ground, split, timed)
    working, finished = flag(query.options, "working"), query.finished_only
    told = [(key, spans) for key, spans in found.items() if spans.starts or not split.by]
    rows = list(each(told, lambda item: _row(ground, split, *item)))
    rows, cut = top(rows, whole_number("top", query.options["top"]), "rows")
    return make(
        ground,
        query,
        title=timed.title,
        columns=[*_columns(split, timed), *span_columns(timed.what, working=working, finished_only=finished)],
        rows=rows,
        n=sum(spans.n for spans in found.values()),
        n_of=timed.what,
        notes=(FINISHED_NOTE if finished else CENSORED_NOTE, *_time_notes(query), *timed.notes, cut),
        next_step="See who stands still now: clew show stalled" if timed.level is Level.VISIT else "",
    )


def _compared(ground: Ground, query: Query, timed: Timed) -> Answer:
    found = []
    for side in sides(ground, query):
        timed_there = _timed(side.ground, side.query)
        split = _split(side.query, timed_there)
        found.append(_collected(side.ground, split, timed_there))
    return compare_spans(
        ground,
        query,
        (found[0], found[1]),
        row_title=timed.rows_by or "time",
        title=timed.title,
        what=timed.what,
        notes=(FINISHED_NOTE if query.finished_only else CENSORED_NOTE, *_time_notes(query), *timed.notes),
    )


def _collected(ground: Ground, query: Query, timed: Timed) -> dict[Key, Spans]:
    gathered = gather(ground, query, timed.level, timed.kernel)
    return dict(zip(gathered, each(gathered.values(), together), strict=True))


def _timed(ground: Ground, query: Query) -> Timed:
    working, points = flag(query.options, "working"), several(query.options["between"])
    if points:
        return _between(ground, query, points)
    if flag(query.options, "any-order"):
        raise BadRequest("--any-order belongs to --between")
    match query.options["of"]:
        case "stage":
            kernel = of_visits(ground, working=working)
            notes = (*by_time_notes(ground, "visit"), *_timer_notes(ground))
            return Timed(Level.VISIT, kernel, "stage", "visits", "Time in stage", notes)
        case "run":
            kernel, notes = of_runs(ground, working=working), by_time_notes(ground, "run")
            return Timed(Level.RUN, kernel, None, "runs", "Time from start to end", notes)
        case "event":
            kernel = after_each_event(ground, working=working)
            return Timed(Level.EVENT, kernel, "event", "waits", "Time after an event until the next one of the run")
    raise BadRequest(f"--of '{query.options['of']}' cannot be timed; allowed: stage, run, event")


def _between(ground: Ground, query: Query, points: tuple[str, ...]) -> Timed:
    if len(points) != 2:
        raise BadRequest('--between takes two points, as --between "first contact" "deal won"')
    start, goal = (read_point(ground, point) for point in points)
    any_order = flag(query.options, "any-order")
    if any_order and not query.finished_only:
        raise BadRequest("--any-order counts spans backwards too, which no open span has: add --finished-only")
    kernel = between(ground, start, goal, working=flag(query.options, "working"), any_order=any_order)
    note = (
        f"All runs that passed '{start.name}' count; those that ended without '{goal.name}', by time alone or not, "
        "have not come until now."
    )
    return Timed(
        Level.RUN,
        kernel,
        None,
        "runs",
        f"Time from '{start.name}' to '{goal.name}'",
        ("Spans may be negative: the second point came first.",)
        if any_order
        else ()
        if query.finished_only
        else (note,),
    )


def _split(query: Query, timed: Timed) -> Query:
    if timed.rows_by is None or timed.rows_by in query.by:
        return query
    return replace(query, by=(*query.by, timed.rows_by))


def _row(ground: Ground, query: Query, key: Key, spans: Spans) -> Row:
    cells = {**by_cells(query.by, key), "starts": spans.starts}
    if "stage" in query.by and query.options["of"] == "stage" and not query.options["between"]:
        name = key[query.by.index("stage")]
        stage = next((stage for stage in ground.journey.stages if stage.name == name), None)
        cells["waiting_on"] = stage.waiting_on.value if stage else None
    return {**cells, **span_cells(spans, finished_only=query.finished_only, least=least_of(query))}


def _columns(query: Query, timed: Timed) -> list[Column]:
    columns = by_columns(query.by)
    if timed.rows_by == "stage":
        columns.append(Column("waiting_on", "waiting on", Unit.TEXT, "Whose move it is, as the map says."))
    if timed.rows_by == "event":
        columns.append(Column("starts", "events", Unit.COUNT, "Events; those that end a run are followed by nothing."))
    return columns


def _time_notes(query: Query) -> list[str]:
    if flag(query.options, "working"):
        return ["Working time, in the calendar of the stage's team (else the firm's); elapsed time is longer."]
    return ["Elapsed time; --working counts working hours only."]


def _timer_notes(ground: Ground) -> tuple[str, ...]:
    timers = [stage.name for stage in ground.journey.stages if is_timer(stage)]
    if not timers:
        return ()
    verb = "is a mere timer" if len(timers) == 1 else "are mere timers"
    return (f"'{listed(timers)}' {verb}: nobody waits there for anybody.",)
