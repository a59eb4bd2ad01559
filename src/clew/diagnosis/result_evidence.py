"""From a workspace to evidence: the facts that its log shows, and those that its files show."""

from __future__ import annotations

from pathlib import Path

from clew.diagnosis.facts import measure
from clew.diagnosis.ladder_facts import ladder_facts
from clew.diagnosis.result import About, Evidence
from clew.errors import NotAWorkspace
from clew.questions.library import OpenWorkspace, open_workspace
from clew.signals.opening import open_sight


def workspace_here(folder: Path | None = None) -> OpenWorkspace | None:
    """The workspace of a folder or of one above it; None where there is none, for leaders can be asked anywhere."""
    try:
        return open_workspace(folder)
    except NotAWorkspace:
        return None


def evidence_of(workspace: OpenWorkspace, as_of: int | None = None) -> tuple[Evidence, About]:
    """Measure all that a workspace shows; without a log, what its files show. Raises FileProblems, BadRequest."""
    firm = workspace.firm
    about = About(firm.name, firm.currency, firm.time_zone)
    journeys = {name: workspace.journey(name) for name in workspace.sound_journeys()}
    if not workspace.has_data or not workspace.archive().events:
        return Evidence(ladder_facts(journeys)), about
    sight = open_sight(workspace, as_of)
    found = measure(workspace, sight)
    about = About(firm.name, firm.currency, firm.time_zone, sight.as_of, workspace.archive().generation)
    return Evidence(
        {**found.facts, **ladder_facts(journeys, sight.as_of)}, tuple(found.findings), tuple(found.journeys)
    ), about
