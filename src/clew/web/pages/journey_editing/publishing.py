"""GET and POST /journeys/{journey}/publish, and the way back: a draft becomes a version, runs in flight are decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from clew.access.model import Permission
from clew.clock import to_datetime, to_micros
from clew.journeys.changes import affects, touched_in_words
from clew.questions.publishing import CHOICES, MEANS, strange_targets
from clew.texts import _
from clew.web.endpoint import Endpoint
from clew.web.frame.files import workspace_of
from clew.web.frame.next_step import NextStep
from clew.web.pages.journey_editing.checking import changes_of
from clew.web.pages.journey_editing.flight import Flight, flight_of
from clew.workspace.publications import latest_version, published_versions, withdraw
from clew.workspace.versions import publish

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked

STAY, MOVE = "stay", "move"
_MOST_WHY = 500


def show(asked: Asked) -> Response:
    """The page."""
    return page(asked, asked.path["journey"])


def page(asked: Asked, name: str, *, says: str = "", status: int = 200) -> Response:
    """Draw it, with what was chosen. says: why nothing was published"""
    workspace = workspace_of(asked.parts)
    journey = workspace.journey(name)
    if name not in workspace.sound_journeys():
        return asked.go(f"/journeys/{name}/check")
    latest = latest_version(workspace, name)
    changes = changes_of(workspace, name)
    is_due = latest is None or latest.version != journey.version
    moved = moves_of(asked)
    flight = flight_of(asked, name, moved) if is_due and latest is not None else None
    return asked.page(
        "journey_edit_publish.html.j2",
        status=status,
        name=name,
        title=journey.title or name,
        journey=journey,
        latest=latest,
        published=list(reversed(published_versions(workspace, name))),
        micros=to_micros,
        changes=changes,
        touches=touched_in_words(affects(changes)) if changes else "",
        is_due=is_due,
        flight=flight,
        is_coming=is_due and latest is not None and flight is None,
        sees=asked.may(Permission.SEE_ACCOUNTS),
        choices=[(one, MEANS[one]) for one in CHOICES],
        chosen=asked.form("in_flight") or asked.query("in_flight", STAY),
        moved=moved,
        why=asked.form("why"),
        says=says,
        next=next_step(name, is_due=is_due, is_first=latest is None, changes=len(changes)),
    )


def next_step(name: str, *, is_due: bool, is_first: bool, changes: int) -> NextStep:
    """Publish, or go on elsewhere."""
    if not is_due:
        says = _("What is in force is what the file says.")
        return NextStep(says, _("See the journey"), f"/journeys/{name}", "good")
    if is_first:
        return NextStep(_("The first version: from now on edits of the file count when they are published."))
    return NextStep(_("%(changes)s, not in force yet.") % {"changes": _counted(changes)})


def _counted(changes: int) -> str:
    return _("1 change") if changes == 1 else _("%(count)s changes") % {"count": changes}


def moves_of(asked: Asked) -> Mapping[str, str]:
    """Where runs of a stage go on: fields map:OLD of the form, or of the address."""
    fields = {**dict(asked.request.query_params), **{name: asked.form(name) for name in asked.fields}}
    return {name[4:]: value for name, value in sorted(fields.items()) if name.startswith("map:") and value}


def put_in_force(asked: Asked) -> Response:
    """Publish, where the draft is what the page showed and every run has a place."""
    name = asked.path["journey"]
    workspace = workspace_of(asked.parts)
    journey = workspace.journey(name)
    if name not in workspace.sound_journeys():
        return asked.go(f"/journeys/{name}/check")
    if asked.form("version") != journey.version:
        says = _("Not published: the file has changed since you opened this page. Look again at what changes.")
        return page(asked, name, says=says, status=409)
    choice, moved = asked.form("in_flight", STAY), moves_of(asked)
    if choice not in CHOICES:
        return page(asked, name, says=_("Choose what happens to runs in flight."), status=422)
    wrong = refused_moves(asked, name, moved) if choice == MOVE else ""
    if wrong:
        return page(asked, name, says=wrong, status=422)
    why = " ".join(asked.form("why").split())[:_MOST_WHY]
    told = {"version": journey.version, "in_flight": choice, "why": why}
    with asked.change("publish", f"journey:{name}", **told):
        publish(
            workspace,
            journey,
            at=to_datetime(asked.now),
            by=asked.actor.name or asked.actor.id,
            in_flight=choice,
            stages=moved if choice == MOVE else {},
            why=why,
        )
    return asked.go(f"/journeys/{name}/publish?said=journey-published#said")


def refused_moves(asked: Asked, name: str, moved: Mapping[str, str]) -> str:
    """Why runs cannot be moved like this, "" where they can."""
    known = workspace_of(asked.parts).journey(name).stage_names
    if strange := strange_targets(moved, known):
        return _("'%(stage)s' is no stage of the new version.") % {"stage": strange[0]}
    if latest_version(workspace_of(asked.parts), name) is None:
        return ""
    flight = flight_of(asked, name, moved, wait_s=None)
    assert isinstance(flight, Flight)
    lost = [stage for stage in flight.lost if stage not in moved]
    return _("Say where runs in %(stages)s go on.") % {"stages": ", ".join(lost)} if lost else ""


def take_back(asked: Asked) -> Response:
    """Withdraw the latest publication, where it is the one that the page showed."""
    name = asked.path["journey"]
    workspace = workspace_of(asked.parts)
    workspace.journey(name)
    latest = latest_version(workspace, name)
    if latest is None or latest.at.isoformat() != asked.form("of"):
        says = _("Not taken back: another version is in force by now.")
        return page(asked, name, says=says, status=409)
    with asked.change("withdraw", f"journey:{name}", version=latest.version):
        withdraw(workspace, name, at=to_datetime(asked.now), by=asked.actor.name or asked.actor.id)
    return asked.go(f"/journeys/{name}/publish?said=journey-withdrawn#said")


ENDPOINTS = (
    Endpoint("/journeys/{journey}/publish", ("GET",), Permission.EDIT_JOURNEYS, show),
    Endpoint("/journeys/{journey}/publish", ("POST",), Permission.EDIT_JOURNEYS, put_in_force),
    Endpoint("/journeys/{journey}/withdrawal", ("POST",), Permission.EDIT_JOURNEYS, take_back),
)
