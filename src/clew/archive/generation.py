"""One generation as it lies on disk: its tables, its entities, its links; columns are mapped on first use."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from clew.archive.folders import Folder, Stored
from clew.archive.layout import ENTITIES, LINKS, Array
from clew.archive.manifest import Manifest
from clew.archive.names import StoredNames


class Generation:
    """Stored tables of a manifest."""

    def __init__(self, store: Path, manifest: Manifest) -> None:
        self.store, self.manifest = store, manifest
        self.names = StoredNames(store, manifest.dictionaries)
        self._tables = [
            {name: Stored(store, name, folder) for name, folder in bucket.items()} for bucket in manifest.buckets
        ]

    def table(self, number: int, name: str) -> Stored:
        """A table of a bucket; empty where nothing was written."""
        found = self._tables[number].get(name) if number < len(self._tables) else None
        return found if found is not None else Stored(self.store, name, Folder("", 0))

    @cached_property
    def links(self) -> Stored:
        return Stored(self.store, LINKS, self.manifest.links)

    @cached_property
    def entities(self) -> Stored:
        return Stored(self.store, ENTITIES, self.manifest.entities)

    @property
    def threads(self) -> Array:
        """Canonical entity of each entity, by code, with every link in force."""
        return self.entities.column("thread")

    def homes(self, threads: Array) -> Array:
        """Bucket of each entity, by code, when these are the canonical ones."""
        hashes = self.entities.column("hash")[: len(threads)]
        return home_buckets(hashes, threads, len(self.manifest.buckets))


def home_buckets(hashes: Array, threads: Array, buckets: int) -> Array:
    """Return the bucket of each entity: by the hash of its thread's text."""
    homes: Array = (hashes[threads] & (buckets - 1)).astype("int16" if buckets <= 1 << 15 else "int32")
    return homes
