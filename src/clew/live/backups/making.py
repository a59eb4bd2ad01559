"""Make a backup while everything runs; `moment` says why what it holds is right."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Connection, Table, delete, inspect, select, update

from clew.accounts.persons import PERSONS
from clew.archive.manifest import read_manifest
from clew.config.store import STORE as OWN_STORE
from clew.db.engine import Database, insert, reading
from clew.db.migrations import schema_of
from clew.db.rows import numbers_given, pieces, rows_in, tables_of
from clew.db.snapshots import Snapshot
from clew.db.tables import INBOX, MAIN, backup
from clew.errors import BadRequest
from clew.live.backups.bundle import Writer, written
from clew.live.backups.copying import store_files, written_files
from clew.live.backups.model import FILES, FORMAT, STORE, TABLES, Head, Index, Made
from clew.live.backups.moment import moment
from clew.live.model import UploadState

LEFT_OUT = frozenset({"session", "attempt", "worker"})  # of processes and people that are there now


def make_backup(folder: Path, database: Database, path: Path, *, now: int) -> Made:
    """Write everything of a workspace into one file.

    path    of the backup; must not exist
    Raises  BadRequest where it exists, Busy where generations follow each other too fast
    """
    if path.exists():
        raise BadRequest(f"{path} exists already; name a new file")
    path.parent.mkdir(parents=True, exist_ok=True)
    row = _begun(database, path, now)
    try:
        made = _Making(folder, database).write(path, now)
    except BaseException:
        with database.write() as connection:
            connection.execute(delete(backup).where(backup.c.id == row))
        raise
    with database.write() as connection:
        connection.execute(update(backup).where(backup.c.id == row).values(bytes=made.bytes))
    return made


def _begun(database: Database, path: Path, now: int) -> int:
    """Note the backup before it begins: an erasure meanwhile must know that it may still hold the person."""
    with database.write() as connection:
        told = insert(connection, backup).values(place=str(path.resolve()), at=now, bytes=0)
        return int(connection.execute(told.returning(backup.c.id)).scalar_one())


@dataclass(frozen=True)
class _Part:
    """One part of the database: where it is read, and its tables as they are there."""

    connection: Connection
    tables: Mapping[str, Table]


@dataclass(frozen=True)
class _Making:
    folder: Path
    database: Database

    @property
    def store(self) -> Path:
        return self.folder / OWN_STORE

    def write(self, path: Path, now: int) -> Made:
        with moment(self.store, self.database) as held, written(path) as writer:
            parts = _parts(held.seen)
            head = Head(FORMAT, now, version("clew"), str(schema_of(self.database)["main"]), _columns(parts))
            writer.head(head)
            rows = _write_rows(writer, parts)
            for name, size in held.sizes.items():
                writer.file(f"{STORE}/{name}", held.kept / name, size)
            self._write_growing(writer, held.kept)
            self._write_waiting(writer, held.seen.main)
            manifest = read_manifest(held.kept)
            index = Index(manifest.generation, manifest.tail, self._given(), dict(writer.members))
            writer.index(index)
        return Made(path, head, index, path.stat().st_size, rows)

    def _given(self) -> dict[str, int]:
        """Numbers given by now, not at the snapshot: a number given in between must not be given again."""
        given: dict[str, int] = {}
        for engine, part in ((self.database.main, MAIN), (self.database.inbox, INBOX)):
            with reading(engine) as connection:
                given |= numbers_given(connection, part.tables)
        return given

    def _write_growing(self, writer: Writer, kept: Path) -> None:
        if (self.store / PERSONS).exists():
            _copy_sqlite(self.store / PERSONS, kept / PERSONS)
            writer.file(f"{STORE}/{PERSONS}", kept / PERSONS)
        for name in store_files(self.store):
            _write_if_there(writer, f"{STORE}/{name}", self.store / name)
        for name in written_files(self.folder):
            _write_if_there(writer, f"{FILES}/{name}", self.folder / name)

    def _write_waiting(self, writer: Writer, main: Connection) -> None:
        """Add exports that were sent and are not loaded yet: they were acknowledged."""
        upload = MAIN.tables["upload"]
        waiting = select(upload.c.file).where(upload.c.state == UploadState.WAITING).distinct()
        for name in main.execute(waiting).scalars():
            inside = name.removeprefix(f"{OWN_STORE}/")
            member = f"{FILES}/{name}" if inside == name else f"{STORE}/{inside}"
            if member not in writer.members:
                _write_if_there(writer, member, self.folder / name)


def _parts(seen: Snapshot) -> dict[str, _Part]:
    found: dict[str, _Part] = {}
    for name, connection, declared in (("main", seen.main, MAIN), ("inbox", seen.inbox, INBOX)):
        there = (set(inspect(connection).get_table_names()) & declared.tables.keys()) - LEFT_OUT
        found[name] = _Part(connection, tables_of(connection, sorted(there)))
    return found


def _columns(parts: Mapping[str, _Part]) -> dict[str, dict[str, list[str]]]:
    return {
        name: {str(table.name): [str(column.name) for column in table.c] for table in part.tables.values()}
        for name, part in parts.items()
    }


def _write_rows(writer: Writer, parts: Mapping[str, _Part]) -> dict[str, int]:
    rows: dict[str, int] = {}
    for part, of_part in parts.items():
        for name, table in sorted(of_part.tables.items()):
            rows[name] = 0
            for number, piece in enumerate(pieces(of_part.connection, table)):
                writer.data(f"{TABLES}/{part}/{name}.{number:04d}", piece)
                rows[name] += rows_in(piece)
    return rows


def _write_if_there(writer: Writer, name: str, path: Path) -> None:
    """Add a file that somebody may remove, or write on, at any time."""
    try:
        mode = path.stat().st_mode & 0o777
        data = path.read_bytes()
    except FileNotFoundError:
        return
    if path.suffix == ".jsonl":  # a line may be half-written
        data = data[: data.rfind(b"\n") + 1]
    writer.data(name, data, mode)


def _copy_sqlite(path: Path, copy: Path) -> None:
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    copy.chmod(0o600)
