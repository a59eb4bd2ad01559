"""A diagnosis: the verdict and everything that it follows from, ready to be told, stored and watched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from clew.clock import to_datetime
from clew.diagnosis.interview.answers import Answers
from clew.diagnosis.model import Fact, Finding, RankedJourney, Standing
from clew.diagnosis.scoring.architecture import Part
from clew.diagnosis.scoring.combined import Difference, Stated
from clew.diagnosis.scoring.ladder import Ladder
from clew.diagnosis.scoring.levels import Levels, Shown
from clew.diagnosis.scoring.model import Element, ElementKind, Indicator, Scoring
from clew.diagnosis.scoring.operating_model import ModelShown
from clew.diagnosis.scoring.sensitivity import Step, Unknown
from clew.diagnosis.scoring.thresholds import Threshold
from clew.diagnosis.scoring.verdict import Judgement, Verdict

LOOKING = ("clew show ", "clew signals", "clew diagnose --evidence")  # commands that take a moment to look from


CUSTOMERS, FEW = "customers", 30


@dataclass(frozen=True)
class About:
    """What a diagnosis is of.

    firm        its name, "" where no workspace tells it
    as_of       moment up to which the log was read, microseconds UTC; None: no log was read
    generation  of the log, None where none was read
    asked       the moment that was asked for, None where none was; the log may end before it
    """

    firm: str = ""
    currency: str = ""
    time_zone: str = "UTC"
    as_of: int | None = None
    generation: int | None = None
    asked: int | None = None

    @property
    def ends_before(self) -> bool:
        """Whether the log ends before the moment that was asked for."""
        return self.asked is not None and self.as_of is not None and self.as_of < self.asked

    def dated(self, command: str) -> str:
        """A command so that it shows what this diagnosis saw: with the moment, where one was asked for."""
        if self.asked is None or self.as_of != self.asked or not command.startswith(LOOKING):
            return command
        moment = to_datetime(self.as_of)
        local = moment.astimezone(ZoneInfo(self.time_zone))
        midnight = local.time() == local.time().min
        return f"{command} --as-of {local.date() if midnight else moment.isoformat()}"


@dataclass(frozen=True)
class Evidence:
    """What the log and the files show: facts by name, findings, journeys by what they carry."""

    facts: Mapping[str, Fact] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    journeys: tuple[RankedJourney, ...] = ()


@dataclass(frozen=True)
class Diagnosis:
    """The whole answer to: do we need this, for which failure, and what is the least that prevents it.

    stated       answers by question, several leaders combined     levels  what each indicator shows
    models       operating models, the best supported first        failures  ranked, the strongest first
    parts        the minimal architecture                          first   one to three journeys to start with
    thresholds   what Clew can watch                               steps   single steps that would change the verdict
    contested    indicators on which leaders differ, and one leader's answer would change the verdict
    """

    about: About
    scoring: Scoring
    sheets: tuple[Answers, ...]
    evidence: Evidence
    stated: Mapping[str, Stated]
    levels: Levels
    judgement: Judgement
    models: tuple[ModelShown, ...]
    ladder: Ladder
    parts: tuple[Part, ...]
    first: tuple[RankedJourney, ...]
    thresholds: tuple[Threshold, ...]
    steps: tuple[Step, ...]
    unknowns: tuple[Unknown, ...]
    differences: tuple[Difference, ...]
    contested: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        return self.judgement.verdict

    @property
    def cannot_say(self) -> bool:
        """Whether the verdict only says that too little is known."""
        judgement = self.judgement
        return self.verdict is Verdict.NOT_YET and not judgement.broken and judgement.known < self.scoring.rule.known

    @property
    def few_customers(self) -> float | None:
        """How many customers there are, measured or stated, where they are so few that single ones decide."""
        shown = self.levels.get(CUSTOMERS)
        if shown is None or not shown.known:
            return None
        measured = shown.fact.value if shown.fact is not None else None
        number = measured if measured is not None else shown.stated.value if shown.stated is not None else None
        return float(number) if number is not None and float(number) < FEW else None

    @property
    def failures(self) -> list[Element]:
        """The three failures, the strongest first."""
        at = self.judgement.elements
        failures = self.scoring.of_kind(ElementKind.FAILURE)
        return sorted(failures, key=lambda each: at[each.name].rank, reverse=True)

    @property
    def gaps(self) -> list[Shown]:
        """Where belief and measurement lie a level or more apart, the widest first."""
        return sorted((one for one in self.levels.values() if one.gap), key=lambda one: -abs(one.gap))

    def shown(self, element: Element) -> list[Shown]:
        """What the indicators of an element show: the known ones first, the highest level and weight first."""
        shown = [self.levels[one.name] for one in element.indicators]
        return sorted(shown, key=lambda one: (not one.known, -one.level * one.indicator.weight))

    def count(self, standing: Standing) -> int:
        """How many of the weighed indicators are known so."""
        return sum(one.standing is standing for one in self.levels.values())

    def indicator(self, name: str) -> Indicator:
        return self.levels[name].indicator
