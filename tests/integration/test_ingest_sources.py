"""What the edge knows of sources: their files may change, break or vanish while events arrive."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from clew.ingest.wires.model import Wire
from clew.web.ingest.sources import SourceWires

EXPORT = "file: orders.csv\naccount: {customer: customer}\nevents:\n  - {event: ordered, at: at}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "clew.yaml").write_text("firm: Hafen\ncurrency: EUR\ntime_zone: UTC\n")
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources/crm.yaml").write_text("receives: segment\n")
    (tmp_path / "sources/orders.yaml").write_text(EXPORT)
    return tmp_path


def test_source_tells_what_it_receives_and_files_receive_nothing(folder: Path) -> None:
    assert SourceWires(folder)() == {"crm": Wire.SEGMENT, "orders": None}


def test_changed_file_counts_from_the_next_reading_on(folder: Path) -> None:
    wires = SourceWires(folder)
    wires()
    (folder / "sources/crm.yaml").write_text("receives: posthog\n")

    assert wires()["crm"] is Wire.POSTHOG


def test_broken_file_is_unknown_and_the_others_stay(folder: Path) -> None:
    (folder / "sources/crm.yaml").write_text("receives: [\n")

    assert SourceWires(folder)() == {"orders": None}


def test_workspace_that_vanished_leaves_what_was_known(folder: Path) -> None:
    wires = SourceWires(folder)
    before = wires()
    shutil.rmtree(folder)

    assert wires() == before
