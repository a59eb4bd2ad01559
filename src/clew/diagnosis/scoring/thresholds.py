"""The thresholds that would change a verdict, with the present values: what Clew can watch from now on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from clew.diagnosis.scoring.levels import Levels, Shown
from clew.diagnosis.scoring.model import Element, ElementKind, Indicator, Scoring
from clew.diagnosis.scoring.sensitivity import distance, falling, levels_known, rising
from clew.diagnosis.scoring.verdict import WEIGHED, Judgement, Verdict, judge

COMPARISONS = {
    "at least": lambda value, limit: value >= limit,
    "at most": lambda value, limit: value <= limit,
    "below": lambda value, limit: value < limit,
    "above": lambda value, limit: value > limit,
}


@dataclass(frozen=True)
class Threshold:
    """One watchable threshold.

    fact        name of the fact that is watched; `comparison` and `value` say when it is crossed
    now         its value at the diagnosis; distance from the threshold 0..1, against the larger of both
    element     what stands differently once it is crossed, `raises` or lowers it
    alone       the verdict once this alone is crossed, "" where that changes nothing by itself
    """

    indicator: str
    fact: str
    comparison: str
    value: float
    now: float
    distance: float
    element: str
    raises: bool
    alone: str = ""

    def crossed(self, value: float) -> bool:
        """Whether a value lies beyond the threshold."""
        return bool(COMPARISONS[self.comparison](value, self.value))


def thresholds(scoring: Scoring, levels: Levels) -> list[Threshold]:
    """Measured thresholds that would change the verdict: first those that do alone, then those that lift it."""
    judgement = judge(scoring, levels_known(levels))
    found = [*_raising(scoring, levels, judgement), *_lowering(scoring, levels, judgement)]
    return sorted(found, key=lambda each: (not each.alone, not each.raises, each.distance, each.indicator))


def _raising(scoring: Scoring, levels: Levels, judgement: Judgement) -> Iterator[Threshold]:
    """What would lift it: elements below the level from which they count, and what is broken."""
    rule = scoring.rule
    if not judgement.broken or judgement.need < Verdict.START:
        for element in _wanted(scoring, judgement):
            for shown in (levels[one.name] for one in element.indicators):
                if shown.level < rule.evident:
                    yield from _threshold(scoring, levels, element, shown, rule.evident, raises=True)
    for name in judgement.broken:
        yield from _threshold(scoring, levels, scoring.element_of(name), levels[name], 1, raises=True)


def _lowering(scoring: Scoring, levels: Levels, judgement: Judgement) -> Iterator[Threshold]:
    """What would let it fall: what counts now, and prerequisites that could break."""
    if judgement.verdict is Verdict.NO:
        return
    for name in (*judgement.evident, *judgement.pressing):
        for shown in (levels[one.name] for one in scoring.element(name).indicators):
            if shown.level >= scoring.rule.evident:
                yield from _threshold(scoring, levels, scoring.element(name), shown, scoring.rule.evident, raises=False)
    if judgement.verdict > Verdict.NOT_YET:
        for element in scoring.of_kind(ElementKind.PREREQUISITE):
            for shown in (levels[one.name] for one in element.indicators):
                yield from _threshold(scoring, levels, element, shown, 1, raises=False)


def _wanted(scoring: Scoring, judgement: Judgement) -> list[Element]:
    """Elements that do not count yet and of whose kind more is needed for a heavier verdict."""
    rule, verdict = scoring.rule, judgement.need
    failures = rule.start_failures if verdict < Verdict.START else rule.all_failures
    diagnostics = rule.start_diagnostics if verdict < Verdict.START else rule.all_diagnostics
    lacking = {
        ElementKind.FAILURE: len(judgement.evident) < failures,
        ElementKind.DIAGNOSTIC: len(judgement.pressing) < diagnostics,
    }
    counting = {*judgement.evident, *judgement.pressing}
    return [each for each in scoring.of_kind(*WEIGHED) if each.name not in counting and lacking[each.kind]]


def _threshold(
    scoring: Scoring, levels: Levels, element: Element, shown: Shown, level: int, *, raises: bool
) -> Iterator[Threshold]:
    """The threshold of a measured indicator at the beginning of a level; nothing where it is not measured."""
    indicator: Indicator = shown.indicator
    if shown.measured is None or shown.fact is None or shown.fact.value is None or not indicator.weight:
        return
    limit, now = indicator.starts[level - 1], shown.fact.value
    known = levels_known(levels)
    after = judge(scoring, {**known, indicator.name: level if raises else level - 1}).verdict
    yield Threshold(
        indicator=indicator.name,
        fact=indicator.fact,
        comparison=rising(indicator.counts) if raises else falling(indicator.counts),
        value=limit,
        now=now,
        distance=distance(now, limit),
        element=element.name,
        raises=raises,
        alone=after.id if after is not judge(scoring, known).verdict else "",
    )
