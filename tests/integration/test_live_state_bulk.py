"""Many rows written and found by one statement come back as they went in, whatever stands in them."""

from __future__ import annotations

from sqlalchemy import select

from clew.db.bulk import among, delete_many, insert_many, upsert_many
from clew.db.engine import Database
from clew.db.tables import due, parked, transition

ODD = [
    "plain",
    "",
    " ",
    "NULL",
    'a "quoted" one',
    "back\\slash",
    "{brace},",
    "line\nbreak",
    "süß ☃ 𝄞",
    "it's",
    "%s",
    "\\x41",
]
DUE = ("kind", "key", "shard", "at", "tries", "error")


def test_texts_of_any_kind_come_back_as_they_were(database: Database) -> None:
    rows = [("thread", text, place, 2**62 + place, 0, None if place % 2 else text) for place, text in enumerate(ODD)]

    with database.write() as connection:
        upsert_many(connection, due, DUE, rows)
        found = connection.execute(select(*(due.c[name] for name in DUE)).order_by(due.c.shard)).all()
        some = connection.execute(select(due.c.key).where(among(connection, due.c.key, ODD[3:]))).scalars().all()

    assert [tuple(row) for row in found] == rows
    assert sorted(some) == sorted(ODD[3:])


def test_known_keys_get_their_new_values(database: Database) -> None:
    with database.write() as connection:
        upsert_many(connection, due, DUE, [("thread", "a", 1, 10, 3, "why"), ("thread", "b", 1, 20, 0, None)])
        upsert_many(connection, due, DUE, [("thread", "a", 2, 30, 0, None), ("thread", "c", 1, 40, 0, None)])
        delete_many(connection, due, ("kind", "key"), [("thread", "b"), ("thread", "nobody")])
        rows = connection.execute(
            select(due.c.key, due.c.shard, due.c.at, due.c.tries, due.c.error).order_by(due.c.key)
        )

        assert [tuple(row) for row in rows] == [("a", 2, 30, 0, None), ("c", 1, 40, 0, None)]


def test_numbers_bytes_and_truths_come_back(database: Database) -> None:
    names = ("position", "hi", "lo", "source", "thread", "journey", "error", "parked_at", "rejected_id")
    steps = ("journey", "version", "thread", "subject", "number", "at", "learnt_at", "cause", "quiet", "withdrawn")
    with database.write() as connection:
        insert_many(connection, parked, names, [(7, -(2**63), 2**63 - 1, "s", "t", "j", "e", 0, None)])
        insert_many(connection, transition, steps, [("j", "v", "t", "s", 0, -5, 6, "late", True, False)])

        row = connection.execute(select(parked)).one()
        step = connection.execute(select(transition)).one()

    assert (row.hi, row.lo, row.rejected_id) == (-(2**63), 2**63 - 1, None)
    assert (step.at, step.quiet, step.withdrawn, step.came) == (-5, True, False, None)


def test_nothing_is_no_statement(database: Database) -> None:
    with database.write() as connection:
        insert_many(connection, due, DUE, [])
        assert connection.execute(select(due).where(among(connection, due.c.key, []))).all() == []
