"""Waits that are too long, measured in the exports and held against the labels; office hours counted day by day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import duckdb
import pytest

Plant = Callable[[float], duckdb.DuckDBPyConnection]
OfficeHours = Callable[[datetime, datetime], float]

ON_BERLINS_CLOCK = "timezone('Europe/Berlin', {})"
WAITS = {  # detail of the label -> waits (account_id, from, to), and how many office hours they may last
    "sales to onboarding": (
        """SELECT account_id, min(instant) FILTER (event = 'handoff sent') AS since,
                  min(instant) FILTER (event = 'handoff accepted') AS until FROM onboarding GROUP BY ALL""",
        10.0,
    ),
    "onboarding to engineering": (
        """SELECT account_id, min(instant) FILTER (event = 'data received') AS since,
                  min(instant) FILTER (event = 'set-up started') AS until FROM onboarding GROUP BY ALL""",
        20.0,
    ),
    "first line to second line": (
        """SELECT any_value(account_id) AS account_id, min(instant) FILTER (status = 'escalated') AS since,
                  min(instant) FILTER (status = 'taken') AS until FROM ticket_log GROUP BY ticket_id""",
        4.0,
    ),
    "answered late": (
        """SELECT any_value(account_id) AS account_id, min(instant) FILTER (status = 'opened') AS since,
                  min(instant) FILTER (status = 'answered') AS until FROM ticket_log GROUP BY ticket_id""",
        8.0,
    ),
}
STAYS = {  # detail of the label -> stays (account_id, from, to), and how many days they may last
    "onboarding/preparing": (
        "handoff accepted",
        "kickoff held|data received",
        {"enterprise": 10, "mid-market": 10, "small": 10},
    ),
    "onboarding/data": ("kickoff held", "data received", {"enterprise": 30, "mid-market": 21, "small": 21}),
    "onboarding/live": ("went live", "first plan in use", {"enterprise": 30, "mid-market": 30, "small": 30}),
}


def too_long(
    tables: duckdb.DuckDBPyConnection, detail: str, office_hours: OfficeHours
) -> tuple[list[str], list[str], int]:
    """Return the accounts of waits beyond the limit, of waits labelled, and how many waits there are."""
    sql, limit = WAITS[detail]
    since, until = (ON_BERLINS_CLOCK.format(name) for name in ("since", "until"))
    waits = tables.execute(f"SELECT account_id, {since}, {until} FROM ({sql}) WHERE since < until").fetchall()
    found = sorted(account for account, begin, end in waits if office_hours(begin, end) > limit + 0.01)
    labelled = tables.execute("SELECT account_id FROM labels WHERE detail = ? ORDER BY 1", [detail]).fetchall()
    return found, [account for (account,) in labelled], len(waits)


@pytest.mark.parametrize("detail", WAITS)
def test_late_ones_are_those_that_are_labelled(plant: Plant, office_hours: OfficeHours, detail: str) -> None:
    found, labelled, n = too_long(plant(1.0), detail, office_hours)

    assert len(labelled) >= 15
    assert len(set(labelled) - set(found)) <= 1 + 0.02 * len(labelled)  # the last ones of the exports are still waiting
    assert len(set(found) - set(labelled)) <= 0.03 * n


@pytest.mark.parametrize("detail", WAITS)
def test_less_plain_ones_are_late_less_often(plant: Plant, office_hours: OfficeHours, detail: str) -> None:
    natural, little, much = (len(too_long(plant(size), detail, office_hours)[0]) for size in (0.0, 0.5, 1.0))

    assert natural < little < much


@pytest.mark.parametrize("detail", WAITS)
def test_where_nothing_is_planted_hardly_any_is_late(plant: Plant, office_hours: OfficeHours, detail: str) -> None:
    found, labelled, n = too_long(plant(0.0), detail, office_hours)

    assert not labelled
    assert len(found) <= 0.02 * n


@pytest.mark.parametrize("detail", STAYS)
def test_stalls_are_stays_beyond_the_limit(plant: Plant, detail: str) -> None:
    begins, ends, limits = STAYS[detail]
    sql = """SELECT account_id, segment, date_diff('minute', min(instant) FILTER (event = $1),
                    coalesce(min(instant) FILTER (event IN $2), '2026-10-01')) / 1440 AS days
             FROM onboarding JOIN accounts USING (account_id) GROUP BY ALL HAVING days IS NOT NULL"""

    for size in (0.0, 1.0):
        tables = plant(size)
        stays = tables.execute(sql, [begins, ends.split("|")]).fetchall()
        found = {account for account, segment, days in stays if days > limits[segment]}
        rows = tables.execute("SELECT account_id FROM labels WHERE kind = 'stall' AND detail = ?", [detail]).fetchall()
        labelled = {account for (account,) in rows}

        assert len(labelled - found) <= 1
        assert len(found - labelled) <= 0.02 * len(stays)
        assert bool(labelled) == bool(size)


def test_a_few_onboardings_leave_the_map_without_a_fault(plant: Plant) -> None:
    tables = plant(0.0)
    sql = """SELECT min(instant) FILTER (event = 'kickoff held') IS NULL AS unheld,
                    min(instant) FILTER (event = 'training held') > min(instant) FILTER (event = 'went live') AS belated
             FROM onboarding GROUP BY account_id HAVING count(*) FILTER (event = 'data received') > 0"""

    unheld, belated, n = tables.execute(f"SELECT avg(unheld::INT), avg(belated::INT), count(*) FROM ({sql})").fetchone()  # type: ignore[misc]

    assert n > 200
    assert 0.02 <= unheld <= 0.09
    assert 0.01 <= belated <= 0.09
    assert tables.execute("SELECT count(*) FROM labels").fetchone() == (0,)


def test_enterprise_customers_stall_most_while_they_collect_data(plant: Plant) -> None:
    rows = (
        plant(1.0)
        .execute(
            """SELECT segment, count(*) / (SELECT count(*) FROM onboarding JOIN accounts AS a USING (account_id)
                    WHERE event = 'kickoff held' AND a.segment = accounts.segment)
               FROM labels JOIN accounts USING (account_id) WHERE detail = 'onboarding/data' GROUP BY segment"""
        )
        .fetchall()
    )
    shares = dict(rows)

    assert shares["enterprise"] > 3 * shares.get("small", 0)


def test_teams_work_in_their_office_hours(plant: Plant) -> None:
    at_work = plant(1.0).execute(
        """WITH acts AS (
               SELECT instant FROM activities WHERE team IS NOT NULL
               UNION ALL SELECT instant FROM onboarding WHERE team IS NOT NULL
               UNION ALL SELECT instant FROM tickets WHERE agent <> 'system')
           SELECT avg((isodow(here) < 6 AND hour(here) BETWEEN 8 AND 17)::INT)
           FROM (SELECT timezone('Europe/Berlin', instant) AS here FROM acts)"""
    )

    assert at_work.fetchone() == (1.0,)


def test_resolved_tickets_close_by_themselves_after_seven_days(plant: Plant) -> None:
    waits = (
        plant(0.0)
        .execute(
            """WITH t AS (SELECT ticket_id, max(instant) FILTER (status = 'resolved') AS resolved,
                                max(instant) FILTER (status = 'closed' AND agent = 'system') AS closed
                         FROM tickets GROUP BY 1)
               SELECT timezone('Europe/Berlin', closed) - timezone('Europe/Berlin', resolved) AS days, count(*)
               FROM t WHERE closed IS NOT NULL GROUP BY 1"""
        )
        .fetchall()
    )

    assert [wait.days for wait, _ in waits] == [7]
    assert waits[0][1] > 300
