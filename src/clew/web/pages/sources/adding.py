"""GET /sources/new, POST /sources: choose how a tool sends, get a file that works as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clew.access.model import Permission
from clew.errors import BadRequest
from clew.sources.receiving_file import default_file
from clew.web.endpoint import Endpoint
from clew.web.pages.sources.file import new_path
from clew.web.pages.sources.wires import WIRES
from clew.workspace.editing.writing import digest_of, write

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked


def show(asked: Asked) -> Response:
    """The form."""
    return asked.page("source_new.html.j2", wires=WIRES, wire="segment", name="", wrong="")


def add(asked: Asked) -> Response:
    """Write sources/NAME.yaml and go to its page."""
    name, wire = asked.form("name").strip(), asked.form("wire")
    try:
        if wire not in WIRES:
            raise BadRequest(f"'{wire}' is no way to send events; allowed: {', '.join(WIRES)}")
        path = new_path(asked.parts.folder, name)
    except BadRequest as refused:
        shown = {"wires": WIRES, "wire": wire, "name": name, "wrong": str(refused)}
        return asked.page("source_new.html.j2", status=422, **shown)
    with asked.change("add source", f"source:{name}", receives=wire):
        write(path, default_file(name, wire), before=digest_of(""))
    return asked.go(f"/sources/{name}?said=source-made")


ENDPOINTS = (
    Endpoint("/sources/new", ("GET",), Permission.CONNECT, show),
    Endpoint("/sources", ("POST",), Permission.CONNECT, add),
)
