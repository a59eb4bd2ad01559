"""Who works with an account: its teams, the users that were put on it, and the user who owns it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY, TEXT

from clew.access.model import Actor, Permission
from clew.access.policy import AccountTeam, Reach, reach_of
from clew.db.bulk import among
from clew.db.tables import account, account_user, user

UNKNOWN = AccountTeam(frozenset({""}))  # an account that nothing is derived of yet: for those alone who see all


def account_team(connection: Connection, thread: str) -> AccountTeam:
    """Say who works with an account."""
    return teams_of_accounts(connection, [thread])[thread]


def teams_of_accounts(connection: Connection, threads: Collection[str]) -> Mapping[str, AccountTeam]:
    """Say who works with each of these accounts; all of them are in the answer."""
    asked = select(account.c.thread, account.c.teams, account.c.owner)
    rows = connection.execute(asked.where(among(connection, account.c.thread, threads))).all()
    put = select(account_user.c.account, account_user.c.user_id)
    users: dict[str, set[int]] = {thread: set() for thread in threads}
    for thread, number in connection.execute(put.where(among(connection, account_user.c.account, threads))):
        users[thread].add(number)
    owners = _numbers(connection, {row.owner for row in rows if row.owner})
    for row in rows:
        users[row.thread] |= owners.get((row.owner or "").casefold(), set())
    known = {row.thread: AccountTeam(frozenset(row.teams), frozenset(users[row.thread])) for row in rows}
    return {thread: known.get(thread, UNKNOWN) for thread in threads}


def _numbers(connection: Connection, spelled: Collection[str]) -> Mapping[str, set[int]]:
    """Numbers of the users whom sources spell so: by name or by address, casefolded."""
    wanted, found = {text.casefold() for text in spelled}, dict[str, set[int]]()
    if wanted:
        for number, name, email in connection.execute(select(user.c.id, user.c.name, user.c.email)):
            for text in {name.casefold(), email.casefold()} & wanted:
                found.setdefault(text, set()).add(number)
    return found


def mine(connection: Connection, actor: Actor) -> ColumnElement[bool]:
    """Restrict a statement on `account` to the accounts that an actor works with: own team, put on it, owner."""
    parts: list[ColumnElement[bool]] = [
        account.c.thread.in_(select(account_user.c.account).where(account_user.c.user_id == actor.user))
    ]
    if actor.teams:
        parts.append(bears_team(connection, actor.teams))
    told = connection.execute(select(user.c.name, user.c.email).where(user.c.id == actor.user)).one_or_none()
    if told is not None:
        parts.append(func.lower(account.c.owner).in_([text.lower() for text in told]) | account.c.owner.in_(told))
    return or_(*parts)


def reach_filter(connection: Connection, actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Restrict a statement on `account` to the accounts on which an actor has a permission.

    As `clew.access.policy.may` with `account_team`: an account that nobody has is everybody's.
    """
    reach = reach_of(actor, permission)
    if reach is not Reach.OWN:
        return true() if reach is Reach.ALL else ~true()
    has_user = account.c.thread.in_(select(account_user.c.account))
    spelled = select(func.lower(user.c.name)).union(select(func.lower(user.c.email)))
    owned = func.coalesce(func.lower(account.c.owner).in_(spelled), False)
    return mine(connection, actor) | (~_has_team(connection) & ~has_user & ~owned)


def bears_team(connection: Connection, teams: Collection[str]) -> ColumnElement[bool]:
    """Restrict a statement on `account` to those with which one of these teams works."""
    if connection.dialect.name == "postgresql":
        found: ColumnElement[bool] = func.jsonb_exists_any(account.c.teams, _array(teams))
        return found
    listed = func.json_each(account.c.teams).table_valued("value")
    return select(listed.c.value).where(listed.c.value.in_(sorted(teams))).correlate(account).exists()


def _array(texts: Collection[str]) -> ColumnElement[Any]:
    from sqlalchemy import cast

    return cast(sorted(texts), ARRAY(TEXT))


def _has_team(connection: Connection) -> ColumnElement[bool]:
    length = func.jsonb_array_length if connection.dialect.name == "postgresql" else func.json_array_length
    return length(account.c.teams) > 0
