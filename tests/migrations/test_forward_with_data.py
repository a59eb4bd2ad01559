"""Rows of every released schema come through every later step, on both databases.

For each released schema there is a file NNNN.json here, written once by `scripts/schema.py sample`; the present schema
is tried as well.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import LargeBinary, MetaData, select

from clew.db.engine import Database, open_database
from clew.db.migrations import carry, is_current, migrate, present
from clew.db.rows import tables_of
from clew.db.tables import INBOX, MAIN
from tests.rows import row

RELEASED = sorted(path.stem for path in Path(__file__).parent.glob("*.json"))
PARTS: dict[str, MetaData] = {"main": MAIN, "inbox": INBOX}


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    database = open_database(tmp_path, url)
    yield database
    database.close()


def rows_of(schema: str) -> dict[str, dict[str, list[dict[str, Any]]]]:
    path = Path(__file__).parent / f"{schema}.json"
    if path.exists():
        found: dict[str, dict[str, list[dict[str, Any]]]] = json.loads(path.read_text("utf-8"))
        return found
    return {part: {table.name: [row(table)] for table in tables.sorted_tables} for part, tables in PARTS.items()}


@pytest.mark.parametrize("schema", sorted({*RELEASED, present()}))
def test_rows_of_a_schema_are_all_there_afterwards(schema: str, empty: Database) -> None:
    told = rows_of(schema)
    before: dict[str, list[dict[str, Any]]] = {}
    for part, engine in (("main", empty.main), ("inbox", empty.inbox)):
        with engine.begin() as connection:
            carry(connection, part, schema)
            for name, table in tables_of(connection, told[part]).items():
                read = {column.name: _reader(column) for column in table.c}
                before[name] = [{key: read[key](value) for key, value in one.items()} for one in told[part][name]]
                connection.execute(table.insert(), before[name])

    migrate(empty)

    assert is_current(empty)
    for part, engine in (("main", empty.main), ("inbox", empty.inbox)):
        with engine.connect().execution_options(reads_only=True) as connection, connection.begin():
            for name in told[part]:
                table = PARTS[part].tables[name]  # a step that takes a table away says here where its rows went
                after = [one._asdict() for one in connection.execute(select(table).order_by(*table.primary_key))]
                common = [{key: one[key] for key in one if key in table.c} for one in before[name]]
                assert [{key: one[key] for key in kept} for one, kept in zip(after, common, strict=True)] == common


def _reader(column: Any) -> Any:
    """How a value of the file is read: bytes are written in base64."""
    if isinstance(column.type, LargeBinary):
        return lambda value: b64decode(value) if isinstance(value, str) else value
    return lambda value: value
