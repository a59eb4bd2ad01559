"""Levels: what each indicator shows, measured before stated, and what nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from clew.diagnosis.model import Fact, Standing
from clew.diagnosis.scoring.combined import Stated
from clew.diagnosis.scoring.model import NEUTRAL, Indicator, Scoring


@dataclass(frozen=True)
class Shown:
    """What one indicator shows.

    fact, stated      what is known of it, each None where it is not
    measured, belief  the level of each, None where it is not known
    """

    indicator: Indicator
    fact: Fact | None = None
    stated: Stated | None = None
    measured: int | None = None
    belief: int | None = None

    @property
    def standing(self) -> Standing:
        if self.measured is not None:
            return Standing.MEASURED
        return Standing.UNKNOWN if self.belief is None else Standing.STATED

    @property
    def level(self) -> int:
        """The level that counts: measured, else stated, else neutral."""
        if self.measured is not None:
            return self.measured
        return NEUTRAL if self.belief is None else self.belief

    @property
    def known(self) -> bool:
        return self.standing is not Standing.UNKNOWN

    @property
    def gap(self) -> int:
        """How many levels what is measured lies above what is believed.

        0 where one of them is not known, and where the belief lies inside the interval of the measured figure
        """
        if self.measured is None or self.belief is None or self._within():
            return 0
        return self.measured - self.belief

    def _within(self) -> bool:
        fact, stated = self.fact, self.stated
        if fact is None or stated is None or isinstance(stated.value, str) or fact.low is None or fact.high is None:
            return False
        return fact.low <= stated.value <= fact.high


Levels = Mapping[str, Shown]


def levels_of(scoring: Scoring, stated: Mapping[str, Stated], facts: Mapping[str, Fact]) -> Levels:
    """Return what each indicator of the scoring shows, in its order."""
    return {one.name: _shown(one, stated.get(one.answer), facts.get(one.fact)) for one in scoring.indicators()}


def _shown(indicator: Indicator, stated: Stated | None, fact: Fact | None) -> Shown:
    value = fact.value if fact else None
    return Shown(
        indicator,
        fact=fact,
        stated=stated,
        measured=None if value is None else indicator.level_of(value),
        belief=None if stated is None else indicator.level_of(stated.value),
    )
