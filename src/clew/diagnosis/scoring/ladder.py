"""The ladder: which rungs stand by evidence, and the next step."""

from __future__ import annotations

from dataclasses import dataclass

from clew.diagnosis.model import Standing
from clew.diagnosis.scoring.levels import Levels, Shown
from clew.diagnosis.scoring.model import Rung, Scoring


@dataclass(frozen=True)
class RungShown:
    """One rung with what shows it.

    stands  it stands, and all below it do     evidence  what its indicators show
    """

    rung: Rung
    stands: bool
    evidence: tuple[Shown, ...]

    @property
    def unknown(self) -> bool:
        return any(shown.standing is Standing.UNKNOWN for shown in self.evidence)


@dataclass(frozen=True)
class Ladder:
    """Every rung from below, how many stand, and the next step."""

    rungs: tuple[RungShown, ...]
    standing: int

    @property
    def next(self) -> Rung:
        """The lowest rung that does not stand."""
        return self.rungs[min(self.standing, len(self.rungs) - 1)].rung


def ladder_of(scoring: Scoring, levels: Levels, standing: int) -> Ladder:
    """Put each rung beside its evidence. standing: how many stand, from below."""
    rungs = tuple(
        RungShown(rung, place < standing, tuple(levels[name] for name in rung.stands))
        for place, rung in enumerate(scoring.rungs)
    )
    return Ladder(rungs, standing)
