"""Lists of accounts, promises and handoffs are filtered, sorted and cut in the database, alike on both."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, select, update

from clew.access.model import Actor, Permission, Role
from clew.access.policy import AccountTeam, may
from clew.db.engine import Database
from clew.db.tables import account, account_id, account_user, handoff, promise, user
from clew.errors import BadRequest
from clew.live.contexts.queries import (
    account_team,
    choices,
    find_account,
    handoffs_page,
    promises_page,
    reach_filter,
    teams_of_accounts,
)
from clew.web.queries.accounts_list import AccountsWanted, accounts_page
from clew.web.queries.stalled import waiting_handoffs as of_the_journey
from clew.web.queries.today import waiting_handoffs as of_the_day

SALES = Actor("user", "user:1", "Ann Berg", Role.MEMBER, frozenset({"sales"}), user=1)
NOW = 1_000


@pytest.fixture
def firm(database: Database) -> Database:
    """Acme (sales), Bolt (service; owned by Ann), Cask (nobody's), Dune (service; Ann is put on it)."""
    said = [
        ("crm:acme", "Acme", ["sales"], None, "big", 5_000_000, 10, None),
        ("crm:bolt", "bolt", ["service"], "Ann Berg", "small", None, 10, 20),
        ("crm:cask", "Cask", [], None, None, 9_000_000, None, None),
        ("crm:dune", "Dune", ["service"], "Mia", "big", 1_000_000, None, None),
    ]
    with database.write() as connection:
        connection.execute(
            insert(user),
            [
                {"id": 1, "email": "ann@firm.example", "name": "Ann Berg", "role": "member", "made_at": 0},
                {"id": 2, "email": "mia@firm.example", "name": "Mia", "role": "member", "made_at": 0},
            ],
        )
        for thread, name, teams, owner, segment, revenue, since, lost in said:
            connection.execute(
                insert(account).values(
                    thread=thread,
                    shard=0,
                    name=name,
                    teams=teams,
                    owner=owner,
                    segment=segment,
                    revenue=revenue,
                    customer_since=since,
                    lost_at=lost,
                    touches=len(name),
                    as_of=1,
                    context=b"",
                )
            )
            bare = thread.partition(":")[2]
            connection.execute(insert(account_id).values(entity=thread, thread=thread, bare=bare))
        connection.execute(insert(account_id).values(entity="desk:acme", thread="crm:bolt", bare="acme"))
        connection.execute(insert(account_id).values(entity="desk:77", thread="crm:bolt", bare="77"))
        connection.execute(insert(account_user).values(account="crm:dune", user_id=1, since=0))
        for id, due_at, kept_at, released_at in [
            ("open", 2_000, None, None),
            ("broken", 500, None, None),
            ("kept", 500, 400, None),
            ("late", 500, 600, None),
            ("released", 500, None, 400),
        ]:
            told = {"id": id, "due_at": due_at, "kept_at": kept_at, "released_at": released_at}
            connection.execute(insert(promise).values(thread="crm:acme", made_at=0, team="sales", **told))
        both = {"journey": "j", "subject": "crm:acme", "source": "sales", "target": "service", "sent_at": 1}
        both |= {"promises": [], "history": [[1, "sent", None, None]], "packet": {"risks": "none", "next step": None}}
        connection.execute(
            insert(handoff),
            [
                {"thread": "crm:acme", "id": "1", "state": "sent", "due_at": 900, **both},
                {"thread": "crm:acme", "id": "2", "state": "sent", "due_at": 1_100, **both},
                {"thread": "crm:bolt", "id": "3", "state": "accepted", "due_at": 900, **both},
            ],
        )
    return database


def _names(database: Database, **asked: Any) -> list[str]:
    with database.read() as connection:
        return [row.name for row in accounts_page(connection, AccountsWanted(NOW, **asked))[0]]


def test_accounts_are_sorted_in_any_case_and_unknown_values_stand_last(firm: Database) -> None:
    assert _names(firm) == ["Acme", "bolt", "Cask", "Dune"]
    assert _names(firm, sort="revenue") == ["Dune", "Acme", "Cask", "bolt"]
    assert _names(firm, sort="revenue", falls=True) == ["Cask", "Acme", "Dune", "bolt"]


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        ({"segment": "big"}, ["Acme", "Dune"]),
        ({"team": "service"}, ["bolt", "Dune"]),
        ({"mine": SALES}, ["Acme", "bolt", "Dune"]),  # by team, as owner, put on it
        ({"stands": "customer"}, ["Acme"]),
        ({"stands": "lost"}, ["bolt"]),
        ({"stands": "prospect"}, ["Cask", "Dune"]),
        ({"team": "service", "stands": "lost"}, ["bolt"]),
    ],
)
def test_accounts_are_filtered(firm: Database, chosen: dict[str, Any], names: list[str]) -> None:
    assert _names(firm, **chosen) == names


