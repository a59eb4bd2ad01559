"""Open the log: the generation in force, as it is now or as it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from clew.archive.folders import verify_folder
from clew.archive.generation import Generation
from clew.archive.identity import threads_of_entities
from clew.archive.layout import ATTRIBUTES, EVENTS, LINKS, MEMBERS, MENTIONS, PROPERTY, SUBJECT, Array, absent
from clew.archive.manifest import Load, LoadedSource, Manifest, read_manifest
from clew.archive.members import members, packed, unpacked
from clew.archive.model import Codes, Times
from clew.archive.moving import Moved, buckets_of_changed, moved_rows
from clew.archive.names import StoredNames
from clew.archive.pieces import Held, Piece
from clew.archive.truncation import Cut, cut_table
from clew.archive.words import joining
from clew.clock import ALWAYS, NEVER


def open_archive(store: Path) -> Archive:
    """Open the log of a store folder (the workspace's .clew); one that was never loaded is empty."""
    return Archive(store, read_manifest(store))


class Archive:
    """One generation of the log. It stays readable while the next one is written."""

    def __init__(self, store: Path, manifest: Manifest) -> None:
        self.store, self.manifest = store, manifest
        self._generation = Generation(store, manifest)

    @property
    def generation(self) -> int:
        return self.manifest.generation

    @property
    def names(self) -> StoredNames:
        return self._generation.names

    @property
    def sources(self) -> Mapping[str, LoadedSource]:
        return self.manifest.sources

    @property
    def loads(self) -> Sequence[Load]:
        return self.manifest.loads

    @cached_property
    def events(self) -> int:
        """Number of events in force."""
        return sum(bucket[EVENTS].rows for bucket in self.manifest.buckets if EVENTS in bucket)

    @property
    def last_event(self) -> int:
        """When the latest event occurred; the epoch in an empty log."""
        return max(self.manifest.span(EVENTS)[1], 0)

    def view(self, as_of: int | None = None, known_at: int | None = None) -> View:
        """Look at the log as it was: up to `as_of` (default: the latest event), as known at `known_at` (now)."""
        cut = Cut(self.last_event if as_of is None else as_of, NEVER if known_at is None else known_at)
        return View(self._generation, cut)

    def damaged(self) -> list[str]:
        """Return the folders whose columns are not what was written."""
        folders = [item for bucket in self.manifest.buckets for item in bucket.items()]
        return [folder.path for table, folder in folders if not verify_folder(self.store, table, folder)]


class View:
    """The log at a moment, as `LogView` says; a view of the present maps the stored columns as they are."""

    def __init__(self, stored: Generation, cut: Cut) -> None:
        self._stored, self.cut = stored, cut
        self.as_of, self.known_at = cut.as_of, cut.known_at
        self.generation = stored.manifest.generation
        self.names = stored.names
        self._plain = {name: self._uncut(last) for name, last in _latest(stored.manifest).items()}

    def _uncut(self, last: int) -> bool:
        return self.known_at >= self._stored.manifest.loaded_at and self.as_of >= last

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Names of the sources by rank."""
        ranks = {source.rank: name for name, source in self._stored.manifest.sources.items()}
        return tuple(ranks.get(rank, "") for rank in range(max(ranks, default=-1) + 1))

    @cached_property
    def subject_kinds(self) -> frozenset[str]:
        """Kinds that some source names as things of accounts."""
        return frozenset(kind for source in self._stored.manifest.sources.values() for kind in source.subjects)

    @cached_property
    def _linked(self) -> Array:
        """Rows of the links of this moment, those included that a person's word parts."""
        table: Piece = self._stored.links
        held = table.column("until") == NEVER if self._plain[LINKS] else self.cut.holds(table)
        return np.flatnonzero(held)

    @cached_property
    def threads(self) -> Array:
        """Canonical entity of each entity, by code."""
        if self._plain[LINKS]:
            return self._stored.threads
        return threads_of_entities(self.names["entity"].texts(), *joining(self._stored.links, self._linked))

    @cached_property
    def _same_threads(self) -> bool:
        return self._plain[LINKS] or bool((self.threads == self._stored.threads).all())

    @cached_property
    def _moved(self) -> Moved:
        if self._same_threads:
            return {}
        former, number = self._stored.threads, len(self._stored.manifest.buckets)
        affected = buckets_of_changed(former, self.threads, self._stored.homes(former))
        return moved_rows(self._stored.table, sorted(affected), self._homes, number)

    @cached_property
    def _homes(self) -> Array:
        return self._stored.homes(self.threads)

    @cached_property
    def _buckets(self) -> tuple[LogBucket, ...]:
        return tuple(LogBucket(number, self._reader(number)) for number in range(len(self._stored.manifest.buckets)))

    def buckets(self) -> Sequence[LogBucket]:
        return self._buckets

    def _reader(self, number: int) -> Callable[[str], Piece]:
        moved = self._moved

        def read(table: str) -> Piece:
            if table == MEMBERS:
                return self._members(number)
            if self._plain[table] and self._same_threads:
                return self._stored.table(number, table)
            threads, homes = (None, None) if self._same_threads else (self.threads, self._homes)
            return cut_table(self._stored.table, number, table, self.cut, moved=moved, threads=threads, homes=homes)

        return read

    def _members(self, number: int) -> Piece:
        if all(self._plain.values()):
            return self._stored.table(number, MEMBERS)
        bucket = self._buckets[number]
        entity, thread = members(*(bucket.table(name) for name in (EVENTS, ATTRIBUTES, MENTIONS)))
        return Held(MEMBERS, {"entity": entity, "thread": thread})

    @cached_property
    def undated(self) -> frozenset[str]:
        codes: set[int] = set()
        for bucket in self._buckets:
            table = bucket.table(ATTRIBUTES)
            codes.update(np.unique(table.column("name")[table.column("at") == ALWAYS]).tolist())
        return frozenset(self.names["attribute"].text(code) for code in codes)

    @cached_property
    def members(self) -> tuple[Codes, Codes]:
        """Every known entity with each thread it is in, once; sorted by entity."""
        tables = [bucket.table(MEMBERS) for bucket in self._buckets]
        ends = np.concatenate([self._stored.links.column(end)[self._linked] for end in ("left", "right")])
        linked = packed(ends, self.threads[ends])
        return unpacked([packed(table.column("entity"), table.column("thread")) for table in tables] + [linked])

    @cached_property
    def _kinds(self) -> Array:
        return self._stored.entities.column("kind")

    def entity_kinds(self) -> dict[str, int]:
        entities = np.unique(self.members[0])
        counts = np.bincount(self._kinds[entities], minlength=len(self._stored.manifest.kinds))
        pairs = zip(self._stored.manifest.kinds, counts.tolist(), strict=True)
        return {kind: count for kind, count in sorted(pairs) if count}

    def threads_of(self, kind: str) -> tuple[Codes, Codes]:
        entity, thread = self.members
        if kind not in self._stored.manifest.kinds:
            return entity[:0], thread[:0]
        chosen = self._kinds[entity] == self._stored.manifest.kinds.index(kind)
        return entity[chosen], thread[chosen]


def _latest(manifest: Manifest) -> dict[str, int]:
    """Return the latest time in each table: a view up to there needs no cut."""
    latest = {name: manifest.span(name)[1] for name in (EVENTS, ATTRIBUTES, MENTIONS)}
    return latest | {LINKS: manifest.links.last}


class LogAttributes:
    """The dated attributes of one bucket of a view."""

    def __init__(self, table: Piece) -> None:
        self._table = table

    def __len__(self) -> int:
        return len(self._table)

    @cached_property
    def thread(self) -> Codes:
        return self._table.column("thread")

    @cached_property
    def entity(self) -> Codes:
        return self._table.column("entity")

    @cached_property
    def name(self) -> Codes:
        return self._table.column("name")

    @cached_property
    def value(self) -> Codes:
        return self._table.column("value")

    @cached_property
    def at(self) -> Times:
        return self._table.column("at")

    @cached_property
    def known(self) -> Times:
        return self._table.column("known")


class LogBucket:
    """One bucket of a view; `Bucket` says what the columns are."""

    def __init__(self, number: int, read: Callable[[str], Piece]) -> None:
        self.number, self._read = number, read
        self._tables: dict[str, Piece] = {}

    def table(self, name: str) -> Piece:
        """A table of the bucket with all its columns, those for the archive's own use too."""
        found = self._tables.get(name)
        if found is None:
            found = self._tables[name] = self._read(name)
        return found

    def __len__(self) -> int:
        return len(self.table(EVENTS))

    def column(self, name: str) -> Array:
        """A column of the events by its stored name: row_hi, row_lo, place, sequence, party, ..."""
        return self.table(EVENTS).column(name)

    @cached_property
    def thread(self) -> Codes:
        return self.column("thread")

    @cached_property
    def at(self) -> Times:
        return self.column("at")

    @cached_property
    def day(self) -> Array:
        return self.column("day")

    @cached_property
    def event(self) -> Codes:
        return self.column("event")

    @cached_property
    def source(self) -> Codes:
        return self.column("source")

    @cached_property
    def team(self) -> Codes:
        return self.column("team")

    @cached_property
    def channel(self) -> Codes:
        return self.column("channel")

    @cached_property
    def user(self) -> Codes:
        return self.column("user")

    @cached_property
    def contact(self) -> Codes:
        return self.column("contact")

    @cached_property
    def value(self) -> Array:
        return self.column("value")

    @cached_property
    def known(self) -> Times:
        return self.column("known")

    @cached_property
    def attributes(self) -> LogAttributes:
        return LogAttributes(self.table(ATTRIBUTES))

    def subject(self, kind: str) -> Codes:
        return self._optional(SUBJECT + kind)

    def property(self, name: str) -> Codes:
        return self._optional(PROPERTY + name)

    def property_names(self) -> list[str]:
        return [name.removeprefix(PROPERTY) for name in self.table(EVENTS).columns() if name.startswith(PROPERTY)]

    def _optional(self, name: str) -> Codes:
        table = self.table(EVENTS)
        return table.column(name) if name in table.columns() else absent(EVENTS, name, len(table))
