"""Which accounts wait to be derived: rows of `due`, written by the fold and by a change of words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Connection, func, select, update

from clew.clock import MINUTE_US
from clew.db.bulk import delete_many, insert_new_many
from clew.db.cursors import move, position_of
from clew.db.engine import insert
from clew.db.tables import due
from clew.live.model import CONTEXT, SHARDS, shard_of

LATER_US = 10 * MINUTE_US  # what could not be derived is tried again so much later
_COLUMNS = ("kind", "key", "shard", "at", "tries", "error")
_WORDS = "context:"  # cursor "context:<shard>": fingerprint of the words by which its accounts were derived


def waiting(
    connection: Connection, shards: Sequence[int], *, now: int, at_most: int, latest: bool = False
) -> list[tuple[str, int]]:
    """Return (thread, since when it waits): those that wait longest, of the first of these shards first.

    latest  instead a few of every shard, those first that began to wait last
    """
    found: list[tuple[str, int]] = []
    each = at_most // len(shards) + 1
    for number in shards:
        if len(found) >= at_most:
            break
        mine = (due.c.kind == CONTEXT) & (due.c.shard == number) & (due.c.at <= now)
        order = due.c.at.desc() if latest else due.c.at
        asked = select(due.c.key, due.c.at).where(mine).order_by(order).limit(each if latest else at_most - len(found))
        found += [(key, at) for key, at in connection.execute(asked)]
    return found


def is_anything_waiting(connection: Connection, shards: Collection[int], *, now: int) -> bool:
    """Say whether there is anything to derive."""
    mine = (due.c.kind == CONTEXT) & due.c.shard.in_(list(shards)) & (due.c.at <= now)
    return connection.execute(select(due.c.key).where(mine).limit(1)).first() is not None


def count_waiting(connection: Connection, *, now: int) -> tuple[int, int | None]:
    """Count the accounts that wait to be derived, and say since when the first of them does."""
    mine = (due.c.kind == CONTEXT) & due.c.shard.in_(range(SHARDS)) & (due.c.at <= now)
    count, first = connection.execute(select(func.count(), func.min(due.c.at)).where(mine)).one()
    return int(count), first


def let_wait(connection: Connection, threads: Iterable[str], *, now: int) -> None:
    """Have accounts derived anew; who waits already keeps its place."""
    insert_new_many(connection, due, _COLUMNS, [(CONTEXT, one, shard_of(one), now, 0, None) for one in threads])


def wait_anew(connection: Connection, thread: str, *, at: int) -> None:
    """Have an account derived from an instant on, whether it waits already or is being derived just now."""
    row = dict(zip(_COLUMNS, (CONTEXT, thread, shard_of(thread), at, 0, None), strict=True))
    made = insert(connection, due).values(row)
    connection.execute(made.on_conflict_do_update(index_elements=["kind", "key"], set_={"at": at, "tries": 0}))


def done(connection: Connection, derived: Iterable[tuple[str, int]]) -> None:
    """Let accounts wait no longer."""
    delete_many(connection, due, ("kind", "key", "at"), [(CONTEXT, thread, at) for thread, at in derived])


def postpone(connection: Connection, thread: str, error: str, *, now: int) -> None:
    """Try an account again later, and say why."""
    mine = (due.c.kind == CONTEXT) & (due.c.key == thread)
    later = {"at": now + LATER_US, "tries": due.c.tries + 1, "error": error}
    connection.execute(update(due).where(mine).values(later))


def derived_by(connection: Connection, shard: int) -> int:
    """Return the fingerprint of the words by which the accounts of a shard were derived; 0 before they ever were."""
    return position_of(connection, f"{_WORDS}{shard}")


def note_words(connection: Connection, shards: Iterable[int], fingerprint: int) -> None:
    """Note by which words the accounts of shards are derived, or wait to be."""
    for number in shards:
        move(connection, f"{_WORDS}{number}", fingerprint)
