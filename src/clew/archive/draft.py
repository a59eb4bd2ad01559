"""Write the next generation: only touched buckets are written, and nobody sees it before its manifest is in force."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from clew.archive.endings import Endings
from clew.archive.folders import Folder, write_folder
from clew.archive.generation import Generation, home_buckets
from clew.archive.identity import threads_of_entities
from clew.archive.layout import (
    ATTRIBUTES,
    ENTITIES,
    EVENTS,
    EVENTS_PER_BUCKET,
    LINKS,
    LIVES,
    MEMBERS,
    MENTIONS,
    ROWS,
    Array,
    number_of_buckets,
)
from clew.archive.manifest import Load, LoadedSource, Manifest, following, publish_manifest, with_load
from clew.archive.members import members
from clew.archive.moving import Moved, buckets_of_changed, moved_rows
from clew.archive.names import GrowingNames
from clew.archive.pieces import Chosen, Held, Joined, Piece
from clew.archive.truncation import in_order
from clew.archive.words import joining
from clew.clock import NEVER
from clew.ids import stable_hash

WRITERS = 2  # buckets written at a time: sorting, hashing and writing leave the interpreter's lock


class Additions(Protocol):
    """What a load adds, by bucket; the columns are codes of the draft's dictionaries."""

    def settle(self, homes: Array, buckets: int) -> set[int]:
        """Learn the bucket of each entity; return the buckets that get something."""
        ...

    def pieces(self, number: int, table: str) -> Sequence[Piece]:
        """New rows of a table of a bucket, those too that ended at once (tables of LIVES' values)."""
        ...


@dataclass(frozen=True)
class Change:
    """What a load alters in the log.

    events   how many events it adds       links    new links, columns as in the links table
    endings  row versions that end         additions  everything else that is new
    ranks    source name -> rank from now on, for every source of the log
    """

    events: int
    links: Piece
    endings: Endings
    additions: Additions
    ranks: Mapping[str, int]


