"""Databases come to the present schema, whoever starts, however often; declared and migrated tables are the same."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData, Table, text

from clew.db.engine import Database, open_database
from clew.db.migrations import NewerSchema, is_current, migrate, present, schema_of
from clew.db.tables import INBOX, MAIN


def test_a_new_database_gets_its_tables_once(tmp_path: Path) -> None:
    database = open_database(tmp_path)

    assert schema_of(database) == {"main": None, "inbox": None}
    assert not is_current(database)
    assert len(migrate(database)) >= 2
    assert migrate(database) == []
    assert schema_of(database) == {"main": present(), "inbox": present()}
    assert is_current(database)
    database.close()


def test_declared_tables_are_the_migrated_ones(database: Database) -> None:
    if database.is_postgres:
        assert _differences(database.main, MAIN, INBOX) == []
    else:
        assert _differences(database.main, MAIN) == []
        assert _differences(database.inbox, INBOX) == []


def test_what_alembic_does_not_compare_is_the_same_too(database: Database, tmp_path: Path) -> None:
    """Numbers that are never given twice (SQLite), bodies that are not compressed (PostgreSQL)."""
    declared = {name for part in (MAIN, INBOX) for name, table in part.tables.items() if _never_reuses(table)}

    if database.is_postgres:
        said = "SELECT attstorage FROM pg_attribute WHERE attrelid = 'inbox'::regclass AND attname = 'body'"
        with database.read() as connection:
            assert connection.execute(text(said)).scalar_one() in ("e", b"e")
        return
    found: set[str] = set()
    for engine in (database.main, database.inbox):
        with engine.connect().execution_options(reads_only=True) as connection, connection.begin():
            made = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
            found |= {row.name for row in made if "AUTOINCREMENT" in str(row.sql)}
    assert found == declared
    assert "inbox" in declared


def _never_reuses(table: Table) -> bool:
    return bool(table.dialect_options["sqlite"]["autoincrement"])


def _of_other_dialects(dialect: str, parts: Sequence[MetaData]) -> set[str | None]:
    """Names of indexes that databases of this dialect do not have: a copy of a table no longer says which."""
    indexes = [index for part in parts for table in part.sorted_tables for index in table.indexes]
    return {one.name for one in indexes if one._ddl_if is not None and one._ddl_if.dialect != dialect}


def _differences(engine: Any, *parts: MetaData) -> list[Any]:
    """What a migration would have to do; add it to the newest step that is not released."""
    declared = MetaData()
    for part in parts:
        for table in part.sorted_tables:
            table.to_metadata(declared)
    with engine.connect().execution_options(reads_only=True) as connection, connection.begin():
        others = _of_other_dialects(engine.dialect.name, parts)

        def counts(_object: Any, name: str | None, *_: object) -> bool:
            return name not in others and not str(name).startswith("schema_")

        options = {"compare_type": True, "include_object": counts}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, declared))


def test_a_database_of_a_newer_program_is_refused(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE schema_main SET version_num = '9999'"))

    with pytest.raises(NewerSchema, match="schema 9999, this Clew knows schemas up to"):
        migrate(database)


STARTER = """
import sys
from pathlib import Path
from clew.db.engine import open_database
from clew.db.migrations import is_current, migrate

sys.stdin.readline()
database = open_database(Path(sys.argv[1]), sys.argv[2] or None)
made = migrate(database)
assert is_current(database)
print(len(made))
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_processes_that_start_together_migrate_once(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("postgres_url") if kind == "postgres" else ""
    command = [sys.executable, "-c", STARTER, str(tmp_path), url]
    pipe = subprocess.PIPE
    processes = [
        subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=os.environ) for _ in range(4)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    ended = [process.communicate(timeout=60) for process in processes]

    assert [process.returncode for process in processes] == [0] * 4, [error for _, error in ended]
    steps = [int(said) for said, _ in ended]
    assert sum(steps) == 2 * int(present())
