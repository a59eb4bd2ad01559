"""The scoring as values: indicators with their thresholds, the elements they make up, and the rule of the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

HIGHEST = 3
NEUTRAL = 1  # the level of what nobody knows: it calls for nothing


class Counts(StrEnum):
    """Whether more or less of a figure means a higher level."""

    UPWARDS = "upwards"
    DOWNWARDS = "downwards"


class ElementKind(StrEnum):
    """What an element is to the verdict."""

    DIAGNOSTIC = "diagnostic"
    FAILURE = "failure"
    PREREQUISITE = "prerequisite"
    LADDER = "ladder"


@dataclass(frozen=True)
class Indicator:
    """One thing that is looked at; raising its level never lowers the verdict.

    answer  question that states it, "" where none does     fact  name of the fact that measures it, "" where none does
    starts  where levels 1, 2, 3 begin: ascending where it counts upwards, descending downwards; empty: no figure
    steps   level of each value of a choice
    own     thresholds are the workspace's own
    """

    name: str
    title: str
    weight: float
    why: str
    source: str
    answer: str = ""
    fact: str = ""
    counts: Counts = Counts.UPWARDS
    starts: tuple[float, ...] = ()
    steps: Mapping[str, int] = field(default_factory=dict)
    own: bool = False

    def level_of(self, value: float | str) -> int:
        """Level 0..3 of a figure or of a choice."""
        if isinstance(value, str):
            return self.steps[value]
        if self.counts is Counts.UPWARDS:
            return sum(value >= start for start in self.starts)
        return sum(value <= start for start in self.starts)


@dataclass(frozen=True)
class Element:
    """What indicators together say: a diagnostic, a failure, the prerequisites, the ladder.

    needs  the weight that must stand at a level or above for the element to stand there
    words  what levels 0..3 mean
    """

    name: str
    title: str
    kind: ElementKind
    indicators: tuple[Indicator, ...]
    words: tuple[str, ...]
    why: str
    needs: float = 1.0

    @property
    def weight(self) -> float:
        return sum(indicator.weight for indicator in self.indicators)


@dataclass(frozen=True)
class Rule:
    """The rule of the verdict.

    evident                             level from which a failure is evident and a diagnostic presses
    start_failures, start_diagnostics   how many of them "start with these" takes
    all_failures, all_diagnostics, rung how many, and which rung of the ladder, "orchestrate" takes
    known                               share of the weight that must be known for a "no"
    whys                                reason of each part, by its name in the file
    """

    evident: int
    start_failures: int
    start_diagnostics: int
    all_failures: int
    all_diagnostics: int
    rung: int
    known: float
    whys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Speaks:
    """Evidence for an operating model: an indicator whose level lies between two bounds."""

    indicator: str
    at_least: int = 0
    at_most: int = HIGHEST

    def holds(self, level: int) -> bool:
        return self.at_least <= level <= self.at_most


@dataclass(frozen=True)
class Model:
    """An operating model and the evidence that speaks for it."""

    name: str
    title: str
    words: str
    why: str
    speaks: tuple[Speaks, ...]


@dataclass(frozen=True)
class Rung:
    """One rung of the ladder: indicators that must stand at a level where known; none: decided, not measured."""

    name: str
    title: str
    next: str
    stands: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Scoring:
    """Everything of scoring.yaml, with the workspace's own thresholds put in."""

    elements: tuple[Element, ...]
    rule: Rule
    models: tuple[Model, ...]
    rungs: tuple[Rung, ...]

    def indicators(self) -> Iterator[Indicator]:
        """Every indicator, in the order of the file."""
        for element in self.elements:
            yield from element.indicators

    def indicator(self, name: str) -> Indicator:
        return next(indicator for indicator in self.indicators() if indicator.name == name)

    def element(self, name: str) -> Element:
        return next(element for element in self.elements if element.name == name)

    def element_of(self, indicator: str) -> Element:
        return next(element for element in self.elements if any(one.name == indicator for one in element.indicators))

    def of_kind(self, *kinds: ElementKind) -> Sequence[Element]:
        return [element for element in self.elements if element.kind in kinds]
