"""Texts of the living log: blocks of the tail and threads of live journeys may name a person as their account."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import Column, Connection, Engine, Table, select, update
from sqlalchemy.exc import OperationalError

from clew.db.engine import Database
from clew.db.tables import (
    account,
    account_user,
    act,
    answer,
    due,
    handoff,
    held,
    inbox,
    parked,
    promise,
    rejected,
    run,
    signal,
    tail_block,
    transition,
)
from clew.ingest.container import with_texts
from clew.live.model import shard_of

_Clean = Callable[[str], str]
_SUBJECTS = (run, transition)
_WITH_SHARD: tuple[tuple[Table, str], ...] = ((run, "thread"), (due, "key"))
_THREADS: tuple[tuple[Table, str], ...] = (
    (transition, "thread"),
    (parked, "thread"),
    (account_user, "account"),
    (act, "account"),
)


def clean_tail(database: Database, cleaning: Callable[[str], _Clean]) -> int:
    """Rewrite blocks of the tail whose texts name an erased person; return how many. Rows and positions stay."""
    changed, last = 0, -1
    while True:
        with database.write() as connection:
            chosen = select(tail_block.c.position, tail_block.c.body).where(tail_block.c.position > last)
            row = connection.execute(chosen.order_by(tail_block.c.position).limit(1)).one_or_none()
            if row is None:
                return changed
            last = row.position
            body = with_texts(bytes(row.body), cleaning)
            if body is not None:
                mine = tail_block.c.position == last
                connection.execute(update(tail_block).where(mine).values(body=body))
                changed += 1


def clean_state(database: Database, clean: _Clean) -> int:
    """Rename threads and subjects of live journeys that name an erased person; return how many rows changed."""
    with database.write() as connection:
        changed = sum(_renamed(connection, table, table.c[name], clean, shard=True) for table, name in _WITH_SHARD)
        changed += sum(_renamed(connection, table, table.c[name], clean) for table, name in _THREADS)
        changed += sum(_renamed(connection, table, table.c.subject, clean) for table in _SUBJECTS)
    return changed


def _renamed(connection: Connection, table: Table, column: Column[str], clean: _Clean, *, shard: bool = False) -> int:
    changed = 0
    for told in connection.execute(select(column).where(column.contains("@")).distinct()).scalars().all():
        if (now := clean(told)) != told:
            values = {column.name: now, **({"shard": shard_of(now)} if shard else {})}
            changed += connection.execute(update(table).where(column == told).values(values)).rowcount
    return changed


def forget_pages(database: Database) -> None:
    """Leave nothing of what was removed in the files of the database, as far as they are ours.

    On PostgreSQL rows that were replaced are cleared; its log of writes is the administrator's.
    """
    if database.is_postgres:
        for table in (
            inbox,
            act,
            held,
            rejected,
            tail_block,
            run,
            transition,
            account,
            answer,
            promise,
            handoff,
            signal,
        ):
            _alone(database.main, f"VACUUM {table.name}")
        return
    for engine in (database.main, database.inbox):
        _alone(engine, "PRAGMA wal_checkpoint(TRUNCATE)")


def _alone(engine: Engine, statement: str) -> None:
    """Run a statement outside of any transaction; a reader that holds it up is not waited for for ever."""
    connection = engine.raw_connection()
    try:
        if engine.dialect.name == "postgresql":
            connection.driver_connection.autocommit = True  # type: ignore[union-attr]
        with suppress(OperationalError):
            connection.cursor().execute(statement)
    finally:
        connection.invalidate()
