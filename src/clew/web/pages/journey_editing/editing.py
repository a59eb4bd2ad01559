"""GET and POST /journeys/{journey}/edit: one file, as forms and as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clew.access.model import Permission
from clew.journeys.elements import elements
from clew.texts import _
from clew.web.endpoint import Endpoint
from clew.web.frame.file_editor import FORMS, SWITCHES, TEXT, Sheet, answered, opened, typed_sheet
from clew.web.frame.files import workspace_of
from clew.web.frame.next_step import NextStep
from clew.web.pages.journey_editing.files import document_of, new_document
from clew.web.pages.journey_editing.names import proposed
from clew.workspace.editing.aside import forget
from clew.workspace.editing.journey import KINDS, marks_of
from clew.workspace.editing.writing import Examined
from clew.workspace.succession import in_force

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked

LARGEST = 2_000_000  # a form holds the text beside its fields


def show(asked: Asked) -> Response:
    """The page; ?as=text shows the text, ?kept=yes what is kept beside the file."""
    view = asked.query("as", FORMS)
    document = document_of(asked, asked.path["journey"])
    sheet = opened(document, view=view if view in SWITCHES else TEXT, take_kept=asked.query("kept") == "yes")
    return page(asked, asked.path["journey"], sheet)


def edit(asked: Asked) -> Response:
    """Do what the button says; what was typed stays on the page."""
    name = asked.path["journey"]
    document = new_document(asked, name)
    if asked.form("do") == "discard":
        with asked.change("drop draft", document.target):
            forget(document.folder, document.file)
        there = document.path.exists()
        return asked.go(
            f"/journeys/{name}/edit?said=draft-dropped#said" if there else "/journeys?said=draft-dropped#said"
        )
    sheet, saved = answered(asked, document, typed_sheet(asked, document))
    if saved is None:
        return page(asked, name, sheet)
    name = name_in(saved, sheet, name)
    if asked.form("do") == "publish":
        return asked.go(f"/journeys/{name}/publish")
    return asked.go(f"/journeys/{name}/edit?as={sheet.view}&said=journey-saved#said")


def name_in(saved: Examined, sheet: Sheet, name: str) -> str:
    """The id of the journey in a text that was saved: it may have got another."""
    named = [one for one in saved.workspace.journeys if saved.workspace.path_of(one) == sheet.document.path]
    return named[0] if named else name


def page(asked: Asked, name: str, sheet: Sheet) -> Response:
    """Draw it."""
    workspace = workspace_of(asked.parts)
    sound = workspace.journey(name) if name in workspace.sound_journeys() else None
    return asked.page(
        "journey_edit.html.j2",
        status=sheet.status,
        name=name,
        title=(sound.title or name) if sound else name,
        sheet=sheet,
        names=(),
        proposed=proposed(asked) if sheet.form else {},
        marks=marks_of(sheet.text) if sheet.form else [],
        kinds=KINDS,
        elements=elements(sound) if sound else (),
        force=in_force(workspace, name) if sound else None,
        is_new=not sheet.document.path.exists(),
        next=next_step(asked, name, sheet),
    )


def next_step(asked: Asked, name: str, sheet: Sheet) -> NextStep | None:
    """What remains to be done with this file."""
    workspace = workspace_of(asked.parts)
    if sheet.theirs or sheet.says:
        return None
    if sheet.problems:
        return NextStep(_("The text holds mistakes; what is in force stays as it is."), kind="bad")
    if sheet.differs:
        return NextStep(_("Not saved yet."), kind="waiting")
    if name not in workspace.sound_journeys():
        return NextStep(
            _("The file holds mistakes, so its runs stand still."), _("See them"), f"/journeys/{name}/check", "bad"
        )
    force = in_force(workspace, name)
    if force.differs:
        says = _("The file says something else than the version in force.")
        return NextStep(says, _("See and publish"), f"/journeys/{name}/publish", "waiting")
    if force.published is None:
        says = _("Never published: the file is in force as it is written, and what you save at once.")
        return NextStep(says, _("Publish it"), f"/journeys/{name}/publish", "waiting")
    return None


ENDPOINTS = (
    Endpoint("/journeys/{journey}/edit", ("GET",), Permission.EDIT_JOURNEYS, show),
    Endpoint("/journeys/{journey}/edit", ("POST",), Permission.EDIT_JOURNEYS, edit, largest=LARGEST),
)
