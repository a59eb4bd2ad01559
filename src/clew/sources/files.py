"""Which files a source means: patterns relative to the workspace, ${NAME} from the environment."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

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
