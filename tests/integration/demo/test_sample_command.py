"""clew sample, run as a command."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

CLEW = [sys.executable, "-m", "clew"]


def sample(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*CLEW, "sample", *map(str, arguments)], capture_output=True, text=True, check=False)


def test_sample_says_what_it_wrote_and_what_comes_next(tmp_path: Path) -> None:
    done = sample(tmp_path / "firm", "--accounts", "60", "--months", "24", "--seed", "3")

    assert done.returncode == 0
    assert "Wrote 11 exports" in done.stdout
    assert "truth/planted.csv" in done.stdout
    assert f"Next: clew -C {tmp_path / 'firm'} load" in done.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["firm"]


@pytest.mark.parametrize("firm", ["tarnfield", "product-led", "relationship-led", "coordinated"])
def test_every_firm_is_a_sound_workspace_that_loads(tmp_path: Path, firm: str) -> None:
    assert sample(tmp_path / "firm", "--firm", firm).returncode == 0

    checked = subprocess.run([*CLEW, "-C", tmp_path / "firm", "check"], capture_output=True, text=True, check=False)
    loaded = subprocess.run([*CLEW, "-C", tmp_path / "firm", "load"], capture_output=True, text=True, check=False)

    assert "files are fine" in checked.stdout, checked.stdout + checked.stderr
    assert loaded.returncode == 0, loaded.stderr
    (together,) = (line.split() for line in loaded.stdout.splitlines() if line.startswith("together"))
    assert together[-1] == "9"  # rejected: the rows that cannot be used, and no other


def test_an_empty_folder_is_written_to_and_one_in_use_is_not(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "mine.txt").write_text("keep me")

    assert sample(tmp_path / "empty", "--accounts", "30").returncode == 0
    refused = sample(tmp_path / "used")

    assert refused.returncode == 2
    assert "not empty" in refused.stderr
    assert [path.name for path in (tmp_path / "used").iterdir()] == ["mine.txt"]


def test_unknown_firm_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    refused = sample(tmp_path / "firm", "--firm", "coordinate")

    assert refused.returncode == 2
    assert "did you mean 'coordinated'?" in refused.stderr
    assert not list(tmp_path.iterdir())


def test_run_that_is_stopped_leaves_nothing_behind(tmp_path: Path) -> None:
    command = [*CLEW, "sample", str(tmp_path / "firm"), "--accounts", "400000"]
    running = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a job in the background ignores Ctrl-C
    )
    partial = tmp_path / "firm.partial"
    try:
        for _ in range(1_200):
            if partial.exists() and list(partial.glob(".parts/*")):
                break
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=60)
    finally:
        running.kill()

    assert running.returncode != 0
    assert b"Traceback" not in errors
    assert not list(tmp_path.iterdir())


def test_folder_left_by_a_run_that_was_cut_off_is_named(tmp_path: Path) -> None:
    (tmp_path / "firm.partial").mkdir()

    refused = sample(tmp_path / "firm")

    assert refused.returncode == 2
    assert "firm.partial is left from a run that was cut off; remove it first" in refused.stderr