class Draft:
    """The generation to come; `names` takes in new texts, `write` the rest, `publish` puts it in force."""

    def __init__(self, store: Path, former: Manifest) -> None:
        self._store, self._former = store, Generation(store, former)
        self._next = following(former)
        self.names = GrowingNames(store, former.dictionaries)
        shutil.rmtree(store / self._root, ignore_errors=True)  # left by a load that never came to its end

    @property
    def _root(self) -> str:
        return f"g{self._next.generation:06d}"

    def write_rows(self, source: str, part: int, rows: Piece) -> Folder:
        """Write one range of the row keys of a source."""
        return write_folder(self._store, f"{self._root}/rows/{part:04d}.{source}", ROWS, rows)

    def write(
        self, change: Change, *, per_bucket: int = EVENTS_PER_BUCKET, progress: Callable[[], None] | None = None
    ) -> None:
        """Write every touched bucket, the links and the entities; all other folders stay as they are.

        progress  called, in any thread, after each bucket
        """
        links = self._links(change)
        entities = self._entities(links)
        manifest = self._former.manifest
        total = change.events + sum(b[EVENTS].rows for b in manifest.buckets if EVENTS in b)
        buckets = max(number_of_buckets(total, per_bucket), len(manifest.buckets))
        writing = _Writing(self._store, self._root, self._former, change, entities, buckets)
        self._next = replace(
            self._next,
            buckets=writing.run(progress or _silence),
            links=write_folder(self._store, f"{self._root}/links", LINKS, links),
            entities=write_folder(self._store, f"{self._root}/entities", ENTITIES, entities),
            dictionaries=self.names.write(),
        )

    def publish(
        self,
        sources: Mapping[str, LoadedSource],
        load: Load,
        *,
        tail: int | None = None,
        fence: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> Manifest:
        """Put the generation in force and remove what no reader needs any more.

        tail   position of the living log that it contains; None: as before
        fence  held while the manifest is replaced; what it raises keeps the former generation in force
        """
        manifest = self._former.manifest
        self._next = replace(
            self._next,
            sources=dict(sorted(sources.items())),
            loads=with_load(manifest.loads, load),
            position=manifest.position + load.rows,
            tail=manifest.tail if tail is None else tail,
        )
        with fence():
            publish_manifest(self._store, self._next)
        sweep(self._store, self._next)
        return self._next

    def _links(self, change: Change) -> Piece:
        former = self._former.links
        until = former.column("until").copy()
        ended = change.endings.until_of(former.column("row_hi"), former.column("row_lo"))
        until[until == NEVER] = ended[until == NEVER]
        kept = Chosen(former, np.arange(len(former)), {"until": until, "source": self._ranked(former, change.ranks)})
        return Joined(LINKS, [kept, change.links])

    def _ranked(self, table: Piece, ranks: Mapping[str, int]) -> Array:
        return new_ranks(self._former.manifest, ranks)[table.column("source")]

    def _entities(self, links: Piece) -> Held:
        texts = list(self.names.codes("entity"))
        known = len(self._former.entities)
        threads = threads_of_entities(texts, *joining(links, np.flatnonzero(links.column("until") == NEVER)))
        kinds = {kind: code for code, kind in enumerate(self._next.kinds)}
        fresh = [kinds.setdefault(text.partition(":")[0], len(kinds)) for text in texts[known:]]
        hashes = np.fromiter((stable_hash(text) for text in texts[known:]), np.uint32, len(texts) - known)
        self._next = replace(self._next, kinds=tuple(kinds))
        stored = self._former.entities
        kind = np.concatenate([stored.column("kind"), np.array(fresh, np.int32)])
        return Held(
            ENTITIES, {"thread": threads, "kind": kind, "hash": np.concatenate([stored.column("hash"), hashes])}
        )


def _silence() -> None:
    return None


def new_ranks(manifest: Manifest, ranks: Mapping[str, int]) -> Array:
    """Return the rank from now on by the rank until now."""
    table = np.arange(256, dtype=np.uint8)
    for name, source in manifest.sources.items():
        table[source.rank] = ranks[name]
    return table


class _Writing:
    """The buckets of one generation being written."""

    def __init__(
        self, store: Path, root: str, former: Generation, change: Change, entities: Piece, buckets: int
    ) -> None:
        self._store, self._root, self._former, self._change = store, root, former, change
        self._threads = entities.column("thread")
        self._buckets, self._stored = buckets, len(former.manifest.buckets)
        self._homes = home_buckets(entities.column("hash"), self._threads, buckets)
        self._ranks = new_ranks(former.manifest, change.ranks)
        self._same_ranks = bool((self._ranks == np.arange(256)).all())

    def run(self, progress: Callable[[], None]) -> tuple[Mapping[str, Folder], ...]:
        filled = self._change.additions.settle(self._homes, self._buckets)
        moving = self._moving()
        moved = moved_rows(self._former.table, sorted(moving), self._homes, self._stored) if moving else {}
        touched = filled | moving | {number for number, _ in moved} | self._ending()
        if self._stored != self._buckets or not self._same_ranks:
            touched = set(range(self._buckets))
        with ThreadPoolExecutor(WRITERS) as pool:
            tasks = [pool.submit(self._bucket, number, moved, touched, progress) for number in range(self._buckets)]
            try:
                return tuple(task.result() for task in tasks)
            except BaseException:
                pool.shutdown(cancel_futures=True)  # who stops a load does not wait for the other buckets
                raise

    def _moving(self) -> set[int]:
        former = self._former.threads
        return buckets_of_changed(former, self._threads, self._former.homes(former)) if self._stored else set()

    def _ending(self) -> set[int]:
        if not len(self._change.endings):
            return set()
        homes = self._former.homes(self._former.threads)
        return set(np.unique(homes[self._change.endings.party]).tolist())

    def _bucket(
        self, number: int, moved: Moved, touched: set[int], progress: Callable[[], None]
    ) -> Mapping[str, Folder]:
        if number not in touched:
            return self._former.manifest.buckets[number]
        written: dict[str, Folder] = {}
        in_force: dict[str, Joined] = {}
        for name, ended in LIVES.items():
            lasting, ending = self._lives(number, name, moved)
            in_force[name] = self._sorted(name, [*lasting, *self._change.additions.pieces(number, name)])
            written[name] = self._write(number, name, in_force[name])
            gone = [*self._kept(number, ended, moved), *ending, *self._change.additions.pieces(number, ended)]
            written[ended] = self._write(number, ended, self._sorted(ended, gone))
        entity, thread = members(in_force[EVENTS], in_force[ATTRIBUTES], in_force[MENTIONS])
        written[MEMBERS] = self._write(number, MEMBERS, Held(MEMBERS, {"entity": entity, "thread": thread}))
        progress()
        return {name: folder for name, folder in written.items() if folder.rows}

    def _kept(self, number: int, name: str, moved: Moved) -> Iterator[Piece]:
        """Rows of the former generation that belong here now."""
        if self._stored:
            table = self._former.table(number % self._stored, name)
            home = self._homes[table.column("party")]
            for piece in (Chosen(table, np.flatnonzero(home == number)), *moved.get((number, name), [])):
                source = None if self._same_ranks else {"source": self._ranks[piece.column("source")]}
                yield Chosen(piece, np.arange(len(piece)), source) if source else piece

    def _lives(self, number: int, name: str, moved: Moved) -> tuple[list[Piece], list[Piece]]:
        """Split the rows in force until now into those that last and those that end."""
        lasting: list[Piece] = []
        ending: list[Piece] = []
        for piece in self._kept(number, name, moved):
            until = self._change.endings.until_of(piece.column("row_hi"), piece.column("row_lo"))
            ends = np.flatnonzero(until != NEVER)
            lasting.append(Chosen(piece, np.flatnonzero(until == NEVER)) if len(ends) else piece)
            ending.append(Chosen(piece, ends, {"until": until[ends]}))
        return lasting, ending

    def _sorted(self, name: str, pieces: Sequence[Piece]) -> Joined:
        joined = Joined(name, pieces)
        joined.replace("thread", self._threads[joined.column("party")])
        return in_order(joined)

    def _write(self, number: int, name: str, rows: Piece) -> Folder:
        return write_folder(self._store, f"{self._root}/b{number:04d}/{name}", name, rows)


def sweep(store: Path, manifest: Manifest) -> None:
    """Remove every folder and dictionary that neither this generation nor the one before it reads."""
    needed = manifest.folders() | manifest.files() | set(manifest.former)
    above = {parent.as_posix() for path in needed for parent in Path(path).parents}
    for root in store.glob("g[0-9]*"):
        _sweep_folder(root, store, needed, above)
    for file in (store / "names").glob("*.jsonl"):
        if file.relative_to(store).as_posix() not in needed:
            file.unlink(missing_ok=True)


def _sweep_folder(folder: Path, store: Path, needed: set[str], above: set[str]) -> None:
    name = folder.relative_to(store).as_posix()
    if name in needed:
        return
    if name not in above:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for inner in folder.iterdir():
        _sweep_folder(inner, store, needed, above)
