"""GET /settings: every section with what it says now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from clew.access.model import Permission
from clew.errors import FileProblems
from clew.questions.words import counted
from clew.texts import _
from clew.web.endpoint import Endpoint
from clew.web.frame.files import workspace_of
from clew.web.frame.next_step import NextStep
from clew.web.pages.settings.sections import CALENDARS, FIRM, MEANINGS, PEOPLE, SEGMENTS, TEAMS, sections
from clew.workspace.editing.aside import all_kept
from clew.workspace.find import FIRM_FILE, MEANINGS_FILE

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked
    from clew.workspace.workspace import Workspace


def show(asked: Asked) -> Response:
    """The page."""
    workspace = workspace_of(asked.parts)
    kept = [one for one in all_kept(workspace.dir) if one.file in (FIRM_FILE, MEANINGS_FILE)]
    return asked.page(
        "settings.html.j2",
        sections=list(sections().values()),
        now=asked.now,
        told=told(workspace),
        faulty={file: len(workspace.problems_of(file)) for file in (FIRM_FILE, MEANINGS_FILE)},
        kept=kept,
        next=next_step(workspace),
    )


def told(workspace: Workspace) -> Mapping[str, str]:
    """What each section says now, in a few words."""
    try:
        firm = workspace.firm
    except FileProblems:
        return {}
    return {
        FIRM: f"{firm.name}, {firm.currency}, {firm.time_zone}",
        CALENDARS: ", ".join(firm.calendars) or _("none: Monday to Friday, 9 to 17"),
        TEAMS: ", ".join(team.title for team in firm.teams.values()),
        PEOPLE: ", ".join(person.title for person in firm.people.values()),
        SEGMENTS: ", ".join(firm.segments),
        MEANINGS: _("written in meanings.yaml")
        if workspace.says_meanings
        else _("not said yet: most detectors are blind"),
    }


def next_step(workspace: Workspace) -> NextStep:
    """Mend mistakes first, then say what events mean."""
    for file, name in ((FIRM_FILE, FIRM), (MEANINGS_FILE, MEANINGS)):
        if faults := workspace.problems_of(file):
            says = _("%(file)s holds %(mistakes)s.") % {"file": file, "mistakes": counted(len(faults), "mistake")}
            return NextStep(says, _("Mend it"), f"/settings/{name}?as=text#L{faults[0].line}", "bad")
    if not workspace.says_meanings:
        says = _("Nobody has said yet what events mean, so most detectors see nothing.")
        return NextStep(says, _("Say it"), f"/settings/{MEANINGS}")
    return NextStep(_("Everything that governs this workspace can be read."), kind="good")


ENDPOINTS = (Endpoint("/settings", ("GET",), Permission.EDIT_JOURNEYS, show),)
