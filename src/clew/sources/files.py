"""Which files a source means: patterns relative to the workspace, ${NAME} from the environment."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath

from clew.errors import BadInput

_NAMED = re.compile(r"\$\{(\w+)\}")


def find_files(
    patterns: Sequence[str], root: Path, *, environment: Mapping[str, str] | None = None
) -> tuple[Path, ...]:
    """Return the files that the patterns match, each once, in the order of the patterns and inside one by name.

    Raises BadInput where a pattern matches nothing or names a variable that is not set.
    """
    known = os.environ if environment is None else environment
    found: dict[Path, None] = {}
    for pattern in patterns:
        matches = _matches(_expanded(pattern, known), root)
        if not matches:
            raise BadInput(f"no file matches '{pattern}' in {root}; put the export there or change the pattern")
        found.update(dict.fromkeys(matches))
    return tuple(found)


def reaches_out(pattern: str) -> bool:
    """Say whether a pattern may name files that are no exports of the workspace.

    So does one that is absolute, goes up, takes a folder from the environment, or names what is hidden, as .clew is.
    """
    parts = re.split(r"[/\\]", pattern)
    anchored = bool(PurePosixPath(pattern).anchor or PureWindowsPath(pattern).anchor)
    return anchored or "${" in pattern or any(part.startswith(".") and part != "." for part in parts)


def require_inside(paths: Iterable[Path], root: Path, *, store: Path) -> None:
    """Refuse files that are not the workspace's own, wherever links lead. Raises BadInput.

    store  folder inside the workspace that Clew keeps for itself
    """
    inside, kept = root.resolve(), store.resolve()
    for path in paths:
        real = path.resolve()
        if not real.is_relative_to(inside) or real.is_relative_to(kept):
            raise BadInput(f"{path} is no export of this workspace; only 'clew load' reads it, run by an admin")


def _expanded(pattern: str, environment: Mapping[str, str]) -> str:
    for name in _NAMED.findall(pattern):
        if not environment.get(name):
            raise BadInput(f"'{pattern}' needs the environment variable {name}, which is not set; set it to a folder")
    return _NAMED.sub(lambda match: environment[match[1]], pattern)


def _matches(pattern: str, root: Path) -> list[Path]:
    # A file whose name holds brackets is meant literally before its name is read as a pattern.
    literal = root / pattern
    if literal.is_file():
        return [literal]
    return [path for path in map(Path, sorted(glob.glob(str(root / pattern), recursive=True))) if path.is_file()]
