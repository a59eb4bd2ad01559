"""Invented firms as tables of plain SQL: their exports read without Clew, unusable and repeated rows left out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import duckdb
import pytest

from clew.demo.plan import FAULTS, Effect, Plan
from clew.demo.write import write_firm

ACCOUNTS, SEED, SHARE = 600, 11, 0.12
TIMES = {
    "marketing": "happened_at",
    "activities": "happened_at",
    "onboarding": "happened_at",
    "tickets": "changed_at",
    "usage": "used_at",
    "surveys": "answered_at",
}
ZONES = {"activities": "Europe/Berlin", "onboarding": "Europe/Berlin", "tickets": "America/New_York"}


def tables_of(folder: Path) -> duckdb.DuckDBPyConnection:
    """Return a database with a table for each export; logs have `instant`, in UTC."""
    database = duckdb.connect()
    database.execute("SET TimeZone = 'UTC'")
    for path in [*sorted((folder / "exports").glob("*.csv")), folder / "truth" / "planted.csv"]:
        source = f"read_csv('{path}', all_varchar = true, ignore_errors = true)"
        if path.stem not in TIMES:
            database.execute(f"CREATE TABLE {path.stem} AS SELECT * FROM {source}")
            continue
        at = f"timezone('{ZONES.get(path.stem, 'UTC')}', try_cast({TIMES[path.stem]} AS TIMESTAMP))"
        database.execute(
            f"CREATE TABLE {path.stem} AS SELECT DISTINCT *, {at} AS instant FROM {source} "
            f"WHERE {at} BETWEEN '2020-01-01' AND '2027-01-01'"
        )
    database.execute(
        'CREATE VIEW labels AS SELECT kind, account_id, "at"::TIMESTAMPTZ AS begins, until::TIMESTAMPTZ AS ends, '
        "detail FROM planted"
    )
    database.execute(
        "CREATE VIEW ticket_log AS SELECT tickets.*, account_id FROM tickets JOIN accounts ON org = desk_org"
    )
    return database


@pytest.fixture(scope="session")
def read() -> Callable[[Path], duckdb.DuckDBPyConnection]:
    """Read a written firm into tables."""
    return tables_of


@pytest.fixture(scope="session")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Callable[[float], duckdb.DuckDBPyConnection]:
    """Return the tables of a firm in which faults of every kind are planted at one size; 0: nothing is."""

    @cache
    def planted(size: float) -> duckdb.DuckDBPyConnection:
        folder = tmp_path_factory.mktemp("planted")
        effects = {kind: Effect(SHARE if size else 0.0, size) for kind in FAULTS}
        write_firm(folder, Plan(accounts=ACCOUNTS, seed=SEED, effects=effects))
        return tables_of(folder)

    return planted


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, float], duckdb.DuckDBPyConnection]:
    """Return the tables of a larger firm in which one story about a change is planted at a size, and nothing else."""

    @cache
    def told(kind: str, size: float) -> duckdb.DuckDBPyConnection:
        folder = tmp_path_factory.mktemp(kind)
        share = {"mix-shift": 0.6, "censoring": 0.15}.get(kind, 1.0)
        write_firm(folder, Plan(accounts=2_500, seed=SEED, effects={kind: Effect(share, size)}))
        return tables_of(folder)

    return told


@pytest.fixture(scope="session")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], duckdb.DuckDBPyConnection]:
    """Return the tables of one of the named firms, as many accounts as it has."""

    @cache
    def named(name: str) -> duckdb.DuckDBPyConnection:
        folder = tmp_path_factory.mktemp(name)
        write_firm(folder, Plan(firm=name))
        return tables_of(folder)

    return named


@pytest.fixture(scope="session")
def office_hours() -> Callable[[datetime, datetime], float]:
    """Count office hours between two times of Berlin's clock: Monday to Friday, eight to six, holidays left out."""

    def hours(begin: datetime, end: datetime) -> float:
        total, day = 0.0, begin.replace(hour=0, minute=0, second=0)
        while day <= end:
            if day.weekday() < 5 and not _closed(day):
                opens, closes = day + timedelta(hours=8), day + timedelta(hours=18)
                total += max(0.0, (min(closes, end) - max(opens, begin)) / timedelta(hours=1))
            day += timedelta(days=1)
        return total

    return hours


def _closed(day: datetime) -> bool:
    moving = {2024: {"03-29", "04-01"}, 2025: {"04-18", "04-21"}, 2026: {"04-03", "04-06"}}
    fixed = {"01-01", "05-01", "12-25", "12-26"}
    return f"{day:%m-%d}" in fixed | moving.get(day.year, set())
