"""The keys of everything that was ever accepted: those of the archive mapped, those of the tail in memory.

Beside them the names of properties that each source brought.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, select

from clew.archive.folders import Stored
from clew.archive.layout import PROPERTY, ROWS, Array
from clew.archive.manifest import MANIFEST, Manifest, read_manifest
from clew.clock import ALWAYS
from clew.db.cursors import position_of
from clew.db.tables import tail_block
from clew.errors import BrokenStore
from clew.ingest.staged import Staged
from clew.live.model import TAIL

_TRIES = 3


@dataclass(frozen=True)
class _Keys:
    """Keys of some rows of the tail, sorted by hi."""

    hi: Array
    content: Array
    position: Array

    def __len__(self) -> int:
        return len(self.hi)

    def chosen(self, rows: Array) -> _Keys:
        return _Keys(self.hi[rows], self.content[rows], self.position[rows])


class KnownKeys:
    """Which events the log has. An id is the upper half of a row key: one event, one row, whatever account it names.

    position   the next one that the log gives        learnt_at  nothing in the log was learnt later
    """

    def __init__(self, store: Path) -> None:
        self._store = store
        self.forget()

    def forget(self) -> None:
        """Let everything be read anew."""
        self._stamp: object = None
        self._archive: Mapping[str, Sequence[Stored]] = {}
        self._tail: list[_Keys] = []
        self._names: dict[str, set[str]] = {}
        self.position, self.learnt_at = 0, ALWAYS

    def refresh(self, connection: Connection) -> None:
        """Take up another generation of the archive; read the tail where it is not known yet."""
        stamp = _stamp(self._store)
        if stamp == self._stamp:
            return
        if self._stamp is None:
            manifest = self._read_tail(connection)
        else:
            manifest = read_manifest(self._store)
            tail = [keys.chosen(np.flatnonzero(keys.position >= manifest.tail)) for keys in self._tail]
            self._tail = [keys for keys in tail if len(keys)]
        self._map(manifest)
        self.position = max(self.position, manifest.tail)
        self.learnt_at = max(self.learnt_at, manifest.loaded_at)
        self._stamp = stamp

    def _map(self, manifest: Manifest) -> None:
        stored = {
            name: [Stored(self._store, ROWS, folder) for folder in source.rows]
            for name, source in manifest.sources.items()
        }
        for parts in stored.values():  # mapped now: the files of an old generation may go meanwhile
            for part in parts:
                part.column("hi"), part.column("content")
        self._archive = stored
        for name, source in manifest.sources.items():
            self.learn(name, source.properties)

    def _read_tail(self, connection: Connection) -> Manifest:
        """Read the keys of the tail behind the archive in force.

        A generation that was put in force meanwhile, and whose rows have left the tail, shows as a gap: read again.
        """
        self.position = position_of(connection, TAIL)
        for _ in range(_TRIES):
            manifest = read_manifest(self._store)
            self._tail, begins = [], None
            for block, staged in _tail_blocks(connection, manifest.tail):
                begins = block.position if begins is None else begins
                self._push(_keys_of(block.position, staged))
                self.learn(block.source, staged.columns(PROPERTY))
                self.learnt_at = max(self.learnt_at, block.learnt_at)
            if begins is None or begins <= manifest.tail:
                break
        return manifest

    def find(self, source: str, hi: Array) -> tuple[Array, Array]:
        """Say which ids are known, and with what content: (n,) bool and (n,) uint64, 0 where unknown."""
        known, content = np.zeros(len(hi), np.bool_), np.zeros(len(hi), np.uint64)
        parts = self._archive.get(source, ())
        bits = max(len(parts), 1).bit_length() - 1
        part_of = (hi >> np.uint64(64 - bits)) if bits else np.zeros(len(hi), np.uint64)
        for number, part in enumerate(parts):
            chosen = np.flatnonzero(part_of == number)
            _look_up(part.column("hi"), part.column("content"), hi, chosen, known=known, content=content)
        for keys in self._tail:
            _look_up(keys.hi, keys.content, hi, np.arange(len(hi)), known=known, content=content)
        return known, content

    def names(self, source: str) -> Collection[str]:
        """Return the names of properties that arrived events of a source brought."""
        return self._names.get(source, ())

    def learn(self, source: str, names: Iterable[str]) -> None:
        """Take note of names of properties."""
        self._names.setdefault(source, set()).update(names)

    def add(self, hi: Array, content: Array) -> None:
        """Take note of rows that get the next positions."""
        position = np.arange(self.position, self.position + len(hi), dtype=np.int64)
        self._push(_Keys(hi, content, position).chosen(np.argsort(hi)))
        self.position += len(hi)

    def _push(self, keys: _Keys) -> None:
        """Keep few tables, each at least twice as long as the next one."""
        while self._tail and len(self._tail[-1]) < 2 * len(keys):
            former = self._tail.pop()
            joined = _Keys(*(np.concatenate([getattr(each, n) for each in (former, keys)]) for n in _KEYS))
            keys = joined.chosen(np.argsort(joined.hi, kind="stable"))
        self._tail.append(keys)


_KEYS = ("hi", "content", "position")


def _look_up(stored: Array, contents: Array, hi: Array, rows: Array, *, known: Array, content: Array) -> None:
    place = np.searchsorted(stored, hi[rows])
    inside = place < len(stored)
    inside[inside] = stored[place[inside]] == hi[rows[inside]]
    known[rows[inside]] = True
    content[rows[inside]] = contents[place[inside]]


def _tail_blocks(connection: Connection, since: int) -> Iterator[tuple[Any, Staged]]:
    """Yield every block of the tail behind a position: its row and its body."""
    blocks = select(tail_block).where(tail_block.c.position >= since).order_by(tail_block.c.position)
    for row in connection.execute(blocks.execution_options(yield_per=200)):
        yield row, Staged(bytes(row.body))


def _keys_of(begin: int, staged: Staged) -> _Keys:
    hi = staged.array("hi")
    position = np.arange(begin, begin + len(hi), dtype=np.int64)
    return _Keys(hi, staged.array("content"), position).chosen(np.argsort(hi))


def _stamp(store: Path) -> object:
    """Return what changes with every generation."""
    try:
        found = os.stat(store / MANIFEST)
    except FileNotFoundError:
        return "none"
    except OSError as fault:
        raise BrokenStore(f"{store / MANIFEST} cannot be read ({fault})") from fault
    return found.st_ino, found.st_mtime_ns, found.st_size
