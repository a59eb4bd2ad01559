"""Which files belong to a workspace, and how those of the archive are kept while they are read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from clew.accounts.persons import PERSONS
from clew.archive.manifest import MANIFEST, read_manifest
from clew.config.reading import FILE as SETTINGS_FILE
from clew.db.engine import INBOX, OPERATIONS

AUDIT_HEAD = "audit.head"
WRITTEN = frozenset({".yaml", ".yml", ".md", ".sql"})  # endings of what people write
SCHEMAS = "schemas"
_NOT_KEPT = frozenset({"derived", "inbox", "names", MANIFEST, AUDIT_HEAD, SETTINGS_FILE})
_DATABASES = (OPERATIONS, INBOX, PERSONS)
_PASSING = (".lock", ".new", ".part", "-wal", "-shm", "-journal")


def written_files(folder: Path) -> Iterator[str]:
    """Yield the files of a workspace that people write, relative to it; exports are theirs to keep."""
    if (folder / ".gitignore").is_file():
        yield ".gitignore"
    for name in _files(folder, lambda first: not first.startswith(".")):
        path = PurePosixPath(name)
        hidden = any(part.startswith(".") for part in path.parts)
        if not hidden and (path.suffix in WRITTEN or path.parts[0] == SCHEMAS):
            yield name


def store_files(store: Path) -> Iterator[str]:
    """Yield the files of .clew that are copied as they are: neither databases nor the archive, nor what is derived."""
    for name in _files(store, _is_copied):
        if not PurePosixPath(name).name.startswith(".") and not name.endswith(_PASSING):
            yield name


def _is_copied(first: str) -> bool:
    generation = first[0] == "g" and first[1:].isdigit()
    return not (first in _NOT_KEPT or first.startswith((".", *_DATABASES)) or generation)


def _files(folder: Path, wanted: Callable[[str], bool]) -> Iterator[str]:
    """Yield all files below the entries of a folder that are wanted; what goes away meanwhile is left out."""
    for first in sorted(os.listdir(folder)):
        if not wanted(first):
            continue
        if (folder / first).is_file():
            yield first
        for root, folders, names in os.walk(folder / first):
            folders.sort()
            yield from (Path(root, name).relative_to(folder).as_posix() for name in sorted(names))


def keep_generation(store: Path, into: Path) -> dict[str, int]:
    """Keep the archive's generation in force, and the head of the audit log, by a second name in a folder.

    Returns  the kept files, relative to the store, with their sizes: a dictionary may grow, its beginning counts
    Raises   FileNotFoundError where a newer generation took its place meanwhile
    """
    kept: dict[str, int] = {}
    for whole in (MANIFEST, AUDIT_HEAD):  # replaced by rename
        if (store / whole).exists():
            kept[whole] = _keep(store, whole, into)
    manifest = read_manifest(into)
    for lines in manifest.dictionaries.values():
        _keep(store, lines.file, into)
        kept[lines.file] = lines.bytes
    for folder in sorted(manifest.folders()):
        if not (store / folder).is_dir():  # one without rows has none
            continue
        for name in sorted(os.listdir(store / folder)):
            kept[f"{folder}/{name}"] = _keep(store, f"{folder}/{name}", into)
    return kept


def _keep(store: Path, name: str, into: Path) -> int:
    target = into / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(store / name, target)
    except FileNotFoundError:
        raise
    except OSError:  # a file system without second names
        shutil.copyfile(store / name, target)
    return target.stat().st_size
