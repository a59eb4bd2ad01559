"""Take the pictures of the report that README and docs show: .venv-dev/bin/python scripts/picture.py (needs Chromium).

docs/images/report.png   the first page, from its head to the three failures
docs/images/journey.png  one journey, from its heading to the end of its picture
An argument names another folder.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

TARGET = Path(__file__).resolve().parent.parent / "docs" / "images"
WIDTH, HEIGHT, MARGIN = 1280, 1000, 24
JOURNEY = "onboarding"
PICTURES = {  # file -> (where it begins, where it ends)
    "report.png": ("header.page", ".verdict .key"),
    "journey.png": (f"#journey-{JOURNEY}", f"#picture-{JOURNEY}"),
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def make_report(folder: Path) -> Path:
    """Write, load and report the sample firm."""
    clew = Path(sys.executable).with_name("clew")
    for arguments in (["sample", str(folder)], ["-C", str(folder), "load"], ["-C", str(folder), "report"]):
        subprocess.run([clew, *arguments], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return folder / "clew-report.html"


def photograph(page_file: Path, target: Path) -> None:
    """Write every picture to a folder, as a wide browser window shows it."""
    browser_file = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser_file is None:
        raise SystemExit("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_file, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(page_file.as_uri())
        for name, (begin, end) in PICTURES.items():
            take(page, target / name, begin, end)
        browser.close()


def take(page: Page, target: Path, begin: str, end: str) -> None:
    """Write the page from one element to the end of another."""
    first, last = page.locator(begin).bounding_box(), page.locator(end).bounding_box()
    assert first is not None
    assert last is not None
    top = max(0, first["y"] - MARGIN)
    bottom = last["y"] + last["height"] + MARGIN
    page.screenshot(path=target, full_page=True, clip={"x": 0, "y": top, "width": WIDTH, "height": bottom - top})
    print(f"wrote {target}")


def main() -> None:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        photograph(make_report(Path(folder) / "firm"), target)


if __name__ == "__main__":
    main()
