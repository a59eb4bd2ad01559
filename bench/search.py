"""Time the search of accounts, persons and texts in a firm of any size.

    python bench/search.py [--accounts 100000] [--postgres URL]

A throw-away database is filled with accounts, three ids and three persons each, two promises and two answers each;
then each search runs several times under the rights of an admin and of a member of one team.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import insert

from clew.access.model import Actor, Role
from clew.accounts.persons import Record, open_persons
from clew.db.bulk import insert_many
from clew.db.engine import Database, open_database
from clew.db.migrations import migrate
from clew.db.tables import account, account_id, answer, membership, promise, user
from clew.trials.firms_alike import invented
from clew.web.queries.search import find_accounts, find_answers, find_persons, find_promises

REPEATS, LIMIT = 7, 8
ADMIN = Actor("user", "user:1", "Anna", Role.ADMIN, user=1)
MEMBER = Actor("user", "user:2", "Mia", Role.MEMBER, frozenset({"team-3"}), user=2)
GIVEN, FAMILY = "Ada Emil Femke Ivo Lene Noor Rena Wim".split(), "Abelsen Castell Hallvik Jonker Quast Zabel".split()
TOPICS = "pricing integration security training renewal data-model".split()


def filled(database: Database, store: Path, accounts: int) -> None:
    """Fill a database with an invented firm's accounts."""
    dice = random.Random(1)
    firms = [(firm.thread, firm.name) for firm in invented(accounts, 1).firms[:accounts]]
    body = os.urandom(1_500)
    with database.write() as connection:
        connection.execute(insert(user), [{"id": 1, "email": "a@x", "name": "A", "role": "admin", "made_at": 0}])
        names = ["thread", "shard", "name", "segment", "teams", "touches", "as_of", "context"]
        rows = [(t, 0, name, "smb", [f"team-{n % 20}"], n % 900, 1, body) for n, (t, name) in enumerate(firms)]
        for first in range(0, len(rows), 5_000):
            told = [dict(zip(names, row, strict=True)) for row in rows[first : first + 5_000]]
            connection.execute(insert(account), told)
        ids = [
            (f"{kind}:{kind[0]}-{n}", t, f"{kind[0]}-{n}")
            for n, (t, _) in enumerate(firms)
            for kind in ("crm", "desk", "bill")
        ]
        insert_many(connection, account_id, ("entity", "thread", "bare"), ids)
        members = [(t, 3 * n + k, "", 0, 5) for n, (t, _) in enumerate(firms) for k in range(3)]
        insert_many(connection, membership, ("thread", "contact", "role", "since", "touches"), members)
        says = [
            (t, f"p{k}", dice.choice(TOPICS), f"We deliver part {n} by spring", n, n)
            for n, (t, _) in enumerate(firms)
            for k in range(2)
        ]
        insert_many(connection, promise, ("thread", "id", "topic", "says", "made_at", "due_at"), says)
        insert_many(connection, answer, ("thread", "id", "topic", "says", "at", "until"), says)
    with open_persons(store) as persons, persons.transaction():
        numbers = persons.surrogates([f"p{n}@firm{n // 3}.example" for n in range(3 * accounts)])
        persons.describe(
            Record(n, None, None, f"{dice.choice(GIVEN)} {dice.choice(FAMILY)} {n % 997}") for n in numbers
        )


def timed(does: Callable[[], Any]) -> tuple[float, int]:
    """Return the middle time of work in milliseconds, waiting for other processes left out, and how many were found."""
    spans = []
    for _ in range(REPEATS):
        begun = time.process_time()
        found = does()
        spans.append(1_000 * (time.process_time() - begun))
    return sorted(spans)[REPEATS // 2], len(found)


def searched(database: Database, store: Path) -> None:
    """Time each search and print it."""
    for text in ("maschinen", "kel", "x", "d-9999", "ada quast", "spring", "nothing of it"):
        words = text.split()
        for actor in (ADMIN, MEMBER):
            ways: dict[str, Callable[[Any], Any]] = {
                "accounts": lambda c, w=words: find_accounts(c, w, limit=LIMIT),
                "persons": lambda c, w=words, a=actor: find_persons(c, a, store, w, limit=LIMIT),
                "promises": lambda c, w=words, a=actor: find_promises(c, a, w, limit=LIMIT),
                "answers": lambda c, w=words, a=actor: find_answers(c, a, w, limit=LIMIT),
            }
            told = []
            with database.read() as connection:
                for way, does in ways.items():
                    span, found = timed(lambda does=does: does(connection))  # type: ignore[misc]
                    told.append((way, span, found))
            print(f"{text:<14} {actor.role:<7} {sum(span for _, span, _ in told):6.0f} ms  ", end="")
            print("  ".join(f"{way} {span:5.1f} ({found})" for way, span, found in told))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--accounts", type=int, default=100_000)
    asked.add_argument("--postgres", default=None)
    told = asked.parse_args()
    with TemporaryDirectory() as folder:
        database = open_database(Path(folder) / ".clew", told.postgres)
        migrate(database)
        filled(database, Path(folder) / ".clew", told.accounts)
        searched(database, Path(folder) / ".clew")
        database.close()


if __name__ == "__main__":
    main()
