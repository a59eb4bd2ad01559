"""Who somebody is here whom a provider let in: by subject, else by address, else a new user."""

from __future__ import annotations

from sqlalchemy import Connection, update

from clew.access.audit import record
from clew.access.model import Actor, Role
from clew.access.openid.model import Claims, NobodyHere, NoRole, Provider, UnconfirmedAddress
from clew.access.users.actions import add_user, change_role
from clew.access.users.model import LastAdmin, User
from clew.access.users.queries import find_address, find_subject
from clew.db.tables import user

_BY = Actor("provider", "openid provider", role=Role.ADMIN)


def user_of(connection: Connection, claims: Claims, provider: Provider, *, now: int, secret: str) -> User:
    """Return the user, in the role that groups give. Raises NobodyHere, UnconfirmedAddress, NoRole."""
    role = _role(claims, provider)
    known = find_subject(connection, claims.subject) or _by_address(
        connection, claims, provider, now=now, secret=secret
    )
    if known is None:
        return _new(connection, claims, role or provider.role, now=now, secret=secret)
    if not known.is_on(now):
        raise NobodyHere
    if role is None or role is known.role:
        return known
    try:
        return change_role(connection, known.id, role, by=_BY, now=now, secret=secret)
    except LastAdmin:
        return known  # a workspace without an admin helps nobody


def _role(claims: Claims, provider: Provider) -> Role | None:
    """The highest role of somebody's groups; None where settings map no groups."""
    if not provider.roles:
        return None
    given = {role for group, role in provider.roles.items() if group in claims.groups}
    highest = next((role for role in Role if role in given), provider.role)
    if highest is None:
        raise NoRole
    return highest


def _by_address(connection: Connection, claims: Claims, provider: Provider, *, now: int, secret: str) -> User | None:
    """The user with the address, who from now on is known by the subject: addresses change hands, subjects do not."""
    if claims.email is None:
        raise UnconfirmedAddress
    found = find_address(connection, claims.email)
    if found is None:
        if not _counts(claims, provider):
            raise UnconfirmedAddress
        return None
    if provider.email == "off" or found.subject is not None:
        raise NobodyHere
    if not _counts(claims, provider):
        raise UnconfirmedAddress
    connection.execute(update(user).where(user.c.id == found.id).values(subject=claims.subject))
    record(connection, _BY, "know by openid", object=f"user:{found.id}", now=now, secret=secret)
    return found


def _counts(claims: Claims, provider: Provider) -> bool:
    return claims.verified or provider.email == "trusted"


def _new(connection: Connection, claims: Claims, role: Role | None, *, now: int, secret: str) -> User:
    if role is None:
        raise NobodyHere
    assert claims.email is not None
    name = claims.name if claims.name.strip().isprintable() and claims.name.strip() else claims.email.partition("@")[0]
    return add_user(
        connection, claims.email, name[:200], role=role, subject=claims.subject, by=_BY, now=now, secret=secret
    )
