"""README's first command, on a copy of the tracked files: it loads the sample and ends with verdict and report."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The tracked files as they stand now, in an empty folder."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not in a git checkout")
    folder = tmp_path / "clone"
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


@pytest.mark.slow
def test_first_command_ends_with_the_verdict_and_a_report_and_runs_again(clone: Path, tmp_path: Path) -> None:
    for _ in range(2):
        done = subprocess.run(
            [clone / "scripts" / "try"],
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout

    report = clone / "sample" / "clew-report.html"
    verdict = done.stdout.partition("is journey management needed, and against what?")[2]
    assert "\nStart with " in verdict
    assert str(report) in verdict
    assert "Tarnfield Systems" in report.read_text(encoding="utf-8")


def test_readme_names_both_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert "scripts/try" in readme
    assert "scripts/test" in readme
