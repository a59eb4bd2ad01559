"""From a workspace to evidence: the facts that its log shows, and those that its files show."""

from __future__ import annotations

from clew.diagnosis.facts import measure
from clew.diagnosis.ladder_facts import ladder_facts
from clew.diagnosis.result import About, Evidence
from clew.questions.library import OpenWorkspace
from clew.signals.opening import open_sight


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
