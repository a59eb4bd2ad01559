"""Which measures can be drivers: known, varied, not twice the same; the others with the reason why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clew.drivers.model import Figures, LeftOut, Measure
from clew.questions.words import share
from clew.stats.drivers import MINIMUM_FOR_DRIVERS, MOST_DRIVERS, PER_DRIVER, correlation_matrix, correlation_test
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
    left = {each.measure.name: found for each in candidates if (found := _unfit(each))}
    kept = _without_twins([each for each in candidates if each.measure.name not in left], left)
    return kept, [left[one.measure.name] for one in candidates if one.measure.name in left]


def _unfit(candidate: Candidate) -> LeftOut | None:
    known = candidate.values[~np.isnan(candidate.values)]
    if not len(known):
        return LeftOut(candidate.measure, "known of no account")
    if candidate.known < KNOWN:
        return LeftOut(candidate.measure, "known of less than half of the accounts", f"{share(candidate.known)}")
    if len(known) < min(MINIMUM_FOR_DRIVERS, len(candidate.values)):
        return LeftOut(candidate.measure, f"known of fewer than {MINIMUM_FOR_DRIVERS} accounts", f"{len(known)}")
    values, times = np.unique(known, return_counts=True)
    if len(values) == 1:
        return LeftOut(candidate.measure, "never happened" if values[0] == 0 else "the same for all accounts")
    varied = len(known) - int(times.max())
    if varied < VARIED:
        return LeftOut(candidate.measure, f"too rare: it differs in fewer than {VARIED} accounts", f"{varied}")
    return None


def _without_twins(fit: Sequence[Candidate], left: dict[str, LeftOut]) -> list[Candidate]:
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
            left[each.measure.name] = LeftOut(each.measure, f"moves as '{fit[twin].measure.title}' does")
    return [fit[place] for place in kept]


def tested(candidates: Sequence[Candidate], outcome: Figures) -> list[Tested]:
    """Test each on its own, correct for having tested all, the strongest first; as listed where accounts lack."""
    if len(outcome) < MINIMUM_FOR_DRIVERS:
        return [Tested(each, None, None) for each in candidates]
    tests = [_test(each, outcome) for each in candidates]
    adjusted = benjamini_hochberg([test.p_value for test in tests])
    order = sorted(range(len(tests)), key=lambda place: (-abs(tests[place].statistic), candidates[place].measure.name))
    return [Tested(candidates[place], tests[place], float(adjusted[place])) for place in order]


def _test(candidate: Candidate, outcome: Figures) -> Significance:
    """Of the accounts of which it is known alone: a stand-in for the others would test who is known."""
    known = ~np.isnan(candidate.values)
    return correlation_test(candidate.values[known], outcome[known])


def strongest(found: Sequence[Tested], accounts: int) -> tuple[list[Tested], list[LeftOut]]:
    """Keep as many as can be ranked together: no more than there are accounts enough for."""
    enough = max(accounts, MINIMUM_FOR_DRIVERS) // PER_DRIVER
    most = min(MOST_DRIVERS, enough)
    reason = f"beyond the {most} that go with it most"
    if enough < MOST_DRIVERS:
        reason += f" ({PER_DRIVER} accounts are needed for each)"
    left = [LeftOut(one.candidate.measure, reason) for one in found[most:]]
    return list(found[:most]), left
