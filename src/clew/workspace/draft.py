"""Reading every file of a workspace, with all problems of all files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from clew.errors import FileProblems, Problem
from clew.files.reading import Named, Reading
from clew.files.scan import scan_file
from clew.files.tree import MapNode, Node, ScalarNode
from clew.firm.model import Firm
from clew.firm.parse import read_firm
from clew.journeys.model import Journey
from clew.journeys.parse import read_journey
from clew.sources.model import Source
from clew.sources.parse import read_source
from clew.workspace.find import FIRM_FILE, journey_files, shown, source_files, sql_files
from clew.workspace.frozen import parts_of, version_of
from clew.workspace.references import Names, reference_problems

T = TypeVar("T")
MAX_SOURCES = 255


@dataclass
class Draft:
    """The files as they stand, before anything is published.

    firm       None where clew.yaml holds mistakes that leave no firm
    paths      journey -> its file
    unread     kinds of files of which one is no YAML, so that names in it are not known: firm, source, journey
    """

    folder: Path
    firm: Firm | None = None
    sources: dict[str, Source] = field(default_factory=dict)
    journeys: dict[str, Journey] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    declared: list[Named] = field(default_factory=list)
    mentioned: list[Named] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    paths: dict[str, Path] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)


def read_draft(folder: Path, *, trees: Callable[[Path], Node] = scan_file) -> Draft:
    """Read clew.yaml, the sources and the journeys of a folder; nothing is raised, problems are in the draft.

    trees  how one file becomes a tree; tests give trees of their own
    """
    draft = Draft(folder)
    draft.firm = _read(draft, "firm", folder / FIRM_FILE, trees, read_firm)
    _read_sources(draft, trees)
    for path in journey_files(folder):
        journey = _read(draft, "journey", path, trees, read_journey)
        if journey and journey.name not in draft.journeys:
            draft.journeys[journey.name] = _with_version(journey, draft.firm)
            draft.paths[journey.name] = path
    names = Names(draft.declared, draft.mentioned, tuple(draft.sources.values()), frozenset(_unknown_kinds(draft)))
    draft.problems += reference_problems(names, draft.journeys)
    return draft


def _with_version(journey: Journey, firm: Firm | None) -> Journey:
    """The version covers what the journey takes from the firm."""
    return replace(journey, version=version_of(journey, parts_of(firm, journey))) if firm else journey


def _read_sources(draft: Draft, trees: Callable[[Path], Node]) -> None:
    selected: set[str] = set()
    for rank, path in enumerate(source_files(draft.folder)):
        source = _read(draft, "source", path, _noting_select(trees, selected), read_source)
        if rank >= MAX_SOURCES or path.stem in {other.stem for other in source_files(draft.folder)[:rank]}:
            wrong = f"source '{path.stem}' stands twice" if rank < MAX_SOURCES else f"more than {MAX_SOURCES} sources"
            draft.problems.append(Problem(shown(path), 1, 1, wrong, "each source once, at most 255 of them"))
        elif source:
            draft.sources[source.name] = replace(source, rank=rank, path=path)
    draft.problems += _lonely_sql(draft.folder, selected)


def _noting_select(trees: Callable[[Path], Node], selected: set[str]) -> Callable[[Path], Node]:
    def tree_of(path: Path) -> Node:
        tree = trees(path)
        select = tree.get("select") if isinstance(tree, MapNode) else None
        if isinstance(select, ScalarNode):
            selected.add(select.text.strip())
        return tree

    return tree_of


def _lonely_sql(folder: Path, selected: Iterable[str]) -> list[Problem]:
    return [
        Problem(
            shown(path),
            1,
            1,
            "an .sql file that no source names",
            f"a file {path.stem}.yaml beside it with 'select: {path.name}', files, id, account and events",
        )
        for path in sql_files(folder)
        if path.name not in selected
    ]


def _read(
    draft: Draft,
    kind: str,
    path: Path,
    trees: Callable[[Path], Node],
    read: Callable[[Node, Reading], T | None],
) -> T | None:
    """Read one file into the draft; None where it is missing its essentials."""
    reading = Reading(shown(path))
    draft.files.append(reading.path)
    try:
        value = read(trees(path), reading)
    except FileProblems as faults:
        draft.unread.add(kind)
        draft.problems += [replace(problem, path=reading.path) for problem in faults.problems]
        return None
    draft.problems += reading.problems
    draft.declared += reading.declared
    draft.mentioned += reading.mentioned
    return value


_HOMES: dict[str, Sequence[str]] = {
    "firm": ("team", "person", "calendar", "segment"),
    "source": ("event", "attribute", "subject", "subject column", "property"),
    "journey": ("journey", "stage"),
}


def _unknown_kinds(draft: Draft) -> set[str]:
    """Kinds of names that cannot be checked: their files are no YAML, or there are none yet."""
    homes = set(draft.unread)
    if not source_files(draft.folder):
        homes.add("source")
    kinds = {kind for home in homes for kind in _HOMES[home]}
    if not any(named.kind == "person" for named in draft.declared):
        kinds.add("person")
    return kinds
