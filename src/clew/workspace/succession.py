"""Under which versions a journey was and is in force, and what each did to runs in flight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from clew.clock import ALWAYS, NEVER, to_datetime, to_micros
from clew.engine.succession import Choice, Governing, InFlight
from clew.journeys.model import Journey
from clew.workspace.publications import Published, latest_version, published_versions
from clew.workspace.versions import read_version
from clew.workspace.workspace import Workspace


def succession_of(workspace: Workspace, journey: Journey, *, known_at: int = NEVER) -> list[Governing]:
    """Return the versions of a journey by the time from which they govern; its draft where none was published.

    known_at  microseconds UTC: without what was published or withdrawn later
    Raises    FileProblems where a published version was altered
    """
    known = None if known_at == NEVER else to_datetime(known_at)
    published = published_versions(workspace, journey.name, known_at=known)
    if not published:
        return [Governing(journey, workspace.firm)]
    return [_governing(workspace, one, first=place == 0) for place, one in enumerate(published)]


@dataclass(frozen=True)
class InForce:
    """What governs a journey now.

    journey    as it is in force; stages of versions under which runs still stand come last
    stages     names of those of the version in force
    published  the version in force, None where its file is in force as it is written
    differs    whether the file says something else than the version in force
    """

    journey: Journey
    stages: Sequence[str]
    published: Published | None
    differs: bool


@lru_cache(maxsize=256)
def in_force(workspace: Workspace, name: str) -> InForce:
    """Return what governs a journey now, for a workspace as it was read."""
    draft = workspace.journey(name)
    versions = [each.journey for each in succession_of(workspace, draft)]
    latest = latest_version(workspace, name)
    stages = {stage.name: stage for version in versions for stage in version.stages}
    last = versions[-1]
    former = tuple(stage for key, stage in stages.items() if key not in last.stage_names)
    whole = replace(last, stages=(*last.stages, *former))
    return InForce(whole, last.stage_names, latest, latest is not None and latest.version != draft.version)


def _governing(workspace: Workspace, published: Published, *, first: bool) -> Governing:
    journey, parts = read_version(workspace, published.journey, published.version)
    return Governing(
        journey=journey,
        firm=parts.put_into(workspace.firm),
        since=ALWAYS if first else to_micros(published.at),
        in_flight=InFlight(Choice(published.in_flight), published.stages),
    )
