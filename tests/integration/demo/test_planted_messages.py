"""Messages that should not have been, found in the exports with plain SQL and held against the labels."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest

Plant = Callable[[float], duckdb.DuckDBPyConnection]

FOUND = {  # kind -> rows (account_id, instant) of what the contract's definition finds in the exports
    "duplicate-contact": """
        WITH sent AS (
            SELECT account_id, contact_id, topic, team, instant
            FROM activities WHERE activity IN ('mail written', 'call made')
            UNION ALL
            SELECT account_id, contact_id, topic, team, instant
            FROM marketing JOIN contacts USING (email) WHERE event = 'mail sent')
        SELECT DISTINCT later.account_id, later.instant
        FROM sent AS later JOIN sent AS earlier USING (contact_id, topic)
        WHERE earlier.team <> later.team AND earlier.instant < later.instant
            AND later.instant - earlier.instant <= INTERVAL 3 DAY""",
    "repeated-question": """
        SELECT DISTINCT asked.account_id, asked.instant FROM activities AS asked
        JOIN activities AS told ON told.account_id = asked.account_id AND told.topic = asked.topic
            AND told.instant < asked.instant AND asked.instant - told.instant <= INTERVAL 365 DAY
        WHERE asked.activity = 'question asked' AND told.activity = 'answer given'""",
    "contradiction": """
        WITH told AS (
            SELECT account_id, instant, team, says,
                   lag(team) OVER said AS before, lag(says) OVER said AS said_before, lag(instant) OVER said AS said_at
            FROM activities WHERE activity = 'statement given'
            WINDOW said AS (PARTITION BY account_id, topic ORDER BY instant))
        SELECT account_id, instant FROM told
        WHERE before <> team AND said_before <> says AND instant - said_at <= INTERVAL 60 DAY""",
    "ping-pong": """
        WITH held AS (
            SELECT ticket_id, account_id, instant, change_no::INT AS n, team,
                   lag(team) OVER (PARTITION BY ticket_id ORDER BY change_no::INT) AS before
            FROM ticket_log WHERE team IS NOT NULL),
        moves AS (
            SELECT *, lag(before) OVER (PARTITION BY ticket_id ORDER BY n) AS earlier
            FROM held WHERE before IS DISTINCT FROM team)
        SELECT account_id, min(instant) AS instant FROM moves WHERE earlier = team GROUP BY ticket_id, account_id""",
    "re-routing": """
        SELECT account_id, max(instant) AS instant FROM (
            SELECT account_id, ticket_id, team, min(instant) AS instant
            FROM ticket_log WHERE team IS NOT NULL GROUP BY ALL)
        GROUP BY account_id, ticket_id HAVING count(*) > 3""",
    "broken-promise": """
        WITH made AS (SELECT * FROM activities WHERE activity = 'promise made'),
             kept AS (
            SELECT promise_id, min(instant) AS kept_at FROM activities WHERE activity = 'promise kept' GROUP BY 1)
        SELECT account_id, timezone('Europe/Berlin', due_on::TIMESTAMP + INTERVAL 1 DAY) AS instant
        FROM made LEFT JOIN kept USING (promise_id)
        WHERE coalesce(kept_at, '2100-01-01') >= timezone('Europe/Berlin', due_on::TIMESTAMP + INTERVAL 1 DAY)
            AND due_on < '2026-09-29'""",
}


DETAILS = "SELECT detail, count(*) FROM labels WHERE kind = ? GROUP BY ALL"


def counts(tables: duckdb.DuckDBPyConnection, kind: str) -> tuple[int, int, int]:
    """Return how many were planted, how many of those are found, and how many are found without a label."""
    row = tables.execute(
        f"""WITH found AS ({FOUND[kind]}), meant AS (FROM labels WHERE kind = $1 AND begins < '2026-09-28'),
        pairs AS (
            SELECT meant.rowid AS plant, found.instant, found.account_id
            FROM (SELECT *, row_number() OVER () AS rowid FROM meant) AS meant JOIN found USING (account_id)
            WHERE found.instant BETWEEN begins - INTERVAL 1 DAY AND ends + INTERVAL 1 DAY)
        SELECT (SELECT count(*) FROM meant), (SELECT count(DISTINCT plant) FROM pairs),
               (SELECT count(*) FROM found ANTI JOIN pairs USING (account_id, instant))""",
        [kind],
    ).fetchone()
    assert row is not None
    return row[0], row[1], row[2]


@pytest.mark.parametrize("kind", FOUND)
def test_every_plain_plant_is_there_to_be_found(plant: Plant, kind: str) -> None:
    planted, found, unlabelled = counts(plant(1.0), kind)

    assert planted >= 40
    assert found >= 0.98 * planted
    assert unlabelled <= 0.1 * planted


@pytest.mark.parametrize("kind", FOUND)
def test_less_plain_plants_are_found_less_often(plant: Plant, kind: str) -> None:
    shares = []
    for size in (0.25, 0.5, 1.0):
        planted, found, _ = counts(plant(size), kind)
        shares.append(found / planted)

    assert shares[0] < 0.75
    assert shares[0] < shares[1] < shares[2]


@pytest.mark.parametrize("kind", FOUND)
def test_where_nothing_is_planted_it_hardly_ever_happens(plant: Plant, kind: str) -> None:
    tables = plant(0.0)
    planted, _, natural = counts(tables, kind)
    occasions = {"duplicate-contact": 4000, "ping-pong": 800, "re-routing": 800}.get(kind, 500)

    assert planted == 0
    assert natural <= 0.02 * occasions


def test_question_in_other_words_is_labelled_so(plant: Plant) -> None:
    details = plant(0.5).execute(DETAILS, ["repeated-question"]).fetchall()

    assert {detail for detail, n in details if n > 10} == {
        "asked again what was answered",
        "asked again in other words",
    }


def test_promises_are_kept_before_their_day_is_over_or_labelled(plant: Plant) -> None:
    details = dict(plant(1.0).execute(DETAILS, ["broken-promise"]).fetchall())

    assert details["never kept"] > 20
    assert details["kept late"] > 20
