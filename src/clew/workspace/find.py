"""Where a workspace is and which files it consists of."""

from __future__ import annotations

from pathlib import Path

from clew.config.store import STORE
from clew.errors import NotAWorkspace

FIRM_FILE = "clew.yaml"
MEANINGS_FILE = "meanings.yaml"
JOURNEYS = "journeys"
_ENDINGS = (".yaml", ".yml")


def find_workspace(start: Path | None = None) -> Path:
    """Return the folder with clew.yaml, from `start` (else the current folder) upwards. Raises NotAWorkspace."""
    begin = (start or Path.cwd()).resolve()
    for folder in (begin, *begin.parents):
        if (folder / FIRM_FILE).is_file():
            return folder
    raise NotAWorkspace


def source_files(folder: Path) -> list[Path]:
    """The source files, sorted by name."""
    return _yaml_files(folder / "sources")


def journey_files(folder: Path) -> list[Path]:
    """The journey files, sorted by name."""
    return _yaml_files(folder / JOURNEYS)


def is_journey(path: Path) -> bool:
    """Whether a file lies where journeys do."""
    return path.parent.name == JOURNEYS


def sql_files(folder: Path) -> list[Path]:
    """SQL files beside the sources; a source file must name each of them."""
    return sorted((folder / "sources").glob("*.sql"))


def versions_index(folder: Path) -> Path:
    """The file that says which versions of journeys were published."""
    return folder / STORE / "versions" / "index.jsonl"


def _yaml_files(folder: Path) -> list[Path]:
    found = (path for ending in _ENDINGS for path in folder.glob(f"*{ending}"))
    return sorted(path for path in found if not path.name.startswith("."))


def shown(path: Path) -> Path:
    """A path as a person in the current folder names it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
