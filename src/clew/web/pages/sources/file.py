"""The file of a source: where it is, and who may write it."""

from __future__ import annotations

import re
from pathlib import Path

from clew.context.vocabulary import SOURCE as BUILT_IN
from clew.errors import BadRequest, UnknownName
from clew.sources.files import reaches_out
from clew.workspace.draft import TAKEN
from clew.workspace.find import source_files
from clew.workspace.workspace import Workspace

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


def path_of(folder: Path, source: str) -> Path:
    """Return the file of a source. Raises UnknownName."""
    found = {path.stem: path for path in source_files(folder)}
    if source not in found:
        raise UnknownName("source", source, found)
    return found[source]


def new_path(folder: Path, source: str) -> Path:
    """Return the file of a source that is to be made. Raises BadRequest."""
    if not _NAME.fullmatch(source):
        raise BadRequest(f"'{source}' cannot be a source; allowed: a-z, 0-9 and -, as product-usage")
    if source == BUILT_IN:
        raise BadRequest(f"{TAKEN}; choose another name")
    if source in {path.stem for path in source_files(folder)}:
        raise BadRequest(f"there is a source '{source}' already; choose another name")
    return folder / "sources" / f"{source}.yaml"


def needs_sql(workspace: Workspace, source: str) -> bool:
    """Say whether only who may run SQL may write this source: a SELECT is code; other files may be anybody's."""
    found = workspace.sources.get(source)
    if found is None:
        return False
    return found.select is not None or any(reaches_out(pattern) for pattern in found.patterns)
