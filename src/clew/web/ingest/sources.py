"""What the sources of a workspace receive, read again when a file has changed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

from clew.errors import ClewError
from clew.ingest.wires.model import Wire
from clew.workspace.find import source_files, sql_files
from clew.workspace.workspace import open_workspace

_log = logging.getLogger(__name__)

Stamp = frozenset[tuple[str, int, int]]


class SourceWires:
    """Call it for what each source receives: None where it reads files only; absent where its file holds mistakes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamp: Stamp | None = None
        self._wires: Mapping[str, Wire | None] = {}

    def __call__(self) -> Mapping[str, Wire | None]:
        try:
            stamp = self._files()
            if stamp != self._stamp:
                sources = open_workspace(self._folder).sources
                self._wires = {name: Wire(one.receives) if one.receives else None for name, one in sources.items()}
                self._stamp = stamp
        except (ClewError, OSError) as fault:  # files that cannot be read must not keep events from being taken in
            _log.warning("the sources cannot be read, what they received before holds: %s", type(fault).__name__)
        return self._wires

    def _files(self) -> Stamp:
        files = [*source_files(self._folder), *sql_files(self._folder)]
        return frozenset((file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in files)
