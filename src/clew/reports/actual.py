"""The picture of a journey from its answers: what was planned beside what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clew.firm.model import Firm
from clew.journeys.model import Journey
from clew.questions.figures import share_cells
from clew.questions.model import Answer, TooFew, Unit
from clew.questions.stages import titled
from clew.reports.figures import Row, figure, number, text
from clew.reports.model import End, Figure, Flow, Picture, Planned, Stage
from clew.reports.plan import planned
from clew.reports.standing import StalledHere

BEFORE, START, RESTARTED = "(before the first stage)", "(start)", "(restarted)"  # as 'transitions' names them
NO_STAGE = "(none)"  # as 'time' names the wait before the first stage


@dataclass(frozen=True)
class Answers:
    """The answers on one journey that its picture rests on; transitions and stalled are whole, not cut."""

    runs: Answer
    funnel: Answer
    time: Answer
    transitions: Answer


def picture(journey: Journey, firm: Firm, answers: Answers, stalled: Mapping[str, StalledHere]) -> Picture:
    """Put the picture of a journey together. `stalled` is by stage name."""
    moves = [(text(row, "from"), text(row, "to"), number(row, "count") or 0) for row in answers.transitions.rows]
    names = [BEFORE] if any(BEFORE in move[:2] for move in moves) else []
    names += journey.stage_names
    started = sum(count for source, _, count in moves if source == START)
    visits = {name: sum(count for _, target, count in moves if target == name) for name in names}
    stages = tuple(_stage(name, journey, firm, answers, visits[name], stalled.get(name)) for name in names)
    return Picture(stages, _flows(names, moves), _ends(answers.runs, journey, moves), started)


def _stage(name: str, journey: Journey, firm: Firm, answers: Answers, visits: int, stuck: StalledHere | None) -> Stage:
    timed = _row(answers.time, "stage", NO_STAGE if name == BEFORE else name)
    written = next((stage for stage in journey.stages if stage.name == name), None)
    standing = _row(answers.runs, "state", "before the first stage" if written is None else name)
    here = (number(standing, "runs") or 0) if standing.get("kind") == "open" else 0
    return Stage(
        name="before" if written is None else name,
        title="Before the first stage" if written is None else titled(written),
        runs=_entered(answers.funnel, name, visits),
        visits=visits,
        here=here,
        median=_time(answers.time, timed, "median", "not half have left yet"),
        p90=_time(answers.time, timed, "p90", "not reached yet"),
        censored=share_of(number(timed, "open") or 0, number(timed, "n") or 0),
        planned=Planned() if written is None else planned(journey, written, firm),
        stalled=stuck.count if stuck else 0,
        stalled_value=stuck.value if stuck else None,
        norm=stuck.norm if stuck else "",
        before=written is None,
    )


def share_of(part: int, n: int) -> Figure:
    """Return a share with its Wilson interval, or how many more it needs."""
    cells = share_cells("share", part, n)
    cell, low, high = cells["share"], cells["share_low"], cells["share_high"]
    if isinstance(cell, TooFew):
        return Figure(None, Unit.SHARE, n=n, needed=cell.needed - cell.n)
    ends = [float(end) if isinstance(end, int | float) else None for end in (low, high)]
    return Figure(float(cell or 0.0), Unit.SHARE, ends[0], ends[1], n)


def _entered(funnel: Answer, name: str, visits: int) -> Figure:
    """Runs that ever entered the stage; before the first stage each run has been once."""
    row = _row(funnel, "stage", name)
    if not row:
        return Figure(float(visits))
    return Figure(float((number(row, "reached") or 0) - (number(row, "skipped") or 0)), n=number(row, "n"))


def _time(answer: Answer, row: Row, name: str, missing: str) -> Figure:
    if not row:
        return Figure(None, Unit.SPAN, n=0, words="nobody came here yet")
    return figure(answer, row, name, missing=missing)


def _row(answer: Answer, column: str, value: str) -> Row:
    return next((row for row in answer.rows if row.get(column) == value), {})


def _flows(names: Sequence[str], moves: Sequence[tuple[str, str, int]]) -> tuple[Flow, ...]:
    place = {name: number for number, name in enumerate(names)}
    return tuple(
        Flow(place.get(source), place.get(target), count, "" if target in place else target.strip("()"))
        for source, target, count in moves
        if source in place or target in place
    )


def _ends(runs: Answer, journey: Journey, moves: Sequence[tuple[str, str, int]]) -> tuple[End, ...]:
    good = {end.name for end in journey.ends if end.good}
    names = [end.name for end in journey.ends]
    names += ["restarted"] if any(target == RESTARTED for _, target, _ in moves) else []
    rows = {text(row, "state"): row for row in runs.rows if row.get("kind") == "ended"}
    return tuple(End(name, name in good, figure(runs, rows[name], "share")) for name in names if name in rows)
