"""What reads the database holds one moment of it, writes nothing, and keeps nobody waiting."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import Connection, Table, select
from sqlalchemy.exc import DatabaseError

from clew.db.engine import Database, insert
from clew.db.tables import cursor, inbox

Reads = Callable[[Database], AbstractContextManager[Connection]]
PARTS: list[tuple[Reads, Table, dict[str, object]]] = [
    (Database.read, cursor, {"name": "kept", "position": 7}),
    (
        Database.read_inbox,
        inbox,
        {"source": "app", "wire": "clew", "kind": "batch", "received_at": 1, "quiet": False, "body": b"{}"},
    ),
]


def write(database: Database, table: Table, row: dict[str, object]) -> None:
    with (database.inbox if table is inbox else database.main).begin() as connection:
        connection.execute(insert(connection, table).values(row))


@pytest.mark.parametrize(("read", "table", "row"), PARTS)
def test_what_is_written_meanwhile_is_not_seen(
    database: Database, read: Reads, table: Table, row: dict[str, object]
) -> None:
    with read(database) as connection:
        assert connection.execute(select(table)).all() == []
        write(database, table, row)  # would wait for ever if reading held a lock
        assert connection.execute(select(table)).all() == []

    with read(database) as connection:
        assert len(connection.execute(select(table)).all()) == 1


@pytest.mark.parametrize(("read", "table", "row"), PARTS)
def test_who_reads_cannot_write_and_who_comes_after_can(
    database: Database, read: Reads, table: Table, row: dict[str, object]
) -> None:
    with pytest.raises(DatabaseError, match=r"read-?only"), read(database) as connection:
        connection.execute(insert(connection, table).values(row))

    write(database, table, row)  # over the same connection of the pool
    with read(database) as connection:
        assert len(connection.execute(select(table)).all()) == 1


def test_a_driver_of_its_own_may_write_after_somebody_read(database: Database) -> None:
    with database.read_inbox() as connection:
        connection.execute(select(inbox)).all()

    raw = database.inbox.raw_connection()
    raw.cursor().execute("DELETE FROM inbox")
    raw.commit()
    raw.close()
