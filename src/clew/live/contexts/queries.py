"""What can be asked of accounts: one whole context, which account an id means, who works with it, lists of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection, select

from clew.context.model import Answer, Context, Membership
from clew.db.bulk import among
from clew.db.tables import account, account_id, answer, membership
from clew.errors import BadRequest, ClewError
from clew.live.contexts.lists import Choices as Choices
from clew.live.contexts.lists import Found as Found
from clew.live.contexts.lists import choices as choices
from clew.live.contexts.lists import handoffs_page as handoffs_page
from clew.live.contexts.lists import promises_page as promises_page
from clew.live.contexts.stored import unpacked
from clew.live.contexts.teams import account_team as account_team
from clew.live.contexts.teams import mine as mine
from clew.live.contexts.teams import reach_filter as reach_filter
from clew.live.contexts.teams import teams_of_accounts as teams_of_accounts

_TOLD = 5  # accounts that a message names


class NoSuchAccount(ClewError):
    """No account has this id."""

    code = "unknown-account"

    def __init__(self, named: str) -> None:
        self.named = named
        super().__init__(
            f"no account has the id '{named[:80]}', or nothing is told of it yet; /accounts and /v1/search find them"
            " by name and id"
        )


def context_of(connection: Connection, thread: str) -> Context | None:
    """Return everything derived of an account; None where it is none, or nothing is derived of it yet."""
    asked = select(account.c.context, account.c.parent).where(account.c.thread == thread)
    row = connection.execute(asked).one_or_none()
    context = None if row is None else unpacked(row.context)
    if row is None or context is None or row.parent == context.header.parent:
        return context
    return replace(context, header=replace(context.header, parent=row.parent))  # what the parent is called by now


def as_of(connection: Connection, thread: str) -> int | None:
    """Return up to which instant an account was derived: another number, another context."""
    return connection.execute(select(account.c.as_of).where(account.c.thread == thread)).scalar_one_or_none()


def find_account(connection: Connection, text: str) -> str | None:
    """Return the thread that a text means: a thread, any entity as "desk:4711", an id that one account alone has.

    Raises BadRequest where several accounts have that id
    """
    whole = select(account_id.c.thread).where(account_id.c.entity == text)
    found = connection.execute(whole).scalar_one_or_none()
    if found is None:
        found = connection.execute(select(account.c.thread).where(account.c.thread == text)).scalar_one_or_none()
    return found if found is not None else _alone(connection, text)


def account_named(connection: Connection, text: str) -> str:
    """Return the thread that a text means, as `find_account`. Raises NoSuchAccount, BadRequest."""
    found = find_account(connection, text)
    if found is None:
        raise NoSuchAccount(text)
    return found


def _alone(connection: Connection, text: str) -> str | None:
    bare = account_id.c.bare == text.strip().casefold()
    asked = select(account_id.c.thread, account_id.c.entity).where(bare).order_by(account_id.c.entity).limit(50)
    rows = connection.execute(asked).all()
    if len({row.thread for row in rows}) > 1:
        named = ", ".join(row.entity for row in rows[:_TOLD])
        raise BadRequest(f"'{text[:80]}' is an id of several accounts: {named}; write it with what it is an id of")
    return rows[0].thread if rows else None


def names_of_threads(connection: Connection, threads: Collection[str]) -> Mapping[str, str]:
    """Return what to call each of these accounts, of those that are derived."""
    asked = select(account.c.thread, account.c.name).where(among(connection, account.c.thread, threads))
    return {row.thread: row.name for row in connection.execute(asked)}


def answers_of(connection: Connection, thread: str, *, topic: str = "", now: int | None = None) -> Sequence[Answer]:
    """Return answers on file of an account, latest first.

    topic  about this alone, in any case; "" about all      now  those alone that count as known then
    """
    asked = select(answer).where(answer.c.thread == thread)
    if now is not None:
        asked = asked.where(answer.c.at <= now, answer.c.until > now)
    rows = connection.execute(asked.order_by(answer.c.at.desc(), answer.c.id)).all()
    names = ("id", "topic", "at", "until", "says", "contact", "team", "user")
    found = [Answer(**{name: row._mapping[name] for name in names}) for row in rows]
    return [one for one in found if not topic or one.topic.casefold() == topic.casefold()]


def memberships_of(connection: Connection, thread: str) -> Sequence[Membership]:
    """Return the contacts of an account and their roles, those first who were there last."""
    asked = select(membership).where(membership.c.thread == thread)
    order = (membership.c.last_at.desc().nulls_last(), membership.c.contact, membership.c.since)
    names = ("contact", "role", "since", "until", "last_at", "touches")
    rows = connection.execute(asked.order_by(*order)).all()
    return [Membership(**{name: row._mapping[name] for name in names}) for row in rows]
