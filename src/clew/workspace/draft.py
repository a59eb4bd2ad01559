"""Reading every file of a workspace, with all problems of all files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from clew.context.vocabulary import SOURCE as BUILT_IN
from clew.errors import FileProblems, Problem
from clew.files.reading import Named, Reading
from clew.files.scan import scan_file
from clew.files.tree import Node
from clew.firm.model import Firm
from clew.firm.parse import read_firm
from clew.journeys.model import Journey
from clew.journeys.parse import read_journey
from clew.meanings.model import Meanings
from clew.meanings.parse import read_meanings
from clew.sources.model import Source
from clew.sources.parse import read_source
from clew.workspace.find import FIRM_FILE, MEANINGS_FILE, is_journey, journey_files, shown, source_files, sql_files
from clew.workspace.references import Names, reference_problems

MAX_SOURCES = 254  # beside the built-in one
TAKEN = f"'{BUILT_IN}' is the built-in source of what people do in Clew"
FIRM, SOURCE, JOURNEY, MEANINGS = "firm", "source", "journey", "meanings"
_READ: dict[str, Callable[[Node, Reading], Any]] = {
    FIRM: read_firm,
    SOURCE: read_source,
    JOURNEY: read_journey,
    MEANINGS: read_meanings,
}


@dataclass(frozen=True)
class FileRead:
    """What one file said.

    value    a Firm, Source, Journey or Meanings; None where its essentials are missing
    is_yaml  False: nothing of it could be read, so names in it are not known
    """

    kind: str
    path: Path
    value: Any
    reading: Reading
    is_yaml: bool = True


@dataclass
class Draft:
    """The files as they stand, before anything is published.

    firm      None where clew.yaml holds mistakes that leave no firm
    meanings  empty where there is no meanings.yaml; None where it holds mistakes that leave nothing
    journeys  by name, their versions still empty
    paths     journey -> its file
    files     every file read, as a person in the current folder names it
    """

    folder: Path
    firm: Firm | None = None
    meanings: Meanings | None = field(default_factory=Meanings)
    sources: dict[str, Source] = field(default_factory=dict)
    journeys: dict[str, Journey] = field(default_factory=dict)
    paths: dict[str, Path] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)


def read_file(kind: str, path: Path, tree_of: Callable[[Path], Node] = scan_file) -> FileRead:
    """Read one file of a kind; problems are in the reading."""
    reading = Reading(shown(path))
    try:
        value = _READ[kind](tree_of(path), reading)
    except FileProblems as faults:
        reading.problems += [replace(problem, path=reading.path) for problem in faults.problems]
        return FileRead(kind, path, None, reading, is_yaml=False)
    return FileRead(kind, path, value, reading)


def read_draft(folder: Path, read: Callable[[str, Path], FileRead] = read_file, *, also: Sequence[Path] = ()) -> Draft:
    """Read every file of a folder; nothing is raised, problems are in the draft.

    also  files that are not there yet, which `read` knows
    """
    reads = [
        read(FIRM, folder / FIRM_FILE),
        *(read(SOURCE, path) for path in source_files(folder)),
        *(read(JOURNEY, path) for path in sorted([*journey_files(folder), *(one for one in also if is_journey(one))])),
        *(read(MEANINGS, path) for path in (folder / MEANINGS_FILE,) if path.is_file() or path in also),
    ]
    draft = Draft(folder, firm=reads[0].value, files=[one.reading.path for one in reads])
    draft.problems = [problem for one in reads for problem in one.reading.problems]
    _take_sources(draft, [one for one in reads if one.kind == SOURCE])
    for one in reads:
        if one.kind == JOURNEY and one.value and one.value.name not in draft.journeys:
            draft.journeys[one.value.name] = one.value
            draft.paths[one.value.name] = one.path
        if one.kind == MEANINGS:
            draft.meanings = one.value
    draft.problems += _across(draft, reads)
    return draft


def _take_sources(draft: Draft, reads: Sequence[FileRead]) -> None:
    for rank, one in enumerate(reads):
        if one.path.stem == BUILT_IN:
            draft.problems.append(Problem(one.reading.path, 1, 1, TAKEN, "any other name for this file"))
            continue
        twice = one.path.stem in {other.path.stem for other in reads[:rank]}
        if twice or rank >= MAX_SOURCES:
            wrong = f"source '{one.path.stem}' stands twice" if twice else f"more than {MAX_SOURCES} sources"
            draft.problems.append(Problem(one.reading.path, 1, 1, wrong, f"each once, at most {MAX_SOURCES} of them"))
        elif one.value:
            draft.sources[one.path.stem] = replace(one.value, rank=rank, path=one.path)


def _across(draft: Draft, reads: Sequence[FileRead]) -> Iterator[Problem]:
    """Problems that only the files together show."""
    declared = [named for one in reads for named in one.reading.declared]
    mentioned = [named for one in reads for named in one.reading.mentioned]
    yield from _lonely_sql(draft.folder, mentioned)
    names = Names(declared, mentioned, tuple(draft.sources.values()), _unknown_kinds(reads, declared))
    yield from reference_problems(names, draft.journeys)


def _lonely_sql(folder: Path, mentioned: Sequence[Named]) -> Iterator[Problem]:
    named = {one.name for one in mentioned if one.kind == "sql file"}
    for path in sql_files(folder):
        if path.name not in named:
            allowed = f"a file {path.stem}.yaml beside it with 'select: {path.name}', files, id, account and events"
            yield Problem(shown(path), 1, 1, "an .sql file that no source names", allowed)


_HOMES: dict[str, Sequence[str]] = {
    FIRM: ("team", "person", "calendar", "segment"),
    SOURCE: ("event", "attribute", "subject", "subject column", "property"),
    JOURNEY: ("journey", "stage"),
    MEANINGS: (),
}


def _unknown_kinds(reads: Sequence[FileRead], declared: Sequence[Named]) -> frozenset[str]:
    """Kinds of names that cannot be checked: their files are no YAML, or there are none yet."""
    homes = {one.kind for one in reads if not one.is_yaml}
    if not any(one.kind == SOURCE for one in reads):
        homes.add(SOURCE)
    kinds = {kind for home in homes for kind in _HOMES[home]}
    if not any(named.kind == "person" for named in declared):
        kinds.add("person")
    return frozenset(kinds)
