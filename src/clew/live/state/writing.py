"""Write a plan: statements on the tables of live state, inside the transaction of whoever holds the shards."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from clew.db.bulk import delete_many, insert_many, insert_new_many, upsert_many
from clew.db.tables import due, run, shard, transition
from clew.live.model import CONTEXT, THREAD, shard_of
from clew.live.state.model import Plan, RunKey, RunRow, TransitionRow
from clew.live.state.queries import Shard

_DUE = ("kind", "key", "shard", "at", "tries", "error")
_SHARD = ("number", "position", "loads", "definition", "as_of")


def write_plan(connection: Connection, made: Plan) -> None:
    """Write what a plan says."""
    delete_many(connection, run, RunKey._fields, made.gone)
    upsert_many(connection, run, RunRow._fields, made.runs)
    insert_many(connection, transition, TransitionRow._fields, made.transitions)
    over = [(THREAD, thread) for thread, at in made.due.items() if at is None]
    delete_many(connection, due, ("kind", "key"), over)
    waiting = [(THREAD, thread, shard_of(thread), at, 0, None) for thread, at in made.due.items() if at is not None]
    upsert_many(connection, due, _DUE, waiting)
    told = [(CONTEXT, thread, shard_of(thread), made.now, 0, None) for thread in made.threads]
    insert_new_many(connection, due, _DUE, told)


def write_shards(connection: Connection, shards: Sequence[Shard]) -> None:
    """Note how far shards are folded."""
    upsert_many(connection, shard, _SHARD, [tuple(getattr(each, name) for name in _SHARD) for each in shards])
