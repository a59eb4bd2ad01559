"""GET /journeys/{journey}/check: what is wrong or doubtful, how often each event came, how many runs would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from clew.access.model import Permission
from clew.errors import Problem
from clew.journeys.changes import Change, affects, touched_in_words
from clew.questions.heard import Heard, event_counts, heard, listens_to
from clew.questions.words import counted
from clew.texts import _
from clew.web.analytics.keeping import analytics_of
from clew.web.endpoint import Endpoint
from clew.web.frame.files import workspace_of
from clew.web.frame.next_step import NextStep
from clew.web.pages.journey_editing.files import document_of
from clew.workspace.editing.writing import problems_of
from clew.workspace.editions import changes_between, draft_edition, published_edition

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.responses import Response

    from clew.live.fresh.asking import FreshWorkspace
    from clew.web.request import Asked
    from clew.workspace.workspace import Workspace

PATIENCE_S = 1.0  # the page waits so long for the log before it says that this is being worked out


@dataclass(frozen=True)
class Looked:
    """What the log says of a draft.

    touched  runs whose course differs from that under the version in force, None where none was published
    """

    heard: Sequence[Heard]
    touched: int | None


def show(asked: Asked) -> Response:
    """The page."""
    name = asked.path["journey"]
    document = document_of(asked, name)
    workspace = workspace_of(asked.parts)
    problems = problems_of(workspace, document.path)
    sound = name in workspace.sound_journeys()
    changes = changes_of(workspace, name) if sound else ()
    log = looked(asked, name) if sound else None
    return asked.page(
        "journey_edit_check.html.j2",
        name=name,
        title=(workspace.journey(name).title or name) if sound else name,
        file=document.file,
        problems=problems,
        others=others(workspace, document.path),
        sound=sound,
        changes=changes,
        touches=touched_in_words(affects(changes)) if changes else "",
        log=log,
        sees=asked.may(Permission.SEE_ACCOUNTS),
        next=next_step(name, problems, log, changes) if sound or problems else None,
    )


def others(workspace: Workspace, path: Path) -> list[Problem]:
    """Problems of other files, which may keep this one from being published."""
    mine = {replace(one, path=path) for one in problems_of(workspace, path)}
    return [one for one in workspace.problems if replace(one, path=path) not in mine]


def changes_of(workspace: Workspace, name: str) -> Sequence[Change]:
    """What the draft changes in the version in force; nothing where none was published."""
    before = published_edition(workspace, name)
    return changes_between(before, draft_edition(workspace, name)) if before is not None else ()


def looked(asked: Asked, name: str) -> Looked | None:
    """Look at the log; None where that takes longer than a page waits."""

    def work(workspace: FreshWorkspace) -> Looked:
        before, draft = published_edition(workspace, name), draft_edition(workspace, name)
        told = heard(listens_to(draft.journey), event_counts(workspace.view()))
        differs = before is not None and bool(changes_between(before, draft))
        touched = workspace.count_touched_runs(before, draft) if differs and before is not None else None
        return Looked(told, touched)

    version = workspace_of(asked.parts).journey(name).version
    return analytics_of(asked.parts).soon(("check", name, version), asked.now, work, wait_s=PATIENCE_S)


def next_step(name: str, problems: Sequence[Problem], log: Looked | None, changes: Sequence[Change]) -> NextStep:
    """Mend mistakes, then look at what never came, then publish."""
    if problems:
        says = _("%(mistakes)s in this file.") % {"mistakes": counted(len(problems), "mistake")}
        return NextStep(says, _("Mend it"), f"/journeys/{name}/edit?as=text#L{problems[0].line}", "bad")
    silent = [one for one in log.heard if not one.count] if log is not None else []
    if silent:
        says = _("No mistake. The event '%(event)s' never occurred.") % {"event": silent[0].event}
        return NextStep(says, _("Look at it"), f"/journeys/{name}/edit", "late")
    if changes:
        return NextStep(_("No mistake."), _("See and publish"), f"/journeys/{name}/publish", "good")
    return NextStep(_("No mistake, and nothing to publish."), kind="good")


ENDPOINTS = (Endpoint("/journeys/{journey}/check", ("GET",), Permission.EDIT_JOURNEYS, show),)
