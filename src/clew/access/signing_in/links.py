"""One-time links: the first admin's way in, and that of whoever forgot a password."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, delete, select

from clew.access.audit import record
from clew.access.model import Actor, Permission
from clew.access.policy import require, require_all_of
from clew.access.secret import digest_of, new_token
from clew.access.users.queries import is_unclaimed, user_by_number
from clew.clock import DAY_US
from clew.db.engine import insert
from clew.db.tables import sign_in_link
from clew.errors import ClewError

LASTS_US = DAY_US
PATH = "/sign-in/link/{token}"
FIRST_ADMIN = 0  # number of no user: whoever has the link becomes one


class SpentLink(ClewError):
    """This link was used already, has ended, or never was one; ask for another: 'clew people link ADDRESS'."""

    code = "spent-link"


class SwitchedOff(ClewError):
    """This user may not sign in."""

    code = "switched-off"


def link_path(token: str) -> str:
    """Return the path of a link, behind the address at which people reach this Clew."""
    return PATH.replace("{token}", token)


def make_link(connection: Connection, number: int, *, by: Actor, now: int, secret: str) -> str:
    """Return the token of a link with which a user signs in once within a day; former ones end.

    Raises UnknownUser, SwitchedOff
    """
    require(by, Permission.ADMINISTER)
    whose = user_by_number(connection, number)
    require_all_of(by, whose.role)
    if not whose.is_on(now):
        raise SwitchedOff(f"{whose.name} is switched off; 'clew people on {whose.email}' lets them in again")
    record(connection, by, "make link", object=f"user:{number}", now=now, secret=secret)
    return _put_link(connection, number, now)


def first_link(connection: Connection, *, now: int) -> str | None:
    """Return the token of a link that makes its reader the first admin; None where there are users already.

    Each process that starts prints one; all hold until one of them is used.
    """
    return _put_link(connection, FIRST_ADMIN, now) if is_unclaimed(connection) else None


def links_until(connection: Connection, now: int) -> Mapping[int, int]:
    """Return until when the links that hold do, by the number of the user."""
    rows = connection.execute(select(sign_in_link.c.user_id, sign_in_link.c.until).where(sign_in_link.c.until > now))
    return {row.user_id: row.until for row in rows if row.user_id != FIRST_ADMIN}


def read_link(connection: Connection, token: str, *, now: int) -> int:
    """Return whose link this is without spending it: scanners open links before people do. Raises SpentLink."""
    mine = (sign_in_link.c.digest == digest_of(token)) & (sign_in_link.c.until > now)
    number = connection.execute(select(sign_in_link.c.user_id).where(mine)).scalar_one_or_none()
    if number is None or (number == FIRST_ADMIN and not is_unclaimed(connection)):
        raise SpentLink
    return int(number)


def spend_link(connection: Connection, token: str, *, now: int) -> int:
    """Return whose link this is, and end it. Raises SpentLink, also for the slower of two at once."""
    number = read_link(connection, token, now=now)
    gone = connection.execute(delete(sign_in_link).where(sign_in_link.c.digest == digest_of(token)))
    if gone.rowcount != 1:
        raise SpentLink
    return number


def linked_users(connection: Connection, *, now: int) -> frozenset[int]:
    """Return the numbers of users who have a link that is neither used nor over."""
    return frozenset(connection.execute(select(sign_in_link.c.user_id).where(sign_in_link.c.until > now)).scalars())


def _put_link(connection: Connection, number: int, now: int) -> str:
    token = new_token()
    former = sign_in_link.c.user_id == number
    over = former & (sign_in_link.c.until <= now) if number == FIRST_ADMIN else former
    connection.execute(delete(sign_in_link).where(over))
    values = {"digest": digest_of(token), "user_id": number, "made_at": now, "until": now + LASTS_US}
    connection.execute(insert(connection, sign_in_link).values(**values))
    return token
