"""How often somebody may try to sign in: counted in the database, so that all processes share one limit."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from sqlalchemy import delete, func, select

from clew.access.secret import masked
from clew.clock import DAY_US, MINUTE_US, US
from clew.db.engine import Database, insert
from clew.db.tables import attempt
from clew.errors import ClewError

WINDOW_US = 15 * MINUTE_US
PURPOSE = "attempts"
_IPV6_CUSTOMER = 64  # bits: a customer has all addresses behind them


class TooManyAttempts(ClewError):
    """Too many attempts to sign in.

    after_s  seconds until the next one is heard
    """

    code = "too-many-attempts"

    def __init__(self, after_s: int) -> None:
        self.after_s = after_s
        minutes = -(-after_s // 60)
        super().__init__(
            f"too many attempts to sign in; try again in {minutes} minute{'s' if minutes > 1 else ''}, "
            "or ask an admin for a link"
        )


@dataclass(frozen=True)
class Limit:
    """So many attempts of one bucket within the window."""

    kind: str
    most: int


PER_ADDRESS = Limit("address", 10)
PER_CLIENT = Limit("client", 60)  # a whole office may stand behind one address


def note_attempt(database: Database, limit: Limit, of: str, *, now: int, secret: str) -> None:
    """Count an attempt, then say whether it is one too many. Raises TooManyAttempts.

    of  e-mail or network address; only a keyed digest of it is stored

    Counted in a transaction of its own before anything is compared: attempts made at the same time see each other.
    """
    bucket = f"{limit.kind}:{masked(secret, PURPOSE, of)}"
    with database.write() as connection:
        connection.execute(delete(attempt).where(attempt.c.at <= now - DAY_US))
        connection.execute(insert(connection, attempt).values(bucket=bucket, at=now))
    with database.read() as connection:
        mine = (attempt.c.bucket == bucket) & (attempt.c.at > now - WINDOW_US)
        count, first = connection.execute(select(func.count(), func.min(attempt.c.at)).where(mine)).one()
    if count > limit.most:
        raise TooManyAttempts(max(1, -(-(first + WINDOW_US - now) // US)))


def forget_attempts(database: Database, limit: Limit, of: str, *, secret: str) -> None:
    """Begin anew after a success."""
    bucket = f"{limit.kind}:{masked(secret, PURPOSE, of)}"
    with database.write() as connection:
        connection.execute(delete(attempt).where(attempt.c.bucket == bucket))


def network_of(client: str) -> str:
    """Return what is counted of a client's address: an IPv6 customer has more addresses than one can count."""
    try:
        told = ipaddress.ip_address(client)
    except ValueError:
        return client
    if isinstance(told, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((told, _IPV6_CUSTOMER), strict=False))
    return str(told)
