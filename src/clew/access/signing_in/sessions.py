"""Sessions: a cookie's token, of which the database knows the digest; they end by rest, by age, or by sign-out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from clew.access.secret import digest_of, new_token
from clew.access.users.model import User
from clew.access.users.queries import user_by_number
from clew.clock import DAY_US, HOUR_US, MINUTE_US
from clew.db.engine import Database, insert
from clew.db.tables import session

LONGEST_US = 30 * DAY_US  # after that one signs in again, however busy the session was
_NOTED_EVERY_US = MINUTE_US
_LINK_COUNTS_US = HOUR_US


@dataclass(frozen=True)
class Session:
    """Somebody who is signed in.

    digest   of the cookie's token
    csrf     what forms of this session send back
    way      in: password | link | openid
    seen_at  its latest use, by the minute
    """

    digest: str
    user: User
    csrf: str
    way: str
    made_at: int
    seen_at: int
    until: int


def start_session(connection: Connection, number: int, *, way: str, now: int, former: str = "") -> str:
    """Begin a session and return its token; the one that the browser had before ends.

    way     password | link | openid
    former  digest of the session that the browser came with
    """
    connection.execute(delete(session).where(session.c.until <= now))
    connection.execute(delete(session).where(session.c.digest == former))
    token = new_token()
    row = {"digest": digest_of(token), "user_id": number, "csrf": new_token(), "way": way}
    made = {"made_at": now, "seen_at": now, "until": now + LONGEST_US}
    connection.execute(insert(connection, session).values(**row, **made))
    return token


def find_session(database: Database, token: str, *, rest_us: int, now: int) -> Session | None:
    """Return the session of a token; None where it ended, or where its user may sign in no longer.

    rest_us  how long a session lasts without use (`Settings.session_us`)
    """
    digest = digest_of(token)
    with database.read() as connection:
        row = connection.execute(select(session).where(session.c.digest == digest)).one_or_none()
        if row is None or row.until <= now or row.seen_at + rest_us <= now:
            return None
        found = _session(row, user_by_number(connection, row.user_id))
    if not found.user.is_on(now):
        return None
    if now - found.seen_at >= _NOTED_EVERY_US:
        with database.write() as connection:
            mine = (session.c.digest == digest) & (session.c.seen_at < now)
            connection.execute(update(session).where(mine).values(seen_at=now))
    return found


def sessions_of(connection: Connection, number: int, *, rest_us: int, now: int) -> int:
    """Count where a user is signed in."""
    mine = (session.c.user_id == number) & (session.c.until > now) & (session.c.seen_at > now - rest_us)
    return len(connection.execute(select(session.c.digest).where(mine)).all())


def end_session(connection: Connection, digest: str) -> None:
    """Sign out of one browser."""
    connection.execute(delete(session).where(session.c.digest == digest))


def came_by_link(connection: Connection, digest: str, *, now: int) -> bool:
    """Say whether a session began with a link a moment ago: then a new password needs no former one."""
    mine = (session.c.digest == digest) & (session.c.way == "link") & (session.c.made_at > now - _LINK_COUNTS_US)
    return connection.execute(select(session.c.digest).where(mine)).one_or_none() is not None


def _session(row: Row[Any], user: User) -> Session:
    return Session(row.digest, user, row.csrf, row.way, row.made_at, row.seen_at, row.until)
