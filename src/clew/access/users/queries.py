"""What can be asked about users."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select

from clew.access.model import Role
from clew.access.policy import AccountTeam
from clew.access.users.model import UnknownUser, User, address
from clew.db.tables import account_user, user, user_team
from clew.errors import BadRequest


def all_users(connection: Connection) -> list[User]:
    """Every user, those who are off included, by address."""
    return _users(connection, connection.execute(select(user).order_by(user.c.email)))


def user_by_number(connection: Connection, number: int) -> User:
    """One user. Raises UnknownUser."""
    found = _users(connection, connection.execute(select(user).where(user.c.id == number)))
    if not found:
        raise UnknownUser(f"there is no user {number}; 'clew people list' shows who there is")
    return found[0]


def user_by_address(connection: Connection, email: str) -> User:
    """The user with this address. Raises UnknownUser."""
    found = find_address(connection, email)
    if found is None:
        raise UnknownUser(f"nobody may sign in as '{email}'; 'clew people list' shows who may")
    return found


def find_address(connection: Connection, email: str) -> User | None:
    """The user with this address; None where nobody has it, or where it is none."""
    try:
        told = address(email)
    except BadRequest:
        return None
    found = _users(connection, connection.execute(select(user).where(user.c.email == told)))
    return found[0] if found else None


def find_subject(connection: Connection, subject: str) -> User | None:
    """The user whom an OpenID provider calls so: "issuer subject"."""
    found = _users(connection, connection.execute(select(user).where(user.c.subject == subject)))
    return found[0] if found else None


def password_of(connection: Connection, number: int) -> str | None:
    """What is stored of a user's password."""
    return connection.execute(select(user.c.password).where(user.c.id == number)).scalar_one_or_none()


def is_unclaimed(connection: Connection) -> bool:
    """Say whether this workspace has no user yet, so that whoever has the first link becomes its admin."""
    return connection.execute(select(func.count()).select_from(user)).scalar_one() == 0


def other_admins(connection: Connection, number: int, now: int) -> int:
    """Count admins beside one who can sign in; their rows stay locked, so that no two are switched off at once."""
    admins = select(user.c.id, user.c.off_at).where(user.c.role == Role.ADMIN).order_by(user.c.id).with_for_update()
    rows = connection.execute(admins).all()
    return sum(row.id != number and (row.off_at is None or row.off_at > now) for row in rows)


def account_team(connection: Connection, account: str, teams: Iterable[str] = ()) -> AccountTeam:
    """Say who works with an account.

    teams  of clew.yaml that the account belongs to, by its dated attribute or its owner: the caller knows the log
    """
    found = connection.execute(select(account_user.c.user_id).where(account_user.c.account == account))
    return AccountTeam(frozenset(teams), frozenset(found.scalars()))


def accounts_of(connection: Connection, number: int) -> list[str]:
    """The accounts whose account team a user is in."""
    mine = select(account_user.c.account).where(account_user.c.user_id == number).order_by(account_user.c.account)
    return list(connection.execute(mine).scalars())


def _users(connection: Connection, rows: Iterable[Row[Any]]) -> list[User]:
    found = list(rows)
    teams = _teams(connection, [row.id for row in found])
    return [
        User(
            id=row.id,
            email=row.email,
            name=row.name,
            role=Role(row.role),
            made_at=row.made_at,
            teams=frozenset(teams.get(row.id, ())),
            has_password=row.password is not None,
            subject=row.subject,
            off_at=row.off_at,
        )
        for row in found
    ]


def _teams(connection: Connection, numbers: Sequence[int]) -> dict[int, list[str]]:
    teams: dict[int, list[str]] = {}
    asked = select(user_team).order_by(user_team.c.team)
    if len(numbers) == 1:
        asked = asked.where(user_team.c.user_id == numbers[0])
    for row in connection.execute(asked) if numbers else ():
        teams.setdefault(row.user_id, []).append(row.team)
    return teams
