"""What the sources of a workspace receive, read again when a file has changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from clew import logs
from clew.errors import ClewError
from clew.ingest.wires.model import Wire
from clew.workspace.watched import WatchedWorkspace
from clew.workspace.workspace import open_workspace

Wires = Mapping[str, Wire | None]


class SourceWires:
    """Call it for what each source receives: None where it reads files only; absent where its file holds mistakes."""

    def __init__(self, folder: Path) -> None:
        self._files = WatchedWorkspace(folder, _read)
        self._wires: Wires = {}

    def __call__(self) -> Wires:
        try:
            self._wires = self._files.current()
        except (ClewError, OSError) as fault:  # files that cannot be read must not keep events from being taken in
            logs.failure("the sources cannot be read, what they received before holds", fault)
        return self._wires


def _read(folder: Path) -> Wires:
    sources = open_workspace(folder).sources
    return {name: Wire(one.receives) if one.receives else None for name, one in sources.items()}
