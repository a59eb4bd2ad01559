"""Which file a journey of an address is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from clew.errors import UnknownName
from clew.web.frame.file_editor import Document
from clew.web.frame.files import workspace_of
from clew.workspace.editing.aside import kept_for
from clew.workspace.editing.journey import filled, journey_form
from clew.workspace.editing.writing import journey_file, new_journey_file
from clew.workspace.workspace import Workspace

if TYPE_CHECKING:
    from clew.web.request import Asked


def document_of(asked: Asked, name: str) -> Document:
    """The file of a journey, with mistakes too, and of one that is only kept beside the files. Raises UnknownName."""
    workspace = workspace_of(asked.parts)
    found = journey_file(workspace, name)
    if found is None and kept_for(workspace.dir, new_journey_file(name)) is None:
        raise UnknownName("journey", name, workspace.journeys)
    return document(workspace, name, found)


def new_document(asked: Asked, name: str) -> Document:
    """The file of a journey, whether there is one or not."""
    workspace = workspace_of(asked.parts)
    return document(workspace, name, journey_file(workspace, name))


def document(workspace: Workspace, name: str, path: Path | None) -> Document:
    """A journey's file as something to edit."""
    file = path.relative_to(workspace.dir).as_posix() if path is not None else new_journey_file(name)
    return Document(workspace.dir, file, f"journey:{name}", journey_form(), filled)
