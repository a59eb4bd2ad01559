"""A workspace: the firm, its sources, its journeys and what events mean, as the files of one folder say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from clew.config.store import STORE
from clew.errors import FileProblems, Problem, UnknownName
from clew.firm.model import Firm
from clew.journeys.model import Journey
from clew.meanings.model import Meanings
from clew.sources.model import Source
from clew.workspace.draft import Draft, read_draft
from clew.workspace.find import FIRM_FILE, JOURNEYS, MEANINGS_FILE, find_workspace, shown
from clew.workspace.frozen import FirmParts, parts_of, version_of


class Workspace:
    """The draft of a workspace.

    dir       folder with clew.yaml
    sources   by name, those that can be used
    journeys  by name, those that can be used
    problems  of all files, sorted by place; empty where everything is fine
    files     every file that was read, as the person in the current folder names it
    """

    def __init__(self, draft: Draft) -> None:
        self.dir: Path = draft.folder
        self.sources: Mapping[str, Source] = draft.sources
        self.journeys: Mapping[str, Journey] = _with_versions(draft.journeys, draft.firm)
        self.problems: Sequence[Problem] = sorted(set(draft.problems))
        self.files: Sequence[Path] = draft.files
        self._firm = draft.firm
        self._meanings = draft.meanings
        self._paths = draft.paths

    @property
    def firm(self) -> Firm:
        """The firm. Raises FileProblems where clew.yaml does not tell one."""
        if self._firm is None:
            raise FileProblems(self.problems)
        return self._firm

    @property
    def meanings(self) -> Meanings:
        """What events mean, empty without a meanings.yaml. Raises FileProblems where it holds mistakes."""
        faults = self.problems_of(MEANINGS_FILE)
        if faults or self._meanings is None:
            raise FileProblems(faults)
        return self._meanings

    def problems_of(self, file: str) -> list[Problem]:
        """The problems of one file, named from the folder of the workspace."""
        return [problem for problem in self.problems if problem.path == shown(self.dir / file)]

    @property
    def says_meanings(self) -> bool:
        """Whether there is a meanings.yaml."""
        return (self.dir / MEANINGS_FILE).is_file()

    @property
    def problems_of_exports(self) -> list[Problem]:
        """Problems of clew.yaml and the sources, which keep exports from being loaded; others do not."""
        journeys, meanings = shown(self.dir / JOURNEYS), shown(self.dir / MEANINGS_FILE)
        return [one for one in self.problems if one.path != meanings and one.path.parent != journeys]

    @property
    def store(self) -> Path:
        """The folder of the data, ignored by git."""
        return self.dir / STORE

    @property
    def has_data(self) -> bool:
        """Whether anything was loaded."""
        return (self.store / "manifest.json").is_file()

    def journey(self, name: str) -> Journey:
        """A journey by name. Raises UnknownName."""
        if name not in self.journeys:
            raise UnknownName("journey", name, self.journeys)
        return self.journeys[name]

    def path_of(self, journey: str) -> Path:
        """The file of a journey."""
        return self._paths[self.journey(journey).name]

    def sound_journeys(self) -> list[str]:
        """Journeys whose own file holds no mistake, none at all where clew.yaml does."""
        faulty = {problem.path for problem in self.problems}
        if shown(self.dir / FIRM_FILE) in faulty:
            return []
        return sorted(name for name, path in self._paths.items() if shown(path) not in faulty)

    def require_sound(self) -> None:
        """Raise FileProblems when any file holds a mistake."""
        if self.problems:
            raise FileProblems(self.problems)


def _with_versions(journeys: Mapping[str, Journey], firm: Firm | None) -> dict[str, Journey]:
    """A version covers the journey and what it takes from the firm."""
    parts = {name: parts_of(firm, journey) if firm else FirmParts() for name, journey in journeys.items()}
    return {name: replace(one, version=version_of(one, parts[name])) for name, one in journeys.items()}


def open_workspace(path: str | Path | None = None) -> Workspace:
    """Open the workspace of a folder, or of the nearest folder above it that has a clew.yaml.

    path    a folder; None: the current one
    Raises  NotAWorkspace. Mistakes in files are not raised; they are in `problems`
    """
    return Workspace(read_draft(find_workspace(Path(path) if path is not None else None)))
