"""A large firm is written piece by piece: what it takes does not grow with it. Measured in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

WRITE = """
import json, sys
from pathlib import Path
from clew.demo.plan import Plan
from clew.demo.write import write_firm

written = write_firm(Path(sys.argv[1]), Plan(accounts=int(sys.argv[2])), chunk=200)
status = Path("/proc/self/status").read_text()  # its own peak; what getrusage says includes the parent's
peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
print(json.dumps([sum(written.rows.values()), int(peak.split()[1])]))
"""
LEAST_ROWS = 100_000
MOST_KB = 260_000  # of which about 80 000 are Python, numpy and DuckDB


def rows_and_memory(folder: Path, accounts: int) -> tuple[int, int]:
    """Return how many rows were written, and the most memory the process held, in kB."""
    done = subprocess.run(
        [sys.executable, "-c", WRITE, str(folder), str(accounts)], capture_output=True, text=True, check=True
    )
    rows, peak = done.stdout.strip().strip("[]").split(",")
    return int(rows), int(peak)


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from /proc")
def test_a_hundred_thousand_rows_are_written_in_little_memory(tmp_path: Path) -> None:
    rows, peak = rows_and_memory(tmp_path / "firm", 1_500)

    assert rows >= LEAST_ROWS
    assert peak < MOST_KB


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from /proc")
def test_memory_does_not_grow_with_the_number_of_accounts(tmp_path: Path) -> None:
    (few, less), (many, more) = (rows_and_memory(tmp_path / str(count), count) for count in (500, 2_000))

    assert many > 3.5 * few
    assert more < less + 60_000
