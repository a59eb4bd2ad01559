"""A load that is killed again and again ends as if nobody had touched it."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from clew.archive.folders import Stored
from clew.archive.reader import Archive, open_archive

ROWS = 1_000_000
KILLS = 6
SOURCE = """
file: exports/touches.csv
id: id
kind: events
time_zone: UTC
account: {firm: firm}
events:
  - {event: "{what}", at: at, team: team}
"""


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "touches.csv"
    draw = np.random.default_rng(11)
    firms = draw.integers(0, ROWS // 80, ROWS)
    times = np.datetime_as_string(np.sort(draw.integers(1_600_000_000, 1_700_000_000, ROWS)).astype("datetime64[s]"))
    whats = np.array(["asked", "met", "signed", "called"])[draw.integers(0, 4, ROWS)]
    teams = np.array(["sales", "service"])[draw.integers(0, 2, ROWS)]
    columns = (range(ROWS), firms.tolist(), times.tolist(), whats.tolist(), teams.tolist())
    with path.open("w") as file:
        file.write("id,firm,at,what,team\n")
        file.writelines(f"{n},f{firm},{at}Z,{what},{team}\n" for n, firm, at, what, team in zip(*columns, strict=True))
    return path


def workspace(folder: Path, export: Path) -> Path:
    (folder / "sources").mkdir(parents=True)
    (folder / "exports").mkdir()
    (folder / "clew.yaml").write_text("firm: Touch\ncurrency: EUR\ntime_zone: UTC\n")
    (folder / "sources" / "touches.yaml").write_text(SOURCE)
    (folder / "exports" / "touches.csv").symlink_to(export)
    return folder


def begin(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", "from clew.cli.app import main; main()", "-C", str(folder), "load"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def load_to_the_end(folder: Path) -> str:
    process = begin(folder)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return out


def content(archive: Archive) -> dict[str, str]:
    """Digests of all columns and dictionaries, but for when things were learnt, which two loads cannot share."""
    digests: dict[str, str] = {}
    for number, bucket in enumerate(archive.manifest.buckets):
        for table, folder in bucket.items():
            stored = Stored(archive.store, table, folder)
            for name in sorted({*folder.columns} - {"known"}):
                digests[f"{number}/{table}/{name}"] = hashlib.sha256(stored.column(name).tobytes()).hexdigest()
    for name in archive.manifest.dictionaries:
        texts = "\n".join(archive.names[name].texts())
        digests[name] = hashlib.sha256(texts.encode()).hexdigest()
    return digests


def blocks(folder: Path) -> int:
    return len(list((folder / ".clew" / "inbox").glob("*/*.block")))


def kill_at_random(folder: Path, seconds: float, draw: random.Random) -> str:
    """Kill a load somewhere on its way, at the latest when one more block is safe; return what it had said."""
    before, end = blocks(folder), time.monotonic() + draw.uniform(0.2, 0.9) * seconds
    process = begin(folder)
    while time.monotonic() < end and blocks(folder) <= before:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    return process.communicate()[0]


def is_done(folder: Path) -> bool:
    return (folder / ".clew" / "manifest.json").exists()


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a thing of POSIX")
def test_load_killed_several_times_equals_an_uninterrupted_one(export: Path, tmp_path: Path) -> None:
    whole, torn = workspace(tmp_path / "whole", export), workspace(tmp_path / "torn", export)
    begun = time.monotonic()
    load_to_the_end(whole)
    seconds = time.monotonic() - begun
    draw, said, safe = random.Random(5), "", [0]

    while not is_done(torn) and (len(safe) <= KILLS or not any(safe)):
        said += kill_at_random(torn, seconds, draw)
        if not is_done(torn):
            safe.append(blocks(torn))
    said += load_to_the_end(torn)

    one, other = open_archive(whole / ".clew"), open_archive(torn / ".clew")
    assert one.events == other.events == ROWS
    assert other.damaged() == []
    assert content(one) == content(other)
    assert safe == sorted(safe), "a block that was safe was read again"
    assert any(safe), "no block was safe before the end: nothing was shown"
    assert "an interrupted load had stopped" in said
    assert blocks(torn) == 0
