"""Which files a source reads, and whether they are the ones it read last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from clew.archive.manifest import LoadedFile, LoadedSource
from clew.errors import BadInput
from clew.ids import file_sha256, fingerprint
from clew.sources.files import find_files
from clew.sources.model import Source

Resolver = Callable[[Source], Sequence[Path]]


@dataclass(frozen=True)
class Inputs:
    """What a source reads now.

    paths        files to pass to the reader; none for a SELECT
    files        the same with size and SHA-256; of a SELECT its own file stands for its tables
    fingerprint  of everything that is read, joined files and tables included
    """

    paths: tuple[Path, ...]
    files: tuple[LoadedFile, ...]
    fingerprint: str


def inputs_of(source: Source, root: Path, resolve: Resolver | None = None) -> Inputs:
    """Find and fingerprint the files of a source; BadInput where a pattern matches nothing or the source has none."""
    if source.receives is not None:
        raise BadInput(f"source '{source.name}' receives events and reads no files: there is nothing to load")
    paths: tuple[Path, ...] = ()
    if source.select is None:
        paths = tuple(resolve(source) if resolve else find_files(source.files, root))
    files = tuple(_described(path, root) for path in paths)
    others = [file_sha256(path) for path in _other_files(source, root)]
    whole = fingerprint(source.name, *(file.sha256 for file in files), "and", *others)
    if source.select is not None:
        files = (LoadedFile(_named(source.path, root), 0, whole),)
    return Inputs(paths, files, whole)


def _other_files(source: Source, root: Path) -> list[Path]:
    patterns = [join.files for join in source.joins] + list(source.tables.values())
    return [path for files in patterns for path in find_files(files, root)]


def _described(path: Path, root: Path) -> LoadedFile:
    return LoadedFile(_named(path, root), path.stat().st_size, file_sha256(path))


def _named(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def is_unchanged(source: Source, inputs: Inputs, loaded: LoadedSource | None) -> bool:
    """Say whether reading again could change nothing: same files, same definition, nothing held back for the future."""
    if loaded is None or loaded.held_back:
        return False
    return loaded.version == source.version and loaded.inputs == inputs.fingerprint


def merged_files(known: Sequence[LoadedFile], present: Sequence[LoadedFile]) -> tuple[list[LoadedFile], list[int]]:
    """Bring the files of now into the list of all files a source ever had; return it and the place of each.

    A file is the same one when it has the same path, or, moved, the same bytes.
    """
    files = list(known)
    places: list[int] = []
    for file in present:
        place = _place_of(file, files, places)
        if place == len(files):
            files.append(file)
        files[place] = file
        places.append(place)
    return files, places


def _place_of(file: LoadedFile, files: Sequence[LoadedFile], taken: Sequence[int]) -> int:
    free = [place for place in range(len(files)) if place not in taken]
    same_path = [place for place in free if files[place].path == file.path]
    same_bytes = [place for place in free if files[place].sha256 == file.sha256]
    return (same_path + same_bytes + [len(files)])[0]
