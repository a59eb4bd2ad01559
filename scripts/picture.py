"""Take the picture of the report that README shows: .venv-dev/bin/python scripts/picture.py (needs Chromium)."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

TARGET = Path(__file__).resolve().parent.parent / "docs" / "images" / "report.png"
WIDTH, HEIGHT, MARGIN = 1280, 1000, 24
JOURNEY = "onboarding"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def make_report(folder: Path) -> Path:
    """Write, load and report the sample firm."""
    clew = Path(sys.executable).with_name("clew")
    for arguments in (["sample", str(folder)], ["-C", str(folder), "load"], ["-C", str(folder), "report"]):
        subprocess.run([clew, *arguments], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return folder / "clew-report.html"


def photograph(page_file: Path, target: Path) -> None:
    """Write the onboarding journey, from its heading to the end of its picture, as a wide browser window shows it."""
    browser_file = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser_file is None:
        raise SystemExit("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_file, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(page_file.as_uri())
        heading = page.locator(f"#journey-{JOURNEY}").bounding_box()
        drawn = page.locator(f"#picture-{JOURNEY}").bounding_box()
        assert heading is not None
        assert drawn is not None
        top = heading["y"] - MARGIN
        clip = {"x": 0, "y": top, "width": WIDTH, "height": drawn["y"] + drawn["height"] + MARGIN - top}
        page.screenshot(path=target, full_page=True, clip=clip)  # type: ignore[arg-type]
        browser.close()


def main() -> None:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        photograph(make_report(Path(folder) / "firm"), target)
    print(f"wrote {target}")


if __name__ == "__main__":
    main()
