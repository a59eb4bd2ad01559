"""Sensitivity: which answer or fact, changed by one step, would change the verdict; and which unknown one could."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from clew.diagnosis.model import Standing
from clew.diagnosis.scoring.levels import Levels, Shown
from clew.diagnosis.scoring.model import HIGHEST, Counts, Scoring
from clew.diagnosis.scoring.verdict import Known, Verdict, judge

Value = float | str


@dataclass(frozen=True)
class Step:
    """One answer or fact, moved to the next level or the next answer.

    standing   measured: its fact moves; stated: the leaders' answer does
    now, then  the value as it is, and where the next step begins
    distance   how far that is, 0..1: of a figure against the larger of the two, of a choice one step of all its steps
    within     the interval of the figure reaches there: it may lie there already
    verdict    what the verdict would be
    """

    indicator: str
    standing: Standing
    now: Value
    then: Value
    distance: float
    within: bool
    level: int
    verdict: Verdict


@dataclass(frozen=True)
class Unknown:
    """An indicator that nobody knows and that could change the verdict: at its lowest and at its highest level."""

    indicator: str
    lowest: Verdict
    highest: Verdict


def levels_known(levels: Levels) -> dict[str, int]:
    """The level of each indicator that is known."""
    return {name: shown.level for name, shown in levels.items() if shown.known}


def deciding_steps(scoring: Scoring, levels: Levels) -> list[Step]:
    """Single steps that would change the verdict, the nearest first."""
    known = levels_known(levels)
    present = judge(scoring, known).verdict
    steps = [step for shown in levels.values() for step in _steps(scoring, shown, known)]
    return sorted(
        (step for step in steps if step.verdict is not present), key=lambda step: (step.distance, step.indicator)
    )


def deciding_unknowns(scoring: Scoring, levels: Levels) -> list[Unknown]:
    """Unknown indicators whose level alone could change the verdict."""
    known = levels_known(levels)
    present, found = judge(scoring, known).verdict, []
    for name, shown in levels.items():
        if not shown.known:
            lowest, highest = (judge(scoring, {**known, name: level}).verdict for level in (0, HIGHEST))
            if {lowest, highest} != {present}:
                found.append(Unknown(name, lowest, highest))
    return found


def contested(scoring: Scoring, levels: Levels) -> list[str]:
    """Indicators known by answers alone on which leaders differ, where the answer of one would change the verdict."""
    known, found = levels_known(levels), []
    present = judge(scoring, known).verdict
    for name, shown in levels.items():
        if shown.standing is Standing.STATED and shown.stated is not None:
            given = {shown.indicator.level_of(value) for value in shown.stated.by.values()}
            if any(judge(scoring, {**known, name: level}).verdict is not present for level in given):
                found.append(name)
    return found


def distance(now: float, then: float) -> float:
    """How far a figure is from a threshold, 0..1, against the larger of both."""
    return abs(then - now) / max(abs(then), abs(now), 1e-12)


def _steps(scoring: Scoring, shown: Shown, known: Known) -> Iterator[Step]:
    if not shown.known:
        return
    value: Value = _value(shown)
    moves = _next_answers(shown, value) if isinstance(value, str) else _next_thresholds(shown, value)
    for then, level, far in moves:
        verdict = judge(scoring, {**known, shown.indicator.name: level}).verdict
        yield Step(shown.indicator.name, shown.standing, value, then, far, _reached(shown, then), level, verdict)


def _value(shown: Shown) -> Value:
    if shown.measured is not None and shown.fact is not None and shown.fact.value is not None:
        return shown.fact.value
    assert shown.stated is not None
    return shown.stated.value


def _next_thresholds(shown: Shown, value: float) -> Iterator[tuple[Value, int, float]]:
    """The threshold of the next level, and the one below which the present level ends."""
    starts, level = shown.indicator.starts, shown.level
    if level < HIGHEST:
        yield starts[level], level + 1, distance(value, starts[level])
    if level > 0:
        yield starts[level - 1], level - 1, distance(value, starts[level - 1])


def _next_answers(shown: Shown, value: str) -> Iterator[tuple[Value, int, float]]:
    assert shown.stated is not None
    steps = shown.stated.question.steps
    place = steps.index(value)
    for beside in (place - 1, place + 1):
        if 0 <= beside < len(steps):
            yield steps[beside], shown.indicator.steps[steps[beside]], 1 / (len(steps) - 1)


def _reached(shown: Shown, then: Value) -> bool:
    fact = shown.fact
    if isinstance(then, str) or shown.measured is None or fact is None or fact.low is None or fact.high is None:
        return False
    return fact.low <= then <= fact.high


def rising(counts: Counts) -> str:
    """How a value compares with a threshold when it has reached it."""
    return "at least" if counts is Counts.UPWARDS else "at most"


def falling(counts: Counts) -> str:
    """How a value compares with a threshold when it has come back from it."""
    return "below" if counts is Counts.UPWARDS else "above"
