"""From a workspace to its first page: the diagnosis as of the report's moment, and what detectors measured for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from clew.clock import US
from clew.diagnosis.diagnose import diagnose
from clew.diagnosis.interview.answers import ANSWERS_FILE, Answers, read_all
from clew.diagnosis.interview.nameless import nameless
from clew.diagnosis.result_evidence import evidence_in, sight_at
from clew.diagnosis.scoring.own import scoring_of
from clew.diagnosis.watching.stored import latest
from clew.questions.library import OpenWorkspace
from clew.questions.words import date, listed
from clew.reports.diagnosed import Diagnosed, FailurePart
from clew.reports.failures import failure_parts
from clew.reports.first_page import first_page


def diagnosed(
    workspace: OpenWorkspace, as_of: int | None, shown: Collection[str]
) -> tuple[Diagnosed, tuple[FailurePart, ...]]:
    """Diagnose a workspace with the answers that lie in it, and show the three failures.

    shown  journeys that the report shows
    Raises FileProblems, BadRequest
    """
    sight, sheets = sight_at(workspace, as_of), _answers(workspace)
    found = diagnose(scoring_of(workspace.dir), sheets, *evidence_in(workspace, sight, as_of))
    return first_page(found, shown, former="" if sheets else _former(workspace)), failure_parts(sight, found)


def _answers(workspace: OpenWorkspace) -> Sequence[Answers]:
    """The answers that lie in the workspace, by role: a report is handed on."""
    path = workspace.dir / ANSWERS_FILE
    return nameless(read_all([path] if path.is_file() else []))


def _former(workspace: OpenWorkspace) -> str:
    """The last diagnosis that was stored, where it rests on answers that the workspace does not hold."""
    stored = latest(workspace.store)
    if stored is None or not stored.leaders:
        return ""
    made = date(stored.made_at / US, workspace.firm.time_zone)
    return f"With the answers of {listed(list(stored.leaders))}, on {made}, the diagnosis said: {stored.headline}"
