"""The three small firms: what sets them apart can be read from their exports."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest

Firm = Callable[[str], duckdb.DuckDBPyConnection]
NAMES = {
    "tarnfield": "Tarnfield Systems",
    "product-led": "Quillmark",
    "relationship-led": "Brackwater Engineering",
    "coordinated": "Halden & Voss",
}


def one(tables: duckdb.DuckDBPyConnection, sql: str) -> float:
    row = tables.execute(sql).fetchone()
    assert row is not None
    value: float = row[0]
    return value


@pytest.mark.parametrize(("name", "accounts"), [("product-led", 140), ("relationship-led", 24), ("coordinated", 180)])
def test_firms_are_as_large_as_they_are(firm: Firm, name: str, accounts: int) -> None:
    assert one(firm(name), "SELECT count(*) FROM accounts") == accounts


def test_product_led_customers_win_and_go_live_alone(firm: Firm) -> None:
    tables = firm("product-led")

    assert one(tables, "SELECT count(*) FROM deals WHERE won_on IS NOT NULL") > 60
    assert one(tables, "SELECT count(owner_team) + count(proposal_on) FROM deals") == 0
    assert one(tables, "SELECT count(*) FROM onboarding WHERE event LIKE 'handoff%'") == 0
    assert one(tables, "SELECT count(DISTINCT team) FROM tickets") == 1
    assert one(tables, "SELECT count(*) FROM usage") > 50 * one(
        tables, "SELECT count(*) FROM activities WHERE team > ''"
    )


def test_relationship_led_accounts_are_looked_after_by_one_person_each(firm: Firm) -> None:
    tables = firm("relationship-led")

    assert (
        one(tables, 'SELECT max(n) FROM (SELECT count(DISTINCT "user") AS n FROM activities GROUP BY account_id)') == 1
    )
    assert one(tables, "SELECT count(DISTINCT segment) FROM accounts") == 1
    assert one(tables, "SELECT count(*) FROM tickets WHERE status = 'escalated'") == 0
    assert one(tables, "SELECT avg((activity IN ('meeting held', 'quarterly review held'))::INT) FROM activities") > 0.2


def test_coordinated_firm_has_seven_teams_and_three_segments(firm: Firm) -> None:
    tables = firm("coordinated")

    assert one(tables, "SELECT count(DISTINCT segment) FROM accounts") == 3
    teams = "SELECT team FROM activities UNION SELECT team FROM tickets UNION SELECT team FROM onboarding"
    teams += " UNION SELECT team FROM marketing"
    assert one(tables, f"SELECT count(team) FROM ({teams})") >= 7


def test_coordinated_firm_grows_from_the_customers_it_has(firm: Firm) -> None:
    tables = firm("coordinated")
    first = "(SELECT sum(amount_eur::INT) FROM deals WHERE won_on IS NOT NULL AND amount_eur <> 'to be agreed')"
    later = "(SELECT sum(yearly_value::INT) FILTER (renewed_on > '') + sum(extended_by::INT) FROM contracts)"

    assert one(tables, f"SELECT {later} / ({later} + {first})") > 0.5


def test_only_the_coordinated_one_has_planted_faults(firm: Firm) -> None:
    assert one(firm("product-led"), "SELECT count(*) FROM labels") == 0
    assert one(firm("relationship-led"), "SELECT count(*) FROM labels") == 0
    assert one(firm("coordinated"), "SELECT count(DISTINCT kind) FROM labels") == 12


def test_sample_firm_has_every_fault_and_every_story(firm: Firm) -> None:
    assert one(firm("tarnfield"), "SELECT count(DISTINCT kind) FROM labels") == 16
