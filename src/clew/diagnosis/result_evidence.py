"""From a workspace to evidence: the facts that its log shows, and those that its files show."""

from __future__ import annotations

from dataclasses import replace

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
        return evidence_in(workspace, sight_at(workspace, as_of), as_of)
    firm = workspace.firm
    return Evidence(ladder_facts(_journeys(workspace))), About(firm.name, firm.currency, firm.time_zone)


def sight_at(workspace: OpenWorkspace, as_of: int | None = None) -> Sight:
    """Look at the log as of a moment, no later than its last event.

    After it nothing is recorded: who is silent or late there would be so only because the export ended.
    Raises FileProblems, and BadRequest for a moment before the first event
    """
    archive = workspace.archive()
    if as_of is None or not archive.events:
        return open_sight(workspace, as_of)
    return open_sight(workspace, min(as_of, archive.last_event))


def evidence_in(workspace: OpenWorkspace, sight: Sight, asked: int | None = None) -> tuple[Evidence, About]:
    """Measure what a sight that is open already shows, and what the files of its workspace do.

    asked  the moment that was asked for, None where none was
    """
    found, firm = measure(workspace, sight), workspace.firm
    facts = {**found.facts, **ladder_facts(_journeys(workspace), sight.as_of, sight.firm.time_zone)}
    about = About(firm.name, firm.currency, firm.time_zone, sight.as_of, workspace.archive().generation, asked)
    return Evidence(
        {name: replace(fact, see=about.dated(fact.see)) for name, fact in facts.items()},
        tuple(replace(finding, see=about.dated(finding.see)) for finding in found.findings),
        tuple(found.journeys),
    ), about


def _journeys(workspace: OpenWorkspace) -> dict[str, Journey]:
    return {name: workspace.journey(name) for name in workspace.sound_journeys()}
