"""Search in what is derived of accounts: names, ids, persons, promises, answers; under the rights of who asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, and_, case, func, or_, select

from clew.access.model import Actor, Permission
from clew.access.policy import Reach, reach_of
from clew.accounts.persons import Record, open_persons
from clew.db.bulk import among
from clew.db.spelling import within
from clew.db.tables import account, account_id, answer, membership, promise
from clew.live.contexts.teams import reach_filter

PERSONS_LOOKED_AT = 1_000  # persons whose name fits, of whom those of one's own accounts are kept


@dataclass(frozen=True)
class FoundAccount:
    """An account; `by` is the id that fits where the name does not, else ""."""

    thread: str
    name: str
    segment: str | None
    owner: str | None
    by: str = ""


@dataclass(frozen=True)
class FoundPerson:
    """A person outside at an account."""

    thread: str
    account: str
    record: Record
    role: str


@dataclass(frozen=True)
class FoundText:
    """A promise or an answer on file whose topic or text fits."""

    thread: str
    account: str
    id: str
    topic: str | None
    says: str | None
    at: int


def find_accounts(connection: Connection, words: Sequence[str], *, limit: int) -> list[FoundAccount]:
    """Return accounts in whose name every word stands, or that have an id which begins so; the nearest first."""
    text = " ".join(words)
    by_id = _threads_by_id(connection, text, limit)
    names = _names(connection, words, text, limit)
    fits = or_(account.c.name.in_(names), among(connection, account.c.thread, by_id))
    columns = (account.c.thread, account.c.name, account.c.segment, account.c.owner, account.c.touches)
    rows = {row.thread: row for row in connection.execute(select(*columns).where(fits).limit(4 * limit))}
    order = {name: place for place, name in enumerate(names)}
    exact = [thread for thread, id in by_id.items() if id == text.casefold()]
    ranked = sorted(rows.values(), key=lambda row: _rank(row, order, by_id, exact))
    return [_account(row, order, by_id) for row in ranked[:limit]]


def _names(connection: Connection, words: Sequence[str], text: str, limit: int) -> Sequence[str]:
    """Names that fit, the nearest first: read from their index alone, not from the rows with all that is derived."""
    lower, begin = func.lower(account.c.name), text.lower()
    place = case(
        (lower == begin, 0),
        (lower.startswith(begin, autoescape=True), 1),
        (lower.contains(f" {begin}", autoescape=True), 2),
        else_=3,
    )
    fits = and_(*(within(word, account.c.name) for word in words))
    asked = select(account.c.name).where(fits).group_by(account.c.name).order_by(place, func.length(account.c.name))
    return connection.execute(asked.order_by(account.c.name).limit(limit)).scalars().all()


def _threads_by_id(connection: Connection, text: str, limit: int) -> dict[str, str]:
    """Accounts by an id that begins so, without its kind or with it, the shortest first: thread -> id."""
    begin = text.casefold()
    bare = account_id.c.bare.startswith(begin, autoescape=True)
    whole = account_id.c.entity.startswith(text, autoescape=True) if ":" in text else None
    asked = select(account_id.c.thread, account_id.c.bare).where(bare if whole is None else or_(bare, whole))
    rows = connection.execute(asked.order_by(func.length(account_id.c.bare), account_id.c.bare).limit(limit)).all()
    return {row.thread: row.bare for row in reversed(rows)}


def _rank(row: Any, order: Mapping[str, int], by_id: Mapping[str, str], exact: Sequence[str]) -> tuple[Any, ...]:
    if row.thread in exact:
        return (0, 0, row.thread)
    if row.name in order:
        return (1, order[row.name], -row.touches, row.thread)
    return (2, len(by_id.get(row.thread, "")), row.thread)


def _account(row: Any, order: Mapping[str, int], by_id: Mapping[str, str]) -> FoundAccount:
    by = "" if row.name in order else by_id.get(row.thread, "")
    return FoundAccount(row.thread, row.name, row.segment, row.owner, by)


def find_persons(
    connection: Connection, actor: Actor, store: Path, words: Sequence[str], *, limit: int
) -> list[FoundPerson]:
    """Return persons at accounts whose persons somebody may see; of others nothing, not even that they are there.

    store  the workspace's .clew folder
    """
    if reach_of(actor, Permission.SEE_PERSONS) is Reach.NOWHERE:
        return []
    with open_persons(store) as persons:
        known = {one.surrogate: one for one in persons.alike(words, limit=PERSONS_LOOKED_AT)}
    if not known:
        return []
    joined = membership.join(account, account.c.thread == membership.c.thread)
    columns = (membership.c.thread, membership.c.contact, account.c.name, func.max(membership.c.role).label("role"))
    mine = reach_filter(connection, actor, Permission.SEE_PERSONS)
    asked = select(*columns).select_from(joined).where(membership.c.contact.in_(sorted(known)), mine)
    grouped = asked.group_by(membership.c.thread, membership.c.contact, account.c.name)
    rows = connection.execute(grouped).all()
    found = [FoundPerson(row.thread, row.name, known[row.contact], row.role) for row in rows]
    return sorted(found, key=lambda one: _person_rank(one, words))[:limit]


def _person_rank(one: FoundPerson, words: Sequence[str]) -> tuple[Any, ...]:
    name, begin = (one.record.name or one.record.identifier or "").casefold(), " ".join(words).casefold()
    return (not name.startswith(begin), f" {begin}" not in name, name, one.account, one.thread)


def find_promises(connection: Connection, actor: Actor, words: Sequence[str], *, limit: int) -> list[FoundText]:
    """Return promises whose topic or text fits, the latest first."""
    return _texts(connection, actor, promise, promise.c.made_at, words, limit)


def find_answers(connection: Connection, actor: Actor, words: Sequence[str], *, limit: int) -> list[FoundText]:
    """Return answers on file whose topic or text fits, the latest first."""
    return _texts(connection, actor, answer, answer.c.at, words, limit)


def _texts(
    connection: Connection, actor: Actor, table: Table, at: Any, words: Sequence[str], limit: int
) -> list[FoundText]:
    """What was said of or by a person is seen by who may see the account's persons."""
    reach = reach_of(actor, Permission.SEE_PERSONS)
    if reach is Reach.NOWHERE:
        return []
    fits = and_(*(within(word, table.c.topic, table.c.says) for word in words))
    chosen = select(table.c.thread, table.c.id, table.c.topic, table.c.says, at.label("at")).where(fits)
    if reach is not Reach.ALL:
        mine = select(account.c.thread).where(reach_filter(connection, actor, Permission.SEE_PERSONS))
        chosen = chosen.where(table.c.thread.in_(mine))
    latest = chosen.order_by(at.desc(), table.c.thread, table.c.id).limit(limit).subquery()
    columns = (latest.c.thread, account.c.name, *(latest.c[name] for name in ("id", "topic", "says", "at")))
    asked = select(*columns).join(account, account.c.thread == latest.c.thread)
    ordered = asked.order_by(latest.c.at.desc(), latest.c.thread, latest.c.id)
    return [FoundText(*row) for row in connection.execute(ordered)]
