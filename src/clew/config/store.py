"""The folder in which Clew keeps what tells of customers: for the user alone that runs it."""

from __future__ import annotations

from pathlib import Path

STORE = ".clew"  # in the folder of a workspace
FOR_ITS_OWNER = 0o700


def private_folder(path: Path) -> Path:
    """Make a folder, and those above it that are missing, for its owner alone; one that is there stays as it is."""
    if not path.is_dir():
        private_folder(path.parent)
        path.mkdir(mode=FOR_ITS_OWNER, exist_ok=True)
    return path
