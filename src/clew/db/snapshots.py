"""A snapshot of both parts of a database, read while others write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, text

from clew.db.engine import Database


@dataclass(frozen=True)
class Snapshot:
    """Connections that go on seeing what was there at one moment. Of SQLite's two files the inbox's moment is earlier.

    main, inbox  the same connection on PostgreSQL
    """

    main: Connection
    inbox: Connection


@contextmanager
def snapshot(database: Database) -> Iterator[Snapshot]:
    """Hold a snapshot until the end of the block; writers go on meanwhile."""
    if database.is_postgres:
        with database.read() as one:
            _fix(one)
            yield Snapshot(one, one)
        return
    with database.read_inbox() as inbox:
        _fix(inbox)
        with database.read() as main:
            _fix(main)
            yield Snapshot(main, inbox)


def _fix(connection: Connection) -> None:
    """Read something: only the first statement takes the snapshot."""
    of = "pg_class" if connection.dialect.name == "postgresql" else "sqlite_master"
    connection.execute(text(f"SELECT 1 FROM {of} LIMIT 1")).all()
