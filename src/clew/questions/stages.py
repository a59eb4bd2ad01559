"""What the map says of a stage once the run's variant is applied: team, limit, whose move it is."""

from __future__ import annotations

from clew.durations import Duration
from clew.journeys.model import Journey, Stage, WaitingOn

UNOWNED = "unowned"


def by_variant(journey: Journey, key: str) -> list[list[object]]:
    """Return the value of a stage key as [variant + 1][stage]; row 0 is for runs without variant."""
    plain: list[object] = [getattr(stage, key) for stage in journey.stages]
    changed = [
        [variant.stages.get(stage.name, {}).get(key, own) for stage, own in zip(journey.stages, plain, strict=True)]
        for variant in journey.variants
    ]
    return [plain, *changed]


def team_of(journey: Journey, variant: int, stage: int) -> str | None:
    """Team that answers for a stage."""
    team = by_variant(journey, "team")[variant + 1][stage]
    return None if team is None else str(team)


def limit_of(journey: Journey, variant: int, stage: int) -> Duration | None:
    """The owner's limit of a stage."""
    limit = by_variant(journey, "limit")[variant + 1][stage]
    return limit if isinstance(limit, Duration) else None


def waiting_on(journey: Journey, variant: int, stage: int) -> str:
    """Whose move it is: us, customer, third party, timer, or unowned where it is ours and no team answers for it."""
    side = WaitingOn(str(by_variant(journey, "waiting_on")[variant + 1][stage]))
    return UNOWNED if side is WaitingOn.US and team_of(journey, variant, stage) is None else side.value


def is_timer(stage: Stage) -> bool:
    """Whether the map calls the stage a mere timer."""
    return stage.waiting_on is WaitingOn.TIMER


def titled(stage: Stage) -> str:
    """What a page calls the stage."""
    return stage.title or stage.name
