"""A load that is stopped with Ctrl-C says so calmly and goes on the next time."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SOURCE = """
file: exports/visits*.csv
time_zone: UTC
account: {firm: firm}
events:
  - {event: visited, at: at}
"""
FILES, ROWS = 40, 20_000  # a block is never of two files: there is much to do, and much that is safe
STOPPED = 130
LOAD = [sys.executable, "-m", "clew", "load"]

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and terminals of POSIX")


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """Let children hear SIGINT, even where whoever began the tests ignores it, as a shell's background does."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, former)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "sources").mkdir()
    (tmp_path / "exports").mkdir()
    (tmp_path / "clew.yaml").write_text("firm: Shop\ncurrency: EUR\ntime_zone: UTC\n")
    (tmp_path / "sources" / "visits.yaml").write_text(SOURCE)
    for file in range(FILES):
        day = f"2023-{file % 12 + 1:02}-{file // 12 + 1:02}"
        lines = [f"f{row % 70},{day}T{row // 60 % 24:02}:{row % 60:02}:00Z" for row in range(ROWS)]
        (tmp_path / "exports" / f"visits-{file:02}.csv").write_text("\n".join(["firm,at", *lines]) + "\n")
    return tmp_path


def blocks(shop: Path) -> int:
    return len(list((shop / ".clew" / "inbox").glob("*/*.block")))


def wait_for_blocks(shop: Path, running: Callable[[], bool]) -> None:
    while not blocks(shop) and running():
        time.sleep(0.002)


def stopped_by_signal(shop: Path) -> tuple[int, str]:
    process = subprocess.Popen(LOAD, cwd=shop, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_for_blocks(shop, lambda: process.poll() is None)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert out == ""
    return process.returncode, err


def stopped_on_a_terminal(shop: Path) -> tuple[int, str]:
    import pty

    try:
        process, terminal = pty.fork()
    except OSError:
        pytest.skip("this machine gives out no pseudo-terminals")
    if process == 0:
        os.chdir(shop)
        os.execv(LOAD[0], LOAD)
    said = b""
    wait_for_blocks(shop, lambda: True)
    os.write(terminal, b"\x03")
    try:
        while select.select([terminal], [], [], 60)[0]:
            more = os.read(terminal, 65_536)
            said += more
            if not more:
                break
    except OSError:  # how a terminal says on Linux that nobody holds its other end any more
        pass
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), said.decode()


@pytest.mark.parametrize("stop", [stopped_by_signal, stopped_on_a_terminal])
def test_load_stopped_with_ctrl_c_says_so_and_loses_nothing(
    shop: Path, stop: Callable[[Path], tuple[int, str]]
) -> None:
    code, said = stop(shop)

    assert code == STOPPED
    assert said.replace("\r", "").rstrip("\n").endswith("stopped; run it again to go on")
    assert "Traceback" not in said
    assert "Abort" not in said
    assert not (shop / ".clew" / "manifest.json").exists()
    safe = blocks(shop)
    assert safe > 0
    again = subprocess.run(LOAD, cwd=shop, capture_output=True, text=True, check=True).stdout
    assert f"(blocks read already: {safe})" in again
    assert f"The log holds {FILES * ROWS:,} events" in again
