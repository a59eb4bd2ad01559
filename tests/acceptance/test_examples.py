"""The example workspaces give the figures that are known of their public data; counted as not run without the data."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.mark.data
def test_every_known_fact_of_the_public_data_agrees(examples: Path) -> None:
    command = [sys.executable, str(EXAMPLES / "verify")]

    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"CLEW_EXAMPLES": str(examples)})

    facts = json.loads((EXAMPLES / "facts.json").read_text(encoding="utf-8"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("agrees") == len(facts)
    assert done.stdout.rstrip().endswith(f"{len(facts)} of {len(facts)} facts hold")


@pytest.mark.data
def test_a_figure_that_differs_is_told_and_ends_with_1(examples: Path, tmp_path: Path) -> None:
    for name in ("verify", "verifying.py", "facts.json"):
        (tmp_path / name).write_text((EXAMPLES / name).read_text(encoding="utf-8"), encoding="utf-8")
    for name in ("figures", "olist", "volvo", "crm"):
        (tmp_path / name).symlink_to(EXAMPLES / name)
    wrong = (tmp_path / "facts.json").read_text(encoding="utf-8").replace("[8000, 842, 10.525]", "[8000, 843, 10.525]")
    (tmp_path / "facts.json").write_text(wrong, encoding="utf-8")
    command = [sys.executable, str(tmp_path / "verify"), "O2"]

    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"CLEW_EXAMPLES": str(examples)})

    assert done.returncode == 1
    assert "O2  DIFFERS" in done.stdout
