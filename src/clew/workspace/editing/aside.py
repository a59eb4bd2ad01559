"""Texts that are kept beside the files: drafts with mistakes, and files that were removed. Nothing else reads them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from clew.config.store import STORE, private_folder
from clew.files.replace import replace_file

FOLDER = "drafts"
_BETWEEN = "--"


@dataclass(frozen=True)
class Kept:
    """One text.

    file    of the workspace, as journeys/onboarding.yaml
    before  digest of the file's text that it was made from
    by, at  who kept it, and when (microseconds UTC)
    """

    file: str
    text: str
    before: str
    by: str
    at: int


def keep(folder: Path, kept: Kept) -> None:
    """Keep a text, in place of what was kept for this file."""
    path = _path(folder, kept.file)
    private_folder(path.parent)
    replace_file(path, json.dumps(asdict(kept), ensure_ascii=False))


def kept_for(folder: Path, file: str) -> Kept | None:
    """What is kept for a file of the workspace."""
    return _read(_path(folder, file))


def all_kept(folder: Path) -> list[Kept]:
    """Everything that is kept, the latest first."""
    found = [_read(path) for path in (folder / STORE / FOLDER).glob("*.json")]
    return sorted((one for one in found if one is not None), key=lambda one: -one.at)


def forget(folder: Path, file: str) -> None:
    """Keep nothing for a file any more."""
    _path(folder, file).unlink(missing_ok=True)


def _path(folder: Path, file: str) -> Path:
    return folder / STORE / FOLDER / f"{file.replace('/', _BETWEEN)}.json"


def _read(path: Path) -> Kept | None:
    try:
        return Kept(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):  # it is not there, or no text that was kept
        return None
