"""Addresses are compared without regard to case, and two domains are never taken for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from clew.access.model import Role
from clew.access.users.actions import add_user
from clew.access.users.queries import find_address
from clew.accounts.persons import PersonStore
from clew.db.engine import Database
from tests.access_world import NOW, SECRET, SHELL

APART = [("anna@straße.example", "anna@strasse.example"), ("anna@ﬁrm.example", "anna@firm.example")]


@pytest.mark.parametrize(("one", "other"), APART)
def test_user_at_one_domain_is_nobody_at_another(database: Database, one: str, other: str) -> None:
    with database.write() as connection:
        made = add_user(connection, one, "Anna", role=Role.ADMIN, by=SHELL, now=NOW, secret=SECRET)

        assert find_address(connection, other) is None
        assert find_address(connection, one) == made
        added = add_user(connection, other, "Anna", role=Role.VIEWER, by=SHELL, now=NOW, secret=SECRET)
        assert find_address(connection, other.upper()) == added


@pytest.mark.parametrize(("one", "other"), APART)
def test_person_at_one_domain_is_nobody_at_another(tmp_path: Path, one: str, other: str) -> None:
    store = PersonStore(tmp_path)
    with store.transaction():
        numbers = store.surrogates([one, other, f" {other.upper()} "])

    assert numbers[0] != numbers[1]
    assert numbers[2] == numbers[1]
    store.close()
