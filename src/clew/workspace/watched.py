"""A workspace that is read again when one of its files has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from clew.workspace.find import FIRM_FILE, MEANINGS_FILE, journey_files, source_files, sql_files, versions_index

Read = TypeVar("Read")
Stamp = tuple[tuple[str, int, int, int], ...]
LOOK_US = 1_000_000  # how old a look at the files may be where a second does not matter


class WatchedWorkspace(Generic[Read]):
    """What is read from a workspace, kept until a file changes; any number of threads may ask.

    read  makes it of the folder. What it raises is raised by whoever asks, and tried again the next time
    """

    def __init__(self, folder: Path, read: Callable[[Path], Read]) -> None:
        self._folder, self._read, self._lock = folder, read, Lock()
        self._kept: tuple[Stamp, Read] | None = None
        self._looked_at = 0

    def current(self) -> Read:
        """Return it as the files are now."""
        with self._lock:
            return self._look()

    def lately(self, now: int) -> Read:
        """Return it as the files were at most a second ago. now: microseconds UTC"""
        with self._lock:
            if self._kept is not None and 0 <= now - self._looked_at < LOOK_US:
                return self._kept[1]
            self._looked_at = now
            return self._look()

    def _look(self) -> Read:
        stamp = tuple(_stamps(self._folder))
        if self._kept is None or self._kept[0] != stamp:
            self._kept = stamp, self._read(self._folder)
        return self._kept[1]


def _stamps(folder: Path) -> Iterator[tuple[str, int, int, int]]:
    """Yield what differs whenever a file of the workspace does."""
    single = (folder / FIRM_FILE, folder / MEANINGS_FILE, versions_index(folder))
    for path in (*single, *source_files(folder), *sql_files(folder), *journey_files(folder)):
        try:
            found = path.stat()
        except OSError:  # it is not there, or went just now
            continue
        yield str(path), found.st_ino, found.st_mtime_ns, found.st_size
