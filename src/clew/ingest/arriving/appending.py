"""How a group of bodies is written in one transaction; the one place where the two databases differ here."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from clew.db.engine import Database
from clew.ingest.arriving.model import Arriving

Append = Callable[[Any, Sequence[Arriving]], Sequence[int]]  # (connection of the driver, group) -> ids

_COLUMNS = "source, wire, kind, received_at, quiet, headers, body"
_LOCK = 0x696E626F78  # of PostgreSQL's advisory locks: "inbox"
_AT_ONCE = 64  # bodies of one statement on SQLite, so that few statements are ever prepared


def appending(database: Database) -> Append:
    """Return how this database appends durably. What it returns raises errors of the driver."""
    return _append_postgres if database.is_postgres else _append_sqlite


def _append_sqlite(connection: Any, group: Sequence[Arriving]) -> Sequence[int]:
    """One statement where it can be: each one hands the interpreter's lock over and waits to have it back."""
    if len(group) <= _AT_ONCE:
        return _insert_sqlite(connection, group)
    connection.execute("BEGIN IMMEDIATE")
    try:
        pieces = (group[begin : begin + _AT_ONCE] for begin in range(0, len(group), _AT_ONCE))
        ids = [number for piece in pieces for number in _insert_sqlite(connection, piece)]
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return ids


def _insert_sqlite(connection: Any, group: Sequence[Arriving]) -> Sequence[int]:
    values = [value for one in group for value in _values(one)]
    last = connection.execute(_sqlite_statement(len(group)), values).lastrowid
    return range(last - len(group) + 1, last + 1)  # nobody else inserts meanwhile


@cache
def _sqlite_statement(count: int) -> str:
    return f"INSERT INTO inbox ({_COLUMNS}) VALUES " + ", ".join(["(?, ?, ?, ?, ?, ?, ?)"] * count)


# One statement is one transaction and one round trip. Each row is joined with the lock before it is given its number,
# and the lock lasts to the commit: a higher id is never seen before a lower one, whoever appends.
_POSTGRES_STATEMENT = (
    "WITH locked AS MATERIALIZED (SELECT pg_advisory_xact_lock(%s)) "
    f"INSERT INTO inbox ({_COLUMNS}) SELECT {_COLUMNS} FROM locked CROSS JOIN unnest(%b::text[], %b::text[], "
    "%b::text[], %b::bigint[], %b::bool[], %b::text[]::jsonb[], %b::bytea[]) "
    f"WITH ORDINALITY AS given({_COLUMNS}, place) ORDER BY place RETURNING id"
)


def _append_postgres(connection: Any, group: Sequence[Arriving]) -> Sequence[int]:
    if not connection.autocommit:
        connection.autocommit = True
    columns = [list(column) for column in zip(*map(_values, group), strict=True)]
    inserted = connection.execute(_POSTGRES_STATEMENT, [_LOCK, *columns], prepare=True)
    return [row[0] for row in inserted.fetchall()]


def _values(one: Arriving) -> tuple[object, ...]:
    headers = json.dumps(dict(one.headers)) if one.headers is not None else None
    return (one.source, one.wire, one.kind, one.received_at, one.quiet, headers, one.body)
