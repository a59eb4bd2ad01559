"""The verdict as a pure function of levels: raising any one of them never lowers it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from clew.diagnosis.scoring.model import HIGHEST, NEUTRAL, Element, ElementKind, Rule, Rung, Scoring

Known = Mapping[str, int]  # level by indicator; what is unknown is not in it
WEIGHED = (ElementKind.DIAGNOSTIC, ElementKind.FAILURE)


class Verdict(IntEnum):
    """What follows, from the lightest to the heaviest."""

    NO = 0
    NOT_YET = 1
    START = 2
    ORCHESTRATE = 3

    @property
    def id(self) -> str:
        return self.name.lower().replace("_", "-")


@dataclass(frozen=True)
class ElementLevel:
    """Where an element stands.

    level    0..3                                   known  share of its weight that is known, 0..1
    support  weight that stands at this level or above, as a multiple of what is needed: ranks elements of one level
    told     enough of it is known to tell: as much weight as a level needs
    """

    level: int
    support: float
    known: float
    told: bool

    @property
    def rank(self) -> tuple[int, bool, float]:
        """Order among elements: the higher the stronger."""
        return self.level, self.told, self.support


@dataclass(frozen=True)
class Judgement:
    """A verdict and everything it follows from.

    elements  where each element stands       broken  prerequisites at level 0
    rung      how many rungs of the ladder stand, from below
    known     share of the weight of diagnostics and failures that is known
    need      the verdict without a look at prerequisites
    """

    verdict: Verdict
    need: Verdict
    elements: Mapping[str, ElementLevel]
    broken: tuple[str, ...]
    rung: int
    known: float
    evident: tuple[str, ...]
    pressing: tuple[str, ...]


def judge(scoring: Scoring, known: Known) -> Judgement:
    """Judge levels of indicators; one that is missing is unknown and neutral."""
    elements = {element.name: level_of_element(element, known) for element in scoring.elements}
    evident = _from(scoring, ElementKind.FAILURE, elements)
    pressing = _from(scoring, ElementKind.DIAGNOSTIC, elements)
    broken = tuple(
        one.name
        for element in scoring.of_kind(ElementKind.PREREQUISITE)
        for one in element.indicators
        if known.get(one.name, NEUTRAL) == 0
    )
    share, rung = _share_known(scoring, elements), rungs_standing(scoring.rungs, known)
    need = _need(scoring.rule, len(evident), len(pressing), rung)
    if share < scoring.rule.known:
        need = max(need, Verdict.NOT_YET)
    verdict = min(need, Verdict.NOT_YET) if broken else need
    return Judgement(verdict, need, elements, broken, rung, share, evident, pressing)


def level_of_element(element: Element, known: Known) -> ElementLevel:
    """Say at which level an element stands: the highest that indicators of enough weight reach."""
    levels = [(known.get(one.name, NEUTRAL), one.weight) for one in element.indicators]
    level = sum(
        sum(weight for each, weight in levels if each >= step) >= element.needs for step in range(1, HIGHEST + 1)
    )
    weight = sum(one.weight for one in element.indicators if one.name in known)
    support = sum(weight for each, weight in levels if each >= level) / element.needs
    return ElementLevel(level, support, weight / element.weight, weight >= element.needs)


def rungs_standing(rungs: Sequence[Rung], known: Known) -> int:
    """How many rungs stand, from below: a rung that nothing shows carries none above it."""
    for place, rung in enumerate(rungs):
        shown = [known[name] >= level for name, level in rung.stands.items() if name in known]
        if not shown or not all(shown):
            return place
    return len(rungs)


def _need(rule: Rule, evident: int, pressing: int, rung: int) -> Verdict:
    if not evident and not pressing:
        return Verdict.NO
    if evident < rule.start_failures or pressing < rule.start_diagnostics:
        return Verdict.NOT_YET
    everything = evident >= rule.all_failures and pressing >= rule.all_diagnostics
    return Verdict.ORCHESTRATE if everything and rung >= rule.rung else Verdict.START


def _from(scoring: Scoring, kind: ElementKind, elements: Mapping[str, ElementLevel]) -> tuple[str, ...]:
    """Elements of a kind that count, the strongest first."""
    counting = [each.name for each in scoring.of_kind(kind) if elements[each.name].level >= scoring.rule.evident]
    return tuple(sorted(counting, key=lambda name: elements[name].rank, reverse=True))


def _share_known(scoring: Scoring, elements: Mapping[str, ElementLevel]) -> float:
    weighed = scoring.of_kind(*WEIGHED)
    return sum(elements[each.name].known * each.weight for each in weighed) / sum(each.weight for each in weighed)
