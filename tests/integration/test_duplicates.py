"""Pairs of accounts that are probably one are found, kept, decided by a person, and never asked again."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, func, insert, select, update

from clew.access.model import Actor, Role
from clew.access.policy import Forbidden
from clew.accounts.persons import Record, open_persons
from clew.clock import DAY_US
from clew.context.model import Context, Header
from clew.db.engine import Database
from clew.db.tables import account, account_id, act, audit, duplicate, membership
from clew.duplicates.deciding import NoSuchPair, keep_apart, merge, reopen
from clew.duplicates.linking import is_installed
from clew.duplicates.looking import is_due, look
from clew.duplicates.model import Decision
from clew.duplicates.queries import open_count, pair, pairs_of, pairs_page
from clew.errors import BadRequest
from clew.live.contexts.stored import packed

pytestmark = pytest.mark.skipif(not is_installed(), reason="Splink is not installed")

NOW = 1_790_000_000_000_000
SECRET = "0123456789abcdef" * 3
ANNA = Actor("user", "user:1", "Anna", Role.ADMIN, user=1)
MIA = Actor("user", "user:2", "Mia", Role.MEMBER, frozenset({"sales"}), user=2)
WERK, WERKE, DUPONT = "account:1", "account:2", "account:3"


def put(database: Database, thread: str, name: str, *, team: str = "sales", **attributes: str) -> None:
    """Keep an account as deriving would."""
    ids = [thread, *([f"domain:{attributes['domain']}"] if "domain" in attributes else [])]
    header = Header(thread, name, ids, teams=[team], attributes=attributes)
    row = {"thread": thread, "shard": 0, "name": name, "teams": [team], "touches": 0, "as_of": 1}
    with database.write() as connection:
        connection.execute(insert(account).values(**row, context=packed(Context(header))))
        for entity in ids:
            connection.execute(insert(account_id).values(entity=entity, thread=thread, bare=entity.partition(":")[2]))


@pytest.fixture
def firm(database: Database) -> Database:
    put(database, WERK, "Nordwind Werk GmbH", website="https://www.nordwind.example/de", country="DE")
    put(database, WERKE, "Nordwind Werke AG", website="nordwind.example", country="DE")
    put(database, DUPONT, "Dupont SA", country="FR", team="service")
    return database


def found(database: Database, state: str = "open") -> list[tuple[str, str]]:
    with database.read() as connection:
        return [(one.left, one.right) for one in pairs_page(connection, state=state)[0]]


def test_a_pair_is_kept_with_its_reasons_and_found_once(firm: Database) -> None:
    first = look(firm, firm.store, now=NOW)
    again = look(firm, firm.store, now=NOW + 5)

    assert (first.accounts, first.found, first.new) == (3, 1, 1)
    assert (again.found, again.new) == (1, 0)
    with firm.read() as connection:
        kept = pair(connection, WERKE, WERK)
        assert kept is not None
        assert kept.chance > 0.9
        assert {"name", "domain", "country"} == {str(one.what) for one in kept.reasons}
        assert kept.found_at == NOW
        assert [one.right for one in pairs_of(connection, WERK)] == [WERKE]


def test_two_that_are_different_are_not_asked_again_until_somebody_takes_it_back(firm: Database) -> None:
    look(firm, firm.store, now=NOW)
    with firm.write() as connection:
        keep_apart(connection, WERKE, WERK, by=ANNA, now=NOW, secret=SECRET)
    look(firm, firm.store, now=NOW + 1)

    assert found(firm) == []
    assert found(firm, Decision.DIFFERENT) == [(WERK, WERKE)]
    with firm.write() as connection:
        reopen(connection, WERK, WERKE, by=ANNA, now=NOW, secret=SECRET)
    assert found(firm) == [(WERK, WERKE)]


def test_merging_is_an_act_in_the_audit_log_and_the_pair_is_decided(firm: Database) -> None:
    look(firm, firm.store, now=NOW)
    with firm.write() as connection:
        number = merge(connection, WERKE, WERK, by=ANNA, now=NOW, secret=SECRET)

    assert found(firm) == []
    with firm.read() as connection:
        written = connection.execute(select(act).where(act.c.id == number)).one()
        assert (written.account, written.identity) == (WERK, True)
        noted = connection.execute(select(audit.c.actor, audit.c.action, audit.c.object)).one()
        assert tuple(noted) == ("user:1", "merge accounts", f"account:{WERK}")


def test_a_pair_that_was_merged_has_vanished_and_a_decision_holds_for_what_became_of_an_account(firm: Database) -> None:
    put(firm, "account:0", "Nordwind Werk", country="DE")
    look(firm, firm.store, now=NOW)
    with firm.write() as connection:
        keep_apart(connection, WERK, WERKE, by=ANNA, now=NOW, secret=SECRET)
    with firm.write() as connection:  # account:1 becomes part of account:0, which stands for it from now on
        connection.execute(delete(account).where(account.c.thread == WERK))
        connection.execute(update(account_id).where(account_id.c.thread == WERK).values(thread="account:0"))
    look(firm, firm.store, now=NOW + 1)

    assert found(firm) == []


@pytest.mark.parametrize("does", [merge, keep_apart])
def test_who_may_not_act_on_both_may_not_decide(firm: Database, does: object) -> None:
    with firm.write() as connection, pytest.raises(Forbidden):
        does(connection, WERK, DUPONT, by=MIA, now=NOW, secret=SECRET)  # type: ignore[operator]
    with firm.read() as connection:
        assert connection.execute(select(func.count()).select_from(duplicate)).scalar_one() == 0


def test_what_is_no_pair_is_refused(firm: Database) -> None:
    with firm.write() as connection, pytest.raises(NoSuchPair, match="account:9"):
        merge(connection, WERK, "account:9", by=ANNA, now=NOW, secret=SECRET)
    with firm.write() as connection, pytest.raises(BadRequest, match="one account already"):
        keep_apart(connection, WERK, WERK, by=ANNA, now=NOW, secret=SECRET)


def test_domains_from_which_contacts_write_are_compared_and_not_kept(database: Database) -> None:
    put(database, WERK, "Nordwind Werk GmbH")
    put(database, WERKE, "Nordwind Werke AG")
    with open_persons(database.store) as persons, persons.transaction():
        numbers = persons.surrogates(["ada@nordwind.example", "emil@nordwind.example"])
        persons.describe([Record(number, None, f"p{number}@nordwind.example") for number in numbers])
    with database.write() as connection:
        for thread, number in zip((WERK, WERKE), numbers, strict=True):
            values = {"thread": thread, "contact": number, "role": "", "since": 0, "touches": 1}
            connection.execute(insert(membership).values(values))

    look(database, database.store, now=NOW)

    with database.read() as connection:
        kept = connection.execute(select(duplicate.c.reasons)).scalar_one()
    assert "domain" in str(kept)
    assert "nordwind.example" not in str(kept)


def test_it_is_looked_again_after_a_day_or_when_many_accounts_came(firm: Database) -> None:
    with firm.read() as connection:
        assert is_due(connection, NOW)
    look(firm, firm.store, now=NOW)
    with firm.read() as connection:
        assert not is_due(connection, NOW + DAY_US - 1)
        assert is_due(connection, NOW + DAY_US)
        assert open_count(connection) == 1
    for number in range(20):
        put(firm, f"account:new-{number}", f"Firm {number}")
    with firm.read() as connection:
        assert is_due(connection, NOW + 1)


def test_an_account_without_a_name_is_like_no_other(database: Database) -> None:
    put(database, "account:a-1", "a-1")
    put(database, "account:a-11", "a-11")

    assert look(database, database.store, now=NOW).found == 0
