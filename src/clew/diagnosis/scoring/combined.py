"""Several leaders' answers: side by side where they differ, and combined into one by the median."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median, median_low

from clew.diagnosis.interview.answers import Answers
from clew.diagnosis.interview.questions import Question, interview
from clew.diagnosis.interview.values import Value
from clew.diagnosis.scoring.model import Indicator, Scoring

MORE_THAN_A_STEP = 2


@dataclass(frozen=True)
class Stated:
    """What leaders say on one question.

    value    the only answer, or the median of several
    by       leader -> answer, in order of their names
    """

    question: Question
    value: Value
    by: Mapping[str, Value]


@dataclass(frozen=True)
class Difference:
    """A question on which leaders differ by more than a step."""

    question: Question
    by: Mapping[str, Value]
    steps: int


def combined(sheets: Sequence[Answers], scoring: Scoring) -> dict[str, Stated]:
    """Combine answers by question: of figures the median, of choices the median step.

    Of two middle steps the one with the lower level counts, so that doubt never calls for more. Order does not matter.
    """
    found = {}
    for question in interview().values():
        by = _by_leader(sheets, question)
        if by:
            found[question.id] = Stated(question, _middle(question, list(by.values()), scoring), by)
    return found


def differences(sheets: Sequence[Answers], scoring: Scoring) -> list[Difference]:
    """Questions on which leaders differ by more than a step, the widest first; a yes beside a no counts as such."""
    found = []
    for question in interview().values():
        by = _by_leader(sheets, question)
        steps = _spread(question, list(by.values()), scoring)
        if steps >= MORE_THAN_A_STEP:
            found.append(Difference(question, by, steps))
    return sorted(found, key=lambda each: -each.steps)


def _by_leader(sheets: Sequence[Answers], question: Question) -> dict[str, Value]:
    """Two files of one name stay apart: each is called after its file."""
    by: dict[str, Value] = {}
    names = [sheet.leader for sheet in sheets]
    for sheet in sorted(sheets, key=lambda one: (one.leader, one.path)):
        if question.id in sheet.said:
            name = sheet.leader if names.count(sheet.leader) == 1 else f"{sheet.leader} ({sheet.path})"
            by[name] = sheet.said[question.id]
    return by


def _middle(question: Question, values: Sequence[Value], scoring: Scoring) -> Value:
    if not question.values:
        return float(median(float(value) for value in values))
    place = _places(question, scoring)
    middle = median_low(place[str(value)] for value in values)
    return next(value for value in question.steps if place[value] == middle)


def _places(question: Question, scoring: Scoring) -> Mapping[str, int]:
    """Values of a choice in the order of their levels, as the first indicator that they feed has them."""
    fed = indicators_of(question.id, scoring)
    falling = bool(fed) and fed[0].steps[question.steps[0]] > fed[0].steps[question.steps[-1]]
    ordered = question.steps[::-1] if falling else question.steps
    return {value: place for place, value in enumerate(ordered)}


def _spread(question: Question, values: Sequence[Value], scoring: Scoring) -> int:
    """How many steps lie between the answers furthest apart; of figures, levels."""
    if question.values:
        places = [question.steps.index(str(value)) for value in values]
        between = max(places, default=0) - min(places, default=0)
        return MORE_THAN_A_STEP if between and len(question.steps) == 2 else between
    levels = [indicator.level_of(value) for indicator in indicators_of(question.id, scoring)[:1] for value in values]
    return max(levels, default=0) - min(levels, default=0)


def indicators_of(question: str, scoring: Scoring) -> list[Indicator]:
    """The indicators that a question feeds."""
    return [indicator for indicator in scoring.indicators() if indicator.answer == question]
