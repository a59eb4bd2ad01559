"""The operating model: product-led, relationship-led or coordinated, with what speaks for each and against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clew.diagnosis.scoring.levels import Levels, Shown
from clew.diagnosis.scoring.model import Model, Scoring

LEAST_KNOWN = 0.5  # below, evidence for a model is no evidence


@dataclass(frozen=True)
class ModelShown:
    """One operating model beside the evidence: what speaks for it, against it, and what is not known."""

    model: Model
    speaks_for: tuple[Shown, ...]
    against: tuple[Shown, ...]
    unknown: tuple[Shown, ...]

    @property
    def share(self) -> float:
        """Share of the known evidence that speaks for it; 0 where too little is known."""
        known = len(self.speaks_for) + len(self.against)
        total = known + len(self.unknown)
        return len(self.speaks_for) / known if known and known >= LEAST_KNOWN * total else 0.0


def models_of(scoring: Scoring, levels: Levels) -> list[ModelShown]:
    """Every model, the best supported first; of equals the lightest, which stands first in the file."""
    shown = [_shown(model, levels) for model in scoring.models]
    return sorted(shown, key=lambda each: -each.share)


def leading(models: Sequence[ModelShown]) -> ModelShown | None:
    """The model that most of the evidence speaks for; None where none has more than half of it."""
    return models[0] if models and models[0].share > 0.5 else None


def _shown(model: Model, levels: Levels) -> ModelShown:
    known = [(speaks, levels[speaks.indicator]) for speaks in model.speaks]
    return ModelShown(
        model,
        speaks_for=tuple(one for speaks, one in known if one.known and speaks.holds(one.level)),
        against=tuple(one for speaks, one in known if one.known and not speaks.holds(one.level)),
        unknown=tuple(one for _, one in known if not one.known),
    )
