"""Segments, cohorts and two chosen groups side by side, and why some of them cannot be compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from clew.clock import DAY_US, NEVER, US
from clew.conditions.model import All, AnyOf, Condition, Count, Event
from clew.journeys.model import Journey
from clew.periods import period_label, period_of
from clew.questions.blind import late_events
from clew.questions.ground import Ground
from clew.questions.model import Answer, Query, TooFew
from clew.questions.recording import Late
from clew.questions.stages import is_timer, titled
from clew.questions.words import date
from clew.reports.figures import Row, figure, number, text
from clew.reports.model import Comparison, Figure, Group, Panel

Ask = Callable[[Query], Answer]
Compared = tuple[str, str, str]  # dimension and two of its groups
MOST_GROUPS, MOST_MILESTONES = 12, 2
_KEPT = ("Groups", "Many rows", "'")  # notes of a comparison that the page does not say elsewhere
_WINDOWS = (1, 2, 7, 14, 30, 60, 90, 180, 365, 730)  # days


@dataclass(frozen=True)
class Goal:
    """A point worth reaching: a milestone of the map, or where the journey should end. within: the window in days."""

    point: str
    title: str
    within: int

    @property
    def window(self) -> str:
        return "1 day" if self.within == 1 else f"{self.within} days"


def comparisons(ground: Ground, ask: Ask, slowest: str | None, asked: Compared | None) -> tuple[Comparison, ...]:
    """Compare what was asked for, the segments of the firm, and the cohorts by the start of the run.

    slowest  name of the stage whose time is worth comparing
    """
    goals = [Goal(point, title, _window(ask, point)) for point, title in _points(ground.journey)]
    parts = [
        _asked(ground.journey, ask, asked) if asked else None,
        _segments(ground, ask, slowest, goals) if ground.firm.segments else None,
        _cohorts(ground, ask, goals),
    ]
    return tuple(part for part in parts if part and part.panels)


def _asked(journey: Journey, ask: Ask, asked: Compared) -> Comparison:
    dimension, first, second = asked
    found = [
        ("Time in {}, median", "median", ask(Query("time", compare=asked))),
        ("Came to {} or further", "share", ask(Query("funnel", compare=asked))),
    ]
    panels = [
        _pair(answer, row, title.format(_title(journey, text(row, "row"))), term, asked)
        for title, term, answer in found
        for row in answer.rows
    ]
    notes = dict.fromkeys(note for _, _, answer in found for note in answer.notes if note.startswith(_KEPT))
    return Comparison(f"{first} beside {second}, by {dimension}", tuple(panels), tuple(notes))


def _pair(answer: Answer, row: Row, title: str, term: str, asked: Compared) -> Panel:
    _, first, second = asked
    groups = tuple(Group(label, _reached(answer, row, name)) for label, name in ((first, "a"), (second, "b")))
    difference = None if row.get("difference") is None else figure(answer, row, "difference")
    if difference is not None and difference.n is None and difference.needed is None:
        difference = replace(difference, n=(number(row, "a_n") or 0) + (number(row, "b_n") or 0))
    test = ", ".join(part for part in (text(row, "test"), text(row, "meaning")) if part)
    return Panel(title, groups, term, difference, f"{first} minus {second}", test)


def _segments(ground: Ground, ask: Ask, slowest: str | None, goals: Sequence[Goal]) -> Comparison:
    panels = []
    if slowest:
        answer = ask(Query("time", by=("segment",), where={"stage": (slowest,)}, options={"top": "0"}))
        groups = _groups(answer, "segment", "median")
        panels.append(Panel(f"Time in {_title(ground.journey, slowest)}, median", groups, "median"))
    for goal in goals:
        answer = ask(_conversion(goal, "segment"))
        panels.append(Panel(_reaching(goal), _converted(answer, "segment", goal), "conversion"))
    return Comparison("Segments", tuple(panel for panel in panels if len(panel.groups) > 1))


def _cohorts(ground: Ground, ask: Ask, goals: Sequence[Goal]) -> Comparison | None:
    first, last = _starts(ground)
    if first == NEVER:
        return None
    grain, zone = _grain(last - first), ground.firm.time_zone
    late = _latest(ground)
    why_not = _recorded_late(late, grain, zone)
    panels, cut = [], 0
    for goal in goals:
        groups = _converted(ask(_conversion(goal, f"period:{grain}")), "period", goal)
        judged = tuple(_judged(group, why_not(group.label)) for group in groups)
        panels += [Panel(_reaching(goal), judged[-MOST_GROUPS:], "conversion")] if len(judged) > 1 else []
        cut = max(cut, len(judged) - MOST_GROUPS)
    notes = [f"{cut} earlier groups are not shown." if cut > 0 else "", _late_words(late, zone)]
    return Comparison(f"Start of the run, by {grain}", tuple(panels), tuple(note for note in notes if note))


def _latest(ground: Ground) -> Late | None:
    """The last of the events on the way to be recorded: runs from before it miss a part of their way."""
    journey = ground.journey
    conditions = [*(stage.enter for stage in journey.stages), *(end.when for end in journey.ends)]
    on_the_way = {event for condition in conditions for event in _events(condition)}
    return max((each for each in late_events(ground) if each.event in on_the_way), key=lambda e: e.since, default=None)


def _judged(group: Group, why_not: str) -> Group:
    return replace(group, note=why_not, comparable=False) if why_not else group


def _conversion(goal: Goal, by: str) -> Query:
    options = {"points": f"start > {goal.point}", "within": goal.window, "top": "0"}
    return Query("conversion", by=(by,), options=options)


def _groups(answer: Answer, by: str, name: str) -> tuple[Group, ...]:
    return tuple(Group(text(row, by).strip("()"), _reached(answer, row, name)) for row in answer.rows)


def _reached(answer: Answer, row: Row, name: str) -> Figure:
    return figure(answer, row, name, missing="not half have left yet")


def _converted(answer: Answer, by: str, goal: Goal) -> tuple[Group, ...]:
    groups = []
    for row in answer.rows:
        left_out = number(row, "left_out") or 0
        note = f"{left_out:,} too recent for {goal.window}" if left_out else ""
        groups.append(Group(text(row, by).strip("()"), figure(answer, row, "share"), note))
    return tuple(groups)


def _reaching(goal: Goal) -> str:
    return f"Reached {goal.title} within {goal.window} of the start"


def _points(journey: Journey) -> list[tuple[str, str]]:
    """Up to two milestones of the map, and the first good end, else the last stage; as (point, title)."""
    good = [(f"end:{end.name}", end.name) for end in journey.ends if end.good]
    stages = [(f"stage:{stage.name}", titled(stage)) for stage in journey.stages]
    milestones = [point for point, stage in zip(stages, journey.stages, strict=True) if stage.milestone]
    return list(dict.fromkeys([*milestones[:MOST_MILESTONES], good[0] if good else stages[-1]]))


def _window(ask: Ask, point: str) -> int:
    answer = ask(Query("time", finished_only=True, options={"between": f"start > {point}"}))
    median = answer.rows[0].get("median") if answer.rows else None
    if median is None or isinstance(median, TooFew | str):
        return 90
    wanted = float(median) * US / DAY_US
    return next((days for days in _WINDOWS if days >= wanted), _WINDOWS[-1])


def _events(condition: Condition) -> Iterable[str]:
    """Name the events on which a condition rests."""
    match condition:
        case Event():
            yield from condition.names
        case Count():
            yield from condition.event.names
        case All() | AnyOf():
            for part in condition.parts:
                yield from _events(part)


def _starts(ground: Ground) -> tuple[int, int]:
    starts = [bucket.runs.start for bucket in ground.buckets if len(bucket.runs)]
    if not starts:
        return NEVER, NEVER
    return min(int(column.min()) for column in starts), max(int(column.max()) for column in starts)


def _grain(reach: int) -> str:
    days = reach / DAY_US
    return "week" if days < 70 else "month" if days < 365 else "quarter" if days < 1100 else "year"


def _recorded_late(late: Late | None, grain: str, zone: str) -> Callable[[str], str]:
    """Return what to say of a cohort: those that began before the goal was recorded cannot be compared."""
    if late is None:
        return lambda label: ""
    first = period_label(int(period_of([late.since], grain, zone)[0]), grain)
    since = date(late.since / US, zone)

    def why_not(label: str) -> str:
        return (
            f"not comparable: before {since}" if label < first else f"in part before {since}" if label == first else ""
        )

    return why_not


def _late_words(late: Late | None, zone: str) -> str:
    if late is None:
        return ""
    runs, since = f"{late.before:,} runs", date(late.since / US, zone)
    return f"{runs} started before “{late.event}” was first recorded, on {since}: they look worse than they were."


def _title(journey: Journey, stage: str) -> str:
    return next((titled(each) for each in journey.stages if each.name == stage), stage)


def slowest_stage(journey: Journey, median_of: Callable[[str], float | None]) -> str | None:
    """Return the stage whose median time is longest, timers left out."""
    known = [(median_of(stage.name), stage.name) for stage in journey.stages if not is_timer(stage)]
    longest = max(((median, name) for median, name in known if median is not None), default=None)
    return longest[1] if longest else None
