"""Which sources receive events, and how each of them stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clew.access.write_keys import WriteKey
from clew.errors import Problem
from clew.texts import N_
from clew.web.queries.arrivals import Counts
from clew.workspace.find import shown, source_files

if TYPE_CHECKING:
    from clew.workspace.workspace import Workspace


@dataclass(frozen=True)
class SourceStanding:
    """One source as its page and the list show it.

    receives  the wire it takes events in, "" where it reads files
    problems  mistakes of its file
    keys      that hold now
    today     what came in the last 24 hours
    waiting   rejected events that wait
    """

    name: str
    path: Path
    receives: str
    problems: Sequence[Problem]
    keys: Sequence[WriteKey]
    today: Counts
    ever: int | None
    waiting: int

    @property
    def state(self) -> tuple[str, str]:
        """Its shape and its word, translated where it is shown."""
        if self.problems:
            return "bad", N_("holds mistakes")
        if not self.receives:
            return "none", N_("reads files")
        if not self.keys:
            return "waiting", N_("no key yet")
        if self.ever is None:
            return "waiting", N_("nothing received yet")
        if not self.today.received:
            return "late", N_("silent for a day")
        return "good", N_("receiving")


def standings(
    workspace: Workspace,
    *,
    keys: Iterable[WriteKey],
    today: Mapping[str, Counts],
    ever: Mapping[str, int],
    waiting: Mapping[str, int],
    now: int,
) -> list[SourceStanding]:
    """Say how every source stands, in the order of their files; a file that cannot be read is a source too."""
    held = [key for key in keys if key.holds(now)]
    return [
        SourceStanding(
            name=path.stem,
            path=path,
            receives=receives_of(workspace, path.stem),
            problems=[problem for problem in workspace.problems if problem.path == shown(path)],
            keys=[key for key in held if key.source == path.stem],
            today=today.get(path.stem, Counts()),
            ever=ever.get(path.stem),
            waiting=waiting.get(path.stem, 0),
        )
        for path in source_files(workspace.dir)
    ]


def receives_of(workspace: Workspace, source: str) -> str:
    """The wire that a source takes events in, "" where it reads files or cannot be read."""
    found = workspace.sources.get(source)
    return str(getattr(found, "receives", None) or "") if found else ""
