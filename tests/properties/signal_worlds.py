"""Random small worlds for detectors: events that mean everything, journeys with limits, norms that come and change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from clew.calendars import Calendar
from clew.conditions.model import AnyOf, Condition, Event
from clew.durations import Duration
from clew.engine.fold import fold
from clew.engine.norms import Norm
from clew.journeys.model import End, Handoff, Journey, Stage, Subject, WaitingOn
from clew.meanings.model import (
    Asked,
    Frictions,
    Meanings,
    Promises,
    Ready,
    Requests,
    ScoreMeaning,
    Sent,
    Silence,
    Stated,
)
from clew.questions.ground import Ground
from clew.signals.sight import Sight
from clew.testing import memory_log
from tests.properties import small_worlds
from tests.properties.small_worlds import NAMES, QUARTER, START, Chance, World

LAST = 40  # quarters of a day that a world lasts
END = START + (LAST + 12) * QUARTER
DAYTIME = Calendar(hours=dict.fromkeys(range(7), ((360, 1080),)))  # 06:00 to 18:00: deadlines fall on quarters of days
FIRM = replace(small_worlds.FIRM, calendars={"default": DAYTIME})


@dataclass(frozen=True)
class Firm:
    """A world with what its events mean, its journey and its norms."""

    world: World
    meanings: Meanings
    journey: Journey
    norms: tuple[Norm, ...]

    def sight(self, as_of: int = END, **options: Any) -> Sight:
        view = memory_log(
            self.world.events, self.world.attributes, self.world.links, subjects=("ticket",), as_of=as_of, **options
        )
        ground = Ground(fold(view, self.journey, FIRM), FIRM, norms=self.norms)
        return Sight(view, FIRM, self.meanings, {self.journey.name: ground})


class Draw(Chance):
    """Draws firms."""

    def instant(self) -> int:
        return START + self.random.randrange(LAST) * QUARTER

    def standing_firm(self) -> Firm:
        """A firm where runs stand long: stages of one event, ends that are withdrawn, tiers learnt late, many norms."""
        ends = tuple(End(f"e{n}", Event((name,)), reopens=True) for n, name in enumerate("de"))
        stages = tuple(
            Stage(f"s{n}", Event((name,)), limit=self.pick(None, None, self.span())) for n, name in enumerate("abc")
        )
        subject = self.pick(Subject(), Subject("ticket", "ticket"))
        journey = Journey("j", "J", "v", subject, stages, ends=ends)
        tiers = [(self._account(), "tier", self.pick("gold", "tin"), {"at": self.instant()}) for _ in range(4)]
        norms = tuple(self._norm(journey, timers=False) for _ in range(10))
        return Firm(replace(self.world(), attributes=tiers, links=[]), Meanings(), journey, norms)

    def firm(self) -> Firm:
        world, journey = self.world(), self.limited(self.journey())
        events = [(*row[:3], row[3] | self._words()) for row in world.events]
        links = [(*link[:2], {}) for link in world.links]  # a link that is learnt later makes one account of two
        norms = tuple(self._norm(journey, timers=True) for _ in range(self.random.randrange(6)))
        return Firm(replace(world, events=events, links=links), self.meanings(), journey, norms)

    def limited(self, journey: Journey) -> Journey:
        """Stages with and without limits. By a date only accounts start: a ticket heard of later would in the past."""
        by_date = journey.starts is not None and "Date" in repr(journey.starts)
        stages = tuple(
            replace(
                stage,
                limit=self.pick(None, self.span(), Duration(6.0 * self.random.randint(1, 4), "hour", working=True)),
                waiting_on=self.pick(WaitingOn.US, WaitingOn.US, WaitingOn.CUSTOMER, WaitingOn.TIMER),
            )
            for stage in journey.stages
        )
        handoff = Handoff("x", "y", self.event(), self.event(), self.pick(None, self.span()))
        subject = Subject() if by_date else journey.subject
        return replace(journey, stages=stages, handoffs=(handoff,), subject=subject)

    def _norm(self, journey: Journey, *, timers: bool) -> Norm:
        return Norm(
            journey.name,
            journey.version,
            self.pick("s0", "s1", "s2"),
            self.pick(None, None, "big", "busy"),
            self.random.randint(1, 8) * QUARTER,
            n=20,
            ended=18,
            dated=self.random.randrange(1000),
            through=self.pick(0, self.instant()),
            timer=timers and self.one_in(4),
        )

    def _words(self) -> dict[str, Any]:
        words: dict[str, Any] = {"topic": self.pick("t", "u"), "says": self.pick("yes", "no")}
        words["promise"] = self.pick("p1", "p2", "p3")
        if not self.one_in(3):
            words["team"] = self.pick("x", "y", "z")
        if self.one_in(3):
            words["contact"] = self.random.randint(1, 2)
        return words

    def named(self) -> Condition:
        return Event((self.pick(*NAMES),)) if not self.one_in(4) else AnyOf((self.event(), self.simple()))

    def days(self) -> Duration:
        return Duration(self.random.randint(1, 12) / 4, "day")

    def meanings(self) -> Meanings:
        return Meanings(
            about=self.pick(None, "topic"),
            customers=self.pick(None, self.named()),
            lost=self.pick(None, self.named()),
            expanded=self.named(),
            loud=self.pick(None, self.named()),
            sent=Sent(self.named(), self.days()),
            asked=Asked(self.named(), self.pick(None, self.named()), self.days()),
            stated=Stated(self.named(), "says", self.days()),
            promises=Promises(self.named(), self.named(), "promise", within=self.days()),
            requests=self.requests(),
            scores={"nps": ScoreMeaning("nps", "nps", 8, 3)},
            frictions=Frictions(self.random.randint(1, 3), self.days(), self.pick(None, self.named())),
            silence=self.silence(),
            ready={"more": Ready("more", self.named(), self.named(), self.days(), Duration(4, "day"))},
            notice=self.days(),
        )

    def requests(self) -> Requests:
        within = self.pick(self.days(), Duration(6.0 * self.random.randint(1, 3), "hour", working=True))
        return Requests(
            "ticket",
            self.named(),
            self.named(),
            reopened=self.named(),
            closed=self.pick(None, self.named()),
            answer_within=within,
            teams=self.random.randint(1, 2),
        )

    def silence(self) -> Silence:
        at_least = Duration(self.random.randint(1, 4) / 4, "day")
        return Silence(self.pick(None, self.named()), self.random.randint(1, 4), self.pick(1.0, 1.5, 2.0), at_least)
