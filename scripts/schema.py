"""Freeze the first schema, and keep rows of a schema for the tests of later ones.

python scripts/schema.py freeze   write the DDL of the declared tables as step 0001; only while 0001 is not released
python scripts/schema.py sample   write tests/migrations/SCHEMA.json: rows of every table at the present schema

A change of `clew.db.tables` after a release is a new step in src/clew/db/migrations/steps/, written by hand with
Alembic's operations for both databases; tests/integration/test_migrations.py prints what is missing.
"""

from __future__ import annotations

import json
import sys
import tempfile
from base64 import b64encode
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, create_mock_engine

from clew.db.engine import open_database
from clew.db.migrations import migrate, present
from clew.db.rows import tables_of
from clew.db.tables import INBOX, MAIN

ROOT = Path(__file__).resolve().parent.parent
STEPS = ROOT / "src/clew/db/migrations/steps"
SAMPLES = ROOT / "tests/migrations"
DIALECTS = ("sqlite", "postgresql")
PARTS = {"main": MAIN, "inbox": INBOX}
STEP = '''"""Make the first tables."""

from __future__ import annotations

from clew.db.migrations.frozen import run_frozen

revision = "0001"
down_revision = None


def upgrade(part: str) -> None:
    """Make the tables of one part: main or inbox."""
    run_frozen("0001", part)
'''


def freeze() -> None:
    """Write the statements that make the declared tables, one file a database and part."""
    if any(SAMPLES.glob("0001.json")):
        sys.exit("0001 is released: it never changes; write a further step")
    (STEPS / "0001").mkdir(exist_ok=True)
    for dialect in DIALECTS:
        for part, tables in PARTS.items():
            statements = ";\n\n".join(ddl(tables, dialect)) + ";\n"
            (STEPS / "0001" / f"{part}.{dialect}.sql").write_text(statements, "utf-8")
    (STEPS / "s0001_first.py").write_text(STEP, "utf-8")


def ddl(tables: MetaData, dialect: str) -> list[str]:
    """Return the statements that make these tables."""
    found: list[str] = []

    def note(statement: Any, *_: object, **__: object) -> None:
        lines = str(statement.compile(dialect=engine.dialect)).strip().splitlines()
        found.append("\n".join(line.rstrip().replace("\t", "    ") for line in lines))

    engine = create_mock_engine(f"{dialect}+psycopg://" if dialect == "postgresql" else "sqlite://", note)
    tables.create_all(engine, checkfirst=False)
    return found


def sample() -> None:
    """Write two rows of every table, with something in every column."""
    told: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as store:
        database = open_database(Path(store))
        migrate(database)
        for part, engine in (("main", database.main), ("inbox", database.inbox)):
            with engine.connect().execution_options(reads_only=True) as connection, connection.begin():
                tables = tables_of(connection, sorted(PARTS[part].tables))
                told[part] = {name: [_row(table, n) for n in (1, 2)] for name, table in sorted(tables.items())}
        database.close()
    (SAMPLES / f"{present()}.json").write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", "utf-8")


def _row(table: Any, number: int) -> dict[str, Any]:
    return {column.name: _value(column, number) for column in table.c}


def _value(column: Any, number: int) -> Any:
    kind = str(column.type)
    if kind == "JSON":
        return {"of": column.name, "number": number}
    if kind == "BLOB":
        return b64encode(bytes([0, 255, number])).decode()
    if kind == "BOOLEAN":
        return number == 1
    return f"{column.name} {number} ä" if kind == "TEXT" else number


if __name__ == "__main__":
    {"freeze": freeze, "sample": sample}[sys.argv[1]]()
