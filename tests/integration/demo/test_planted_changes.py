"""Four stories about changes: what a firm sees that compares before with after, and what is true."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import duckdb
import pytest

Story = Callable[[str, float], duckdb.DuckDBPyConnection]

STEPS = {  # story -> spans (segment, since, until) of the step that it is about
    "improvement": """
        SELECT segment, min(instant) FILTER (event = 'set-up started') AS since,
               min(instant) FILTER (event = 'set-up finished') AS until
        FROM onboarding JOIN accounts USING (account_id) GROUP BY account_id, segment""",
    "mix-shift": """
        SELECT segment, min(instant) FILTER (event = 'kickoff held') AS since,
               min(instant) FILTER (event = 'data received') AS until
        FROM onboarding JOIN accounts USING (account_id) GROUP BY account_id, segment""",
    "regression-to-mean": """
        SELECT any_value(segment) AS segment, min(instant) FILTER (status = 'answered') AS since,
               min(instant) FILTER (status = 'resolved') AS until
        FROM ticket_log JOIN accounts USING (account_id)
        WHERE ticket_id NOT IN (SELECT ticket_id FROM tickets WHERE status IN ('escalated', 'waiting for customer'))
        GROUP BY ticket_id""",
    "censoring": """
        SELECT segment, timezone('Europe/Berlin', won_on::TIMESTAMP) AS since,
               min(instant) FILTER (event = 'first plan in use') AS until
        FROM deals JOIN accounts USING (account_id) LEFT JOIN onboarding USING (account_id)
        WHERE won_on IS NOT NULL GROUP BY account_id, segment, won_on""",
}


def changed_on(tables: duckdb.DuckDBPyConnection, kind: str) -> datetime:
    row = tables.execute("SELECT begins FROM labels WHERE kind = ? AND account_id IS NULL", [kind]).fetchone()
    assert row is not None
    begins: datetime = row[0]
    return begins


def hours(tables: duckdb.DuckDBPyConnection, kind: str, where: str, *, segment: str = "%") -> float:
    """Return the median hours of the finished spans of a story's step."""
    row = tables.execute(
        f"""SELECT median(date_diff('minute', since, until)) / 60 FROM ({STEPS[kind]})
            WHERE until IS NOT NULL AND segment LIKE $segment AND {where}""",
        {"segment": segment},
    ).fetchone()
    assert row is not None
    median: float = row[0]
    return median


@pytest.mark.parametrize("kind", STEPS)
def test_each_story_has_one_label_with_its_date_and_what_is_true(story: Story, kind: str) -> None:
    tables = story(kind, 1.0)

    rows = tables.execute("SELECT kind, account_id, detail FROM labels").fetchall()

    assert [(row[0], row[1]) for row in rows] == [(kind, None)]
    assert rows[0][2].startswith(("onboarding", "escalation"))


@pytest.mark.parametrize("kind", STEPS)
def test_finished_spans_look_faster_after_the_date(story: Story, kind: str) -> None:
    tables = story(kind, 1.0)
    date = changed_on(tables, kind)

    before = hours(tables, kind, f"since BETWEEN '{date}'::TIMESTAMPTZ - INTERVAL 75 DAY AND '{date}'")

    assert hours(tables, kind, f"since >= '{date}'") < 0.9 * before


def test_true_improvement_grows_with_its_size(story: Story) -> None:
    ratios = []
    for size in (0.3, 1.0):
        tables = story("improvement", size)
        date = changed_on(tables, "improvement")
        ratios.append(
            hours(tables, "improvement", f"since >= '{date}'") / hours(tables, "improvement", f"since < '{date}'")
        )

    assert ratios[1] < ratios[0] < 1


def test_mix_shift_leaves_each_segment_as_slow_as_before(story: Story) -> None:
    tables = story("mix-shift", 1.0)
    date = changed_on(tables, "mix-shift")

    for segment in ("enterprise", "mid-market", "small"):
        before = hours(tables, "mix-shift", f"since < '{date}'", segment=segment)
        assert hours(tables, "mix-shift", f"since >= '{date}'", segment=segment) == pytest.approx(before, rel=0.12)


def test_regression_to_the_mean_brings_back_what_was_before_the_bad_weeks(story: Story) -> None:
    tables = story("regression-to-mean", 1.0)
    date = changed_on(tables, "regression-to-mean")

    long_before = hours(tables, "regression-to-mean", f"since < '{date}'::TIMESTAMPTZ - INTERVAL 80 DAY")

    assert hours(tables, "regression-to-mean", f"since >= '{date}'") == pytest.approx(long_before, rel=0.15)


def test_censored_runs_are_mostly_unfinished_at_the_end(story: Story) -> None:
    tables = story("censoring", 1.0)
    date = changed_on(tables, "censoring")

    row = tables.execute(
        f"SELECT avg((until IS NULL)::INT) FROM ({STEPS['censoring']}) WHERE since >= '{date}'"
    ).fetchone()

    assert row is not None
    assert row[0] > 0.5


def test_where_nothing_is_planted_no_step_changes(plant: Callable[[float], duckdb.DuckDBPyConnection]) -> None:
    tables = plant(0.0)

    for kind in ("improvement", "regression-to-mean"):
        middle = "'2025-09-01'"
        before, later = (hours(tables, kind, f"since {sign} {middle}") for sign in ("<", ">="))
        assert later == pytest.approx(before, rel=0.3)
    assert tables.execute("SELECT count(*) FROM labels").fetchone() == (0,)
