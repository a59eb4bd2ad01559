"""A source's file as somebody has edited it on a page: checked as part of the workspace, then written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clew.access.model import Permission
from clew.errors import Problem
from clew.texts import ngettext
from clew.web.pages.sources.file import needs_sql, path_of
from clew.workspace.editing.writing import problems_of, typed, workspace_with, write

if TYPE_CHECKING:
    from clew.web.request import Asked
    from clew.workspace.workspace import Workspace


@dataclass(frozen=True)
class Edited:
    """What was typed.

    workspace  as it would be with this text       problems  of this file then
    """

    name: str
    path: Path
    text: str
    workspace: Workspace
    problems: Sequence[Problem]

    def save(self, asked: Asked, *, before: str) -> None:
        """Write it. Raises ChangedMeanwhile. before  digest of the text that was edited"""
        with asked.change("change source", f"source:{self.name}"):
            write(self.path, self.text, before=before)


def edit(asked: Asked, name: str) -> Edited:
    """Read the field "text" of a form. Raises UnknownName, BadRequest, Forbidden where it needs SQL."""
    text = typed(asked.form("text"))
    path = path_of(asked.parts.folder, name)
    workspace = workspace_with(asked.parts.folder, path, text)
    if needs_sql(workspace, name):
        asked.require(Permission.RUN_SQL)
    return Edited(name, path, text, workspace, problems_of(workspace, path))


def not_saved(mistakes: int) -> str:
    """Say why a file was not saved."""
    says = ngettext("Not saved: %(count)d mistake.", "Not saved: %(count)d mistakes.", mistakes)
    return says % {"count": mistakes}
