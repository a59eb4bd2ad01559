"""What stands beyond its limit in the whole firm, told to an executive unless something of few accounts followed."""

from __future__ import annotations

import pytest
from sqlalchemy import insert

from clew.access.model import Actor, Role
from clew.db.engine import Database
from clew.db.tables import run
from clew.web.queries.firm import Place, Together, beyond_limits

NOW = 1_000_000
VIEWER, MEMBER = Actor("user", "user:1", role=Role.VIEWER), Actor("user", "user:2", role=Role.MEMBER)
DATA, OFFER = ("onboarding", "data"), ("renewal", "offer")


def keep(database: Database, place: Place, accounts: range, limit_at: int = NOW - 1) -> None:
    journey, stage = place
    same = {"journey": journey, "stage": stage, "number": 0, "version": "v", "shard": 0, "started_at": 0}
    same |= {"entered_at": 0, "limit_at": limit_at, "value": 2_000_000, "late": 0}
    with database.write() as connection:
        for number in accounts:
            connection.execute(insert(run).values(**same, thread=f"account:{number}", subject=f"{stage}:{number}"))


def told(database: Database, actor: Actor, *shown: Place) -> Together | None:
    with database.read() as connection:
        return beyond_limits(connection, actor, shown, NOW)


def test_everything_beyond_its_limit_is_summed_up_and_nothing_else(database: Database) -> None:
    keep(database, DATA, range(6))
    keep(database, OFFER, range(4, 7))
    keep(database, OFFER, range(20, 30), limit_at=NOW + 1)

    assert told(database, MEMBER, DATA, OFFER) == Together(9, 7, 18_000_000)
    assert told(database, VIEWER, DATA, OFFER) == Together(9, 7, 18_000_000)


@pytest.mark.parametrize(
    ("data", "offer", "shown", "is_told"),
    [
        (range(3), range(3, 6), (), True),  # two hidden parts, six accounts: neither follows
        (range(3), range(3), (), False),  # the same three accounts twice
        (range(8), range(8, 11), (DATA,), False),  # the hidden part is the rest
        (range(3), range(0), (), False),  # of few alone
        (range(0), range(0), (), True),  # nothing tells of nobody
    ],
)
def test_executive_is_told_the_sum_where_no_part_of_few_follows(
    database: Database, data: range, offer: range, shown: tuple[Place, ...], is_told: bool
) -> None:
    keep(database, DATA, data)
    keep(database, OFFER, offer)

    assert (told(database, VIEWER, *shown) is not None) is is_told
    assert told(database, MEMBER, *shown) is not None
