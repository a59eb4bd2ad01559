"""Facts about customers who left: how many without a loud word, and how early their first small sign came."""

from __future__ import annotations

from collections.abc import Iterator

from clew.diagnosis.facts_base import Base
from clew.diagnosis.facts_words import unknown
from clew.diagnosis.model import Fact, Measure


def loss_facts(base: Base) -> Iterator[Fact]:
    """Measure them."""
    yield unknown("quiet-losses", Measure.SHARE, "losses are not measured yet.")
    yield unknown("warning-days", Measure.DAYS, "losses are not measured yet.")
