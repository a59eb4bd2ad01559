"""Put derived accounts into their tables: all rows of a thread are replaced at once."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, select, update

from clew.context.model import Context, Handoff, HandoffState
from clew.db.bulk import among, insert_many, upsert_many
from clew.db.folding import folded
from clew.db.tables import account, account_id, answer, handoff, membership, promise
from clew.live.contexts.stored import packed
from clew.live.model import shard_of
from clew.live.state.storable import is_storable

MOST = 200  # characters of a name or a topic in a column: both stand in an index
_REPLACED = (account_id, membership, answer, promise, handoff)
_DERIVED = (
    "segment",
    "industry",
    "owner",
    "team",
    "revenue",
    "renewal_at",
    "parent",
    "customer_since",
    "lost_at",
    "first_at",
    "last_at",
    "heard_at",
    "touches",
)
_ACCOUNT = ("thread", "shard", "name", "teams", "as_of", "context", "folded", *_DERIVED)
_ID = ("entity", "thread", "bare")
_MEMBERSHIP = ("thread", "contact", "role", "since", "until", "last_at", "touches")
_ANSWER = ("thread", "id", "topic", "at", "until", "says", "contact", "team", "user", "folded")
_PROMISE = ("id", "topic", "says", "made_at", "due_at", "kept_at", "kept_by", "released_at", "team", "user", "owner")
_HANDOFF = ("thread", "id", "journey", "subject", "source", "target", "sent_at", "sent_by", "due_at", "state")
_SETTLED = ("settled_at", "settled_by", "reason", "packet", "promises", "history", "lapsed_at")


def replace_contexts(
    connection: Connection, threads: Collection[str], contexts: Mapping[str, Context], *, now: int
) -> None:
    """Write what is derived of these threads; those without a context are no accounts any more, and lose their rows."""
    for table in _REPLACED:
        connection.execute(delete(table).where(among(connection, table.c.thread, threads)))
    gone = [thread for thread in threads if thread not in contexts]
    if gone:
        connection.execute(delete(account).where(among(connection, account.c.thread, gone)))
    told = contexts.items()
    ids = [row for each in told for row in _ids(*each)]
    upsert_many(connection, account_id, _ID, ids)
    parents = _parents(connection, {context.header.parent for context in contexts.values()})
    upsert_many(connection, account, _ACCOUNT, [_account(*each, parents, now) for each in told])
    _rename_parents(connection, [(entity, thread) for entity, thread, _ in ids if entity != thread])
    _insert(connection, membership, _MEMBERSHIP, [row for each in told for row in _memberships(*each)])
    _insert(connection, answer, _ANSWER, [row for each in told for row in _answers(*each)])
    promises = [row for each in told for row in _promises(*each)]
    _insert(connection, promise, ("thread", *_PROMISE, "contact", "folded"), promises)
    _insert(connection, handoff, (*_HANDOFF, *_SETTLED), [row for each in told for row in _handoffs(*each)])


def _insert(connection: Connection, table: Table, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    insert_many(connection, table, columns, [tuple(map(_clean, row)) for row in rows])


def _clean(value: Any) -> Any:
    """Leave out of texts the one sign that no database takes."""
    return value.replace("\0", "") if isinstance(value, str) else value


def _parents(connection: Connection, entities: Collection[str | None]) -> Mapping[str | None, str]:
    """Return which accounts these are, as far as they are derived."""
    known = [entity for entity in entities if entity]
    asked = select(account_id.c.entity, account_id.c.thread).where(among(connection, account_id.c.entity, known))
    return {row.entity: row.thread for row in connection.execute(asked)} if known else {}


def _rename_parents(connection: Connection, ids: list[tuple[str, str]]) -> None:
    """Let accounts below one that bears other ids by now name it as it is called."""
    if ids:
        renaming = update(account).where(account.c.parent == bindparam("old")).values(parent=bindparam("new"))
        connection.execute(renaming, [{"old": entity, "new": thread} for entity, thread in ids])


def _account(thread: str, context: Context, parents: Mapping[str | None, str], now: int) -> tuple[Any, ...]:
    header = context.header
    header = replace(header, parent=parents.get(header.parent, header.parent))
    derived = (_clean(getattr(header, name)) for name in _DERIVED)
    name = _clean(header.name)[:MOST]
    return (thread, shard_of(thread), name, _json(list(header.teams)), now, packed(context), folded(name), *derived)


def _ids(thread: str, context: Context) -> Iterator[tuple[Any, ...]]:
    for entity in filter(is_storable, context.header.ids):
        yield entity, thread, (entity.partition(":")[2] or entity).casefold()


def _memberships(thread: str, context: Context) -> Iterator[tuple[Any, ...]]:
    for one in context.memberships:
        yield thread, one.contact, one.role, one.since, one.until, one.last_at, one.touches


def _answers(thread: str, context: Context) -> Iterator[tuple[Any, ...]]:
    for one in context.answers:
        topic = one.topic[:MOST]
        told = folded(topic, one.says)
        yield thread, one.id, topic, one.at, one.until, one.says, one.contact, one.team, one.user, told


def _promises(thread: str, context: Context) -> Iterator[tuple[Any, ...]]:
    for one in context.promises:
        if is_storable(one.id):
            yield (thread, *(getattr(one, name) for name in _PROMISE), one.contact, folded(one.topic, one.says))


def _handoffs(thread: str, context: Context) -> Iterator[tuple[Any, ...]]:
    for one in context.handoffs:
        if is_storable(one.id):
            columns = (one.id, one.journey, one.subject, one.source, one.target, one.sent.at, one.sent.by)
            yield (thread, *columns, one.due_at, one.state.value, *_settled(one), one.lapsed_at)


def _settled(one: Handoff) -> tuple[Any, ...]:
    last = one.history[-1]
    settled = (None, None) if one.state is HandoffState.SENT else (last.at, last.by)
    packet = {**dict.fromkeys(one.wanted), **one.packet}
    history = [(each.at, each.state.value, each.by, each.reason) for each in one.history]
    return (*settled, last.reason, _json(packet), _json(list(one.promises)), _json(history))


def _json(value: Any) -> str:
    """Write JSON without the one sign that no database takes."""
    return json.dumps(value, ensure_ascii=False).replace("\\u0000", "")
