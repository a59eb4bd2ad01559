"""Laws of the fold on small random worlds, and its equality with a slow interpreter that shares no code with it.

The interpreter below reads the semantics of docs/reference/journeys-truth-table.md word by word: one event after the
other, every condition asked afresh of the whole history.
"""

from __future__ import annotations

import copy
import hashlib
import random
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from clew.clock import ALWAYS, DAY_US, HOUR_US, NEVER, to_datetime
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
from clew.durations import Duration
from clew.engine.fold import fold, fold_bucket
from clew.engine.model import BEFORE_STAGES, OPEN, RESTARTED, Folded, ended
from clew.firm.model import Firm
from clew.journeys.model import Again, AgainKind, Back, End, Journey, Stage, Subject, Variant
from clew.testing import MemoryView, memory_log

START = 1_767_225_600_000_000  # 2026-01-01, midnight UTC
FIRM = Firm(
    "two firms",
    "EUR",
    "UTC",
    segments={
        "big": Attribute("tier", ValueTest(((Operator.IS, "gold"),))),
        "busy": AnyOf((Segment("big"), Count(Event(("a",)), ValueTest(((Operator.AT_LEAST, 2),)), None))),
    },
)

# --- the slow interpreter ---------------------------------------------------------------------------------------------


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


# --- what the fold says, in the same words ----------------------------------------------------------------------------


def told(folded: Folded) -> tuple[list[Any], list[Any]]:
    runs: list[Any] = []
    planned: list[Any] = []
    text, event = folded.view.names["entity"].text, folded.view.names["event"].text
    for part in folded.buckets:
        r, v, s = part.runs, part.visits, part.steps
        for n in range(len(r)):
            columns = (r.number, r.start, r.end, r.outcome, r.stage, r.variant, r.due, r.late)
            visits = tuple(
                (int(v.stage[k]), int(v.enter[k]), int(v.leave[k]), int(v.came[k]), int(v.next[k]))
                for k in np.flatnonzero(v.run == n)
            )
            steps = tuple((int(part.bucket.at[k]), event(part.bucket.event[k])) for k in s.row[s.run == n])
            head = (text(r.thread[n]), text(r.subject[n]), *(int(column[n]) for column in columns))
            runs.append((*head, visits, steps))
        planned += [(text(s), int(at)) for s, at in zip(part.planned.subject, part.planned.start, strict=True)]
    return sorted(runs), sorted(planned)


# --- random worlds ----------------------------------------------------------------------------------------------------

NAMES = "abcde"
QUARTER = 6 * HOUR_US


@dataclass(frozen=True)
class World:
    events: list[Any]
    attributes: list[Any]
    links: list[Any]

    def view(self, **options: Any) -> MemoryView:
        return memory_log(self.events, self.attributes, self.links, subjects=("ticket",), **options)


