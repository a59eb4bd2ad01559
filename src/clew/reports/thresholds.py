"""The thresholds that would change the verdict, each as a ruler: where the firm stands, and where it would turn."""

from __future__ import annotations

import math
from collections.abc import Iterator

from clew.diagnosis.model import Fact, Measure
from clew.diagnosis.result import Diagnosis
from clew.diagnosis.scoring.thresholds import Threshold
from clew.diagnosis.telling.words import BY_ID
from clew.questions.model import Unit
from clew.reports.diagnosed import Ruler
from clew.reports.model import Figure
from clew.reports.words import DAY, amount

MOST = 3
BEYOND = 1.1  # a ruler without a natural end goes at least so far beyond the largest of its values
CROSSED = {"at least": "from there on", "at most": "from there down", "below": "below that", "above": "above that"}
UNITS = {
    Measure.COUNT: Unit.COUNT,
    Measure.SHARE: Unit.SHARE,
    Measure.DAYS: Unit.SPAN,
    Measure.NUMBER: Unit.NUMBER,
    Measure.MONEY: Unit.MONEY,
}


def rulers(diagnosis: Diagnosis) -> Iterator[Ruler]:
    """The first of the thresholds: those that change the verdict alone, then the nearest."""
    for one in diagnosis.thresholds[:MOST]:
        yield _ruler(diagnosis, one, diagnosis.evidence.facts[one.fact])


def fact_figure(fact: Fact) -> Figure:
    """A fact as the report shows figures: spans in seconds."""
    scale = DAY if fact.measure is Measure.DAYS else 1.0
    value, low, high = (None if each is None else each * scale for each in (fact.value, fact.low, fact.high))
    whole = fact.measure is Measure.NUMBER and all(each is None or each == round(each) for each in (value, low, high))
    return Figure(value, Unit.COUNT if whole else UNITS[fact.measure], low, high, fact.n)


def _ruler(diagnosis: Diagnosis, one: Threshold, fact: Fact) -> Ruler:
    now, scale = fact_figure(fact), DAY if fact.measure is Measure.DAYS else 1.0
    limit = Figure(one.value * scale, now.unit)
    ends = [each for each in (now.value, now.high, limit.value) if each is not None]
    return Ruler(
        title=diagnosis.indicator(one.indicator).title,
        now=now,
        limit=limit,
        above=one.comparison in ("at least", "above"),
        distance=_distance(now, limit, diagnosis.about.currency),
        effect=_effect(diagnosis, one),
        top=1.0 if now.unit is Unit.SHARE else _round_up(BEYOND * max(ends) / scale) * scale,
        see=fact.see,
    )


def _distance(now: Figure, limit: Figure, currency: str) -> str:
    """'43.2 points below 60.0 %'."""
    assert now.value is not None
    assert limit.value is not None
    away, there = abs(now.value - limit.value), amount(limit.value, limit.unit, currency)
    words = f"{away * 100:.1f} points" if now.unit is Unit.SHARE else amount(away, now.unit, currency)
    return f"{words} {'below' if now.value < limit.value else 'above'} {there}" if away else f"right on {there}"


def _effect(diagnosis: Diagnosis, one: Threshold) -> str:
    """'above that the verdict would be “not yet”', 'from there down it counts towards invisible friction'."""
    if one.alone:
        return f"{CROSSED[one.comparison]} the verdict would be “{BY_ID[one.alone]}”"
    title = diagnosis.scoring.element(one.element).title
    lowered = title[:1].lower() + title[1:]
    return f"{CROSSED[one.comparison]} it counts {'towards' if one.raises else 'against'} {lowered}, with others"


def _round_up(value: float) -> float:
    """The next of 1, 2, 5, 10 and so on."""
    power = 10.0 ** math.floor(math.log10(value or 1.0))
    return next(power * step for step in (1, 2, 5, 10) if power * step >= value)
