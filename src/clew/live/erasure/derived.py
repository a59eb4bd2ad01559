"""What is derived of accounts, and noticed: texts may name an erased person until the account is derived anew."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, select, tuple_, update

from clew.clock import US
from clew.context.model import Context
from clew.db.engine import Database, insert
from clew.db.folding import folded
from clew.db.tables import account, account_id, answer, duplicate, handoff, membership, promise, signal
from clew.live.contexts.stored import packed, unpacked
from clew.live.contexts.waiting import wait_anew
from clew.live.model import shard_of

Clean = Callable[[str], str]

_SEARCHED = {account: ("name",), answer: ("topic", "says"), promise: ("topic", "says")}
_TABLES = (account, account_id, membership, answer, promise, handoff, duplicate, signal)
_AT_ONCE = 300
_LATER_US = 5 * US  # a worker that derives just now may still see the log as it was: it derives these again


def clean_derived(database: Database, clean: Clean, *, now: int) -> int:
    """Clean every text of what is derived, and let those accounts be derived anew; return how many rows changed."""
    return sum(_cleaned(database, table, clean, now) for table in _TABLES)


def _cleaned(database: Database, table: Table, clean: Clean, now: int) -> int:
    changed = 0
    for rows in _pages(database, table):
        with database.write() as connection:
            for row in rows:
                values = _clean_row(table, row, clean)
                if values != row:
                    changed += _write(connection, table, row, values)
                    if "thread" in values:
                        wait_anew(connection, values["thread"], at=now + _LATER_US)
    return changed


def _pages(database: Database, table: Table) -> Iterator[Sequence[dict[str, Any]]]:
    """Yield all rows of a table in the order of its key, some at a time, so that others may write in between."""
    key = list(table.primary_key.columns)
    last: tuple[Any, ...] | None = None
    while True:
        chosen = select(table).order_by(*key).limit(_AT_ONCE)
        if last is not None:
            chosen = chosen.where(tuple_(*key) > tuple_(*last))
        with database.read() as connection:
            rows = [dict(row) for row in connection.execute(chosen).mappings()]
        if not rows:
            return
        last = tuple(rows[-1][column.name] for column in key)
        yield rows


def _write(connection: Connection, table: Table, row: Mapping[str, Any], values: dict[str, Any]) -> int:
    """Put a row in the place of another; where there is one of its key already, that one stays."""
    if "shard" in values:
        values["shard"] = shard_of(values["thread"])
    keys = list(table.primary_key.columns)
    here = [column == row[column.name] for column in keys]
    if all(values[column.name] == row[column.name] for column in keys):
        return connection.execute(update(table).where(*here).values(values)).rowcount
    gone = connection.execute(delete(table).where(*here)).rowcount
    connection.execute(insert(connection, table).values(values).on_conflict_do_nothing())
    return gone


def _clean_row(table: Table, row: Mapping[str, Any], clean: Clean) -> dict[str, Any]:
    """Return a row without the person; what is searched in follows from what it says by then."""
    values = {name: _clean(name, value, clean) for name, value in row.items()}
    if table in _SEARCHED:
        values["folded"] = folded(*(values[name] for name in _SEARCHED[table]))
    return values


def _clean(name: str, value: Any, clean: Clean) -> Any:
    if name == "context" and isinstance(value, bytes | memoryview):
        return _clean_context(bytes(value), clean)
    return _texts(value, clean)


def _clean_context(body: bytes, clean: Clean) -> bytes:
    """Return a context without the person; one that cannot be read is given up: it is derived anew."""
    context = unpacked(body)
    if context is None:
        return b""
    cleaned: Context = _texts(context, clean)
    return body if cleaned == context else packed(cleaned)


def _texts(value: Any, clean: Clean) -> Any:
    """Return a value with every text in it cleaned, enums left as they are."""
    if type(value) is str:
        return clean(value)
    if isinstance(value, Mapping):
        return {_texts(key, clean): _texts(each, clean) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_texts(each, clean) for each in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        told = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return dataclasses.replace(value, **{name: _texts(each, clean) for name, each in told.items()})
    return value