def test_an_account_is_found_by_its_name_and_by_any_id(firm: Database) -> None:
    assert _names(firm, text="BOL") == ["bolt"]
    assert _names(firm, text="77") == ["bolt"]
    assert _names(firm, text="%") == []


def test_a_page_is_a_part_and_says_how_many_there_are(firm: Database) -> None:
    with firm.read() as connection:
        rows, total = accounts_page(connection, AccountsWanted(NOW), first=1, limit=2)

    assert ([row.name for row in rows], total) == (["bolt", "Cask"], 4)


def test_what_no_list_knows_is_refused(firm: Database) -> None:
    with firm.read() as connection:
        wrongs: list[dict[str, Any]] = [
            {"sort": "colour"},
            {"filters": {"colour": "red"}},
            {"filters": {"state": "dead"}},
        ]
        for wrong in wrongs:
            with pytest.raises(BadRequest):
                handoffs_page(connection, SALES, now=NOW, **wrong)


def test_an_id_that_several_accounts_have_is_refused_with_their_names(firm: Database) -> None:
    with firm.read() as connection:
        assert find_account(connection, "desk:77") == find_account(connection, " 77 ") == "crm:bolt"
        assert find_account(connection, "desk:acme") == "crm:bolt"
        assert find_account(connection, "nobody") is None
        with pytest.raises(BadRequest, match="crm:acme, desk:acme"):
            find_account(connection, "Acme")


def test_the_team_of_an_account_holds_its_owner_and_who_was_put_on_it(firm: Database) -> None:
    with firm.read() as connection:
        bolt, dune = account_team(connection, "crm:bolt"), account_team(connection, "crm:dune")

    assert bolt == AccountTeam(frozenset({"service"}), frozenset({1}))
    assert dune.users == {1, 2}


def test_an_account_of_which_nothing_is_derived_is_not_everybodys(firm: Database) -> None:
    with firm.read() as connection:
        assert not may(SALES, Permission.SEE_PERSONS, account_team(connection, "crm:unknown"))


def test_reach_in_lists_is_the_reach_on_each_account(firm: Database) -> None:
    other = Actor("user", "user:2", "Mia", Role.MEMBER, frozenset({"delivery"}), user=2)
    with firm.read() as connection:
        for actor in (SALES, other):
            seen = select(account.c.thread).where(reach_filter(connection, actor, Permission.SEE_PERSONS))
            teams = teams_of_accounts(connection, ["crm:acme", "crm:bolt", "crm:cask", "crm:dune"])
            one_by_one = {thread for thread, team in teams.items() if may(actor, Permission.SEE_PERSONS, team)}
            assert set(connection.execute(seen).scalars()) == one_by_one
    assert one_by_one == {"crm:cask", "crm:dune"}


@pytest.mark.parametrize(
    ("state", "ids"),
    [
        ("open", ["open"]),
        ("broken", ["broken"]),
        ("kept", ["kept"]),
        ("kept late", ["late"]),
        ("released", ["released"]),
        ("waiting", ["broken", "open"]),
    ],
)
def test_promises_are_listed_by_the_state_they_are_in_now(firm: Database, state: str, ids: list[str]) -> None:
    with firm.read() as connection:
        found = promises_page(connection, SALES, now=NOW, filters={"state": state, "account": "crm:acme"})

    assert [row.promise.id for row in found.rows] == ids
    assert all(row.state == row.promise.state(NOW) and row.account == "Acme" for row in found.rows)


def test_handoffs_are_listed_and_say_which_are_late(firm: Database) -> None:
    with firm.read() as connection:
        waiting = handoffs_page(connection, SALES, now=NOW, filters={"state": "sent", "team": "service"})
        late = handoffs_page(connection, SALES, now=NOW, filters={"state": "late"})

    assert [(row.handoff.id, row.late) for row in waiting.rows] == [("1", True), ("2", False)]
    assert [row.handoff.id for row in late.rows] == ["1"]
    assert waiting.rows[0].handoff.missing == ["next step"]


def test_a_handoff_that_lapsed_waits_for_nobody_in_any_list_or_count(firm: Database) -> None:
    with firm.write() as connection:
        connection.execute(update(handoff).where(handoff.c.id == "1").values(lapsed_at=950))

    with firm.read() as connection:
        listed = handoffs_page(connection, SALES, now=NOW, filters={"state": "sent"})
        today = of_the_day(connection, None, now=NOW, limit=10)
        [of_journey] = of_the_journey(connection, "j", NOW)
        acme = accounts_page(connection, AccountsWanted(NOW))[0][0]

    assert [row.handoff.id for row in listed.rows] == [row.id for row in today.rows] == ["2"]
    assert (of_journey.count, of_journey.late) == (acme.waiting, acme.late) == (1, 0)


def test_lists_can_be_filtered_by_what_there_is(firm: Database) -> None:
    with firm.read() as connection:
        found = choices(connection)

    assert (found.segments, found.teams) == (["big", "small"], ["sales", "service"])
