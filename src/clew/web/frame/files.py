"""The workspace's files, read anew only when one of them has changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from clew.web.parts import Parts
from clew.workspace.watched import WatchedWorkspace

if TYPE_CHECKING:
    from clew.workspace.workspace import Workspace

KEPT = "files"


def workspace_of(parts: Parts) -> Workspace:
    """Return the workspace as its files are now. Files with mistakes are part of it, with their problems."""
    kept: WatchedWorkspace[Workspace] = parts.kept.setdefault(KEPT, WatchedWorkspace(parts.folder, _read))
    return kept.current()


def _read(folder: Path) -> Workspace:
    from clew.workspace.draft import read_draft
    from clew.workspace.workspace import Workspace

    return Workspace(read_draft(folder))
