"""The index of publications: which version of a journey was put in force when, and what was taken back."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from clew.errors import BadRequest, FileProblems, Problem
from clew.workspace.find import shown, versions_index
from clew.workspace.workspace import Workspace


@dataclass(frozen=True)
class Published:
    """One line of the index: a version of a journey that was published.

    at         aware datetime of the publication
    by         who published, "" where nobody said
    sha256     of the frozen file's bytes
    in_flight  what happens to runs in flight: stay, move or end (clew.engine.succession.Choice)
    stages     with "move": stage of before -> stage from now on
    why        what was published for, "" where nobody said
    """

    journey: str
    version: str
    at: datetime
    by: str
    sha256: str
    in_flight: str = "stay"
    stages: Mapping[str, str] = field(default_factory=dict)
    why: str = ""


@dataclass(frozen=True)
class Withdrawn:
    """A later line of the index: the publication of a journey at `of` counts as if it had never been."""

    journey: str
    of: datetime
    at: datetime
    by: str


def withdraw(workspace: Workspace, journey: str, *, at: datetime, by: str = "") -> Published:
    """Take the latest publication back: every run is again as if it had never been. Raises BadRequest without one."""
    latest = latest_version(workspace, journey)
    if latest is None:
        raise BadRequest(f"no version of '{journey}' is in force, so there is none to withdraw")
    append(workspace, Withdrawn(journey, latest.at, at, by))
    return latest


def published_versions(
    workspace: Workspace, journey: str | None = None, *, known_at: datetime | None = None
) -> list[Published]:
    """Every publication in force in order of time, of one journey or of all.

    known_at  as it was then: without what was published or withdrawn later
    """
    found = [one for one in _lines(workspace) if known_at is None or one.at <= known_at]
    gone = {(one.journey, one.of) for one in found if isinstance(one, Withdrawn)}
    published = [one for one in found if isinstance(one, Published) and (one.journey, one.at) not in gone]
    return [one for one in published if journey in (None, one.journey)]


def publications(workspace: Workspace, journey: str) -> list[Published]:
    """Every publication of a journey, those too that were withdrawn: their files stay."""
    return [one for one in _lines(workspace) if isinstance(one, Published) and one.journey == journey]


def _lines(workspace: Workspace) -> list[Published | Withdrawn]:
    index = _index(workspace)
    text = index.read_text("utf-8") if index.exists() else ""
    lines = text[: text.rfind("\n") + 1].splitlines()  # a line without end was torn by a crash
    return [_from_line(line, index, number) for number, line in enumerate(lines, 1) if line.strip()]


def latest_version(workspace: Workspace, journey: str) -> Published | None:
    """The latest publication of a journey."""
    found = published_versions(workspace, journey)
    return found[-1] if found else None


def _index(workspace: Workspace) -> Path:
    return versions_index(workspace.dir)


def append(workspace: Workspace, told: Published | Withdrawn) -> None:
    """Add a line, durably; a line that a crash tore goes."""
    line = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in vars(told).items()}
    with _index(workspace).open("a+b") as file:
        file.seek(0)
        file.truncate(file.read().rfind(b"\n") + 1)
        file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _from_line(line: str, index: Path, number: int) -> Published | Withdrawn:
    try:
        read: dict[str, Any] = json.loads(line)
        read |= {name: datetime.fromisoformat(read[name]) for name in ("at", "of") if name in read}
        return Withdrawn(**read) if "of" in read else Published(**read)
    except (ValueError, TypeError, KeyError) as error:
        wrong = "this line of the index of versions cannot be read"
        raise FileProblems([Problem(shown(index), number, 1, wrong, "the line as clew wrote it")]) from error
