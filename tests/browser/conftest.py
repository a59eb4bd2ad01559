"""A real browser: Debian's Chromium driven by Playwright. Where either is missing the tests are counted as not run."""

from __future__ import annotations

import runpy
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

INVENTED = Path(__file__).parents[1] / "unit" / "reports"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: drives a real browser; not run where there is none")


@pytest.fixture(
    scope="module"
)  # the driver's event loop runs in this thread while it is open: no other file may meet it
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    if not any(Path("/usr").glob("lib*/**/libatomic.so.1")):
        pytest.skip("no libatomic on this machine, which Playwright's driver needs")
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def reports() -> dict[str, Any]:
    """Functions that make the invented reports, by name."""
    sys.path.insert(0, str(INVENTED))
    edges, diagnosed = (runpy.run_path(str(INVENTED / name)) for name in ("edges.py", "halden.py"))
    return {"nordlicht": edges["nordlicht"].report, **edges["ALL"], **diagnosed["ALL"]}
