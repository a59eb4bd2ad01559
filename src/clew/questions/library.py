"""From a workspace to the ground that questions stand on: its log, folded by one of its journeys."""

from __future__ import annotations

from pathlib import Path

from clew.archive.reader import Archive, open_archive
from clew.engine.fold import fold
from clew.engine.model import Folded
from clew.errors import BadRequest, UnknownName
from clew.journeys.model import Journey
from clew.questions.ask import ask
from clew.questions.ground import Ground, Rejected
from clew.questions.model import Answer, Query
from clew.workspace.versions import read_version
from clew.workspace.workspace import Workspace, open_workspace


def answer(query: Query, workspace: Workspace | str | Path | None = None) -> Answer:
    """Answer a query in a workspace (or the one of a folder; None: of the current folder or above)."""
    if not isinstance(workspace, Workspace):
        workspace = open_workspace(workspace)
    return ask(ground_of(workspace, query), query)


def ground_of(workspace: Workspace, query: Query) -> Ground:
    """Fold the journey that a query asks for. Raises UnknownName, BadRequest where several journeys could be meant."""
    journey = journey_of(workspace, query.journey)
    archive = open_archive(workspace.store)
    if not archive.events:
        raise BadRequest("the log is empty; run 'clew load' first")
    view = archive.view(query.as_of, query.known_at)
    firm = workspace.firm

    def version(name: str) -> Folded:
        published, parts = read_version(workspace, journey.name, name)
        return fold(view, published, parts.put_into(firm))

    return Ground(fold(view, journey, firm), firm, rejected=rejected_rows(archive), version=version)


def journey_of(workspace: Workspace, name: str | None) -> Journey:
    """The journey asked for, else the only one that can be used."""
    sound = workspace.sound_journeys()
    if name is not None:
        if name in workspace.journeys and name not in sound:
            workspace.require_sound()
        if name not in sound:
            raise UnknownName("journey", name, sound)
        return workspace.journey(name)
    if not sound:
        workspace.require_sound()
        raise BadRequest("there is no journey yet; write journeys/NAME.yaml or begin with 'clew start FILE.csv'")
    if len(sound) > 1:
        raise BadRequest(f"which journey? add --journey with one of: {', '.join(sound)}")
    return workspace.journey(sound[0])


def rejected_rows(archive: Archive) -> list[Rejected]:
    """Per source, how many rows of its last load could not be used."""
    return [
        Rejected(name, source.counts.get("read", 0), source.counts.get("rejected", 0))
        for name, source in sorted(archive.sources.items())
    ]
