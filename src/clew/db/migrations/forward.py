"""Carry the tables of a database forward, step by step, with the data in them.

Each part of a database (MAIN and INBOX of `clew.db.tables`) says in a table of its own which schema it has: they are
two files on SQLite. A part is carried forward in one transaction, under a lock, so processes that start together wait
for the first and find nothing left to do.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from clew.db.engine import Database, reading
from clew.db.reaching import require_answer
from clew.errors import ClewError

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

STEPS = Path(__file__).parent / "steps"
_LOCK = 0x636C6577  # of PostgreSQL's advisory locks: "clew"


class NewerSchema(ClewError):
    """The database was written by a newer Clew."""

    code = "newer-schema"

    def __init__(self, found: str, known: str) -> None:
        super().__init__(
            f"the database has schema {found}, this Clew knows schemas up to {known}: a newer Clew wrote it; "
            "install that one, or bring back a backup of before"
        )


def migrate(database: Database) -> list[str]:
    """Bring a new or an old database to the present schema.

    Returns  the steps that were made, as "main 0002"; none where it was current
    Raises   NewerSchema, Unreachable
    """
    require_answer(database)
    return [f"{part} {step}" for part, engine in _parts(database) for step in _forward(engine, part)]


def present() -> str:
    """Return the schema that this version of Clew works with, as "0001"."""
    head = _scripts().get_current_head()
    assert head is not None
    return head


def known_schemas() -> frozenset[str]:
    """Return every schema that can be carried forward to the present one, and that one."""
    return frozenset(script.revision for script in _scripts().walk_revisions())


def schema_of(database: Database) -> dict[str, str | None]:
    """Return the schema of each part of a database; None where it has no tables yet."""
    found: dict[str, str | None] = {}
    for part, engine in _parts(database):
        with reading(engine) as connection:
            found[part] = _schema(connection, part)
    return found


def is_current(database: Database) -> bool:
    """Tell whether a database has the schema that this version of Clew works with."""
    return set(schema_of(database).values()) == {present()}


def version_table(part: str) -> str:
    """Return the name of the table that says which schema a part has."""
    return f"schema_{part}"


def carry(connection: Connection, part: str, to: str) -> list[str]:
    """Make the steps that lead a part to a schema, inside a transaction; return those that were made."""
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext

    scripts = _scripts()
    made: list[str] = []
    context = MigrationContext.configure(
        connection,
        opts={
            "version_table": version_table(part),
            "transactional_ddl": True,  # SQLite too: the transaction was begun by us
            "fn": lambda revision, _: scripts._upgrade_revs(to, revision),
            "on_version_apply": [lambda step, **_: made.append(step.up_revision_id)],
        },
    )
    with Operations.context(context):
        context.run_migrations(part=part)
    return made


def _forward(engine: Engine, part: str) -> list[str]:
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":  # SQLite is locked by the beginning of the transaction
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        found = _schema(connection, part)
        if found == present():
            return []
        if found is not None and found not in known_schemas():
            raise NewerSchema(found, present())
        return carry(connection, part, present())


def _schema(connection: Connection, part: str) -> str | None:
    if not inspect(connection).has_table(version_table(part)):
        return None
    return connection.execute(text(f"SELECT version_num FROM {version_table(part)}")).scalar_one_or_none()


def _parts(database: Database) -> tuple[tuple[str, Engine], ...]:
    return (("main", database.main), ("inbox", database.inbox))


@cache
def _scripts() -> ScriptDirectory:
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(STEPS.parent), version_locations=[str(STEPS)])
