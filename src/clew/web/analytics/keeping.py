"""The log to the second that one web process keeps: opened once, its files read again when they change."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, TypeVar

from clew.config.store import STORE
from clew.errors import ClewError
from clew.live.fresh.asking import FreshWorkspace
from clew.live.fresh.log import Fresh, open_fresh
from clew.workspace.draft import read_draft
from clew.workspace.watched import WatchedWorkspace

if TYPE_CHECKING:
    from clew.web.parts import Parts

T = TypeVar("T")
KEPT = "analytics"
_MAKING = Lock()
FETCHED_S = 5.0  # an answer that nobody has fetched so long after it was found is too old


def analytics_of(parts: Parts) -> Analytics:
    """Return the one of this process."""
    with _MAKING:
        if KEPT not in parts.kept:
            parts.kept[KEPT] = Analytics(parts)
        found: Analytics = parts.kept[KEPT]
        return found


class Analytics:
    """Answers from one workspace, one at a time; used by any number of threads."""

    def __init__(self, parts: Parts) -> None:
        self._database = parts.database
        self._lock = RLock()
        self._files = WatchedWorkspace(parts.folder, self._read)
        self._workspace: FreshWorkspace | None = None
        self._pool = ThreadPoolExecutor(1, "analytics")
        self._found = Found(self._pool)

    def look(self, now: int, work: Callable[[FreshWorkspace], T]) -> T:
        """Do some work on the workspace as it is now; waits for others.

        now     microseconds UTC
        Raises  what the work raises, FileProblems
        """
        with self._lock:
            workspace = self._current()
            return workspace.look(now, lambda: work(workspace))

    def soon(self, key: Hashable, now: int, work: Callable[[FreshWorkspace], T], *, wait_s: float) -> T | None:
        """Do as `look` in a thread; None where it lasts longer than this: the same key fetches it later."""
        told: T | None = self._found.soon(key, lambda: self.look(now, work), wait_s)
        return told

    def glance(self, now: int, work: Callable[[Fresh], T], *, wait_s: float) -> T | None:
        """Do some work on the log of single threads; None where it is not open yet, or somebody works longer than this.

        What asks so can do without: where the log cannot be read it is told by who cannot.
        """
        with suppress(ClewError):
            if self._workspace is None:
                self._found.soon(KEPT, self._open, wait_s)
            if self._workspace is not None and self._lock.acquire(timeout=wait_s):
                try:
                    return self._workspace.glance(now, work)
                finally:
                    self._lock.release()
        return None

    def _open(self) -> bool:
        with self._lock:
            self._current()
        return True

    def _current(self) -> FreshWorkspace:
        self._workspace = self._files.current()
        return self._workspace

    def _read(self, folder: Path) -> FreshWorkspace:
        draft, known = read_draft(folder), self._workspace
        if known is not None and known.sources == draft.sources:
            return known.with_files(draft)
        return FreshWorkspace(draft, open_fresh(folder / STORE, self._database, draft.sources))


class Found:
    """What is being worked out, and what was and is not fetched yet."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool, self._lock = pool, Lock()
        self._jobs: dict[Hashable, tuple[Future[Any], list[float]]] = {}

    def soon(self, key: Hashable, work: Callable[[], Any], wait_s: float) -> Any:
        """Return what the work returns, None where it is not done in time; the same key fetches it later."""
        job = self._job(key, work)
        try:
            return job.result(wait_s)
        except TimeoutError:
            if job.done():
                raise
            return None
        finally:
            if job.done():
                with self._lock:
                    self._jobs.pop(key, None)

    def _job(self, key: Hashable, work: Callable[[], Any]) -> Future[Any]:
        with self._lock:
            self._forget_old()
            if key not in self._jobs:
                job, ended = self._pool.submit(work), list[float]()
                job.add_done_callback(lambda _: ended.append(time.monotonic()))
                self._jobs[key] = job, ended
            return self._jobs[key][0]

    def _forget_old(self) -> None:
        before = time.monotonic() - FETCHED_S
        self._jobs = {key: one for key, one in self._jobs.items() if not one[1] or one[1][0] > before}
