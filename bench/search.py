"""Time the search of accounts, persons and texts in a firm of any size.

    python bench/search.py [--accounts 100000] [--postgres URL]

A throw-away database is filled with accounts, three ids and three persons each, two promises and two answers each;
then each search runs several times under the rights of an admin, of a member of one team and of one of no team, who
sees nothing.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, insert, text

from clew.access.model import Actor, Role
from clew.accounts.persons import Record, open_persons
from clew.db.bulk import insert_many
from clew.db.engine import Database, open_database
from clew.db.folding import folded
from clew.db.migrations import migrate
from clew.db.tables import account, account_id, answer, membership, promise, user
from clew.trials.firms_alike import invented
from clew.web.queries.search import find_accounts, find_answers, find_persons, find_promises

Way = Callable[[Connection], Sequence[Any]]

REPEATS, LIMIT = 7, 9
ADMIN = Actor("user", "user:1", "Anna", Role.ADMIN, user=1)
MEMBER = Actor("user", "user:2", "Mia", Role.MEMBER, frozenset({"team-3"}), user=2)
STRANGER = Actor("user", "user:3", "Otto", Role.MEMBER, frozenset({"team-of-none"}), user=3)
TEXTS = ("maschinen", "kel", "x", "e", "d-9999", "ada quast", "quast", "spring", "pricing", "nothing of it")
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
            some = [dict(zip(names, row, strict=True)) for row in rows[first : first + 5_000]]
            connection.execute(insert(account), some)
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
        told = [(*row, folded(*row[2:4])) for row in says]
        insert_many(connection, promise, ("thread", "id", "topic", "says", "made_at", "due_at", "folded"), told)
        insert_many(connection, answer, ("thread", "id", "topic", "says", "at", "until", "folded"), told)
    with open_persons(store) as persons, persons.transaction():
        numbers = persons.surrogates([f"p{n}@firm{n // 3}.example" for n in range(3 * accounts)])
        persons.describe(
            Record(n, None, None, f"{dice.choice(GIVEN)} {dice.choice(FAMILY)} {n % 997}") for n in numbers
        )


def ways_of(actor: Actor, store: Path, words: Sequence[str]) -> dict[str, Way]:
    """Return the searches that one answer is made of."""
    return {
        "accounts": lambda connection: find_accounts(connection, words, limit=LIMIT),
        "persons": lambda connection: find_persons(connection, actor, store, words, limit=LIMIT),
        "promises": lambda connection: find_promises(connection, actor, words, limit=LIMIT),
        "answers": lambda connection: find_answers(connection, actor, words, limit=LIMIT),
    }


def settle(database: Database) -> None:
    """Do what the server's own housekeeping does some minutes later."""
    with database.main.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def timed(does: Callable[[], Any]) -> tuple[float, float, Any]:
    """Return the milliseconds that something takes by the clock and in this process alone, and what it returns."""
    begun, worked = time.perf_counter(), time.process_time()
    found = does()
    return 1_000 * (time.perf_counter() - begun), 1_000 * (time.process_time() - worked), found


def middle(spans: Sequence[float]) -> float:
    return sorted(spans)[len(spans) // 2]


def read(database: Database, way: Way) -> Sequence[Any]:
    with database.read() as connection:
        return way(connection)


def beside(pool: Executor, database: Database, ways: Mapping[str, Way]) -> list[Sequence[Any]]:
    return list(pool.map(lambda way: read(database, way), ways.values()))


def one_by_one(database: Database, ways: Mapping[str, Way]) -> Iterator[str]:
    """Time each search by itself, by the clock: the database may be another process."""
    for name, way in ways.items():
        runs = [timed(lambda way=way: read(database, way)) for _ in range(REPEATS)]  # type: ignore[misc]
        yield f"{name} {middle([wall for wall, _, _ in runs]):5.1f} ({len(runs[0][2])})"


def searched(database: Database, store: Path) -> None:
    """Time whole answers, their searches beside each other as on the page, and each search; print it."""
    answers: list[float] = []
    with ThreadPoolExecutor(4) as pool:
        for asked, actor in product(TEXTS, (ADMIN, MEMBER, STRANGER)):
            ways = ways_of(actor, store, asked.split())
            runs = [timed(lambda ways=ways: beside(pool, database, ways)) for _ in range(2 * REPEATS)]  # type: ignore[misc]
            walls = [wall for wall, _, _ in runs]
            answers += walls
            told = middle(walls), min(walls), middle([work for _, work, _ in runs])
            print(f"{asked:<14} {actor.name:<5} {told[0]:6.1f} ms, best {told[1]:6.1f}, work {told[2]:6.1f}", end="  ")
            print("  ".join(one_by_one(database, ways)))
    answers.sort()
    p95 = answers[int(0.95 * len(answers))]
    print(f"{len(answers)} answers: median {middle(answers):.1f} ms, p95 {p95:.1f} ms, worst {answers[-1]:.1f} ms")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--accounts", type=int, default=100_000)
    asked.add_argument("--postgres", default=None)
    told = asked.parse_args()
    with TemporaryDirectory() as folder:
        database = open_database(Path(folder) / ".clew", told.postgres)
        migrate(database)
        filled(database, Path(folder) / ".clew", told.accounts)
        if database.is_postgres:
            settle(database)
        searched(database, Path(folder) / ".clew")
        database.close()


if __name__ == "__main__":
    main()
