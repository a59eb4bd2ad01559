"""POST /journeys/{journey}/removal: take a journey's file away. Its text is kept aside, its versions stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clew.access.model import Permission
from clew.texts import _
from clew.web.endpoint import Endpoint
from clew.web.frame.file_editor import opened
from clew.web.pages.journey_editing.editing import page
from clew.web.pages.journey_editing.files import document_of
from clew.workspace.editing.aside import Kept, keep
from clew.workspace.editing.writing import digest_of

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked


def remove(asked: Asked) -> Response:
    """Remove it, where it is what the page showed."""
    name = asked.path["journey"]
    document = document_of(asked, name)
    sheet = opened(document)
    if digest_of(sheet.saved) != asked.form("before"):
        says = _("Not removed: the file has changed since you opened this page.")
        return page(asked, name, sheet.saying(says, 409))
    with asked.change("remove journey", document.target, file=document.file):
        by = asked.actor.name or asked.actor.id
        keep(document.folder, Kept(document.file, sheet.saved, digest_of(""), by, asked.now))
        document.path.unlink(missing_ok=True)
    return asked.go("/journeys?said=journey-removed#said")


ENDPOINTS = (Endpoint("/journeys/{journey}/removal", ("POST",), Permission.EDIT_JOURNEYS, remove),)
