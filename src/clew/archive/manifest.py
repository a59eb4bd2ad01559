"""The manifest: one file that names one generation of column files; replaced as a whole, by rename."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from clew.archive.folders import Folder
from clew.archive.names import Lines
from clew.clock import ALWAYS, NEVER
from clew.errors import BrokenStore
from clew.files.replace import replace_file

FORMAT = 2
MANIFEST = "manifest.json"
_OPERATIONS = "operations.sqlite"  # as clew.db.engine names it: where it is, events may have arrived
_TAIL = re.compile(rb'"tail":\s*(\d+)')  # found in a file that is cut off behind it, too
_RELOAD = "remove this file alone and load the exports again: versions, norms and erasures stay beside it"
_RESTORE = "restore the last backup: the log holds events that no export has, so do not remove this file"
_EITHER = f"restore the last backup; only where no event ever arrived, {_RELOAD}"


@dataclass(frozen=True)
class LoadedFile:
    """A file as a source last read it: path as the person knows it, size in bytes, SHA-256."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class LoadedSource:
    """What the log holds of one source.

    rank       place among all sources of the log, sorted by name
    version    of the definition by which it was read
    inputs     fingerprint of all that was read last, joined files and tables of a SELECT included
    files      every file that rows in force come from; a row's `file` is an index into them
    rows       tables of the row keys in force, one a range of keys
    held_back  rows of the last load that lay in the future: a later one takes them up
    counts     of the last load that read its files: "read", "rejected"
    subjects   kinds of things of accounts that its rows name
    properties  names of properties that its arrived events brought; there may only be so many
    """

    rank: int
    version: str
    inputs: str = ""
    files: tuple[LoadedFile, ...] = ()
    rows: tuple[Folder, ...] = ()
    held_back: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    subjects: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()


@dataclass(frozen=True)
class Load:
    """One load: when it was (microseconds UTC), which sources it changed, how many rows it brought.

    kept  it brought rows of the tail, which come all day long: neighbours count as one
    """

    at: int
    sources: tuple[str, ...]
    rows: int
    kept: bool = False


def with_load(loads: tuple[Load, ...], load: Load) -> tuple[Load, ...]:
    """Return the loads of a log with one more."""
    if not (load.kept and loads and loads[-1].kept):
        return (*loads, load)
    last = loads[-1]
    together = Load(load.at, tuple(sorted({*last.sources, *load.sources})), last.rows + load.rows, kept=True)
    return (*loads[:-1], together)


@dataclass(frozen=True)
class Manifest:
    """One generation.

    position   rows taken into the log since its beginning
    tail       position of the living log below which every row of it is in here; 0 where nothing arrives
    buckets    table name -> folder, for each bucket
    links, entities   tables of the whole log
    kinds      kinds of entities, in the order of their codes
    former     folders of the generation before, which a reader may still have open
    """

    generation: int = 0
    position: int = 0
    tail: int = 0
    buckets: tuple[Mapping[str, Folder], ...] = ()
    links: Folder = field(default_factory=lambda: Folder("", 0))
    entities: Folder = field(default_factory=lambda: Folder("", 0))
    kinds: tuple[str, ...] = ()
    dictionaries: Mapping[str, Lines] = field(default_factory=dict)
    sources: Mapping[str, LoadedSource] = field(default_factory=dict)
    loads: tuple[Load, ...] = ()
    former: tuple[str, ...] = ()

    def span(self, table: str) -> tuple[int, int]:
        """Earliest and latest time in a table of all buckets; first > last where it holds no dated row."""
        folders = [bucket[table] for bucket in self.buckets if table in bucket]
        return min((f.first for f in folders), default=NEVER), max((f.last for f in folders), default=ALWAYS)

    @property
    def loaded_at(self) -> int:
        """When the last load was: everything in the log was learnt by then."""
        return self.loads[-1].at if self.loads else ALWAYS

    def folders(self) -> set[str]:
        """Every folder this generation reads."""
        found = {folder.path for bucket in self.buckets for folder in bucket.values()}
        found |= {folder.path for source in self.sources.values() for folder in source.rows}
        return (found | {self.links.path, self.entities.path}) - {""}

    def files(self) -> set[str]:
        """Every dictionary file this generation reads."""
        return {lines.file for lines in self.dictionaries.values()}


def read_manifest(store: Path) -> Manifest:
    """Read the generation in force; a store without one is empty."""
    path = store / MANIFEST
    try:
        written = path.read_bytes()
    except FileNotFoundError:
        return Manifest()
    try:
        told = json.loads(written)
    except ValueError as error:
        raise BrokenStore(f"{path} is no JSON ({error}); {_remedy(store, written)}") from error
    if not isinstance(told, dict) or told.pop("format", None) != FORMAT:
        raise BrokenStore(f"{path} has another format than {FORMAT}; {_remedy(store, written)}")
    try:
        return _manifest(told)
    except (KeyError, TypeError, AttributeError) as error:
        raise BrokenStore(f"{path} lacks parts ({error}); {_remedy(store, written)}") from error


def _remedy(store: Path, written: bytes) -> str:
    """Say what loses nothing: exports can be loaded again, events that arrived cannot."""
    tail = _TAIL.search(written)
    if tail is not None and int(tail[1]) > 0:
        return _RESTORE
    return _RELOAD if tail is not None and not (store / _OPERATIONS).exists() else _EITHER


def _manifest(told: Mapping[str, Any]) -> Manifest:
    parts = dict(told)
    parts["buckets"] = tuple({name: _folder(f) for name, f in bucket.items()} for bucket in told["buckets"])
    parts["links"], parts["entities"] = _folder(told["links"]), _folder(told["entities"])
    parts["dictionaries"] = {name: Lines(**lines) for name, lines in told["dictionaries"].items()}
    parts["sources"] = {name: _source(source) for name, source in told["sources"].items()}
    parts["loads"] = tuple(Load(**(load | {"sources": tuple(load["sources"])})) for load in told["loads"])
    parts["kinds"], parts["former"] = tuple(told["kinds"]), tuple(told["former"])
    return Manifest(**parts)


def _folder(told: Mapping[str, Any]) -> Folder:
    return Folder(told["path"], told["rows"], tuple(told["columns"]), told["sha256"], told["first"], told["last"])


def _source(told: Mapping[str, Any]) -> LoadedSource:
    parts = dict(told)
    parts["files"] = tuple(LoadedFile(**file) for file in told["files"])
    parts["rows"] = tuple(_folder(folder) for folder in told["rows"])
    parts["subjects"], parts["properties"] = tuple(told["subjects"]), tuple(told.get("properties", ()))
    return LoadedSource(**parts)


def publish_manifest(store: Path, manifest: Manifest) -> None:
    """Put a manifest in force: everything it names must be durable by now. A crash leaves the former one."""
    text = json.dumps({"format": FORMAT} | asdict(manifest), ensure_ascii=False, separators=(",", ":"))
    replace_file(store / MANIFEST, text.encode("utf-8", "surrogatepass"))


def following(manifest: Manifest) -> Manifest:
    """Begin the next generation: same content, the present folders kept for those who read them."""
    former = tuple(sorted(manifest.folders() | manifest.files()))
    return replace(manifest, generation=manifest.generation + 1, former=former)
