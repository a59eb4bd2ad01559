"""Keeping the archive: the tail goes into it once, whenever and however often that is tried."""

from __future__ import annotations

from pathlib import Path

import pytest

from clew.archive.manifest import read_manifest
from clew.db.engine import Database
from tests.arriving_world import Desk, event


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> Desk:
    return Desk(tmp_path, database)


def test_the_tail_goes_into_the_archive_with_its_position(desk: Desk) -> None:
    desk.send(event(2), event(1, "paid"))
    desk.take_in()

    kept = desk.keep()

    assert kept is not None
    assert (kept.rows, kept.position, kept.events) == (2, 2, 2)
    assert read_manifest(desk.store).tail == 2
    assert [told["event"] for told in desk.log()["threads"]["account:f1"]] == ["said", "paid"]
    assert desk.keep() is None
