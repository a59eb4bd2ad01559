"""The workspace's files, read anew only when one of them has changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from clew.web.parts import Parts

if TYPE_CHECKING:
    from clew.workspace.workspace import Workspace

KEPT = "files"
Stamp = tuple[tuple[str, int, int], ...]


def workspace_of(parts: Parts) -> Workspace:
    """Return the workspace as its files are now. Files with mistakes are part of it, with their problems."""
    from clew.workspace.draft import read_draft
    from clew.workspace.workspace import Workspace

    stamp = stamp_of(parts.folder)
    kept: tuple[Stamp, Workspace] | None = parts.kept.get(KEPT)
    if kept is None or kept[0] != stamp:
        kept = (stamp, Workspace(read_draft(parts.folder)))
        parts.kept[KEPT] = kept
    return kept[1]


def stamp_of(folder: Path) -> Stamp:
    """What differs whenever a file of the workspace does."""
    return tuple(_stamps(folder))


def _stamps(folder: Path) -> Iterator[tuple[str, int, int]]:
    for pattern in ("*.yaml", "journeys/*.y*ml", "sources/*", ".clew/versions/index.jsonl"):
        for path in sorted(folder.glob(pattern)):
            stat = path.stat()
            yield str(path), stat.st_mtime_ns, stat.st_size
