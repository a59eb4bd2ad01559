"""Bring a backup back, into an empty place and a database without tables; all of it or nothing.

The rows are portable: a backup of SQLite can be brought back into PostgreSQL, and the other way round.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import Connection, inspect, update

from clew.config.store import FOR_ITS_OWNER
from clew.config.store import STORE as OWN_STORE
from clew.db.engine import Database, open_database
from clew.db.migrations import NewerSchema, carry, known_schemas, migrate, present, schema_of
from clew.db.rows import go_on_from, put_back, tables_of
from clew.db.tables import backup
from clew.errors import BadRequest
from clew.files.replace import sync_folder
from clew.live.backups.bundle import unpack
from clew.live.backups.model import FILES, FORMAT, STORE, TABLES, BadBackup, Head, Index, Made, NotEmpty

LAST = "clew.yaml"  # a folder with it is a workspace: so it comes last
_DRAFT = ".restore."


def restore_backup(path: Path, into: Path, *, url: str | None = None) -> Made:
    """Bring a backup back.

    into    folder, empty or not there yet
    url     of an empty PostgreSQL database; None: SQLite files
    Raises  NotEmpty, BadBackup, NewerSchema
    """
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise NotEmpty(f"{into} is not empty; name a new folder with --into")
    with _draft(path, into) as draft:
        head, index = _unpacked(path, draft)
        store = draft / FILES / OWN_STORE
        (draft / STORE).mkdir(exist_ok=True)
        (draft / FILES).mkdir(exist_ok=True)
        (draft / STORE).rename(store)
        store.chmod(FOR_ITS_OWNER)
        database = open_database(store, url)
        try:
            rows = _fill(database, draft / TABLES, head, index)
            migrate(database)
            _note(database, head, path)
        finally:
            database.close()
        _move(draft / FILES, into)
    return Made(into, head, index, path.stat().st_size, rows)


def check_backup(path: Path) -> Made:
    """Make sure that a backup is whole and can be brought back. Raises BadBackup, NewerSchema."""
    with tempfile.TemporaryDirectory() as draft:
        head, index = _unpacked(path, Path(draft))
    return Made(path, head, index, path.stat().st_size, {})


@contextmanager
def _draft(path: Path, into: Path) -> Iterator[Path]:
    if not path.is_file():
        raise BadRequest(f"there is no file {path}")
    made = not into.exists()
    into.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=into, prefix=_DRAFT))
    try:
        yield draft
    except BaseException:
        shutil.rmtree(into if made else draft, ignore_errors=True)
        raise
    shutil.rmtree(draft)


def _unpacked(path: Path, draft: Path) -> tuple[Head, Index]:
    head, index = unpack(path, draft)
    if head.format != FORMAT:
        raise BadBackup(
            f"{path} has format {head.format}, this Clew reads format {FORMAT}; install the one that made it"
        )
    if head.schema not in known_schemas():
        raise NewerSchema(head.schema, present())
    return head, index


def _fill(database: Database, pieces: Path, head: Head, index: Index) -> dict[str, int]:
    """Make the tables of the backup's schema, put the rows into them, in one transaction a part."""
    if any(schema_of(database).values()):
        raise NotEmpty("the database holds tables of Clew already; name an empty one with CLEW_DATABASE_URL")
    rows: dict[str, int] = {}
    with ExitStack() as stack:
        main = stack.enter_context(database.main.begin())
        inbox = main if database.is_postgres else stack.enter_context(database.inbox.begin())
        for part, connection in (("main", main), ("inbox", inbox)):
            carry(connection, part, head.schema)
            rows |= _fill_part(connection, pieces / part, head.columns[part], index)
        _let_go(main)
    return rows


def _fill_part(connection: Connection, folder: Path, columns: Mapping[str, object], index: Index) -> dict[str, int]:
    rows: dict[str, int] = {}
    for name, table in tables_of(connection, columns).items():
        listed = columns[name]
        assert isinstance(listed, (list, tuple))
        found = sorted(folder.glob(f"{name}.[0-9]*"))
        rows[name] = sum(put_back(connection, table, listed, piece.read_bytes()) for piece in found)
        if name in index.given:
            go_on_from(connection, name, index.given[name])
    return rows


def _let_go(connection: Connection) -> None:
    """Nobody who held a lease then holds it now; fences go on rising."""
    there = set(inspect(connection).get_table_names())
    tables = tables_of(connection, {"lease", "due"} & there)
    if "lease" in tables:
        connection.execute(update(tables["lease"]).values(until=0))
    if "due" in tables:
        held = tables["due"].c.leased_until.is_not(None)
        connection.execute(update(tables["due"]).where(held).values(leased_until=None))


def _note(database: Database, head: Head, path: Path) -> None:
    """The backup was under way when its rows were read: now it is known to be whole."""
    with database.write() as connection:
        connection.execute(update(backup).where(backup.c.at == head.at).values(bytes=path.stat().st_size))


def _move(draft: Path, into: Path) -> None:
    names = sorted(os.listdir(draft), key=lambda name: (name == LAST, name))
    for name in names:
        (draft / name).rename(into / name)
    sync_folder(into)
