"""Staleness of a workspace's journeys: what its files, its log and its publications say together."""

from __future__ import annotations

from collections.abc import Iterable

from clew.clock import to_micros
from clew.discovery.staleness.measured import RECENT, Reviewed, Staleness, staleness
from clew.durations import Duration
from clew.journeys.model import Journey
from clew.questions.ground import Ground
from clew.questions.library import OpenWorkspace
from clew.workspace.publications import published_versions


def staleness_in(
    workspace: OpenWorkspace, ground: Ground, *, at: int | None = None, recent: Duration = RECENT
) -> Staleness:
    """Say how stale the map of a ground is, the other journeys of its workspace and its publication known.

    at  microseconds UTC of the moment asked about; None: that of the ground's view
    """
    reviewed = Reviewed(published_at(workspace, ground.journey), at)
    return staleness(ground, others=others_of(workspace, ground.journey.name), reviewed=reviewed, recent=recent)


def published_at(workspace: OpenWorkspace, journey: Journey) -> int | None:
    """When the present version of a journey was last published, None where it never was."""
    found = [one.at for one in published_versions(workspace, journey.name) if one.version == journey.version]
    return to_micros(max(found)) if found else None


def others_of(workspace: OpenWorkspace, name: str) -> tuple[Journey, ...]:
    """The further sound journeys of a workspace: their maps explain events too."""
    return tuple(workspace.journey(other) for other in workspace.sound_journeys() if other != name)


def stalest_first(found: Iterable[Staleness]) -> list[Staleness]:
    """Order by falling figure, the unknown ones last."""
    return sorted(found, key=lambda each: (-1.0 if each.figure is None else each.figure, each.journey), reverse=True)
