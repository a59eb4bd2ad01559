"""Survey scores as the firm reads them: lukewarm ones, and poor ones, which are loud."""

from __future__ import annotations

import numpy as np

from clew.conditions.model import Operator, Test
from clew.engine.ordered import Mask
from clew.signals.sight import Sight


def lukewarm(sight: Sight, number: int) -> Mask:
    """Say of every event whether it carries a score between poor and good."""
    return _any(sight, number, ((Operator.ABOVE, "poor"), (Operator.BELOW, "good")))


def poor(sight: Sight, number: int) -> Mask:
    """Say of every event whether it carries a poor score."""
    return _any(sight, number, ((Operator.AT_MOST, "poor"),))


def loud(sight: Sight, number: int) -> Mask:
    """Say of every event whether nobody can overhear it: a complaint, an escalation, a poor score."""
    return sight.happens(number, sight.meanings.loud) | poor(sight, number)


def _any(sight: Sight, number: int, bounds: tuple[tuple[Operator, str], ...]) -> Mask:
    found = np.zeros(len(sight.buckets[number]), np.bool_)
    for score in sight.meanings.scores.values():
        test = Test(tuple((operator, getattr(score, bound)) for operator, bound in bounds))
        passing = sight.terms.passing(f"property:{score.property}", test)
        found |= passing[sight.codes(number, score.property)]
    return found
