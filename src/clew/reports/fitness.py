"""How well runs fit their map, and how stale it has grown: one quiet line under a journey's name."""

from __future__ import annotations

from clew.discovery.conformance.conform import conform
from clew.discovery.conformance.tally import Measure
from clew.discovery.staleness.measured import Staleness
from clew.questions.ground import Ground
from clew.questions.model import Query, Unit
from clew.reports.diagnosed import Fitness, StalePart
from clew.reports.figures import figure
from clew.reports.model import Figure


def fitness(ground: Ground, stale: Staleness | None = None) -> Fitness:
    """Hold the runs of a journey against the order of its map; stale: what is known of its age already."""
    answer = conform(ground, Query("conform"), Measure(ordered_only=True)).fitness
    fits = figure(answer, answer.rows[0], "allowed") if answer.rows else Figure(None, Unit.SHARE, n=0)
    command = f"clew conform --journey {ground.journey.name}"
    if stale is None:
        return Fitness(fits, command)
    parts = tuple(
        StalePart(f"{part.title}: {part.words}", None if part.score is None else part.score[0]) for part in stale.parts
    )
    return Fitness(fits, command, stale.figure, stale.low, stale.high, stale.called, parts)
