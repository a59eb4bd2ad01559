"""A table as a folder of columns: one .npy file each, written once and never changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from clew.archive.layout import Array, absent, column_of, narrowed
from clew.archive.pieces import Piece
from clew.clock import ALWAYS, NEVER
from clew.config.store import private_folder
from clew.errors import BrokenStore
from clew.files.replace import sync_folder
from clew.ids import file_stem

_PARSING = Lock()  # numpy parses the header of a file as Python; threads that do so at once fail (CPython issue 106905)


@dataclass(frozen=True)
class Folder:
    """A written table, as the manifest names it.

    path     relative to the store        rows     number of rows
    columns  names of the columns that have a file; in the others nothing is said
    sha256   of all columns, in the order of their names
    first, last  earliest and latest of "at", dated rows only; first > last where there are none
    """

    path: str
    rows: int
    columns: tuple[str, ...] = ()
    sha256: str = ""
    first: int = NEVER
    last: int = ALWAYS


def write_folder(store: Path, path: str, table: str, rows: Piece) -> Folder:
    """Write a table durably; a column in which nothing is said gets no file."""
    count = len(rows)
    if not count:
        return Folder(path, 0)
    folder = store / path
    private_folder(folder)
    written, digest = [], hashlib.sha256()
    for name in sorted(rows.columns()):
        values = rows.column(name)
        if bool((values == column_of(table, name).absent).all()):
            continue
        values = narrowed(table, name, values)
        _write_column(folder / f"{file_stem(name)}.npy", values)
        digest.update(name.encode())
        digest.update(values.data)
        written.append(name)
    sync_folder(folder)
    return Folder(path, count, tuple(written), digest.hexdigest(), *_span(rows.column("at")))


def _span(at: Array) -> tuple[int, int]:
    dated = at[at != ALWAYS]
    return (int(dated.min()), int(dated.max())) if len(dated) else (NEVER, ALWAYS)


def _write_column(path: Path, values: Array) -> None:
    with path.open("wb") as file:
        np.lib.format.write_array(file, values, allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())


class Stored:
    """A written table as a piece: columns are mapped on first use."""

    def __init__(self, store: Path, table: str, folder: Folder) -> None:
        self._store, self._table, self._folder = store, table, folder
        self._mapped: dict[str, Array] = {}

    def __len__(self) -> int:
        return self._folder.rows

    def columns(self) -> Collection[str]:
        return self._folder.columns

    def column(self, name: str) -> Array:
        found = self._mapped.get(name)
        if found is None:
            found = self._mapped[name] = self._read(name)
        return found

    def _read(self, name: str) -> Array:
        if name not in self._folder.columns:
            return absent(self._table, name, self._folder.rows)
        path = self._store / self._folder.path / f"{file_stem(name)}.npy"
        try:
            with _PARSING:
                mapped: Any = np.load(path, mmap_mode="r")
        except FileNotFoundError as error:
            raise BrokenStore(f"{path} is gone: the log was loaded anew meanwhile; ask again") from error
        except ValueError as error:
            raise BrokenStore(f"{path} is damaged ({error}); load the exports again") from error
        if mapped.shape != (self._folder.rows,):
            raise BrokenStore(f"{path} holds {mapped.shape[0]:,} rows, the manifest says {self._folder.rows:,}")
        return np.asarray(mapped)  # a plain array over the mapping: slices of memmap are slow


def verify_folder(store: Path, table: str, folder: Folder) -> bool:
    """Say whether the columns are still what was written."""
    stored, digest = Stored(store, table, folder), hashlib.sha256()
    for name in sorted(folder.columns):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(stored.column(name)).data)
    return not folder.rows or digest.hexdigest() == folder.sha256
