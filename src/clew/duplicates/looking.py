"""Look for duplicates among all accounts and keep what was found; what a person decided is never found again."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, select

from clew.clock import DAY_US, MINUTE_US
from clew.db.cursors import move, position_of
from clew.db.engine import Database
from clew.db.leases import Lease, check
from clew.db.tables import account, duplicate
from clew.duplicates.deciding import decided_pairs
from clew.duplicates.gathering import firms_of
from clew.duplicates.linking import is_installed, probable_pairs
from clew.duplicates.model import MOST, Pair

LOOKED_AT, LOOKED_AMONG = "duplicates looked at", "duplicates looked among"  # cursors: when, among how many accounts
MUCH = 0.02  # share of accounts that are new or gone, from which on it is looked again before a day is over
FEW = 20  # fewer new accounts than this wait for the day
PAUSE_US = 10 * MINUTE_US  # between two looks, but where accounts doubled since: a firm that has just been loaded


@dataclass(frozen=True)
class Looked:
    """What came of it.

    accounts  compared     found  pairs that are probably one, and open      new  of these
    seconds   that the comparing took
    """

    accounts: int
    found: int
    new: int
    seconds: float


def look(database: Database, store: Path, *, now: int, leases: Sequence[Lease] = ()) -> Looked:
    """Compare all accounts and keep the pairs that are probably one. Raises NoLinkage.

    leases  under which it is kept, for a worker
    """
    with database.read() as connection:
        firms = firms_of(connection, store)
    begun = time.monotonic()
    pairs = probable_pairs(firms)
    took = time.monotonic() - begun
    with database.write() as connection:
        check(connection, leases)
        decided = decided_pairs(connection)
        open_pairs = [pair for pair in pairs if (pair.left, pair.right) not in decided]
        new = _keep(connection, open_pairs, now)
        move(connection, LOOKED_AT, now)
        move(connection, LOOKED_AMONG, len(firms))
    return Looked(len(firms), len(open_pairs), new, took)


def look_when_due(database: Database, store: Path, *, now: int, leases: Sequence[Lease] = ()) -> None:
    """Look for duplicates once a day, or when many accounts came or went since; nothing where Splink is missing."""
    with database.read() as connection:
        due = is_due(connection, now)
    if due and is_installed():
        look(database, store, now=now, leases=leases)


def is_due(connection: Connection, now: int) -> bool:
    """Say whether it is time to look again."""
    last, among = position_of(connection, LOOKED_AT), position_of(connection, LOOKED_AMONG)
    count = connection.execute(select(func.count()).select_from(account)).scalar_one()
    changed = abs(count - among) >= max(FEW, MUCH * among)
    return now - last >= DAY_US or (changed and (now - last >= PAUSE_US or count >= 2 * among))


def _keep(connection: Connection, pairs: Sequence[Pair], now: int) -> int:
    """Replace open pairs by these; a pair that was known keeps when it was found."""
    is_open = duplicate.c.decision.is_(None)
    known = select(duplicate.c.left, duplicate.c.right, duplicate.c.found_at).where(is_open)
    found_at = {(left, right): at for left, right, at in connection.execute(known)}
    connection.execute(delete(duplicate).where(is_open))
    _insert(connection, pairs, found_at, now)
    return sum((pair.left, pair.right) not in found_at for pair in pairs)


def _insert(connection: Connection, pairs: Iterable[Pair], found_at: dict[tuple[str, str], int], now: int) -> None:
    rows = [
        {
            "left": pair.left,
            "right": pair.right,
            "chance": round(pair.chance * MOST),
            "reasons": [reason.kept() for reason in pair.reasons],
            "found_at": found_at.get((pair.left, pair.right), now),
        }
        for pair in pairs
    ]
    if rows:
        connection.execute(insert(duplicate), rows)
