"""The firm's world in its exports: how many touches, who belongs to whom, how records of one thing look elsewhere."""

from __future__ import annotations

import csv
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from clew.demo.plan import Plan
from clew.demo.write import write_firm

Tables = duckdb.DuckDBPyConnection


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    write_firm(folder, Plan(accounts=1_000))
    return folder


@pytest.fixture(scope="module")
def tables(folder: Path, read: Callable[[Path], Tables]) -> Tables:
    return read(folder)


def one(tables: Tables, sql: str) -> float:
    row = tables.execute(sql).fetchone()
    assert row is not None
    value: float = row[0]
    return value


TOUCHES = """
    SELECT account_id FROM activities UNION ALL SELECT account_id FROM onboarding
    UNION ALL SELECT account_id FROM ticket_log UNION ALL SELECT account_id FROM surveys
    UNION ALL SELECT account_id FROM usage JOIN accounts USING (tenant)
    UNION ALL SELECT account_id FROM marketing JOIN contacts USING (email)
    UNION ALL SELECT account_id FROM (
        SELECT account_id, unnest([created_on, qualified_on, proposal_on, won_on, lost_on]) AS day FROM deals)
    WHERE day IS NOT NULL
    UNION ALL SELECT account_id FROM (SELECT account_id, unnest([sent_on, paid_on, disputed_on]) AS day FROM invoices)
    WHERE day IS NOT NULL
    UNION ALL SELECT account_id FROM (SELECT account_id, unnest(
        [signed_on, review_on, offer_on, renewed_on, cancelled_on, extended_on]) AS day FROM contracts)
    WHERE day IS NOT NULL"""


def test_about_76_touches_an_account_with_a_heavy_tail(tables: Tables) -> None:
    touches = f"SELECT account_id, count(*) AS n FROM ({TOUCHES}) GROUP BY 1"

    mean = one(tables, f"SELECT sum(n) / 1000 FROM ({touches})")
    ranked = f"SELECT n, row_number() OVER (ORDER BY n DESC) AS rank FROM ({touches})"
    top = one(tables, f"SELECT sum(n) FILTER (rank <= 100) / sum(n) FROM ({ranked})")

    assert 68 <= mean <= 84
    assert top > 0.25


def test_several_systems_and_channels_touch_an_account(tables: Tables) -> None:
    channels = {channel for (channel,) in tables.execute("SELECT DISTINCT channel FROM activities").fetchall()}

    assert {"email", "call", "meeting"} <= channels
    assert one(tables, "SELECT count(DISTINCT team) FROM (SELECT team FROM activities UNION SELECT team FROM tickets "
               "UNION SELECT team FROM onboarding UNION SELECT team FROM marketing)") >= 7  # fmt: skip


def test_committees_have_three_to_twenty_people_with_dated_roles(tables: Tables) -> None:
    fewest, most = (
        one(tables, "SELECT min(n) FROM (SELECT count(*) AS n FROM contacts GROUP BY account_id)"),
        one(tables, "SELECT max(n) FROM (SELECT count(*) AS n FROM contacts GROUP BY account_id)"),
    )

    assert (fewest, most) == (3, 20)
    assert one(tables, "SELECT count(DISTINCT role) FROM contacts") == 6
    assert one(tables, 'SELECT count(*) FROM contacts WHERE "to" IS NOT NULL') > 100
    assert one(tables, 'SELECT count(*) FROM contacts WHERE "to" < "from"') == 0


def test_no_two_people_share_an_address_or_a_domain_with_another_firm(tables: Tables) -> None:
    assert one(tables, "SELECT count(*) - count(DISTINCT email) FROM contacts") == 0
    assert one(tables, "SELECT count(*) - count(DISTINCT domain) FROM accounts") == 0
    assert one(tables, "SELECT count(*) - count(DISTINCT company) FROM accounts") == 0


def test_groups_have_an_enterprise_at_their_head(tables: Tables) -> None:
    heads = "FROM accounts AS child JOIN accounts AS head ON child.parent_id = head.account_id"

    assert one(tables, f"SELECT count(*) {heads}") > 80
    assert one(tables, f"SELECT count(*) {heads} WHERE head.segment <> 'enterprise' OR head.parent_id IS NOT NULL") == 0


