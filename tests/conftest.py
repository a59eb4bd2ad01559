"""What all tests share: where public example data lie, the order of folders, and a count of what was not run."""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from clew.db.engine import Database
    from tests.postgres_server import PostgresOfTests

ORDER = ("unit", "properties", "reference", "integration", "acceptance", "browser")
TESTS = Path(__file__).parent

# Tables of one width without colours, whatever terminal the tests run in.
os.environ.update(COLUMNS="120", NO_COLOR="1")
os.environ.pop("FORCE_COLOR", None)

settings.register_profile("clew", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("clew")


@pytest.fixture(scope="session")
def examples() -> Path:
    """The folder of public data sets that CLEW_EXAMPLES names; a test that needs it is not run where it is absent."""
    named = os.environ.get("CLEW_EXAMPLES")
    if not named:
        pytest.skip("CLEW_EXAMPLES names no folder of example data")
    folder = Path(named)
    if not folder.is_dir():
        pytest.fail(f"CLEW_EXAMPLES names {folder}, which is no folder")
    return folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresOfTests]:
    """A PostgreSQL server that all processes of a test run share."""
    from tests.postgres_server import shared_server

    with shared_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresOfTests) -> Iterator[str]:
    """The address of an empty PostgreSQL database."""
    with postgres_server.new_database() as url:
        yield url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the migrated SQLite files, to copy."""
    from clew.db.engine import open_database
    from clew.db.migrations import migrate

    store = tmp_path_factory.mktemp("sqlite")
    database = open_database(store)
    migrate(database)
    database.close()
    return store


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A fresh migrated database, once of each kind; on SQLite its files lie in tmp_path/.clew."""
    from clew.db.engine import open_database

    if request.param == "sqlite":
        shutil.copytree(request.getfixturevalue("migrated_sqlite"), tmp_path / ".clew", dirs_exist_ok=True)
        opened = open_database(tmp_path / ".clew")
        yield opened
        opened.close()
        return
    server: PostgresOfTests = request.getfixturevalue("postgres_server")
    with server.new_database(migrated=True) as url:
        opened = open_database(tmp_path / ".clew", url)
        yield opened
        opened.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run quick folders first, so a fault shows early."""

    def place(item: pytest.Item) -> int:
        folder = item.path.relative_to(TESTS).parts[0] if item.path.is_relative_to(TESTS) else ""
        return ORDER.index(folder) if folder in ORDER else len(ORDER)

    items.sort(key=place)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests were not run, and why."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(_reason(report) for report in skipped)
    if reasons:
        why = "; ".join(f"{count}: {reason}" for reason, count in reasons.most_common())
        terminalreporter.write_line(f"not run: {sum(reasons.values())} ({why})")


def _reason(report: pytest.TestReport) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return re.sub(r"^Skipped: ", "", text)
