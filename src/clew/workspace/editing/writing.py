"""A file as somebody edits it: read, checked as part of the workspace, written where nobody changed it meanwhile."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from clew.errors import BadRequest, ClewError, Problem
from clew.files.replace import replace_file
from clew.files.scan import read_text, scan, scan_file
from clew.files.tree import Node
from clew.workspace.draft import FileRead, read_draft, read_file
from clew.workspace.find import JOURNEYS, journey_files, shown
from clew.workspace.workspace import Workspace

MOST_BYTES = 200_000
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
_BREAK = "\r\n"


class ChangedMeanwhile(ClewError):
    """The file was changed since this page was opened; open the page again and repeat the change."""

    code = "changed-meanwhile"


@dataclass(frozen=True)
class Examined:
    """A text as part of the workspace.

    workspace  as it would be      problems  of this file, and those that it brings to others; named from the folder
    """

    text: str
    workspace: Workspace
    problems: Sequence[Problem]


def digest_of(text: str) -> str:
    """Tell a state of a file apart from others."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def text_of(path: Path) -> str:
    """The text of a file with plain line breaks, "" where there is none. Raises FileProblems where it is no text."""
    return typed(read_text(path)) if path.exists() else ""


def typed(text: str) -> str:
    """A text as forms send it, with plain line breaks. Raises BadRequest where it is too long."""
    plain = text.replace(_BREAK, "\n")
    if len(plain.encode()) > MOST_BYTES:
        raise BadRequest(f"a file has at most {MOST_BYTES:,} bytes; this one has {len(plain.encode()):,}")
    return plain


def workspace_with(folder: Path, path: Path, text: str) -> Workspace:
    """Read the workspace as it would be if this file of it held that text. Nothing is written."""

    def tree_of(file: Path) -> Node:
        return scan(text, file) if file == path else scan_file(file)

    def read(kind: str, file: Path) -> FileRead:
        return read_file(kind, file, tree_of)

    return Workspace(read_draft(folder, read, also=() if path.exists() else (path,)))


def problems_of(workspace: Workspace, path: Path) -> Sequence[Problem]:
    """The problems of one file, named from the workspace's folder."""
    name = path.relative_to(workspace.dir)
    return [replace(problem, path=name) for problem in workspace.problems if problem.path == shown(path)]


def examine(workspace: Workspace, path: Path, text: str) -> Examined:
    """Check a text as the workspace would stand with it.

    workspace  as it stands
    """
    then = workspace_with(workspace.dir, path, text)
    known = {(problem.path, problem.wrong) for problem in workspace.problems}
    brought = [one for one in then.problems if one.path != shown(path) and (one.path, one.wrong) not in known]
    others = [replace(one, path=_from(workspace.dir, one.path)) for one in brought]
    return Examined(text, then, [*problems_of(then, path), *others])


def write(path: Path, text: str, *, before: str) -> None:
    """Replace the file as a whole, durably, with the line breaks and the mark at its beginning that it had.

    before  digest of the text that was edited. Raises ChangedMeanwhile where the file holds another one by now
    """
    if digest_of(text_of(path)) != before:
        raise ChangedMeanwhile
    path.parent.mkdir(exist_ok=True)
    replace_file(path, _as_before(path, text))


def journey_file(workspace: Workspace, name: str) -> Path | None:
    """The file of a journey; of one that cannot be read, the file that is named like it."""
    if name in workspace.journeys:
        return workspace.path_of(name)
    taken = {workspace.path_of(one) for one in workspace.journeys}
    return next((path for path in journey_files(workspace.dir) if path.stem == name and path not in taken), None)


def new_journey_file(name: str) -> str:
    """Where the file of a new journey goes, from the folder of the workspace."""
    return f"{JOURNEYS}/{name}.yaml"


def _as_before(path: Path, text: str) -> str:
    if not path.exists():
        return text
    written = path.read_bytes()
    if written.count(b"\r\n") * 2 > written.count(b"\n"):
        text = text.replace("\n", _BREAK)
    return (_BOM if written.startswith(_BOM.encode()) else "") + text


def _from(folder: Path, path: Path) -> Path:
    whole = Path.cwd() / path
    return whole.relative_to(folder) if whole.is_relative_to(folder) else path
