"""Rows of a table as bytes, the same whatever the database: read in pieces, written back in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import JSON, Connection, LargeBinary, MetaData, Table, select, text

Row = Sequence[Any]

_PIECE = 4_000_000  # bytes, roughly, of one piece
_AT_ONCE, _AT_ONCE_OF_BODIES = 500, 20  # rows fetched together
_ARRAY = b"\xdd"  # of MessagePack: an array with its length in the four bytes that follow


def tables_of(connection: Connection, names: Iterable[str]) -> dict[str, Table]:
    """Return tables as they are in the database, which may have an older schema than the declared ones."""
    found = MetaData()
    found.reflect(connection, only=list(names))
    for table in found.tables.values():
        for column in table.c:
            if isinstance(column.type, JSON):
                column.type = type(column.type)(none_as_null=True)
    return {str(name): table for name, table in found.tables.items()}


def pieces(connection: Connection, table: Table) -> Iterator[bytes]:
    """Yield all rows of a table, in pieces of a few megabytes."""
    bodies = any(isinstance(column.type, LargeBinary) for column in table.c)
    options = {"yield_per": _AT_ONCE_OF_BODIES if bodies else _AT_ONCE}
    encoder = msgspec.msgpack.Encoder()
    rows: list[bytes] = []
    size = 0
    for row in connection.execute(select(table), execution_options=options):
        rows.append(encoder.encode(tuple(row)))
        size += len(rows[-1])
        if size >= _PIECE:
            yield _joined(rows)
            rows, size = [], 0
    if rows:
        yield _joined(rows)


def _joined(rows: Sequence[bytes]) -> bytes:
    return _ARRAY + len(rows).to_bytes(4, "big") + b"".join(rows)


def rows_in(piece: bytes) -> int:
    """Return how many rows a piece holds."""
    return int.from_bytes(piece[1:5], "big")


def put_back(connection: Connection, table: Table, columns: Sequence[str], piece: bytes) -> int:
    """Insert the rows of one piece; return how many there are.

    columns  of the table, in the order of the values of a row
    """
    rows: list[list[Any]] = msgspec.msgpack.decode(piece)
    if connection.dialect.name == "postgresql":
        _copy(connection, table, columns, rows)
    elif rows:
        connection.execute(table.insert(), [dict(zip(columns, row, strict=True)) for row in rows])
    return len(rows)


def _copy(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[list[Any]]) -> None:
    """COPY is several times as fast as inserting."""
    from psycopg.types.json import Jsonb

    quote = connection.dialect.identifier_preparer.quote
    of_json = [place for place, name in enumerate(columns) if isinstance(table.c[name].type, JSON)]
    driver: Any = connection.connection.driver_connection
    listed = ", ".join(quote(name) for name in columns)
    with driver.cursor() as cursor, cursor.copy(f"COPY {quote(table.name)} ({listed}) FROM STDIN") as copy:
        for row in rows:
            for place in of_json:
                row[place] = None if row[place] is None else Jsonb(row[place])
            copy.write_row(row)


def numbers_given(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """Return the last number that each of these tables gave to a row by itself, rows that are gone included."""
    if connection.dialect.name != "postgresql":
        if not connection.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'")).scalar():
            return {}
        given = {row.name: int(row.seq) for row in connection.execute(text("SELECT name, seq FROM sqlite_sequence"))}
        return {name: given[name] for name in names if name in given}
    found = {name: _last(connection, sequence) for name, sequence in _sequences(connection, names)}
    return {name: number for name, number in found.items() if number}


def go_on_from(connection: Connection, table: str, number: int) -> None:
    """Let a table give higher numbers than this one from now on."""
    if connection.dialect.name == "postgresql":
        for _, sequence in _sequences(connection, [table]):
            connection.execute(
                text("SELECT setval(CAST(:of AS regclass), :number)"), {"of": sequence, "number": number}
            )
        return
    told = {"name": table, "number": number}
    connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), told)
    connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :number)"), told)


def _sequences(connection: Connection, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    keyed = text(
        "SELECT pg_get_serial_sequence(:name, 'id') FROM information_schema.columns"
        " WHERE table_schema = current_schema AND table_name = :name AND column_name = 'id'"
    )
    for name in names:
        sequence = connection.execute(keyed, {"name": name}).scalar()
        if sequence:
            yield name, str(sequence)


def _last(connection: Connection, sequence: str) -> int:
    row = connection.execute(text(f"SELECT last_value, is_called FROM {sequence}")).one()
    return int(row.last_value) if row.is_called else 0
