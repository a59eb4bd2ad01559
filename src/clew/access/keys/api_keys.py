"""API keys: `Authorization: Bearer clew_...`. A key does what its scopes say, and never more than its user may."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select, update

from clew.access.audit import record
from clew.access.model import Actor, Permission
from clew.access.policy import may, require
from clew.access.secret import digest_of, new_token
from clew.access.users.model import UnknownUser, full_name
from clew.access.users.queries import user_by_number
from clew.clock import MINUTE_US
from clew.db.engine import Database, insert
from clew.db.tables import api_key
from clew.errors import BadRequest, ClewError

BEGINNING = "clew_"
_SHOWN = 12
_NOTED_EVERY_US = MINUTE_US


class UnknownKey(ClewError):
    """There is no such API key."""

    code = "unknown-key"


class ScopeTooWide(ClewError):
    """A key may do no more than its user."""

    code = "scope-too-wide"


@dataclass(frozen=True)
class ApiKey:
    """An API key as it is shown; the key itself is shown once, when it is made.

    shown  its beginning, to tell keys apart
    user   number of the user for whom it acts
    """

    id: int
    name: str
    shown: str
    scopes: frozenset[Permission]
    user: int
    made_at: int
    used_at: int | None
    off_at: int | None


def make_key(
    connection: Connection, name: str, scopes: Iterable[str], *, user: int, by: Actor, now: int, secret: str
) -> tuple[ApiKey, str]:
    """Make a key; return it and its text, which nobody can show again. Raises BadRequest, ScopeTooWide, UnknownUser."""
    require(by, Permission.ADMINISTER)
    owner, wanted = user_by_number(connection, user), scopes_named(scopes)
    if not owner.is_on(now):
        raise UnknownUser(f"user {user} is switched off; a key acts for somebody who may sign in")
    wide = sorted(scope for scope in wanted if not may(owner.actor, scope) or not may(by, scope))
    if wide:
        raise ScopeTooWide(f"a key may do no more than its user and its maker; leave out: {', '.join(wide)}")
    text = new_token(BEGINNING)
    values = {"name": full_name(name), "digest": digest_of(text), "shown": text[:_SHOWN], "scopes": sorted(wanted)}
    made = insert(connection, api_key).values(**values, user_id=user, made_at=now).returning(api_key.c.id)
    number = int(connection.execute(made).scalar_one())
    detail = {"scopes": sorted(wanted), "user": user}
    record(connection, by, "make key", object=f"key:{number}", detail=detail, now=now, secret=secret)
    return key_by_number(connection, number), text


def switch_off_key(connection: Connection, number: int, *, by: Actor, now: int, secret: str) -> ApiKey:
    """End a key. Raises UnknownKey."""
    require(by, Permission.ADMINISTER)
    former = key_by_number(connection, number)
    if former.off_at is None:
        connection.execute(update(api_key).where(api_key.c.id == number).values(off_at=now))
        record(connection, by, "switch off key", object=f"key:{number}", now=now, secret=secret)
    return key_by_number(connection, number)


def all_keys(connection: Connection) -> list[ApiKey]:
    """Every key, those that are off included."""
    return _keys(connection.execute(select(api_key).order_by(api_key.c.id)).all())


def key_by_number(connection: Connection, number: int) -> ApiKey:
    """One key. Raises UnknownKey."""
    found = _keys(connection.execute(select(api_key).where(api_key.c.id == number)).all())
    if not found:
        raise UnknownKey(f"there is no API key {number}")
    return found[0]


def actor_of_key(database: Database, text: str, *, now: int) -> Actor | None:
    """Return who asks with this key, and note its use by the minute; None where the key or its user is off."""
    if not text.startswith(BEGINNING):
        return None
    with database.read() as connection:
        found = _keys(connection.execute(select(api_key).where(api_key.c.digest == digest_of(text))).all())
        if not found or (found[0].off_at is not None and found[0].off_at <= now):
            return None
        key, owner = found[0], user_by_number(connection, found[0].user)
    if not owner.is_on(now):
        return None
    if key.used_at is None or now - key.used_at >= _NOTED_EVERY_US:
        with database.write() as connection:
            connection.execute(update(api_key).where(api_key.c.id == key.id).values(used_at=now))
    return Actor("key", f"key:{key.id}", key.name, owner.role, owner.teams, key.scopes, owner.id)


def scopes_named(texts: Iterable[str]) -> frozenset[Permission]:
    """Return permissions by name. Raises BadRequest where one is unknown, or none is given."""
    named = {permission.value: permission for permission in Permission}
    told = list(texts)
    wrong = [text for text in told if text not in named]
    if wrong or not told:
        what = f"there is no scope '{wrong[0]}'" if wrong else "a key without scopes may do nothing"
        raise BadRequest(f"{what}; allowed: {', '.join(named)}")
    return frozenset(named[text] for text in told)


def _keys(rows: Sequence[Row[Any]]) -> list[ApiKey]:
    return [
        ApiKey(
            row.id, row.name, row.shown, frozenset(map(Permission, row.scopes)), row.user_id,
            row.made_at, row.used_at, row.off_at,
        )
        for row in rows
    ]  # fmt: skip
