"""The seeded firm: same seed, same bytes; plausible exports; every planted truth is really there."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

import pytest

from clew.demo.moments import LAST_DAY, Row
from clew.demo.sample import make_tables, write_sample
from clew.errors import BadRequest

SEED = 7
Tables = dict[str, list[Row]]


@pytest.fixture(scope="module")
def tables() -> Tables:
    return make_tables(200, SEED)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = write_sample(tmp_path / "a", accounts=40), write_sample(tmp_path / "b", accounts=40)

    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_another_seed_gives_another_firm() -> None:
    assert make_tables(40, 1)["accounts"] != make_tables(40, 2)["accounts"]


def test_a_further_account_changes_nothing_of_the_others() -> None:
    few, more = make_tables(40, SEED), make_tables(41, SEED)

    assert more["accounts"][:40] == few["accounts"]


def test_sample_is_a_workspace_with_exports(tmp_path: Path) -> None:
    written = {str(path.relative_to(tmp_path)) for path in write_sample(tmp_path, accounts=40)}

    assert "clew.yaml" in written
    assert {"journeys/onboarding.yaml", "journeys/escalation.yaml", "journeys/renewal.yaml"} <= written
    assert {f"exports/{name}.csv" for name in make_tables(40, SEED)} <= written


def test_folder_in_use_and_too_few_accounts_are_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep me")

    with pytest.raises(BadRequest, match="not empty"):
        write_sample(tmp_path)
    with pytest.raises(BadRequest, match="too few"):
        write_sample(tmp_path / "new", accounts=5)


def test_nothing_happens_after_the_day_of_the_export_but_renewal_dates_lie_ahead(tables: Tables) -> None:
    moments = [row["changed_at"] for row in tables["tickets"]] + [row["logged_in_at"] for row in tables["logins"]]

    assert max(at(moment).date() for moment in moments) <= LAST_DAY
    assert sum(row["renewal_date"] > LAST_DAY.isoformat() for row in tables["contracts"]) > 50


def test_enterprise_customers_take_far_longer_to_deliver_their_data(tables: Tables) -> None:
    segment = {row["account_id"]: row["segment"] for row in tables["accounts"]}
    kickoff: dict[str, datetime] = {}
    waits: dict[str, list[float]] = defaultdict(list)

    for row in tables["onboarding"]:
        if row["event"] == "kickoff held":
            kickoff[row["account_id"]] = at(row["happened_at"])
        elif row["event"] == "data received" and row["account_id"] in kickoff:
            wait = at(row["happened_at"]) - kickoff.pop(row["account_id"])
            waits[segment[row["account_id"]]].append(wait / timedelta(days=1))

    assert median(waits["enterprise"]) > 2.5 * median(waits["mid-market"] + waits["small"])


def test_handoffs_to_onboarding_wait_and_come_back(tables: Tables) -> None:
    events = [row["event"] for row in tables["onboarding"]]

    assert 0.15 < events.count("handoff returned") / events.count("handoff sent") < 0.4


def test_set_up_takes_longer_since_engineering_is_short_of_hands(tables: Tables) -> None:
    started: dict[str, datetime] = {}
    spans: dict[bool, list[float]] = {False: [], True: []}
    for row in tables["onboarding"]:
        if row["event"] == "set-up started":
            started[row["account_id"]] = at(row["happened_at"])
        elif row["event"] == "set-up finished":
            begun = started[row["account_id"]]
            spans[begun >= datetime(2026, 3, 15)].append((at(row["happened_at"]) - begun) / timedelta(days=1))  # noqa: DTZ001

    assert median(spans[True]) > 2 * median(spans[False])


def test_second_line_returns_tickets_to_first_line(tables: Tables) -> None:
    returned = {row["ticket_id"] for row in tables["tickets"] if row["status"] == "returned"}
    escalated = {row["ticket_id"] for row in tables["tickets"] if row["status"] == "escalated"}

    assert 0.2 < len(returned) / len(escalated) < 0.5


def test_resolved_tickets_close_by_themselves_after_exactly_seven_days(tables: Tables) -> None:
    resolved: dict[str, datetime] = {}
    waits = []
    for row in tables["tickets"]:
        if row["status"] == "resolved":
            resolved[row["ticket_id"]] = at(row["changed_at"])
        elif row["status"] == "closed" and row["by"] == "system":
            waits.append(at(row["changed_at"]) - resolved[row["ticket_id"]])

    assert set(waits) == {timedelta(days=7)}
    assert len(waits) > 500


def test_some_accounts_log_in_no_more(tables: Tables) -> None:
    last: dict[str, str] = {}
    for row in tables["logins"]:
        last[row["account_id"]] = row["logged_in_at"]

    quiet = [account for account, moment in last.items() if (LAST_DAY - at(moment).date()).days > 45]

    assert 8 <= len(quiet) <= 60


def test_free_mail_addresses_say_that_they_are_samples(tables: Tables) -> None:
    addresses = {row["email"] for row in tables["contacts"] + tables["enquiries"]}
    private = {address for address in addresses if not address.endswith(".example")}

    assert private
    assert all(address.startswith("clew-sample-") for address in private)


def test_exports_hold_rows_that_must_be_rejected(tmp_path: Path) -> None:
    write_sample(tmp_path)
    with (tmp_path / "exports/tickets.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))

    assert lines.count(lines[0]) == 2
    assert any(len(line) != len(lines[0]) for line in lines)
    assert any("0001-01-01 00:00:00" in line for line in lines)
