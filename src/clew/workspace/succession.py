"""Under which versions a journey was and is in force, and what each did to runs in flight."""

from __future__ import annotations

from clew.clock import ALWAYS, NEVER, to_datetime, to_micros
from clew.engine.succession import Choice, Governing, InFlight
from clew.journeys.model import Journey
from clew.workspace.publications import Published, published_versions
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


def _governing(workspace: Workspace, published: Published, *, first: bool) -> Governing:
    journey, parts = read_version(workspace, published.journey, published.version)
    return Governing(
        journey=journey,
        firm=parts.put_into(workspace.firm),
        since=ALWAYS if first else to_micros(published.at),
        in_flight=InFlight(Choice(published.in_flight), published.stages),
    )
