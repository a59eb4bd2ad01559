"""Which files belong to a workspace, and how those of the archive are kept while they are read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from clew.accounts.persons import PERSONS
from clew.archive.manifest import MANIFEST, read_manifest
from clew.config.reading import FILE as SETTINGS_FILE
from clew.db.engine import INBOX, OPERATIONS

AUDIT_HEAD = "audit.head"
WRITTEN = frozenset({".yaml", ".yml", ".md", ".sql"})  # endings of what people write
SCHEMAS = "schemas"
_NOT_KEPT = frozenset({"derived", "inbox", "names", MANIFEST, SETTINGS_FILE})
_DATABASES = (OPERATIONS, INBOX, PERSONS)
_PASSING = (".lock", ".new", ".part", "-wal", "-shm", "-journal")


def written_files(folder: Path) -> Iterator[str]:
    """Yield the files of a workspace that people write, relative to it; exports are theirs to keep."""
    if (folder / ".gitignore").is_file():
        yield ".gitignore"
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if any(part.startswith(".") for part in relative.parts) or not path.is_file():
            continue
        if path.suffix in WRITTEN or relative.parts[0] == SCHEMAS:
            yield relative.as_posix()


def store_files(store: Path) -> Iterator[str]:
    """Yield the files of .clew that are copied as they are: neither databases nor the archive, nor what is derived."""
    for path in sorted(store.rglob("*")):
        first = path.relative_to(store).parts[0]
        generation = first[0] == "g" and first[1:].isdigit()
        if first in _NOT_KEPT or first.startswith((".", *_DATABASES)) or generation or first == AUDIT_HEAD:
            continue
        if path.is_file() and not path.name.startswith(".") and not path.name.endswith(_PASSING):
            yield path.relative_to(store).as_posix()


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
