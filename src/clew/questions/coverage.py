"""What the data cannot show: late recording, recent cohorts, stages that never occur, rejected rows, assumptions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Codes
from clew.clock import NEVER, US
from clew.engine.kernels.repeats import first_rows
from clew.engine.model import OPEN
from clew.engine.ordered import segment_of_row, segment_starts
from clew.errors import BadRequest
from clew.journeys.elements import assumptions, elements
from clew.journeys.model import Journey
from clew.questions.answers import make
from clew.questions.blind import in_words, late_events
from clew.questions.collect import collect, gather
from clew.questions.figures import Row
from clew.questions.frames import Frame, Level
from clew.questions.ground import Ground
from clew.questions.model import Answer, Column, Query, Unit
from clew.questions.norms import norms_of
from clew.questions.onward import entries_of, usual_time_on
from clew.questions.recording import Late
from clew.questions.stages import is_timer
from clew.questions.words import counted, date, span

Values = NDArray[np.int64]


@dataclass(frozen=True)
class Seen:
    """Events or visits by code: how many, in how many runs, the first and the last instant."""

    count: Values
    runs: Values
    first: Values
    last: Values


@dataclass(frozen=True)
class Recent:
    """Runs that entered a stage too late to tell whether they go on.

    usual    microseconds by which nine in ten of those that went on did; since  they entered after this instant
    entered  runs that entered since; waiting  of these still there or before the next stage, and open
    """

    stage: str
    following: str
    usual: int
    since: int
    entered: int
    waiting: int


def answer(ground: Ground, query: Query) -> Answer:
    """Answer 'coverage'."""
    if query.by or query.where or query.period:
        raise BadRequest("coverage looks at the whole log: leave out filters and splits")
    late = {each.event: each for each in late_events(ground)}
    recent = recent_runs(ground)
    seen = _seen_stages(ground)
    silent = [stage.name for stage, n in zip(ground.journey.stages, seen.count, strict=True) if not n]
    rows = [*_log_rows(ground), *_stage_rows(ground, seen), *_event_rows(ground, late), *_recent_rows(recent)]
    rows += [*_assumption_rows(ground.journey), *_rejected_rows(ground)]
    return make(
        ground,
        query,
        title="What the data cannot show",
        columns=_columns(),
        rows=rows,
        n=sum(len(folded.runs) for folded in ground.buckets),
        notes=(
            *(in_words(each, ground.firm.time_zone) for each in late.values()),
            *(recent_in_words(each, ground.firm.time_zone) for each in recent if each.waiting),
            *(f"Stage '{name}' never occurs: the event that enters it is not in the data." for name in silent),
            *_timer_notes(ground),
            *_assumption_notes(ground.journey),
        ),
        next_step="Shares of recent runs: add --within to a conversion, so that only those followed long enough count.",
        extra={"late": [each.event for each in late.values()], "silent_stages": silent},
    )


def recent_runs(ground: Ground) -> list[Recent]:
    """For every stage but the last: runs that entered less than the usual time ago, censored and not 'never'."""
    parts = gather(ground, Query("coverage"), Level.RUN, _onward(len(ground.journey.stages)))[()]
    columns = ("entered", "later", "still_open")
    entered, later, still_open = (np.concatenate([getattr(part, name) for part in parts]) for name in columns)
    found, names = [], ground.journey.stage_names
    for stage in range(len(names) - 1):
        rows = np.flatnonzero(entered[:, stage] != NEVER)
        since_then, moved = entered[rows, stage], later[rows, stage] != NEVER
        usual = usual_time_on(since_then, later[rows, stage])
        if usual is None:
            continue
        since = ground.as_of - usual
        young = since_then > since
        waiting = int((young & ~moved & still_open[rows]).sum())
        found.append(Recent(names[stage], names[stage + 1], usual, since, int(young.sum()), waiting))
    return found


def recent_in_words(recent: Recent, zone: str) -> str:
    """Say which runs are censored."""
    runs = counted(recent.waiting, "run")
    return (
        f"{runs} entered '{recent.stage}' after {date(recent.since / US, zone)} and may still go on to "
        f"'{recent.following}' or later; nine in ten that did took up to {span(recent.usual / US)}: "
        "censored, not 'never'."
    )


@dataclass(frozen=True)
class _Onward:
    """(runs, stages): when each run first entered a stage, and when a later one, NEVER possible; (runs,) it is open."""

    entered: Values
    later: Values
    still_open: NDArray[np.bool_]


def _onward(stages: int) -> Callable[[Frame], _Onward]:
    def kernel(frame: Frame) -> _Onward:
        return _Onward(*entries_of(frame.folded, stages), frame.folded.runs.outcome == OPEN)

    return kernel


def _seen(code: Codes, run: Codes, at: Values, size: int) -> Seen:
    """Count codes by run. Runs are numbered from 0, contiguous; instants rise inside a run; -1 is left out."""
    begins = first_rows(run, code)
    ends = len(code) - 1 - first_rows(run[::-1], code[::-1])
    first, last = np.full(size, NEVER, np.int64), np.full(size, -1, np.int64)
    np.minimum.at(first, code[begins], at[begins])
    np.maximum.at(last, code[ends], at[ends])
    count = np.bincount(code + np.int64(1), minlength=size + 1)[1:]
    return Seen(count, np.bincount(code[begins], minlength=size), first, last)


def _sum(left: Seen, right: Seen) -> Seen:
    return Seen(
        left.count + right.count,
        left.runs + right.runs,
        np.minimum(left.first, right.first),
        np.maximum(left.last, right.last),
    )


def _seen_stages(ground: Ground) -> Seen:
    def kernel(frame: Frame) -> Seen:
        visits = frame.folded.visits
        return _seen(visits.stage, visits.run, visits.enter, len(ground.journey.stages))

    return collect(ground, Query("coverage"), Level.RUN, kernel, _sum)[()]


def _seen_events(ground: Ground) -> Seen:
    def kernel(frame: Frame) -> Seen:
        bucket, size = frame.bucket, len(ground.view.names["event"])
        return _seen(bucket.event, segment_of_row(segment_starts(bucket.thread)), bucket.at, size)

    return collect(ground, Query("coverage"), Level.RUN, kernel, _sum)[()]


def _log_rows(ground: Ground) -> Iterator[Row]:
    """The log as a whole: events, threads, names, first and last instant."""
    bounds = [(folded.bucket.at.min(), folded.bucket.at.max()) for folded in ground.buckets if len(folded.bucket)]
    first, last = (min(low for low, _ in bounds), max(high for _, high in bounds)) if bounds else (None, None)
    events = sum(len(folded.bucket) for folded in ground.buckets)
    threads = sum(len(segment_starts(folded.bucket.thread)) - 1 for folded in ground.buckets)
    yield _row("log", "events", events, threads, first, last, "the whole log; runs counts its threads")
    for name in ("event", "team", "user", "channel"):
        yield {"what": "log", "name": f"different {name}s", "count": len(ground.view.names[name])}


def _stage_rows(ground: Ground, seen: Seen) -> Iterator[Row]:
    for place, stage in enumerate(ground.journey.stages):
        note = "" if seen.count[place] else "never occurs"
        yield _seen_row("stage", stage.name, seen, place, note or ("a mere timer" if is_timer(stage) else ""))


def _event_rows(ground: Ground, late: dict[str, Late]) -> Iterator[Row]:
    seen, names = _seen_events(ground), ground.view.names["event"]
    for place in sorted(range(len(names)), key=lambda code: (-int(seen.count[code]), names.text(code))):
        each = late.get(names.text(place))
        note = ""
        if each is not None:
            note = f"recorded late: {counted(each.before, 'run')} started before, {each.expected:,.0f} expected by then"
        yield _seen_row("event", names.text(place), seen, place, note)


def _recent_rows(recent: list[Recent]) -> Iterator[Row]:
    for each in (each for each in recent if each.waiting):
        yield {
            "what": "too early to tell",
            "name": f"{each.stage} to {each.following}",
            "count": each.waiting,
            "runs": each.entered,
            "first": each.since / US,
            "note": f"entered since; nine in ten that went on took up to {span(each.usual / US)}",
        }


def _assumption_rows(journey: Journey) -> Iterator[Row]:
    for element, source in assumptions(journey):
        yield {"what": "assumption", "name": element, "note": source}


def _rejected_rows(ground: Ground) -> Iterator[Row]:
    for each in ground.rejected:
        reasons = ", ".join(f"{reason} {n:,}" for reason, n in sorted(each.reasons.items(), key=lambda item: -item[1]))
        note = f"of {counted(each.read, 'row')} read" + (f": {reasons}" if reasons else "")
        yield {"what": "rejected", "name": each.source, "count": each.rejected, "runs": None, "note": note}


def _timer_notes(ground: Ground) -> Iterator[str]:
    timers = norms_of(ground).timers
    for place, stage in enumerate(ground.journey.stages):
        if is_timer(stage):
            yield f"'{stage.name}' is a mere timer: its time is no wait of a customer."
        elif place in timers:
            yield f"'{stage.name}' looks like a timer, left by nearly all at one age; if so, say waiting_on: timer."


def _assumption_notes(journey: Journey) -> Iterator[str]:
    n = len(assumptions(journey))
    if n:
        whole = counted(len(elements(journey)), "element")
        yield f"{n:,} of {whole} of the map rest on assumptions; mark what is shown as evidence under 'marks'."


def _seen_row(what: str, name: str, seen: Seen, place: int, note: str) -> Row:
    occurs = bool(seen.count[place])
    first, last = (int(seen.first[place]), int(seen.last[place])) if occurs else (None, None)
    return _row(what, name, int(seen.count[place]), int(seen.runs[place]), first, last, note)


def _row(what: str, name: str, count: int, runs: int, first: int | None, last: int | None, note: str) -> Row:
    return {
        "what": what,
        "name": name,
        "count": count,
        "runs": runs,
        "first": None if first is None else int(first) / US,
        "last": None if last is None else int(last) / US,
        "note": note or None,
    }


def _columns() -> list[Column]:
    return [
        Column("what", "what", Unit.TEXT, "The log, a stage, an event, recent runs, an element of the map, a source."),
        Column("name", "name", Unit.TEXT),
        Column(
            "count", "count", Unit.COUNT, "Occurrences; of recent runs those still waiting; of a source rows rejected."
        ),
        Column("runs", "runs", Unit.COUNT, "Runs of a stage; threads of an event; recent runs that entered."),
        Column("first", "first", Unit.TIME, "First occurrence; of recent runs: entered after this."),
        Column("last", "last", Unit.TIME, "Last occurrence."),
        Column("note", "note", Unit.TEXT, "What follows from it."),
    ]
