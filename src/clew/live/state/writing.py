"""Write a plan: statements on the tables of live state, inside the transaction of whoever holds the shards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete
from sqlalchemy import insert as plain_insert

from clew.db.engine import insert
from clew.db.tables import due, run, shard, transition
from clew.live.model import shard_of
from clew.live.state.model import Plan
from clew.live.state.queries import THREAD, Shard


def write_plan(connection: Connection, made: Plan) -> None:
    """Write what a plan says."""
    if made.gone:
        connection.execute(_delete(run, "journey", "thread", "subject", "number"), [_named(key) for key in made.gone])
    if made.runs:
        connection.execute(_upsert(connection, run), made.runs)
    if made.transitions:
        connection.execute(plain_insert(transition), made.transitions)
    _write_due(connection, made)


def _write_due(connection: Connection, made: Plan) -> None:
    over = [{"b_kind": THREAD, "b_key": thread} for thread, at in made.due.items() if at is None]
    waiting = [_due_row(thread, at) for thread, at in made.due.items() if at is not None]
    if over:
        connection.execute(_delete(due, "kind", "key"), over)
    if waiting:
        connection.execute(_upsert(connection, due), waiting)


def write_shards(connection: Connection, shards: Sequence[Shard]) -> None:
    """Note how far shards are folded."""
    if shards:
        connection.execute(_upsert(connection, shard), [vars(each) for each in shards])


def _due_row(thread: str, at: int) -> dict[str, Any]:
    return {"kind": THREAD, "key": thread, "shard": shard_of(thread), "at": at, "tries": 0}


def _named(key: Any) -> dict[str, Any]:
    return {f"b_{name}": value for name, value in key._asdict().items()}


def _delete(table: Table, *key: str) -> Any:
    statement = delete(table)
    for name in key:
        statement = statement.where(table.c[name] == bindparam(f"b_{name}"))
    return statement


def _upsert(connection: Connection, table: Table) -> Any:
    statement = insert(connection, table)
    key = [column.name for column in table.primary_key]
    others = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in key}
    if table is due:
        others = {name: others[name] for name in ("shard", "at", "tries")}
    return statement.on_conflict_do_update(index_elements=key, set_=others)
