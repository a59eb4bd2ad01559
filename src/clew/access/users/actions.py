"""What can be done to users. Each act checks, changes and leaves its row in the audit log, in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, delete, update

from clew.access.audit import record
from clew.access.model import Actor, Permission, Role
from clew.access.policy import Forbidden, Reach, reach_of, require, require_all_of
from clew.access.users.model import Hashed, LastAdmin, User, UserExists, address, full_name
from clew.access.users.queries import find_address, other_admins, user_by_number
from clew.db.engine import insert
from clew.db.tables import account_user, session, sign_in_link, user, user_team
from clew.errors import UnknownName


def add_user(
    connection: Connection,
    email: str,
    name: str,
    *,
    role: Role,
    teams: Iterable[str] = (),
    known_teams: Collection[str] | None = None,
    subject: str | None = None,
    by: Actor,
    now: int,
    secret: str,
) -> User:
    """Let somebody in; they sign in by a link, by OpenID, or with a password that is set for them.

    known_teams  of clew.yaml; None: not checked
    Raises       UserExists, BadRequest, UnknownName; Forbidden for a key that may do less than the role
    """
    require(by, Permission.ADMINISTER)
    require_all_of(by, role)
    told, wanted = address(email), _checked(teams, known_teams)
    if find_address(connection, told) is not None:
        raise UserExists(f"'{told}' may sign in already; change their role with 'clew people role {told} ROLE'")
    values = {"email": told, "name": full_name(name), "role": role.value, "subject": subject, "made_at": now}
    number = int(connection.execute(insert(connection, user).values(**values).returning(user.c.id)).scalar_one())
    _put_teams(connection, number, wanted)
    detail = {"role": role.value, "teams": sorted(wanted)}
    record(connection, by, "add user", object=f"user:{number}", detail=detail, now=now, secret=secret)
    return user_by_number(connection, number)


def change_role(connection: Connection, number: int, role: Role, *, by: Actor, now: int, secret: str) -> User:
    """Give a user another role. Raises UnknownUser, LastAdmin."""
    require(by, Permission.ADMINISTER)
    former = user_by_number(connection, number)
    require_all_of(by, role)
    if former.role is Role.ADMIN and role is not Role.ADMIN:
        _keep_an_admin(connection, number, now)
    connection.execute(update(user).where(user.c.id == number).values(role=role.value))
    detail = {"from": former.role.value, "to": role.value}
    record(connection, by, "change role", object=f"user:{number}", detail=detail, now=now, secret=secret)
    return user_by_number(connection, number)


def change_teams(
    connection: Connection,
    number: int,
    teams: Iterable[str],
    *,
    known_teams: Collection[str] | None = None,
    by: Actor,
    now: int,
    secret: str,
) -> User:
    """Put a user into these teams and no others. Raises UnknownUser, UnknownName."""
    require(by, Permission.ADMINISTER)
    former, wanted = user_by_number(connection, number), _checked(teams, known_teams)
    require_all_of(by, former.role)
    connection.execute(delete(user_team).where(user_team.c.user_id == number))
    _put_teams(connection, number, wanted)
    detail = {"from": sorted(former.teams), "to": sorted(wanted)}
    record(connection, by, "change teams", object=f"user:{number}", detail=detail, now=now, secret=secret)
    return user_by_number(connection, number)


def switch_off(connection: Connection, number: int, *, by: Actor, now: int, secret: str) -> User:
    """Let somebody in no longer: sessions and links end at once, their API keys stop. Raises UnknownUser, LastAdmin."""
    require(by, Permission.ADMINISTER)
    if user_by_number(connection, number).role is Role.ADMIN:
        _keep_an_admin(connection, number, now)
    connection.execute(update(user).where(user.c.id == number).values(off_at=now))
    end_ways_in(connection, number)
    record(connection, by, "switch off user", object=f"user:{number}", now=now, secret=secret)
    return user_by_number(connection, number)


def switch_on(connection: Connection, number: int, *, by: Actor, now: int, secret: str) -> User:
    """Let somebody in again who was switched off. Raises UnknownUser."""
    require(by, Permission.ADMINISTER)
    require_all_of(by, user_by_number(connection, number).role)
    connection.execute(update(user).where(user.c.id == number).values(off_at=None))
    record(connection, by, "switch on user", object=f"user:{number}", now=now, secret=secret)
    return user_by_number(connection, number)


def set_password(connection: Connection, number: int, password: Hashed, *, by: Actor, now: int, secret: str) -> None:
    """Give a user a password: one's own, or as admin somebody else's. Everybody who is signed in as them is out.

    password  hashed before the transaction began, so that nobody waits for it
    Raises    UnknownUser, Forbidden. Whoever changes their own must have shown the former one, or a link, before
    """
    if by.user != number or by.kind == "key":
        require(by, Permission.ADMINISTER)
        require_all_of(by, user_by_number(connection, number).role)
    user_by_number(connection, number)
    connection.execute(update(user).where(user.c.id == number).values(password=password))
    end_ways_in(connection, number)
    record(connection, by, "set password", object=f"user:{number}", now=now, secret=secret)


def join_account(connection: Connection, account: str, number: int, *, by: Actor, now: int, secret: str) -> None:
    """Put a user into an account's team. Raises UnknownUser."""
    _may_staff(by)
    user_by_number(connection, number)
    values = insert(connection, account_user).values(account=account, user_id=number, since=now)
    connection.execute(values.on_conflict_do_nothing())
    detail = {"account": account}
    record(connection, by, "join account", object=f"user:{number}", detail=detail, now=now, secret=secret)


def leave_account(connection: Connection, account: str, number: int, *, by: Actor, now: int, secret: str) -> None:
    """Take a user out of an account's team."""
    _may_staff(by)
    mine = (account_user.c.account == account) & (account_user.c.user_id == number)
    connection.execute(delete(account_user).where(mine))
    detail = {"account": account}
    record(connection, by, "leave account", object=f"user:{number}", detail=detail, now=now, secret=secret)


def end_ways_in(connection: Connection, number: int) -> int:
    """End every session and every unused link of a user; return how many sessions."""
    connection.execute(delete(sign_in_link).where(sign_in_link.c.user_id == number))
    return int(connection.execute(delete(session).where(session.c.user_id == number)).rowcount)


def _may_staff(by: Actor) -> None:
    """Who may act on all accounts says who works with which; a member cannot give themselves one."""
    if reach_of(by, Permission.ACT) is not Reach.ALL:
        raise Forbidden("only admins and journey owners say who works with an account; ask one of them")


def _keep_an_admin(connection: Connection, number: int, now: int) -> None:
    if not other_admins(connection, number, now):
        raise LastAdmin


def _checked(teams: Iterable[str], known: Collection[str] | None) -> frozenset[str]:
    wanted = frozenset(teams)
    for team in sorted(wanted):
        if known is not None and team not in known:
            raise UnknownName("team", team, known)
    return wanted


def _put_teams(connection: Connection, number: int, teams: Iterable[str]) -> None:
    for team in sorted(teams):
        connection.execute(insert(connection, user_team).values(user_id=number, team=team))
