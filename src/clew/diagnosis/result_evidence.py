"""From a workspace to evidence: the facts that its log shows, and those that its files show."""

from __future__ import annotations

from clew.diagnosis.measured import measure
from clew.diagnosis.result import About, Evidence
from clew.diagnosis.scoring.ladder_facts import ladder_facts
from clew.journeys.model import Journey
from clew.questions.library import OpenWorkspace
from clew.signals.opening import open_sight
from clew.signals.sight import Sight


def evidence_of(workspace: OpenWorkspace, as_of: int | None = None) -> tuple[Evidence, About]:
    """Measure all that a workspace shows; without a log, what its files show. Raises FileProblems, BadRequest."""
    if workspace.has_data and workspace.archive().events:
        return evidence_in(workspace, open_sight(workspace, as_of))
    firm = workspace.firm
    return Evidence(ladder_facts(_journeys(workspace))), About(firm.name, firm.currency, firm.time_zone)


def evidence_in(workspace: OpenWorkspace, sight: Sight) -> tuple[Evidence, About]:
    """Measure what a sight that is open already shows, and what the files of its workspace do."""
    found, firm = measure(workspace, sight), workspace.firm
    facts = {**found.facts, **ladder_facts(_journeys(workspace), sight.as_of)}
    about = About(firm.name, firm.currency, firm.time_zone, sight.as_of, workspace.archive().generation)
    return Evidence(facts, tuple(found.findings), tuple(found.journeys)), about


def _journeys(workspace: OpenWorkspace) -> dict[str, Journey]:
    return {name: workspace.journey(name) for name in workspace.sound_journeys()}
