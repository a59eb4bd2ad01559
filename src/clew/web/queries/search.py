"""Search in what is derived of accounts: names, ids, persons, promises, answers; under the rights of who asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, case, func, or_, select

from clew.access.model import Actor, Permission
from clew.access.policy import Reach, reach_of
from clew.accounts.persons import Record, open_persons
from clew.db.bulk import among
from clew.db.folding import LAST, folded
from clew.db.tables import account, account_id, answer, membership, promise
from clew.live.contexts.teams import reach_filter

LOOKED_AT = 1_000  # persons, texts that fit, of which those of one's own accounts are kept; all only where too few are


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
    names = _names(connection, words, limit)
    columns = (account.c.thread, account.c.name, account.c.segment, account.c.owner, account.c.touches)
    asked = select(*columns).order_by(account.c.touches.desc(), account.c.thread).limit(4 * limit)
    ways = (account.c.name.in_(names), among(connection, account.c.thread, by_id))  # one index each: not one statement
    rows = {row.thread: row for way in ways for row in connection.execute(asked.where(way))}
    order = {name: place for place, name in enumerate(names)}
    exact = [thread for thread, id in by_id.items() if id == text.casefold()]
    ranked = sorted(rows.values(), key=lambda row: _rank(row, order, by_id, exact))
    return [_account(row, order, by_id) for row in ranked[:limit]]


def _names(connection: Connection, words: Sequence[str], limit: int) -> Sequence[str]:
    """Names that fit, the nearest first: read from their index alone, not from the rows with all that is derived."""
    told, begin = account.c.folded, folded(*words)
    place = case(
        (told == begin, 0),
        (told.startswith(begin, autoescape=True), 1),
        (told.contains(f" {begin}", autoescape=True), 2),
        else_=3,
    )
    asked = select(account.c.name).where(_fits(words, account)).group_by(told, account.c.name)
    ranked = asked.order_by(place, func.length(told), account.c.name).limit(limit)
    nearest = connection.execute(ranked.where(_begins(told, begin))).scalars().all()
    return nearest if len(nearest) == limit else connection.execute(ranked).scalars().all()


def _threads_by_id(connection: Connection, text: str, limit: int) -> dict[str, str]:
    """Accounts by an id that begins so, without its kind or with it, the shortest first: thread -> id."""
    bare = account_id.c.bare
    fits = _begins(bare, folded(text))
    if ":" in text:
        fits |= _begins(bare, folded(text.partition(":")[2])) & account_id.c.entity.startswith(text, autoescape=True)
    asked = select(account_id.c.thread, bare).where(fits).order_by(func.length(bare), bare).limit(limit)
    return {row.thread: row.bare for row in reversed(connection.execute(asked).all())}


def _begins(column: ColumnElement[str], begin: str) -> ColumnElement[bool]:
    """Whether a text begins so, as an index answers it."""
    return (column >= begin) & (column < begin + LAST)


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
    reach = reach_of(actor, Permission.SEE_PERSONS)
    if reach is Reach.NOWHERE:
        return []
    with open_persons(store) as persons:
        numbers = persons.alike(words, limit=LOOKED_AT)
        found = _at_accounts(connection, actor, numbers, limit)
        if len(found) < limit and len(numbers) == LOOKED_AT:
            mine = connection.execute(_contacts(connection, actor)).scalars().all()
            numbers = persons.alike(words, limit=limit, of=mine) if mine else []
            found = _at_accounts(connection, actor, numbers, limit)
        known = {one.surrogate: one for one in persons.described(sorted({row.contact for row in found}))}
    return [FoundPerson(row.thread, row.name, known[row.contact], row.role) for row in found]


def _at_accounts(connection: Connection, actor: Actor, numbers: Sequence[int], limit: int) -> list[Any]:
    """Return where these persons are, as far as the actor may see it, in the order of the numbers."""
    joined = membership.join(account, account.c.thread == membership.c.thread)
    columns = (membership.c.thread, membership.c.contact, account.c.name, func.max(membership.c.role).label("role"))
    mine = reach_filter(connection, actor, Permission.SEE_PERSONS)
    asked = select(*columns).select_from(joined).where(membership.c.contact.in_(numbers), mine)
    rows = connection.execute(asked.group_by(membership.c.thread, membership.c.contact, account.c.name)).all()
    place = {number: place for place, number in enumerate(numbers)}
    return sorted(rows, key=lambda row: (place[row.contact], row.name, row.thread))[:limit]


def _contacts(connection: Connection, actor: Actor) -> Select[int]:
    """Everybody whom an actor may see."""
    return select(membership.c.contact).where(membership.c.thread.in_(_mine(connection, actor))).distinct()


def _mine(connection: Connection, actor: Actor) -> Select[str]:
    return select(account.c.thread).where(reach_filter(connection, actor, Permission.SEE_PERSONS))


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
    if reach_of(actor, Permission.SEE_PERSONS) is Reach.NOWHERE:
        return []
    chosen = _latest(connection, actor, table, at=at, words=words, limit=limit)
    if not chosen:
        return []
    columns = (table.c.thread, account.c.name, table.c.id, table.c.topic, table.c.says, at)
    asked = select(*columns).join(account, account.c.thread == table.c.thread)
    asked = asked.where(or_(*((table.c.thread == thread) & (table.c.id == id) for thread, id in chosen)))
    found = [FoundText(*row) for row in connection.execute(asked)]
    return sorted(found, key=lambda one: (-one.at, one.thread, one.id))


def _latest(
    connection: Connection, actor: Actor, table: Table, *, at: Any, words: Sequence[str], limit: int
) -> list[tuple[str, str]]:
    """Return thread and id of the latest that the actor may read.

    Whose accounts those are is asked of the latest first: of all of them only where these are too few.
    """
    thread, id = table.c.thread, table.c.id
    ordered = select(thread, id).where(_fits(words, table)).order_by(at.desc(), thread, id)
    if reach_of(actor, Permission.SEE_PERSONS) is Reach.ALL:
        return _pairs(connection, ordered.limit(limit))
    latest = _pairs(connection, ordered.limit(LOOKED_AT))
    asked = _mine(connection, actor).where(among(connection, account.c.thread, {thread for thread, _ in latest}))
    mine = set(connection.execute(asked).scalars())
    found = [pair for pair in latest if pair[0] in mine][:limit]
    if len(found) == limit or len(latest) < LOOKED_AT:
        return found
    every = connection.execute(_mine(connection, actor)).scalars().all()
    return _pairs(connection, ordered.where(among(connection, thread, every)).limit(limit)) if every else []


def _pairs(connection: Connection, asked: Select[str, str]) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in connection.execute(asked)]


def _fits(words: Sequence[str], table: Table) -> ColumnElement[bool]:
    """Whether every word stands in what is searched of a row, in any case."""
    return and_(*(table.c.folded.contains(folded(word), autoescape=True) for word in words))
