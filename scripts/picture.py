"""Take the picture of the report that README shows: .venv-dev/bin/python scripts/picture.py (needs Chromium)."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

TARGET = Path(__file__).resolve().parent.parent / "docs" / "images" / "report.png"
WIDTH, HEIGHT = 1280, 1000
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def make_report(folder: Path) -> Path:
    """Write, load and report the sample firm."""
    clew = Path(sys.executable).with_name("clew")
    for arguments in (["sample", str(folder)], ["-C", str(folder), "load"], ["-C", str(folder), "report"]):
        subprocess.run([clew, *arguments], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return folder / "report.html"


def photograph(page_file: Path, target: Path) -> None:
    """Write the top of the page as a browser window of WIDTH by HEIGHT shows it."""
    browser_file = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser_file is None:
        raise SystemExit("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_file, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(page_file.as_uri())
        page.screenshot(path=target)
        browser.close()


def main() -> None:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        photograph(make_report(Path(folder) / "firm"), target)
    print(f"wrote {target}")


if __name__ == "__main__":
    main()
