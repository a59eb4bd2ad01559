"""One load at a time: a lock that the system itself takes back when a process dies, however it dies."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from clew.config.store import private_folder
from clew.errors import ClewError

LOCK = "load.lock"


class LoadRuns(ClewError):
    """Another command is at work here that must be alone."""

    code = "load-runs"


@contextmanager
def load_lock(store: Path) -> Iterator[None]:
    """Hold the lock of a store; LoadRuns, with the number of its process, where somebody holds it."""
    with alone(store / LOCK, "another load or erasure of this workspace is running (process {}); wait for its end"):
        yield


@contextmanager
def alone(path: Path, refusal: str) -> Iterator[None]:
    """Hold a lock; LoadRuns with this sentence, {} the number of the process, where somebody holds it."""
    private_folder(path.parent)
    with path.open("a+") as file:
        if not _taken(file):
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise LoadRuns(refusal.replace("{}", holder))
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def _taken(file: IO[str]) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows
        return _taken_on_windows(file)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _taken_on_windows(file: IO[str]) -> bool:
    import msvcrt

    try:
        file.seek(1 << 30)  # a byte far behind the number, which others may then read
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    except OSError:
        return False
    return True
