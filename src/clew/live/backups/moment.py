"""Hold one moment of a running workspace, at which archive and database fit.

Every moment of a running system is one at which it might crash, and whatever a crash leaves is a state from which it
goes on with nothing lost and nothing twice. So a backup holds one such moment M, that of the database's snapshot:

1. The archive's generation in force is kept: its files get a second name, so that no cleaning takes them away.
2. The database's snapshot is taken, of SQLite's inbox first. Whatever was acknowledged before is in it.
3. The manifest is read again. If it is still the one that was kept, it was in force at M: archive and database fit.
   Otherwise a generation was written in between, and 1 is done again. An archive from before M could lack rows that the
   tail has given up since; one from after M could hold rows at positions that the tail would give anew.

What only grows may be copied later: persons, versions, norms. Rows that were numbered by M find their person; persons
and versions that came later are met by nobody, or by the same event when it is taken in again. The head of the audit
log must not be later than its rows, or their end would seem cut off: it is kept with the archive.

Of SQLite the inbox is an instant older than the rest: bodies that were taken in meanwhile stand in the tail. So that
new bodies get numbers above theirs, the last number given is asked for after the snapshot, and new ones go on from it.
"""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from clew.archive.manifest import MANIFEST
from clew.config.store import private_folder
from clew.db.engine import Database
from clew.db.snapshots import Snapshot, snapshot
from clew.live.backups.copying import keep_generation
from clew.live.backups.model import Busy

KEPT = ".backup."
_TRIES = 20
_FORGOTTEN_S = 86_400  # a folder of another machine's backup that is older than this was left behind


@dataclass(frozen=True)
class Moment:
    """What is held.

    kept   folder with the archive's files       sizes  bytes of each that count, by name relative to the store
    """

    kept: Path
    sizes: Mapping[str, int]
    seen: Snapshot


@contextmanager
def moment(store: Path, database: Database) -> Iterator[Moment]:
    """Hold a moment until the end of the block. Raises Busy where generations follow each other too fast."""
    private_folder(store)
    _clear_up(store)
    kept = Path(tempfile.mkdtemp(dir=store, prefix=f"{KEPT}{socket.gethostname()}.{os.getpid()}."))
    try:
        for _ in range(_TRIES):
            sizes = _keep(store, kept)
            if sizes is None:
                continue
            with snapshot(database) as seen:
                if _content(store / MANIFEST) == _content(kept / MANIFEST):
                    yield Moment(kept, sizes, seen)
                    return
        raise Busy
    finally:
        shutil.rmtree(kept, ignore_errors=True)


def _keep(store: Path, kept: Path) -> dict[str, int] | None:
    for old in kept.iterdir():
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    try:
        return keep_generation(store, kept)
    except FileNotFoundError:  # cleaned away under our eyes: there is a newer generation
        return None


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _clear_up(store: Path) -> None:
    """Remove what backups that were killed left behind."""
    for left in store.glob(f"{KEPT}*"):
        host, process, _ = left.name.removeprefix(KEPT).rsplit(".", 2)
        ours = host == socket.gethostname()
        if not _is_alive(int(process)) if ours else time.time() - left.stat().st_mtime > _FORGOTTEN_S:
            shutil.rmtree(left, ignore_errors=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
