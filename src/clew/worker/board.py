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
from clew.workspace.watched import WatchedWorkspace


class Board:
    """One process's duties, and what they may write at present.

    bells  duty -> set when there may be something to do for it at once
    """

    def __init__(self, folder: Path, database: Database, duties: frozenset[Duty], stop: threading.Event) -> None:
        self.database, self.duties, self.stop = database, duties, stop
        self.bells = {duty: threading.Event() for duty in Duty}
        self.doing = {duty: Doing() for duty in sorted(duties)}
        self.store = open_workspace(folder).store
        self._files = WatchedWorkspace(folder, open_workspace)
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
        return self._files.current() if at_once else self._files.lately(now)