class Chance:
    """Draws a small world and a journey: few names, few instants, so that everything meets everything."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def one_in(self, n: int) -> bool:
        return self.random.randrange(n) == 0

    def pick(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def instant(self) -> int:
        return START + self.random.randrange(16) * QUARTER

    def span(self) -> Duration:
        return Duration(6.0 * self.random.randint(1, 6), "hour")

    def event(self) -> Event:
        names = tuple(self.random.sample(NAMES, self.pick(1, 1, 2)))
        bound = {"v": ValueTest(((Operator.AT_LEAST, self.random.randint(1, 3)),))}
        return Event(names, bound if self.one_in(6) else {})

    def count(self) -> Count:
        bound = self.pick(Operator.AT_LEAST, Operator.AT_LEAST, Operator.AT_MOST)
        test = ValueTest(((bound, self.random.randint(1, 3)),))
        return Count(self.event(), test, self.pick(None, self.span(), self.span()))

    def simple(self) -> Condition:
        if not self.one_in(3):
            return self.event()
        score = Score("nps", ValueTest(((Operator.AT_MOST, self.random.randint(2, 8)),)))
        return score if self.one_in(2) else self.count()

    def held(self, *, staged: bool) -> Condition:
        choices: list[Condition] = [
            Attribute("tier", ValueTest(((Operator.IS, "gold"),))),
            Segment("big"),
            Segment("busy"),
            self.event(),
        ]
        choices.append(self.count())
        choices.append(Dwell(self.pick("s0", "s1", "s2"), None) if staged else self.event())
        found: Condition = self.random.choice(choices)
        return Not(found) if self.one_in(4) else found

    def moment(self, *, staged: bool) -> Condition:
        if not self.one_in(3):
            return self.simple()
        both = All((self.simple(), self.held(staged=staged)))
        return AnyOf((self.simple(), both)) if self.one_in(3) else both

    def date(self) -> Date:
        return Date("renewal", before=self.span()) if self.one_in(2) else Date("renewal", after=self.span())

    def ending(self) -> Condition:
        silent = Silent(tuple(self.random.sample(NAMES, 2)), self.span())
        found = self.pick(
            self.moment(staged=True), silent, Dwell(self.pick("s0", "s1", "s2"), self.span()), self.date()
        )
        return AnyOf((found, self.ending())) if self.one_in(6) and not isinstance(found, AnyOf) else found

    def journey(self) -> Journey:
        moment = self.moment(staged=False)
        again = self.pick(*AgainKind)
        policies = [self.pick(Back.ALLOWED, Back.FRICTION, Back.IGNORED, Back.IGNORED) for _ in range(3)]
        return Journey(
            "j",
            "J",
            "v",
            self.pick(Subject(), Subject(), Subject("ticket", "ticket")),
            tuple(Stage(f"s{n}", self.moment(staged=True), back=policy) for n, policy in enumerate(policies)),
            starts=self.pick(None, moment, moment, AnyOf((moment, self.date())), self.date()),
            again=Again(again, self.pick(None, self.span()) if again is AgainKind.AFTER_END else None),
            ends=tuple(End(f"e{n}", self.ending(), reopens=self.one_in(2)) for n in range(self.random.randrange(4))),
            variants=tuple(Variant("v", self.held(staged=False)) for _ in range(self.random.randrange(3))),
        )

    def world(self) -> World:
        events = [self._event(number) for number in range(self.random.randint(2, 24))]
        attributes = [self._attribute() for _ in range(self.random.randrange(6))]
        links = [("acme", "lead:9", {"at": self.instant()})] if self.one_in(2) else []
        return World(events, attributes, links)

    def _account(self) -> str:
        account: str = self.pick("acme", "acme", "acme", "bolt", "lead:9")
        return account

    def _event(self, number: int) -> Any:
        at = self.instant()
        words: dict[str, Any] = {"id": number, "known": at + self.random.randrange(5) * QUARTER}
        if self.one_in(2):
            words["v"] = self.random.randint(1, 3)
        if self.one_in(4):
            words["nps"] = self.random.randint(0, 10)
        if not self.one_in(3):
            words["ticket"] = self.pick("t1", "t1", "t2")
        day_only = self.one_in(2) and (at - START) % DAY_US == 0
        return self._account(), str(to_datetime(at).date()) if day_only else at, self.pick(*NAMES), words

    def _attribute(self) -> Any:
        name = self.pick("tier", "renewal", "renewal")
        instant = to_datetime(self.instant()).replace(tzinfo=None).isoformat()
        value = self.pick("gold", "tin") if name == "tier" else self.pick(instant, instant, instant, "-")
        words: dict[str, Any] = {} if self.one_in(3) else {"at": self.instant()}
        if self.one_in(3):
            words["ticket"] = self.pick("t1", "t2")
        return self._account(), name, value, words


SEEDS = st.integers(0, 2**32)
CHECKED = settings(deadline=None, suppress_health_check=list(HealthCheck))


def drawn(seed: int) -> tuple[World, Journey, Chance]:
    chance = Chance(seed)
    world, journey = chance.world(), chance.journey()
    note(f"{world}\n{journey}")
    return world, journey, chance


@CHECKED
@given(SEEDS)
def test_the_fold_says_what_a_slow_interpreter_says(seed: int) -> None:
    world, journey, chance = drawn(seed)
    view = world.view(as_of=chance.pick(None, chance.instant()))

    assert told(fold(view, journey, FIRM)) == naive_fold(journey, view)


# --- laws -------------------------------------------------------------------------------------------------------------


@CHECKED
@given(SEEDS)
def test_the_order_of_arrival_does_not_matter(seed: int) -> None:
    world, journey, chance = drawn(seed)
    shuffled = World(*(chance.random.sample(rows, len(rows)) for rows in (world.events, world.attributes, world.links)))

    assert told(fold(shuffled.view(), journey, FIRM)) == told(fold(world.view(), journey, FIRM))


@CHECKED
@given(SEEDS)
def test_the_same_events_twice_are_the_events_once(seed: int) -> None:
    world, journey, _ = drawn(seed)
    twice = replace(world, events=world.events + world.events, attributes=world.attributes * 2, links=world.links * 2)

    assert told(fold(twice.view(), journey, FIRM)) == told(fold(world.view(), journey, FIRM))


@CHECKED
@given(SEEDS)
def test_all_threads_at_once_are_the_threads_one_by_one(seed: int) -> None:
    world, journey, _ = drawn(seed)
    whole = world.view()
    linked = {"acme", "lead:9"} if world.links else {"acme"}
    groups = [linked, {"bolt"}] if world.links else [linked, {"bolt"}, {"lead:9"}]

    runs: list[Any] = []
    planned: list[Any] = []
    for group in groups:
        events, attributes = ([row for row in rows if row[0] in group] for rows in (world.events, world.attributes))
        links = world.links if len(group) > 1 else []
        alone = told(fold(World(events, attributes, links).view(as_of=whole.as_of), journey, FIRM))
        runs, planned = runs + alone[0], planned + alone[1]

    assert (sorted(runs), sorted(planned)) == told(fold(whole, journey, FIRM))


@CHECKED
@given(SEEDS)
def test_a_view_as_of_a_moment_is_the_log_cut_there(seed: int) -> None:
    world, journey, chance = drawn(seed)
    as_of, known_at = chance.instant(), chance.instant()

    def told_by(row: Any) -> tuple[int, int]:
        words = row[-1]
        at = words.get("at", ALWAYS) if len(row) == 3 or "id" not in words else _micros(row[1])
        return at, words.get("known", at)

    cut = World(
        *(
            [row for row in rows if told_by(row)[0] <= as_of and told_by(row)[1] <= known_at]
            for rows in (world.events, world.attributes, world.links)
        )
    )

    seen = told(fold(world.view(as_of=as_of, known_at=known_at), journey, FIRM))
    assert seen == told(fold(cut.view(as_of=as_of), journey, FIRM))


def _micros(when: int | str) -> int:
    return when if isinstance(when, int) else int(np.datetime64(when, "us").astype(np.int64))


@CHECKED
@given(SEEDS)
def test_visits_tile_their_run_without_gap_or_overlap(seed: int) -> None:
    world, journey, _ = drawn(seed)
    for run in told(fold(world.view(), journey, FIRM))[0]:
        _, _, _, start, end, outcome, stage, _, due, _, visits, steps = run
        entered = [visit[1] for visit in visits]
        left = [visit[2] for visit in visits]

        assert entered[0] == start
        assert left[-1] == end
        assert entered[1:] == left[:-1]
        assert [visit[3] for visit in visits[1:]] == [visit[0] for visit in visits[:-1]]
        assert [visit[4] for visit in visits[:-1]] == [visit[0] for visit in visits[1:]]
        assert visits[-1][4] == (OPEN if outcome == OPEN else ended(outcome))
        assert visits[-1][0] == stage
        assert (end == NEVER) == (outcome == OPEN)
        assert all(start <= at <= end for at, _ in steps)
        assert outcome == OPEN or due == NEVER


@CHECKED
@given(SEEDS, st.integers(2, 5))
def test_any_number_of_buckets_gives_the_same_hash(seed: int, buckets: int) -> None:
    world, journey, _ = drawn(seed)

    def digest(view: MemoryView) -> str:
        return hashlib.sha256(repr(told(fold(view, journey, FIRM))).encode()).hexdigest()

    assert digest(world.view(buckets=buckets)) == digest(world.view())


@CHECKED
@given(SEEDS)
def test_one_bucket_folds_as_its_part_of_the_whole(seed: int) -> None:
    world, journey, _ = drawn(seed)
    view = world.view(buckets=3)
    parts = [fold_bucket(bucket, view, journey, firm=FIRM) for bucket in view.buckets()]

    assert told(Folded(journey, view, parts)) == told(fold(view, journey, FIRM))


@CHECKED
@given(SEEDS)
def test_a_date_moved_before_its_instant_plans_anew(seed: int) -> None:
    world, _, chance = drawn(seed)
    old, new, before = chance.instant(), chance.instant(), chance.span()
    journey = Journey("j", "J", "v", Subject(), (Stage("s0", Event(("a",))),), starts=Date("renewal", before=before))
    instant = old - before.micros
    moved_at = instant - HOUR_US
    first = ("acme", "renewal", to_datetime(old).replace(tzinfo=None).isoformat(), {"at": moved_at - HOUR_US})
    second = ("acme", "renewal", to_datetime(new).replace(tzinfo=None).isoformat(), {"at": moved_at})
    options = {"as_of": START + 30 * DAY_US}

    moved = World(world.events, [first, second], []).view(**options)
    never_otherwise = World(world.events, [second], []).view(**options)

    assert told(fold(moved, journey, FIRM)) == told(fold(never_otherwise, journey, FIRM))


def test_compiled_and_interpreted_folds_are_equal() -> None:
    pytest.importorskip("numba")
    chance = random.Random(7)
    events = [
        (f"firm {chance.randrange(60)}", START + chance.randrange(400) * 6 * HOUR_US, chance.choice(NAMES), {"id": n})
        for n in range(3_000)
    ]
    dates: list[Any] = [(f"firm {n}", "renewal", str(to_datetime(START + n * DAY_US).date()), {}) for n in range(60)]
    view = World(events, dates, []).view(buckets=2, as_of=START + 60 * DAY_US)
    day = Duration(1, "day")
    journey = Journey(
        "j",
        "J",
        "v",
        Subject(),
        (Stage("s0", Event(("a",))), Stage("s1", Event(("b",)), back=Back.IGNORED), Stage("s2", Event(("c",)))),
        starts=AnyOf((Event(("a",)), Date("renewal", before=day))),
        again=Again(AgainKind.AFTER_END, day),
        ends=(
            End("won", All((Event(("d",)), Dwell("s2", None)))),
            End("lapsed", Silent(("a", "b"), Duration(2, "day")), reopens=True),
            End("stuck", Dwell("s1", Duration(1, "day"))),
        ),
    )

    compiled = told(fold(view, journey, FIRM, compiled=True))

    assert len(compiled[0]) > 200
    assert compiled == told(fold(view, journey, FIRM, compiled=False))
