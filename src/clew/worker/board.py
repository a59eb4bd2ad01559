"""What the threads of a worker share: leases held, bells that wake duties, the workspace as its files are now."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from clew.db.engine import Database
from clew.db.leases import Lease
from clew.live.state.holding import FOLD
from clew.questions.library import OpenWorkspace, open_workspace
from clew.worker.model import Doing, Duty
from clew.workspace.find import FIRM_FILE, MEANINGS_FILE

LOOK_US = 1_000_000  # how often files are looked at


class Board:
    """One process's duties, and what they may write at present.

    bells  duty -> set when there may be something to do for it at once
    """

    def __init__(self, folder: Path, database: Database, duties: frozenset[Duty], stop: threading.Event) -> None:
        self.database, self.duties, self.stop = database, duties, stop
        self.bells = {duty: threading.Event() for duty in Duty}
        self.doing = {duty: Doing() for duty in sorted(duties)}
        self.store = open_workspace(folder).store
        self._files = Files(folder)
        self._held: Sequence[Lease] = ()

    @property
    def held(self) -> Sequence[Lease]:
        return self._held

    def hold(self, leases: Sequence[Lease]) -> None:
        """Take note of the leases that this process holds by now; duties that gained some are woken."""
        gained = {each.name for each in leases} - {each.name for each in self._held}
        self._held = tuple(leases)
        for duty in self.duties:
            if any(name.startswith(duty.value) for name in gained):
                self.bells[duty].set()

    def leases_of(self, duty: Duty) -> list[Lease]:
        """Return the leases under which a duty may write."""
        prefix = FOLD if duty is Duty.FOLD else duty.value
        return [each for each in self._held if each.name.startswith(prefix)]

    def workspace(self, *, now: int, at_once: bool = False) -> OpenWorkspace:
        """Return the workspace as its files were at most a second ago; `at_once` looks at them again."""
        return self._files.read(now, at_once=at_once)


class Files:
    """The files of a workspace, read again when they have changed."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._lock = folder, threading.Lock()
        self._read: tuple[object, OpenWorkspace] | None = None
        self._looked_at = 0

    def read(self, now: int, *, at_once: bool = False) -> OpenWorkspace:
        with self._lock:
            if self._read is None or at_once or not 0 <= now - self._looked_at < LOOK_US:
                self._looked_at = now
                stamp = self._stamp()
                if self._read is None or self._read[0] != stamp:
                    self._read = stamp, open_workspace(self._folder)
            return self._read[1]

    def _stamp(self) -> object:
        """What differs whenever a file of the workspace does."""
        paths = [
            self._folder / FIRM_FILE,
            self._folder / MEANINGS_FILE,
            self._folder / ".clew" / "versions" / "index.jsonl",
        ]
        for part in ("sources", "journeys"):
            paths += sorted((self._folder / part).glob("*"))
        return [(str(path), *_state(path)) for path in paths]


def _state(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, -1
    return found.st_mtime_ns, found.st_size
