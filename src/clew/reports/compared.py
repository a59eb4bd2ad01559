"""Segments, cohorts and two chosen groups side by side, and why some of them cannot be compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from clew.clock import DAY_US, NEVER, to_datetime
from clew.conditions.model import All, AnyOf, Condition, Count, Event
from clew.journeys.model import Journey
from clew.questions.blind import Late, late_events
from clew.questions.ground import Ground
from clew.questions.model import Answer, Query, TooFew
from clew.questions.stages import is_timer, titled
from clew.questions.words import date
from clew.reports.figures import Row, figure, number, text
from clew.reports.model import Comparison, Figure, Group, Panel

Ask = Callable[[Query], Answer]
Compared = tuple[str, str, str]  # dimension and two of its groups
MOST_GROUPS = 12
_WINDOWS = (1, 2, 7, 14, 30, 60, 90, 180, 365, 730)  # days


@dataclass(frozen=True)
class Goal:
    """What counts as arriving: the first good end, else the last stage. within: the window in days."""

    point: str
    title: str
    within: int
    events: frozenset[str]

    @property
    def window(self) -> str:
        return "1 day" if self.within == 1 else f"{self.within} days"


def comparisons(ground: Ground, ask: Ask, slowest: str | None, asked: Compared | None) -> tuple[Comparison, ...]:
    """Compare what was asked for, the segments of the firm, and the cohorts by the start of the run.

    slowest  name of the stage whose time is worth comparing
    """
    goal = _goal(ground, ask)
    parts = [
        _asked(ask, asked) if asked else None,
        _segments(ground, ask, slowest, goal) if ground.firm.segments else None,
        _cohorts(ground, ask, goal),
    ]
    return tuple(part for part in parts if part and part.panels)


def _asked(ask: Ask, asked: Compared) -> Comparison:
    dimension, first, second = asked
    found = [
        ("Time in {}, median", "median", ask(Query("time", compare=asked))),
        ("Came to {} or further", "share", ask(Query("funnel", compare=asked))),
    ]
    panels = [
        _pair(answer, row, title.format(text(row, "row")), term, asked)
        for title, term, answer in found
        for row in answer.rows
    ]
    notes = dict.fromkeys(note for _, _, answer in found for note in answer.notes)
    return Comparison(f"{first} beside {second}, by {dimension}", tuple(panels), tuple(notes))


def _pair(answer: Answer, row: Row, title: str, term: str, asked: Compared) -> Panel:
    _, first, second = asked
    groups = tuple(Group(label, _reached(answer, row, name)) for label, name in ((first, "a"), (second, "b")))
    difference = None if row.get("difference") is None else figure(answer, row, "difference")
    if difference is not None and difference.n is None and difference.needed is None:
        difference = replace(difference, n=(number(row, "a_n") or 0) + (number(row, "b_n") or 0))
    test = ", ".join(part for part in (text(row, "test"), text(row, "meaning")) if part)
    return Panel(title, groups, term, difference, f"{first} minus {second}", test)


def _segments(ground: Ground, ask: Ask, slowest: str | None, goal: Goal) -> Comparison:
    panels = []
    if slowest:
        answer = ask(Query("time", by=("segment",), where={"stage": (slowest,)}, options={"top": "0"}))
        groups = _groups(answer, "segment", "median")
        panels.append(Panel(f"Time in {_title(ground.journey, slowest)}, median", groups, "median"))
    answer = ask(_conversion(goal, "segment"))
    panels.append(Panel(_reaching(goal), _converted(answer, "segment", goal), "conversion"))
    return Comparison("Segments", tuple(panel for panel in panels if len(panel.groups) > 1))


def _cohorts(ground: Ground, ask: Ask, goal: Goal) -> Comparison | None:
    first, last = _starts(ground)
    if first == NEVER:
        return None
    grain = _grain(last - first)
    answer = ask(_conversion(goal, f"period:{grain}"))
    late = next((each for each in late_events(ground) if each.event in goal.events), None)
    labels = _recorded_late(late, grain, ground.firm.time_zone)
    groups = tuple(
        replace(group, note=labels(group.label) or group.note) for group in _converted(answer, "period", goal)
    )
    panels = (Panel(_reaching(goal), groups[-MOST_GROUPS:], "conversion"),) if len(groups) > 1 else ()
    cut = len(groups) - MOST_GROUPS
    notes = [f"{cut} earlier groups are not shown." if cut > 0 else "", *_late_words(late, ground.firm.time_zone)]
    return Comparison(f"Start of the run, by {grain}", panels, tuple(note for note in notes if note))


def _conversion(goal: Goal, by: str) -> Query:
    options = {"points": f"start > {goal.point}", "within": goal.window, "top": "0"}
    return Query("conversion", by=(by,), options=options)


def _groups(answer: Answer, by: str, name: str) -> tuple[Group, ...]:
    return tuple(Group(text(row, by), _reached(answer, row, name)) for row in answer.rows)


def _reached(answer: Answer, row: Row, name: str) -> Figure:
    return figure(answer, row, name, missing="not half have left yet")


def _converted(answer: Answer, by: str, goal: Goal) -> tuple[Group, ...]:
    groups = []
    for row in answer.rows:
        left_out = number(row, "left_out") or 0
        note = f"{left_out:,} too recent: they have not had {goal.window} yet" if left_out else ""
        groups.append(Group(text(row, by), figure(answer, row, "share"), note))
    return tuple(groups)


def _reaching(goal: Goal) -> str:
    return f"Reached {goal.title} within {goal.window} of the start"


def _goal(ground: Ground, ask: Ask) -> Goal:
    """The window is the first round one that twice the median of those who arrived fits into."""
    journey = ground.journey
    good = next((end for end in journey.ends if end.good), None)
    last = journey.stages[-1]
    point = f"end:{good.name}" if good else f"stage:{last.name}"
    events = frozenset(_events(good.when if good else last.enter))
    return Goal(point, good.name if good else titled(last), _window(ask, point), events)


def _window(ask: Ask, point: str) -> int:
    answer = ask(Query("time", finished_only=True, options={"between": f"start > {point}"}))
    median = answer.rows[0].get("median") if answer.rows else None
    if median is None or isinstance(median, TooFew | str):
        return 90
    wanted = 2 * float(median) * 1e6 / DAY_US
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
    first = _label(late.since, grain, zone)
    words = f"not comparable: “{late.event}” is recorded only since {date(late.since / 1e6, zone)}"
    return lambda label: words if label < first else f"in part {words}" if label == first else ""


def _label(at: int, grain: str, zone: str) -> str:
    """Write an instant as the dimension period does; such labels sort as their times do."""
    local: datetime = to_datetime(at).astimezone(ZoneInfo(zone))
    match grain:
        case "week":
            return f"{local.isocalendar().year}-W{local.isocalendar().week:02d}"
        case "month":
            return f"{local:%Y-%m}"
        case "quarter":
            return f"{local.year}-Q{(local.month + 2) // 3}"
        case _:
            return str(local.year)


def _late_words(late: Late | None, zone: str) -> Sequence[str]:
    if late is None:
        return ()
    runs, since = f"{late.before:,} runs", date(late.since / 1e6, zone)
    return (f"{runs} started before “{late.event}” was first recorded, on {since}: they look worse than they were.",)


def _title(journey: Journey, stage: str) -> str:
    return next(titled(each) for each in journey.stages if each.name == stage)


def slowest_stage(journey: Journey, median_of: Callable[[str], float | None]) -> str | None:
    """Return the stage whose median time is longest, timers left out."""
    known = [(median_of(stage.name), stage.name) for stage in journey.stages if not is_timer(stage)]
    longest = max(((median, name) for median, name in known if median is not None), default=None)
    return longest[1] if longest else None
