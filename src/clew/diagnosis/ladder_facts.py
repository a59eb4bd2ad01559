"""What the workspace itself shows of the ladder: journeys that name an owner."""

from __future__ import annotations

from collections.abc import Mapping

from clew.diagnosis.model import Fact, Measure
from clew.journeys.model import Journey
from clew.questions.words import counted

JOURNEYS_OWNED = "journeys-owned"


def ladder_facts(journeys: Mapping[str, Journey]) -> dict[str, Fact]:
    """Facts of the ladder by name; journeys: the sound journeys of a workspace."""
    owned = sum(bool(journey.owner) for journey in journeys.values())
    if not journeys:
        words = "No journey file yet, so no owner is written down."
        return {JOURNEYS_OWNED: Fact(JOURNEYS_OWNED, Measure.SHARE, None, 0, "journeys", words)}
    verb = "names" if owned == 1 else "name"
    words = f"{owned} of {counted(len(journeys), 'journey file')} {verb} an owner; that is written, not yet lived."
    value = owned / len(journeys)
    return {JOURNEYS_OWNED: Fact(JOURNEYS_OWNED, Measure.SHARE, value, len(journeys), "journeys", words, "clew check")}