def test_systems_know_accounts_by_ids_of_their_own(tables: Tables) -> None:
    assert one(tables, "SELECT count(*) FROM tickets ANTI JOIN accounts ON org = desk_org") == 0
    assert one(tables, "SELECT count(*) FROM usage ANTI JOIN accounts USING (tenant)") == 0
    assert one(tables, "SELECT count(*) FROM marketing ANTI JOIN contacts USING (email) WHERE email LIKE '%@%'") == 0
    assert one(tables, "SELECT count(*) FROM accounts WHERE right(desk_org, 6) = right(account_id, 6)") == 0


def test_free_mail_addresses_say_that_they_are_samples(tables: Tables) -> None:
    assert one(tables, "SELECT count(*) FROM contacts WHERE email LIKE 'clew-sample-%@gmail.com'") > 10
    assert (
        one(tables, "SELECT count(*) FROM contacts WHERE email NOT LIKE '%.example' AND email NOT LIKE 'clew-%'") == 0
    )


def test_logs_hold_late_rows_and_rows_exported_twice(folder: Path) -> None:
    with (folder / "exports/activities.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    times = [row["happened_at"] for row in rows]
    ids = [row["activity_id"] for row in rows]

    assert times != sorted(times)
    assert 0.98 < sum(a <= b for a, b in pairwise(times)) / len(times) < 1
    assert 0.001 < 1 - len(set(ids)) / len(ids) < 0.004
    assert len({tuple(row.values()) for row in rows}) == len(set(ids))


def test_nothing_happens_after_the_last_day_but_renewal_dates_lie_ahead(tables: Tables) -> None:
    for name in ("activities", "tickets", "usage", "marketing", "onboarding", "surveys"):
        assert one(tables, f"SELECT count(*) FROM {name} WHERE instant >= '2026-09-30 22:00:00+00'") == 0
        assert one(tables, f"SELECT date_diff('day', max(instant), '2026-10-01') FROM {name}") <= 20
    assert one(tables, "SELECT count(*) FROM contracts WHERE renewal_date > '2026-10-01'") > 300
    assert one(tables, "SELECT count(*) FROM contracts WHERE greatest(renewed_on, review_on) > '2026-09-30'") == 0


def test_comments_fit_the_scores(tables: Tables) -> None:
    sour = "('Nobody called back.', 'We complained and little has changed.', 'Half of it lies unused.')"

    assert one(tables, "SELECT count(*) FROM surveys WHERE comment IS NOT NULL") > 200
    assert one(tables, f"SELECT count(*) FROM surveys WHERE comment IN {sour} AND nps::INT > 6") == 0
    assert one(tables, "SELECT count(*) FROM surveys WHERE comment LIKE '%buy it again%' AND nps::INT < 9") == 0


def test_scores_fall_after_a_complaint(tables: Tables) -> None:
    near = """FROM surveys JOIN activities AS a USING (account_id) WHERE activity = 'complaint made'
              AND surveys.instant - a.instant BETWEEN INTERVAL 0 DAY AND INTERVAL 150 DAY"""

    assert one(tables, f"SELECT max(nps::INT) {near}") <= 6
    assert one(tables, "SELECT median(nps::INT) FROM surveys") >= 8


def test_exports_hold_rows_that_must_be_rejected(folder: Path) -> None:
    with (folder / "exports/tickets.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))

    assert lines.count(lines[0]) == 2
    assert any(len(line) != len(lines[0]) for line in lines)
    assert {"0001-01-01 00:00:00", "2025-02-31 10:00:00", "2026-03-08 02:30:00"} <= {
        cell for line in lines for cell in line
    }
    assert "2099-01-01 09:00:00" in (folder / "exports/usage.csv").read_text("utf-8")
    assert "to be agreed" in (folder / "exports/deals.csv").read_text("utf-8")


@pytest.mark.parametrize("months", [24, 36])
def test_exports_are_as_long_as_asked(tmp_path: Path, read: Callable[[Path], Tables], months: int) -> None:
    write_firm(tmp_path, Plan(accounts=60, months=months))

    days = one(read(tmp_path), "SELECT date_diff('day', min(instant), max(instant)) FROM usage")

    assert months * 30.4 - 20 < days < months * 30.5
