"""Two journeys of the sample firm walked by hand: onboarding by account, escalation by ticket; nothing of clew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.reference.plain_exports import (
    DAY,
    NEVER,
    Event,
    rows_of,
    working_days_after,
    working_hours_after,
)

Moment = tuple[str, int]
Seen = tuple[list[Moment], list[Moment]]


@dataclass
class Map:
    """A journey: stages with what enters them, limit, whether coming back is friction; what starts and ends it."""

    subject: str
    stages: list[tuple[set[str], Callable[[int], int] | None, bool]]
    starts: set[str]
    ends: set[str]
    reopens: bool = False
    life: set[str] = field(default_factory=set)
    handoffs: list[tuple[str, str, Callable[[int], int]]] = field(default_factory=list)


@dataclass
class Walk:
    """One run: visits as [stage, enter, leave, came back]; spans in which it was taken for ended; its events."""

    account: str
    visits: list[tuple[int, int, bool]]
    end: int = NEVER
    gaps: list[tuple[int, int]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    life: int = 0
    lapsed: bool = False


Walks = list[tuple[Map, list[Walk]]]


def working_days(days: int) -> Callable[[int], int]:
    return lambda at: working_days_after(at, days)


def elapsed(days: int) -> Callable[[int], int]:
    return lambda at: at + days * DAY


LIFE = {"kickoff held", "data received", "data requested again", "set-up finished", "training held", "went live",
        "product used"}  # fmt: skip
ONBOARDING = Map(
    "",
    [
        ({"deal won"}, working_days(3), False),
        ({"handoff accepted"}, elapsed(10), False),
        ({"kickoff held", "data requested again"}, elapsed(21), True),
        ({"data received"}, working_days(10), True),
        ({"set-up finished", "training held"}, elapsed(14), False),
        ({"went live"}, elapsed(30), False),
    ],
    starts={"deal won"},
    ends={"first plan in use", "contract cancelled"},
    life=LIFE,
    handoffs=[
        ("handoff sent", "handoff accepted", working_days(1)),
        ("data received", "set-up started", working_days(2)),
    ],
)
ESCALATION = Map(
    "ticket",
    [
        ({"ticket opened", "ticket returned"}, working_days(2), True),
        ({"ticket waiting for customer"}, elapsed(5), False),
        ({"ticket answered", "ticket reopened"}, working_days(2), True),
        ({"ticket escalated"}, working_days(3), True),
        ({"ticket resolved"}, None, False),
    ],
    starts=set(),
    ends={"ticket closed"},
    reopens=True,
    handoffs=[("ticket escalated", "ticket taken", lambda at: working_hours_after(at, 4))],
)


def walk(one: Map, events: Iterable[Event], as_of: int) -> list[Walk]:
    """Follow every subject through its events; of no subject do two that enter stages fall on one instant here."""
    runs: dict[tuple[str, str], Walk] = {}
    for event in events:
        subject = event.said.get(one.subject, "") if one.subject else event.account
        key = event.account, subject
        stage = max((n for n, (names, _, _) in enumerate(one.stages) if event.name in names), default=None)
        if not subject or (key not in runs and not (event.name in one.starts if one.starts else stage is not None)):
            continue
        run = runs.setdefault(key, Walk(event.account, [], life=event.at))
        lively = event.name in one.life
        if one.life and run.end == NEVER and run.life + 150 * DAY < event.at + (not lively):
            run.end, run.lapsed = run.life + 150 * DAY, True
        if run.end < NEVER:
            if not (stage is not None and (one.reopens or run.lapsed)) and not (run.lapsed and lively):
                continue
            run.gaps.append((run.end, event.at))
            run.end, run.lapsed, run.life = NEVER, False, event.at
        run.life = event.at if lively else run.life
        run.events.append(event)
        if stage is not None and (not run.visits or run.visits[-1][0] != stage):
            run.visits.append((stage, event.at, bool(run.visits) and stage < run.visits[-1][0]))
        if event.name in one.ends:
            run.end = event.at
    for run in runs.values():
        if one.life and run.end == NEVER and run.life + 150 * DAY <= as_of:
            run.end = run.life + 150 * DAY
    return list(runs.values())


def late_handoffs(walks: Walks, as_of: int) -> Seen:
    late, due = [], []
    for one, runs in walks:
        for run in runs:
            for sent_by, taken_by, limit in one.handoffs:
                sent = next((event.at for event in run.events if event.name == sent_by), NEVER)
                taken = next((e.at for e in run.events if e.name == taken_by and e.at >= sent), NEVER)
                if sent < NEVER and limit(sent) <= as_of:
                    due.append((run.account, limit(sent)))
                    late += [(run.account, limit(sent))] if taken > limit(sent) else []
    return late, due


def stalls(walks: Walks, large: set[str], as_of: int) -> Seen:
    """A visit stands when its limit is reached, or, where its run was taken for ended then, when that was reopened.

    large  enterprises, which have 30 days for their data
    """
    found, seen = [], []
    for one, runs in walks:
        for run in runs:
            leaves = [at for _, at, _ in run.visits[1:]] + [run.end]
            for (stage, enter, _), leave in zip(run.visits, leaves, strict=True):
                limit = one.stages[stage][1]
                if one is ONBOARDING and stage == 2 and run.account in large:
                    limit = elapsed(30)
                if limit is None:
                    continue
                cuts = [gap for gap in run.gaps if enter <= gap[0] and gap[1] <= leave]
                begins, closes = [enter, *(until for _, until in cuts)], [*(at for at, _ in cuts), leave]
                instants = [max(limit(enter), begin) for begin in begins]
                stood = [at for at, close in zip(instants, closes, strict=True) if at < close and at <= as_of]
                found += [(run.account, at) for at in stood[:1]]
                seen += [(run.account, at) for at in (stood or [at for at in instants[-1:] if at <= as_of])[:1]]
    return found, seen


def steps_back(walks: Walks) -> Iterator[Moment]:
    for one, runs in walks:
        for run in runs:
            yield from ((run.account, at) for stage, at, back in run.visits if back and one.stages[stage][2])


def walks_of(events: Iterable[Event], as_of: int) -> Walks:
    events = list(events)
    return [(one, walk(one, events, as_of)) for one in (ONBOARDING, ESCALATION)]


def enterprises(folder: Path) -> set[str]:
    return {f"account:{row['account_id']}" for row in rows_of(folder, "accounts") if row["segment"] == "enterprise"}
