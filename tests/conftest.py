"""What all tests share: where public example data lie, the order of folders, and a count of what was not run."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings

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
