"""Which measures can be drivers: known, varied, not twice the same; the others with the reason why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clew.drivers.model import Figures, LeftOut, Measure
from clew.questions.words import counted, share
from clew.stats.drivers import MINIMUM_FOR_DRIVERS, MOST_DRIVERS, correlation_matrix, correlation_test
from clew.stats.model import Significance
from clew.stats.multiplicity import benjamini_hochberg

KNOWN = 0.5  # share of accounts of which it must be known
VARIED = 10  # accounts in which it must differ from its commonest value
ALIKE = 0.99  # correlation from which on two measures are taken for one


@dataclass(frozen=True)
class Candidate:
    """A measure with its values before the outcome, nan where not known."""

    measure: Measure
    values: Figures

    @property
    def known(self) -> float:
        return float(np.mean(~np.isnan(self.values)))

    @property
    def filled(self) -> Figures:
        """The values; the mean of the known ones stands in for the others."""
        unknown = np.isnan(self.values)
        return np.where(unknown, self.values[~unknown].mean(), self.values) if unknown.any() else self.values


@dataclass(frozen=True)
class Tested:
    """A candidate with its own test, p corrected for every one tested."""

    candidate: Candidate
    test: Significance | None
    adjusted: float | None


def usable(candidates: Sequence[Candidate]) -> tuple[list[Candidate], list[LeftOut]]:
    """Keep what can be held against an outcome; of two that move as one the first."""
    reasons = {each.measure.name: _unfit(each) for each in candidates}
    fit = [each for each in candidates if not reasons[each.measure.name]]
    kept = _without_twins(fit, reasons)
    return kept, [LeftOut(one.measure, reasons[one.measure.name]) for one in candidates if reasons[one.measure.name]]


def _unfit(candidate: Candidate) -> str:
    known = candidate.values[~np.isnan(candidate.values)]
    if not len(known):
        return "known of no account"
    if candidate.known < KNOWN:
        return f"known of only {share(candidate.known)} of accounts"
    values, times = np.unique(known, return_counts=True)
    if len(values) == 1:
        return "never happened" if values[0] == 0 else "the same for all accounts"
    varied = len(known) - int(times.max())
    return f"too rare: it differs in only {counted(varied, 'account')}" if varied < VARIED else ""


def _without_twins(fit: Sequence[Candidate], reasons: dict[str, str]) -> list[Candidate]:
    """Keep the first of those that move as one; the reason why the others go is written down."""
    if not fit:
        return []
    together = np.abs(correlation_matrix(np.column_stack([each.filled for each in fit])))
    kept: list[int] = []
    for place, each in enumerate(fit):
        twin = next((other for other in kept if together[place, other] >= ALIKE), None)
        if twin is None:
            kept.append(place)
        else:
            reasons[each.measure.name] = f"moves as '{fit[twin].measure.title}' does"
    return [fit[place] for place in kept]


def tested(candidates: Sequence[Candidate], outcome: Figures) -> list[Tested]:
    """Test each on its own, correct for having tested all, the strongest first; as listed where accounts lack."""
    if len(outcome) < MINIMUM_FOR_DRIVERS:
        return [Tested(each, None, None) for each in candidates]
    tests = [correlation_test(each.filled, outcome) for each in candidates]
    adjusted = benjamini_hochberg([test.p_value for test in tests])
    order = sorted(range(len(tests)), key=lambda place: (-abs(tests[place].statistic), candidates[place].measure.name))
    return [Tested(candidates[place], tests[place], float(adjusted[place])) for place in order]


def strongest(found: Sequence[Tested]) -> tuple[list[Tested], list[LeftOut]]:
    """Keep as many as can be ranked together."""
    reason = f"beyond the {MOST_DRIVERS} that go with it most"
    left = [LeftOut(one.candidate.measure, reason) for one in found[MOST_DRIVERS:]]
    return list(found[:MOST_DRIVERS]), left
