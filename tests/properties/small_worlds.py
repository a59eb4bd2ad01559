"""Random small worlds and journeys: few names, few instants, so that everything meets everything."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from clew.clock import DAY_US, HOUR_US, to_datetime
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
