"""The elements of a journey by their paths: what a mark may speak of, and what stays an assumption without one."""

from __future__ import annotations

from collections.abc import Iterator

from clew.journeys.model import Journey, Stage


def elements(journey: Journey) -> tuple[str, ...]:
    """Return the path of every element, as set-up, set-up.limit, set-up.customer.does, handoffs.sales-onboarding."""
    return tuple(dict.fromkeys(_paths(journey)))


def assumptions(journey: Journey) -> list[tuple[str, str]]:
    """Elements that nothing shows yet, with what their mark says: marked as assumption, or not marked at all."""
    marks = journey.marks
    left = [path for path in elements(journey) if path not in marks or marks[path].kind != "evidence"]
    return [(path, marks[path].source if path in marks else "not marked") for path in left]


def _paths(journey: Journey) -> Iterator[str]:
    for stage in journey.stages:
        yield from (f"{stage.name}{path}" for path in _stage_paths(stage))
    for key in ("starts", "value", "part_of"):
        if getattr(journey, key):
            yield key
    yield from (f"ends.{end.name}" for end in journey.ends)
    yield from (f"handoffs.{handoff.source}-{handoff.target}" for handoff in journey.handoffs)
    yield from (f"kpis.{kpi.name}" for kpi in journey.kpis)
    for variant in journey.variants:
        yield f"variants.{variant.name}"
        yield from (f"variants.{variant.name}.{stage}" for stage in variant.stages)


def _stage_paths(stage: Stage) -> Iterator[str]:
    yield from ("", ".enter", ".waiting_on")
    for key in ("team", "limit", "milestone", "optional"):
        if getattr(stage, key):
            yield f".{key}"
    seen = {key: getattr(stage.customer, key) for key in ("does", "needs", "expects", "feels", "pains")}
    if any(seen.values()):
        yield ".customer"
    yield from (f".customer.{key}" for key, value in seen.items() if value)
    if stage.touchpoints:
        yield ".touchpoints"
    yield from (f".touchpoints.{touchpoint.name}" for touchpoint in stage.touchpoints)
