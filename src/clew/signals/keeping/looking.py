"""The log to the second as detectors look at it, again and again; opened once."""

from __future__ import annotations

from pathlib import Path

from clew.clock import DAY_US
from clew.config.store import STORE
from clew.db.engine import Database
from clew.live.fresh.asking import FreshWorkspace
from clew.live.fresh.log import open_fresh
from clew.questions.ground import Ground
from clew.questions.library import read_norms
from clew.signals.sight import Sight
from clew.workspace.draft import read_draft
from clew.workspace.watched import WatchedWorkspace

ARRIVES_US = 7 * DAY_US  # a log whose latest event is older stands still: time that passed since tells nothing
SETTLES = 8  # folds of one journey may gather threads that others have folded already

Standing = tuple[object, int, int]  # files, generation, position: what a sight of one moment rests on


class Looking:
    """Sights of one workspace, one after the other; used by one thread."""

    def __init__(self, folder: Path, database: Database) -> None:
        self._folder, self._database = folder, database
        self.forget()

    def forget(self) -> None:
        """Let go of what is held in memory and of files."""
        self._files = WatchedWorkspace(self._folder, self._read)
        self._workspace: FreshWorkspace | None = None

    def workspace(self, now: int) -> FreshWorkspace:
        """The workspace with everything that was learnt until now. Raises FileProblems."""
        self._workspace = self._files.current()
        self._workspace.see(now)
        return self._workspace

    def standing(self, now: int) -> Standing:
        """What a sight of now rests on, apart from time."""
        workspace = self.workspace(now)
        return workspace, workspace.fresh.generation, workspace.fresh.position

    def sight(self, now: int) -> Sight | None:
        """What there is to see now, every sound journey folded over the same buckets; None of an empty log.

        Where nothing arrives any more it is as of the latest event: who is silent or late since then is so only
        because the log ends there. Raises FileProblems
        """
        workspace = self.workspace(now)
        latest = last_event(workspace)
        if latest is None:
            return None
        return sight_of(workspace, None if latest > now - ARRIVES_US else latest)

    def _read(self, folder: Path) -> FreshWorkspace:
        draft, known = read_draft(folder), self._workspace
        if known is not None and known.sources == draft.sources:
            return known.with_files(draft)
        return FreshWorkspace(draft, open_fresh(folder / STORE, self._database, draft.sources))


def last_event(workspace: FreshWorkspace) -> int | None:
    """Return when the latest event occurred that is no later than the workspace sees, None where there is none."""
    return max((int(bucket.at.max()) for bucket in workspace.view().buckets() if len(bucket)), default=None)


def sight_of(workspace: FreshWorkspace, as_of: int | None = None) -> Sight:
    """Look at the log as of a moment, now unless asked otherwise."""
    names = workspace.sound_journeys()
    for _ in range(SETTLES):
        folded = {name: workspace.fold(name, workspace.view(as_of)) for name in names}
        view = workspace.view(as_of)
        if all(one.view.buckets() is view.buckets() for one in folded.values()):
            break
    grounds = {
        name: Ground(one, workspace.firm, norms=read_norms(workspace.store, workspace.journey(name)))
        for name, one in folded.items()
    }
    return Sight(view, workspace.firm, workspace.meanings, grounds)
