"""What nobody says aloud: silence, small frictions, missed expansion, and how the lost ones left."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest

Plant = Callable[[float], duckdb.DuckDBPyConnection]

SIGNS = """
    SELECT account_id, instant FROM usage JOIN accounts USING (tenant)
    UNION SELECT account_id, instant FROM ticket_log WHERE status IN ('opened', 'reopened')
    UNION SELECT account_id, instant FROM activities WHERE activity = 'quarterly review held'
    UNION SELECT account_id, instant FROM surveys
    UNION SELECT account_id, timezone('Europe/Berlin', review_on::TIMESTAMP)
    FROM contracts WHERE review_on IS NOT NULL"""
SILENT = f"""
    WITH signs AS ({SIGNS}),
    lost AS (
        SELECT account_id, min(timezone('Europe/Berlin', cancelled_on::TIMESTAMP)) AS gone FROM contracts GROUP BY 1),
    gaps AS (
        SELECT account_id, instant, date_diff('second', lag(instant) OVER (PARTITION BY account_id ORDER BY instant),
               instant) / 86400 AS gap FROM signs),
    rhythms AS (
        SELECT *, quantile_cont(gap, 0.9) OVER until_now AS p90, count(gap) OVER until_now AS n,
               lead(instant, 1, '2026-09-30 22:00:00+00') OVER (PARTITION BY account_id ORDER BY instant) AS next
        FROM gaps WINDOW until_now AS (PARTITION BY account_id ORDER BY instant))
    SELECT account_id, instant + to_seconds(86400 * greatest(21, 2 * p90)) AS instant
    FROM rhythms JOIN lost USING (account_id)
    WHERE n >= 8 AND instant + to_seconds(86400 * greatest(21, 2 * p90)) < least(next, coalesce(gone, next))"""
READY = """
    WITH full_use AS (
        SELECT account_id, instant, count(*) OVER (PARTITION BY account_id ORDER BY instant
               RANGE BETWEEN INTERVAL 60 DAY PRECEDING AND CURRENT ROW) AS times
        FROM usage JOIN accounts USING (tenant) WHERE seats_used::INT >= 90),
    ready AS (SELECT account_id, instant + INTERVAL 30 DAY AS instant, instant AS since FROM full_use WHERE times = 3)
    SELECT account_id, instant, EXISTS (
        FROM activities WHERE activities.account_id = ready.account_id
            AND activity IN ('offer made', 'expansion talk held')
            AND activities.instant BETWEEN since AND ready.instant) AS in_time
    FROM ready WHERE instant < '2026-09-28'"""


def matched(tables: duckdb.DuckDBPyConnection, kind: str, found: str) -> tuple[int, int, int]:
    """Return how many were planted, how many of those are found, and how many are found without a label."""
    planted = tables.execute(
        f"""WITH found AS ({found})
        SELECT count(*), count(*) FILTER (EXISTS (FROM found WHERE found.account_id = labels.account_id
            AND found.instant BETWEEN begins - INTERVAL 1 DAY AND ends + INTERVAL 1 DAY))
        FROM labels WHERE kind = ? AND ends < '2026-10-02' AND begins < '2026-09-28'""",
        [kind],
    ).fetchone()
    without = tables.execute(
        f"""WITH found AS ({found})
        SELECT count(*) FROM found WHERE NOT EXISTS (FROM labels WHERE kind = ? AND found.account_id = labels.account_id
            AND found.instant BETWEEN begins - INTERVAL 1 DAY AND ends + INTERVAL 1 DAY)""",
        [kind],
    ).fetchone()
    assert planted is not None
    assert without is not None
    return planted[0], planted[1], without[0]


def test_silent_accounts_break_their_own_rhythm(plant: Plant) -> None:
    planted, found, unlabelled = matched(plant(1.0), "silence", SILENT)

    assert planted >= 20
    assert found >= 0.95 * planted
    assert unlabelled <= 0.1 * planted


def test_without_plants_nobody_is_silent(plant: Plant) -> None:
    planted, _, unlabelled = matched(plant(0.0), "silence", SILENT)

    assert planted == 0
    assert unlabelled <= 2


def test_short_silences_are_within_the_rhythm(plant: Plant) -> None:
    shares = []
    for size in (0.25, 0.75, 1.0):
        planted, found, _ = matched(plant(size), "silence", SILENT)
        shares.append(found / planted)

    assert shares[0] < 0.3
    assert shares[0] < shares[1] <= shares[2]


def test_ready_customers_without_outreach_are_those_labelled(plant: Plant) -> None:
    missed = f"SELECT account_id, instant FROM ({READY}) WHERE NOT in_time"

    planted, found, unlabelled = matched(plant(1.0), "missed-expansion", missed)

    assert planted >= 8
    assert found >= 0.95 * planted
    assert unlabelled <= 3
    assert matched(plant(0.0), "missed-expansion", missed)[2] <= 3


def test_ready_customers_with_outreach_in_time_buy_more_more_often(
    firm: Callable[[str], duckdb.DuckDBPyConnection],
) -> None:
    rows = (
        firm("coordinated")
        .execute(
            f"""SELECT in_time, avg((EXISTS (FROM contracts WHERE contracts.account_id = ready.account_id
                       AND extended_on IS NOT NULL))::INT), count(*)
            FROM ({READY}) AS ready GROUP BY 1"""
        )
        .fetchall()
    )
    share = {in_time: extended for in_time, extended, _ in rows}

    assert share[True] > share[False] + 0.1


def test_small_frictions_pile_up_and_nothing_loud_is_near(plant: Plant) -> None:
    piles = """
        SELECT labels.account_id, count(DISTINCT ticket_id) FILTER (status = 'reopened') AS again,
               count(DISTINCT ticket_id) AS tickets
        FROM labels JOIN ticket_log USING (account_id)
        WHERE kind = 'small-frictions' AND instant BETWEEN begins AND ends GROUP BY labels.account_id, begins"""
    loud = """
        SELECT count(*) FROM labels WHERE kind = 'small-frictions' AND (EXISTS (
            FROM activities AS a WHERE a.account_id = labels.account_id AND activity = 'complaint made'
                AND a.instant BETWEEN begins - INTERVAL 90 DAY AND ends + INTERVAL 20 DAY) OR EXISTS (
            FROM surveys AS s WHERE s.account_id = labels.account_id AND nps::INT <= 6
                AND s.instant BETWEEN begins - INTERVAL 90 DAY AND ends + INTERVAL 20 DAY))"""

    rows = plant(1.0).execute(piles).fetchall()

    assert len(rows) >= 20
    assert all(again >= 2 and tickets >= 5 for _, again, tickets in rows)
    assert plant(1.0).execute(loud).fetchone() == (0,)


@pytest.mark.parametrize(("size", "frictions"), [(0.25, 2), (0.5, 3), (0.75, 4), (1.0, 5)])
def test_size_is_how_many_frictions_pile_up(plant: Plant, size: float, frictions: int) -> None:
    rows = plant(size).execute(
        """SELECT median(n) FROM (
               SELECT count(*) AS n FROM labels AS pile JOIN labels AS slow USING (account_id)
               WHERE pile.kind = 'small-frictions' AND slow.detail = 'part of small frictions' GROUP BY account_id)"""
    )

    assert rows.fetchone() == ((frictions + 1) // 2,)


def test_lost_customers_complained_before_unless_they_fell_silent(plant: Plant) -> None:
    rows = dict(
        plant(1.0)
        .execute(
            """WITH lost AS (
                   SELECT account_id, timezone('Europe/Berlin', cancelled_on::TIMESTAMP) AS gone
                   FROM contracts WHERE cancelled_on > '2024-10-01')
               SELECT EXISTS (FROM labels WHERE kind = 'silence' AND labels.account_id = lost.account_id) AS silent,
                      avg((EXISTS (FROM activities AS a WHERE a.account_id = lost.account_id
                          AND activity = 'complaint made' AND gone - a.instant <= INTERVAL 180 DAY))::INT)
               FROM lost GROUP BY 1"""
        )
        .fetchall()
    )

    assert rows[True] == 0
    assert rows[False] > 0.8


def test_silence_lasts_until_the_next_sign_of_life_or_until_the_account_leaves(plant: Plant) -> None:
    inside = plant(1.0).execute(
        f"""SELECT count(*) FROM labels JOIN ({SIGNS}) AS signs USING (account_id)
            WHERE kind = 'silence' AND detail = 'left without a word' AND instant > begins AND instant < ends"""
    )

    assert inside.fetchone() == (0,)
