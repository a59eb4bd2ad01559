"""Sign in with address and password, and with a one-time link."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, update

from clew.access.audit import record
from clew.access.model import NOBODY, Actor, Role
from clew.access.signing_in.attempts import PER_ADDRESS, PER_CLIENT, forget_attempts, network_of, note_attempt
from clew.access.signing_in.links import FIRST_ADMIN, SpentLink, spend_link
from clew.access.signing_in.sessions import start_session
from clew.access.users.actions import add_user
from clew.access.users.model import User, new_password
from clew.access.users.passwords import hash_password, is_password
from clew.access.users.queries import find_address, password_of, user_by_number
from clew.db.engine import Database
from clew.db.tables import user
from clew.errors import ClewError
from clew.sources.domains import same_address

BY_LINK = Actor("link", "first link", role=Role.ADMIN)


class WrongSignIn(ClewError):
    """Address or password is wrong."""

    code = "wrong-sign-in"


@dataclass(frozen=True)
class From:
    """Where an attempt comes from.

    client   network address
    session  digest of the session that the browser came with, "" without
    """

    client: str
    session: str = ""


@dataclass(frozen=True)
class SignedIn:
    """A new session; the token goes into the cookie and nowhere else."""

    token: str
    user: User


def sign_in(database: Database, email: str, password: str, *, come: From, now: int, secret: str) -> SignedIn:
    """Sign in with address and password. Raises WrongSignIn, TooManyAttempts.

    Nobody learns from answer, time or audit log which addresses are known.
    """
    asked = same_address(email)
    note_attempt(database, PER_CLIENT, network_of(come.client), now=now, secret=secret)
    note_attempt(database, PER_ADDRESS, asked, now=now, secret=secret)
    with database.read() as connection:
        found = find_address(connection, asked)
        stored = password_of(connection, found.id) if found and found.is_on(now) else None
    right, fresh = is_password(password, stored)
    if not right or found is None:
        _note_refused(database, found, now=now, secret=secret)
        raise WrongSignIn
    with database.write() as connection:
        if password_of(connection, found.id) != stored:
            raise WrongSignIn  # changed while it was compared
        if fresh:
            connection.execute(update(user).where(user.c.id == found.id).values(password=fresh))
        signed_in = begin(connection, found.id, by="password", come=come, now=now, secret=secret)
    forget_attempts(database, PER_ADDRESS, asked, secret=secret)
    return signed_in


def sign_in_by_link(database: Database, token: str, *, come: From, now: int, secret: str) -> SignedIn:
    """Sign in with a link that was made for a user. Raises SpentLink, WrongSignIn, TooManyAttempts."""
    note_attempt(database, PER_CLIENT, network_of(come.client), now=now, secret=secret)
    with database.write() as connection:
        number = spend_link(connection, token, now=now)
        if number == FIRST_ADMIN:
            raise SpentLink
        return begin(connection, number, by="link", come=come, now=now, secret=secret)


def become_first_admin(
    database: Database, token: str, email: str, name: str, *, password: str, come: From, now: int, secret: str
) -> SignedIn:
    """Make the reader of the first link the first admin. Raises SpentLink, WeakPassword, BadRequest."""
    note_attempt(database, PER_CLIENT, network_of(come.client), now=now, secret=secret)
    hashed = hash_password(new_password(password, email))
    with database.write() as connection:
        if spend_link(connection, token, now=now) != FIRST_ADMIN:
            raise SpentLink
        made = add_user(connection, email, name, role=Role.ADMIN, by=BY_LINK, now=now, secret=secret)
        connection.execute(update(user).where(user.c.id == made.id).values(password=hashed))
        return begin(connection, made.id, by="link", come=come, now=now, secret=secret)


def is_own_password(database: Database, of: User, password: str, *, come: From, now: int, secret: str) -> bool:
    """Say whether somebody who is signed in knows their password; counts as an attempt. Raises TooManyAttempts."""
    note_attempt(database, PER_CLIENT, network_of(come.client), now=now, secret=secret)
    note_attempt(database, PER_ADDRESS, of.email, now=now, secret=secret)
    with database.read() as connection:
        stored = password_of(connection, of.id)
    right, _ = is_password(password, stored)
    if right:
        forget_attempts(database, PER_ADDRESS, of.email, secret=secret)
    return right


def begin(connection: Connection, number: int, *, by: str, come: From, now: int, secret: str) -> SignedIn:
    """Begin the session of somebody who showed who they are. Raises WrongSignIn where they were switched off.

    by  password | link | openid
    """
    of = user_by_number(connection, number)
    if not of.is_on(now):
        raise WrongSignIn
    token = start_session(connection, number, way=by, now=now, former=come.session)
    record(connection, of.actor, "sign-in", object=f"user:{number}", detail={"by": by}, now=now, secret=secret)
    return SignedIn(token, of)


def _note_refused(database: Database, found: User | None, *, now: int, secret: str) -> None:
    """One row whether the address is known or not: the time it takes must tell nothing."""
    named = f"user:{found.id}" if found else "nobody"
    with database.write() as connection:
        record(connection, NOBODY, "sign-in refused", object=named, now=now, secret=secret)
