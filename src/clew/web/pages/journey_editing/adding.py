"""GET and POST /journeys/new: begin a journey; where it holds mistakes the answer is its editor, with nothing saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clew.access.model import Permission
from clew.errors import BadRequest, FileProblems, UnknownName
from clew.questions.words import counted
from clew.texts import _
from clew.web.endpoint import Endpoint
from clew.web.frame.file_editor import FORMS, Sheet, shown
from clew.web.frame.files import workspace_of
from clew.web.pages.journey_editing.beginnings import EMPTY, LOG, begin, beginnings
from clew.web.pages.journey_editing.editing import page as editor
from clew.web.pages.journey_editing.files import new_document
from clew.workspace.editing.aside import all_kept
from clew.workspace.editing.journey import id_of
from clew.workspace.editing.writing import digest_of, examine, journey_file, write

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked

_TAKEN = frozenset({"new"})  # an address of its own
LONGEST_NAME = 100  # of a journey: with its ending, and that of a draft, it is the name of a file


def show(asked: Asked) -> Response:
    """The form."""
    return page(asked)


def page(asked: Asked, wrong: str = "", status: int = 200) -> Response:
    """Draw it, with what was typed and why it was refused."""
    workspace = workspace_of(asked.parts)
    kept = [one for one in all_kept(workspace.dir) if one.file.startswith("journeys/")]
    kinds = sorted({kind for source in workspace.sources.values() for kind in source.subjects})
    return asked.page(
        "journey_edit_new.html.j2",
        status=status,
        beginnings=beginnings(),
        chosen=asked.form("begin") or (LOG if workspace.sources else EMPTY),
        title=asked.form("title"),
        subject=asked.form("subject"),
        subjects=["account", *kinds],
        wrong=wrong,
        kept=[(one, one.file.removeprefix("journeys/").removesuffix(".yaml")) for one in kept],
    )


def add(asked: Asked) -> Response:
    """Begin it; written where it holds no mistake, else shown with its mistakes."""
    title = " ".join(asked.form("title").split())
    name = id_of(title, "journey")
    try:
        _check(asked, title, name)
        text = begin(asked, asked.form("begin"), name, title)
    except (BadRequest, UnknownName, FileProblems) as refused:
        return page(asked, wrong=str(refused), status=422)
    document = new_document(asked, name)
    examined = examine(workspace_of(asked.parts), document.path, text)
    if examined.problems:
        says = _("Not saved yet: %(mistakes)s. The names of this text must be those of your firm.")
        told = says % {"mistakes": counted(len(examined.problems), "mistake")}
        sheet = Sheet(document, FORMS, text, digest_of(""), "", problems=examined.problems, says=told)
        return editor(asked, name, shown(sheet))
    with asked.change("add journey", f"journey:{name}", begin=asked.form("begin")):
        write(document.path, text, before=digest_of(""))
    return asked.go(f"/journeys/{name}/edit?said=journey-made#said")


def _check(asked: Asked, title: str, name: str) -> None:
    if not title:
        raise BadRequest(_("Give it a title, as From signature to first use."))
    if len(name) > LONGEST_NAME:
        raise BadRequest(_("Give it a shorter title: its file is called by it."))
    if name in _TAKEN or journey_file(workspace_of(asked.parts), name) is not None:
        raise BadRequest(_("There is a journey '%(name)s' already; choose another title.") % {"name": name})


ENDPOINTS = (
    Endpoint("/journeys/new", ("GET",), Permission.EDIT_JOURNEYS, show),
    Endpoint("/journeys/new", ("POST",), Permission.EDIT_JOURNEYS, add),
)
