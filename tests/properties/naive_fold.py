"""A slow interpreter of journeys that shares no code with the fold: one event after the other, every condition afresh.

It reads docs/reference/journeys-truth-table.md word by word.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from clew.clock import ALWAYS, DAY_US, NEVER
from clew.conditions.model import (
    All,
    AnyOf,
    Attribute,
    Condition,
    Count,
    Date,
    Dwell,
    Event,
    Not,
    Operator,
    Score,
    Segment,
    Silent,
)
from clew.conditions.model import (
    Test as ValueTest,
)
from clew.engine.model import BEFORE_STAGES, OPEN, RESTARTED, ended
from clew.journeys.model import AgainKind, Back, Journey
from clew.testing import MemoryView
from tests.properties.small_worlds import FIRM, START


@dataclass
class Moment:
    """An event (row >= 0) or an instant that a date names (row -1)."""

    at: int
    row: int
    event: str = ""
    values: dict[str, str] = field(default_factory=dict)
    date: Date | None = None
    fresh: bool = True


@dataclass
class Visit:
    stage: int
    enter: int
    came: int
    leave: int = NEVER
    next: int = OPEN


@dataclass
class Run:
    subject: str
    number: int
    start: int
    variant: int
    first: int  # place of the starting moment
    end: int = NEVER
    outcome: int = OPEN
    clause: Silent | Dwell | None = None
    late: int = 0
    reopened: int = ALWAYS
    visits: list[Visit] = field(default_factory=list)
    instant: int = ALWAYS  # the instant whose entries are being weighed
    matched: int = -1
    before: list[Visit] = field(default_factory=list)  # visits as they were when that instant began
    changes: list[int] = field(default_factory=list)


def passes(test: ValueTest, text: str | None) -> bool:
    def one(operator: Operator, wanted: Any) -> bool:
        if text is None:
            return operator in (Operator.IS_NOT, Operator.NOT_IN)
        value: Any = float(text) if isinstance(wanted, int) else text
        answers: dict[Operator, bool] = {
            Operator.IS: value == wanted,
            Operator.IS_NOT: value != wanted,
            Operator.AT_LEAST: isinstance(wanted, int) and value >= wanted,
            Operator.AT_MOST: isinstance(wanted, int) and value <= wanted,
        }
        return answers[operator]

    return all(one(operator, wanted) for operator, wanted in test.operators)


def alternatives(condition: Condition) -> list[Condition]:
    if isinstance(condition, AnyOf):
        return [each for part in condition.parts for each in alternatives(part)]
    return [condition]


class Naive:
    """One subject of one journey."""

    def __init__(self, journey: Journey, view: MemoryView, thread: str, subject: str) -> None:
        self.journey, self.view, self.thread, self.subject = journey, view, thread, subject
        self.moments = sorted(
            self._events() + self._dates(),
            key=lambda each: (each.at, each.row, -self.dates.index(each.date) if each.date else 0),
        )
        self.runs: list[Run] = []

    def _events(self) -> list[Moment]:
        found = []
        for bucket in self.view.kept:
            text = self.view.names["entity"].text
            kind = self.journey.subject.kind
            about = bucket.thread if kind == "account" else bucket.subject(kind)
            for row in range(len(bucket)):
                if text(bucket.thread[row]) == self.thread and about[row] >= 0 and text(about[row]) == self.subject:
                    values = {}
                    for name, codes in bucket.properties.items():
                        if codes[row] >= 0:
                            values[name] = self.view.names[f"property:{name}"].text(codes[row])
                    event = self.view.names["event"].text(bucket.event[row])
                    found.append(Moment(int(bucket.at[row]), row, event, values))
        return found

    def values_of(self, name: str, *, own: bool) -> list[tuple[int, str]]:
        found = []
        for bucket in self.view.buckets():
            table, text = bucket.attributes, self.view.names["entity"].text
            for row in range(len(table.thread)):
                entity = text(table.entity[row])
                thing = entity.partition(":")[0] in self.view.subject_kinds and entity != self.thread
                mine = entity == self.subject if own else not thing
                named = self.view.names["attribute"].text(table.name[row]) == name
                if text(table.thread[row]) == self.thread and mine and named:
                    value = self.view.names[f"attribute:{name}"].text(table.value[row])
                    found.append((int(table.at[row]), entity, row, value))
        return [(at, value) for at, _, _, value in sorted(found)]

    def in_force(self, name: str, when: int) -> str | None:
        for own in (False,) if self.journey.subject.kind == "account" else (True, False):
            known = [value for at, value in self.values_of(name, own=own) if at <= when]
            if known:
                return known[-1]
        return None

    @property
    def dates(self) -> list[Date]:
        found: list[Date] = []

        def look(condition: Condition | None) -> None:
            if isinstance(condition, Date) and condition not in found:
                found.append(condition)
            for part in getattr(condition, "parts", ()):
                look(part)

        look(self.journey.starts)
        for end in self.journey.ends:
            look(end.when)
        return found

    def _dates(self) -> list[Moment]:
        found = []
        for date in self.dates:
            times = sorted({at for own in (True, False) for at, _ in self.values_of(date.attribute, own=own)})
            planned: list[tuple[int, int]] = []
            for at in times:
                instant = self.instant(date, at)
                if not planned or planned[-1][1] != instant:
                    planned.append((at, instant))
            for (since, instant), (until, _) in zip(planned, [*planned[1:], (NEVER, 0)], strict=False):
                if max(since, instant) < until:
                    found.append(Moment(max(since, instant), -1, date=date, fresh=instant >= since))
        return found

    def instant(self, date: Date, when: int) -> int:
        value = self.in_force(date.attribute, when)
        if value is None or not value[:1].isdigit():
            return NEVER
        at = int((np.datetime64(value, "us")).astype(np.int64))
        return at + (date.after.micros if date.after else 0) - (date.before.micros if date.before else 0)

    def matches(self, event: Event, moment: Moment) -> bool:
        passed = all(passes(test, moment.values.get(name)) for name, test in event.where.items())
        return moment.event in event.names and moment.row >= 0 and passed

    def happens(self, condition: Condition, place: int, stage: int) -> bool:
        now = self.moments[place]
        match condition:
            case Event():
                return self.matches(condition, now)
            case Count():
                return self.matches(condition.event, now) and self.holds(condition, place, stage)
            case Score():
                return condition.name in now.values and self.holds(condition, place, stage)
            case Date():
                return now.date == condition
            case Segment():
                return self.happens(FIRM.segments[condition.name], place, stage)
            case All():
                parts = [self.happens(part, place, stage) for part in condition.parts]
                return any(parts) and self.holds(condition, place, stage)
            case AnyOf():
                return any(self.happens(part, place, stage) for part in condition.parts)
        return False

    def holds(self, condition: Condition, place: int, stage: int) -> bool:
        now, history = self.moments[place], self.moments[: place + 1]
        match condition:
            case Event():
                return any(self.matches(condition, each) for each in history)
            case Count():
                span = condition.within.micros if condition.within else 10**17
                n = sum(self.matches(condition.event, each) and each.at > now.at - span for each in history)
                return passes(condition.test, str(n))
            case Score():
                scores = [each.values[condition.name] for each in history if condition.name in each.values]
                return bool(scores) and passes(condition.test, scores[-1])
            case Date():
                return self.instant(condition, now.at) <= now.at
            case Attribute():
                return passes(condition.test, self.in_force(condition.name, now.at))
            case Segment():
                return self.holds(FIRM.segments[condition.name], place, stage)
            case All():
                return bool(condition.parts) and all(self.holds(part, place, stage) for part in condition.parts)
            case AnyOf():
                return any(self.holds(part, place, stage) for part in condition.parts)
            case Not():
                return not self.holds(condition.part, place, stage)
            case Dwell():
                return stage >= 0 and condition.stage == self.journey.stage_names[stage]
        return False

    def entry(self, place: int, stage: int) -> int:
        matched = [n for n, each in enumerate(self.journey.stages) if self.happens(each.enter, place, stage)]
        return max(matched, default=-1)

    def starts(self, place: int, stage: int) -> bool:
        condition = self.journey.starts
        return self.entry(place, stage) >= 0 if condition is None else self.happens(condition, place, stage)

    def end(self, place: int, stage: int) -> int:
        happening = [n for n, end in enumerate(self.journey.ends) if self.happens(end.when, place, stage)]
        return min(happening, default=-1)

    def clauses(self) -> list[tuple[int, Silent | Dwell]]:
        found: list[tuple[int, Silent | Dwell]] = []
        for number, end in enumerate(self.journey.ends):
            for part in alternatives(end.when):
                if isinstance(part, Silent) or (isinstance(part, Dwell) and part.duration):
                    found += [(number, part)]
        return found

    def deadline(self, run: Run, clause: Silent | Dwell) -> int:
        assert clause.duration is not None
        if isinstance(clause, Dwell):
            if run.visits[-1].stage < 0 or self.journey.stage_names[run.visits[-1].stage] != clause.stage:
                return NEVER
            return max(run.visits[-1].enter, run.reopened) + clause.duration.micros
        last = max(run.start, run.reopened)
        for each in self.moments:
            if each.row >= 0 and each.event in clause.events and last <= each.at <= last + clause.duration.micros:
                last = each.at
        return last + clause.duration.micros

    def time_passes(self, run: Run, now: int) -> None:
        """End the run where a silence or a stay ran out at or before now."""
        due = []
        for order, (end, clause) in enumerate(self.clauses()):
            at = self.deadline(run, clause)
            leaving = False
            if isinstance(clause, Dwell) and at == now:
                stage = run.visits[-1].stage
                here = [place for place, each in enumerate(self.moments) if each.at == now]
                leaving = self.moved(stage, max((self.entry(place, stage) for place in here), default=-1)) != stage
            if at <= now and not leaving:
                due.append((at, order, end, clause))
        if due:
            at, _, end, clause = min(due, key=lambda each: each[:2])
            self.close(run, at, end)
            run.clause = clause

    def moved(self, stage: int, entered: int) -> int:
        if entered < 0 or (entered < stage and self.journey.stages[entered].back is Back.IGNORED):
            return stage
        return entered

    def close(self, run: Run, at: int, outcome: int) -> None:
        run.end, run.outcome, run.clause = at, outcome, None
        run.visits[-1].leave, run.visits[-1].next = at, ended(outcome)
        run.changes.append(at)

    def may_start(self, place: int) -> bool:
        now = self.moments[place]
        run = self.runs[-1] if self.runs else None
        if run is None:
            return self.starts(place, -1)
        again, is_open = self.journey.again, run.outcome == OPEN
        if not now.fresh or not self.starts(place, run.visits[-1].stage if is_open else -1):
            return False
        if is_open:
            return again.kind is AgainKind.EACH_TRIGGER and self.journey.starts is not None
        wait = again.wait.micros if again.wait and again.kind is AgainKind.AFTER_END else 0
        return again.kind is not AgainKind.NEVER and now.at >= run.end + wait

    def begin(self, place: int) -> None:
        if self.runs and self.runs[-1].outcome == OPEN:
            self.close(self.runs[-1], self.moments[place].at, RESTARTED)
        held = [n for n, each in enumerate(self.journey.variants) if self.holds(each.when, place, -1)]
        run = Run(self.subject, len(self.runs), self.moments[place].at, min(held, default=-1), place)
        run.visits = [Visit(BEFORE_STAGES, run.start, -2)]
        self.runs.append(run)

    def weigh(self, run: Run, now: int, entered: int) -> None:
        """Apply the latest of the stages matched at this instant to the state before the instant."""
        if run.instant != now:
            run.instant, run.matched, run.before = now, -1, copy.deepcopy(run.visits)
        run.matched = max(run.matched, entered)
        run.visits = copy.deepcopy(run.before)
        visit = run.visits[-1]
        visit.leave, visit.next = NEVER, OPEN
        stage = self.moved(visit.stage, run.matched)
        if stage == visit.stage:
            return
        run.changes.append(now)
        if visit.enter == now:
            visit.stage = stage
        else:
            visit.leave, visit.next = now, stage
            run.visits.append(Visit(stage, now, visit.stage))

    def step(self, place: int) -> None:
        now = self.moments[place]
        if self.runs and self.runs[-1].outcome == OPEN:
            self.time_passes(self.runs[-1], now.at)
        wanted = self.starts(place, -1)
        if self.may_start(place):
            self.begin(place)
        if not self.runs:
            return
        run = self.runs[-1]
        entered = self.entry(place, run.visits[-1].stage)
        if run.outcome != OPEN:
            sign = isinstance(run.clause, Silent) and now.row >= 0 and now.event in run.clause.events
            if run.outcome >= 0 and self.journey.ends[run.outcome].reopens and (entered >= 0 or sign):
                run.end, run.outcome, run.clause, run.reopened = NEVER, OPEN, None, now.at
                run.visits[-1].leave, run.visits[-1].next = NEVER, OPEN
            else:
                matched = wanted or entered >= 0 or self.end(place, run.visits[-1].stage) >= 0 or sign
                run.late += matched and now.row >= 0
                return
        if entered >= 0:
            self.weigh(run, now.at, entered)
        end = self.end(place, run.visits[-1].stage)
        if end >= 0:
            self.close(run, now.at, end)

    def fold(self, until: int) -> Naive:
        for place, moment in enumerate(self.moments):
            if moment.at <= until:
                self.step(place)
        while self.runs and self.runs[-1].outcome == OPEN:
            before = self.runs[-1].end
            self.time_passes(self.runs[-1], until)
            if self.runs[-1].end == before:
                break
        return self


def naive_fold(journey: Journey, view: MemoryView) -> tuple[list[Any], list[Any]]:
    """(runs with visits and events, planned starts), sorted."""
    kind = journey.subject.kind
    pairs: set[tuple[str, str]] = set()
    text = view.names["entity"].text
    for bucket in view.buckets():
        about = bucket.thread if kind == "account" else bucket.subject(kind)
        pairs |= {(text(t), text(s)) for t, s in zip(bucket.thread, about, strict=True) if s >= 0}
        for thread, entity in zip(bucket.attributes.thread, bucket.attributes.entity, strict=True):
            thing = text(thread) if kind == "account" else text(entity)
            if kind == "account" or thing.partition(":")[0] == kind:
                pairs.add((text(thread), thing))
    runs: list[Any] = []
    planned: list[Any] = []
    for thread, subject in sorted(pairs):
        found = Naive(journey, view, thread, subject).fold(view.as_of)
        later = Naive(journey, view, thread, subject).fold(START + 10_000 * DAY_US)
        ahead = [place for place, each in enumerate(found.moments) if each.at > view.as_of and found.may_start(place)]
        if ahead:
            planned.append((subject, found.moments[ahead[0]].at))
        for run, same in zip(found.runs, later.runs, strict=False):
            changes = [at for at in same.changes if at > view.as_of]
            due = min(changes, default=NEVER) if run.outcome == OPEN else NEVER
            runs.append((thread, *_told(run, due), _steps(found, run)))
    return sorted(runs), sorted(planned)


def _told(run: Run, due: int) -> tuple[Any, ...]:
    visits = tuple((v.stage, v.enter, v.leave, v.came, v.next) for v in run.visits)
    stage = run.visits[-1].stage
    return run.subject, run.number, run.start, run.end, run.outcome, stage, run.variant, due, run.late, visits


def _steps(found: Naive, run: Run) -> tuple[Any, ...]:
    following = [each for each in found.runs if each.number == run.number + 1]
    leading = [each for each in found.runs if each.number == run.number - 1]
    until = following[0].first if following and following[0].start == run.end else len(found.moments)
    since = run.first if leading and leading[0].end == run.start else 0
    chosen = [m for m in found.moments[since:until] if m.row >= 0 and run.start <= m.at <= run.end]
    return tuple((each.at, each.event) for each in chosen)
