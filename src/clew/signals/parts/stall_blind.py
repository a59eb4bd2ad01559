"""Which stages nobody can call stalled, and since when norms are known."""

from __future__ import annotations

from collections.abc import Iterator

from clew.journeys.model import WaitingOn
from clew.questions.ground import Ground
from clew.questions.norms import UNKNOWN
from clew.questions.segments import attributes_of
from clew.questions.stages import limit_of, waiting_on
from clew.questions.words import listed
from clew.signals.parts import wording
from clew.signals.parts.norms_in_force import Epochs, epochs_of
from clew.signals.sight import Sight


def blind(sight: Sight) -> list[str]:
    """Say which stages nobody can call stalled, and since when norms are known."""
    if not sight.journeys:
        return ["There is no journey, so nobody knows where accounts stand; begin with 'clew discover', or write one."]
    return [line for name in sorted(sight.journeys) for line in _blind_of(sight, name)]


def _blind_of(sight: Sight, name: str) -> Iterator[str]:
    ground = sight.journeys[name]
    epochs = sight.made(("epochs", name), lambda: epochs_of(ground))
    bare = _without_limit(ground)
    judged_never = [stage for place, stage in bare if not _has_norm(ground, epochs, place)]
    if judged_never:
        yield (
            f"{name}: {listed(judged_never)} {'has' if len(judged_never) == 1 else 'have'} no limit, and no norm is "
            "stored: nobody can tell there who stands too long; set a limit, or load again once ten have left."
        )
    if len(judged_never) < len(bare):
        names = [stage for _, stage in bare if stage not in judged_never]
        first = wording.day(sight, int(epochs.begins[0]))
        yield (
            f"{name}: {listed(names)} {'has' if len(names) == 1 else 'have'} no limit; the norm is known from {first} "
            "on, so nothing before that day is judged there."
        )
    if undecided := _ended_early(ground):
        yield undecided


def _ended_early(ground: Ground) -> str:
    undated = sorted(ground.view.undated & _segment_attributes(ground))
    if not undated or not any(norm.segment for norm in ground.norms):
        return ""
    return (
        f"{ground.journey.name}: {listed(undated)} {'carries' if len(undated) == 1 else 'carry'} no date, so the "
        "norm of the segment known today is applied to the past."
    )


def _segment_attributes(ground: Ground) -> set[str]:
    segments = ground.firm.segments
    return set().union(*(attributes_of(condition, segments) for condition in segments.values()))


def _without_limit(ground: Ground) -> list[tuple[int, str]]:
    """(place, name) of the stages without a limit in some variant, timers left out."""
    journey = ground.journey
    variants = range(-1, len(journey.variants))
    return [
        (place, stage.name)
        for place, stage in enumerate(journey.stages)
        if any(
            limit_of(journey, variant, place) is None and waiting_on(journey, variant, place) != WaitingOn.TIMER
            for variant in variants
        )
    ]


def _has_norm(ground: Ground, epochs: Epochs, stage: int) -> bool:
    return bool((epochs.tables[:, stage :: len(ground.journey.stages)] != UNKNOWN).any())
