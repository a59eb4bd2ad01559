"""Many rows at once: one statement for all of them, past what the general way costs for each.

Values of JSON columns are given as JSON texts.
The dialects differ: SQLite runs a prepared statement once a row inside the process, PostgreSQL takes columns as arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Integer,
    LargeBinary,
    Table,
    Text,
    bindparam,
    cast,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

Rows = Sequence[tuple[Any, ...]]

_ARRAYS = {
    BigInteger: "bigint",
    Integer: "integer",
    Boolean: "boolean",
    LargeBinary: "bytea",
    Text: "text",
    JSON: "jsonb",
}


def insert_many(connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
    """Insert rows, each a tuple of these columns."""
    _run(connection, _insert(connection.dialect.name, table, tuple(columns)), rows, table, columns)


def upsert_many(connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
    """Insert rows, or give those whose primary key is known already their new values; each key once."""
    dialect = connection.dialect.name
    statement = _insert(dialect, table, tuple(columns)) + _on_conflict(table, tuple(columns))
    _run(connection, statement, rows, table, columns)


def insert_new_many(connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
    """Insert rows; those whose primary key is known already stay as they are. Each key once."""
    statement = _insert(connection.dialect.name, table, tuple(columns)) + " ON CONFLICT DO NOTHING"
    _run(connection, statement, rows, table, columns)


def delete_many(connection: Connection, table: Table, columns: Sequence[str], keys: Rows) -> None:
    """Delete the rows that bear these values in these columns."""
    _run(connection, _delete(connection.dialect.name, table, tuple(columns)), keys, table, columns)


def among(connection: Connection, column: Column[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """Say whether a column of texts is one of many values; one parameter, however many they are."""
    if connection.dialect.name == "postgresql":
        # "= ANY" would be searched from its beginning for every row: the planner takes no cast for a constant.
        given = cast(bindparam(None, _literal(_texts, values), Text), ARRAY(Text))
        return column.in_(select(func.unnest(given)))
    import json

    listed = func.json_each(json.dumps(list(values), ensure_ascii=False)).table_valued("value")
    return column.in_(select(listed.c.value))


def _run(connection: Connection, statement: str, rows: Rows, table: Table, columns: Sequence[str]) -> None:
    if not rows:
        return
    if connection.dialect.name != "postgresql":
        connection.exec_driver_sql(statement, list(rows))
        return
    spelled = (_SPELLED[_type(table.c[name])] for name in columns)
    arrays = (_literal(spell, values) for spell, values in zip(spelled, zip(*rows, strict=True), strict=True))
    connection.exec_driver_sql(statement, tuple(arrays))


def _literal(spell: Callable[[Iterable[Any]], Iterable[str]], values: Iterable[Any]) -> str:
    """Write an array as PostgreSQL reads it; the driver's own way costs several times as much for each value."""
    return f"{{{','.join(spell(values))}}}"


def _numbers(values: Iterable[int | None]) -> Iterable[str]:
    return ("NULL" if value is None else str(int(value)) for value in values)


def _texts(values: Iterable[str | None]) -> Iterable[str]:
    escaped = str.maketrans({"\\": r"\\", '"': r"\""})
    return ("NULL" if value is None else f'"{value.translate(escaped)}"' for value in values)


def _bytes(values: Iterable[bytes | None]) -> Iterable[str]:
    return ("NULL" if value is None else rf'"\\x{value.hex()}"' for value in values)


def _truths(values: Iterable[bool | None]) -> Iterable[str]:
    return ("NULL" if value is None else "t" if value else "f" for value in values)


_SPELLED: dict[str, Callable[[Iterable[Any]], Iterable[str]]] = {
    "bigint": _numbers,
    "integer": _numbers,
    "boolean": _truths,
    "bytea": _bytes,
    "text": _texts,
    "jsonb": _texts,
}


@cache
def _insert(dialect: str, table: Table, columns: tuple[str, ...]) -> str:
    into = f"INSERT INTO {table.name} ({', '.join(map(_quoted, columns))})"
    if dialect == "postgresql":
        return f"{into} SELECT * FROM unnest({_arrays(table, columns)})"
    return f"{into} VALUES ({', '.join('?' * len(columns))})"


@cache
def _on_conflict(table: Table, columns: tuple[str, ...]) -> str:
    key = [column.name for column in table.primary_key]
    others = ", ".join(f"{_quoted(name)} = excluded.{_quoted(name)}" for name in columns if name not in key)
    return f" ON CONFLICT ({', '.join(map(_quoted, key))}) DO UPDATE SET {others}"


@cache
def _delete(dialect: str, table: Table, columns: tuple[str, ...]) -> str:
    if dialect == "postgresql":
        given = ", ".join(f"c{place}" for place in range(len(columns)))
        same = " AND ".join(f"{table.name}.{_quoted(name)} = given.c{place}" for place, name in enumerate(columns))
        return f"DELETE FROM {table.name} USING unnest({_arrays(table, columns)}) AS given({given}) WHERE {same}"
    return f"DELETE FROM {table.name} WHERE " + " AND ".join(f"{_quoted(name)} = ?" for name in columns)


def _arrays(table: Table, columns: tuple[str, ...]) -> str:
    return ", ".join(f"%s::{_type(table.c[name])}[]" for name in columns)


def _type(column: Column[Any]) -> str:
    return next(name for kind, name in _ARRAYS.items() if isinstance(column.type, kind))


def _quoted(name: str) -> str:
    return f'"{name}"'
