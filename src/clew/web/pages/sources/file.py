"""The file of a source: read, checked as part of the workspace, and written whole."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from clew.errors import BadRequest, ClewError, Problem, UnknownName
from clew.files.replace import replace_file
from clew.files.scan import scan, scan_file
from clew.files.tree import Node
from clew.sources.files import reaches_out
from clew.workspace.draft import FileRead, read_draft, read_file
from clew.workspace.find import shown, source_files
from clew.workspace.workspace import Workspace

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
MOST_BYTES = 200_000


class ChangedMeanwhile(ClewError):
    """The file was changed since this page was opened; open the page again and repeat the change."""

    code = "changed-meanwhile"


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
    if source in {path.stem for path in source_files(folder)}:
        raise BadRequest(f"there is a source '{source}' already; choose another name")
    return folder / "sources" / f"{source}.yaml"


def digest_of(text: str) -> str:
    """Tell a state of a file apart from others."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def workspace_with(folder: Path, path: Path, text: str) -> Workspace:
    """Read the workspace as it would be if this file of it held that text. Nothing is written."""

    def tree_of(file: Path) -> Node:
        return scan(text, file) if file == path else scan_file(file)

    def read(kind: str, file: Path) -> FileRead:
        return read_file(kind, file, tree_of)

    return Workspace(read_draft(folder, read))


def problems_of(workspace: Workspace, path: Path) -> Sequence[Problem]:
    """The problems of one file, named from the workspace's folder."""
    name = path.relative_to(workspace.dir)
    return [replace(problem, path=name) for problem in workspace.problems if problem.path == shown(path)]


def needs_sql(workspace: Workspace, source: str) -> bool:
    """Say whether only who may run SQL may write this source: a SELECT is code; other files may be anybody's."""
    found = workspace.sources.get(source)
    if found is None:
        return False
    return found.select is not None or any(reaches_out(pattern) for pattern in found.patterns)


def write(path: Path, text: str, *, before: str) -> None:
    """Replace the file as a whole, durably.

    before  digest of the text that was edited. Raises ChangedMeanwhile where the file holds another one by now
    """
    if digest_of(path.read_text("utf-8") if path.exists() else "") != before:
        raise ChangedMeanwhile
    path.parent.mkdir(exist_ok=True)
    replace_file(path, text)
