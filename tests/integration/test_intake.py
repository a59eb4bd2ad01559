"""Taking in what arrived: once and for ever, whatever it is, and nothing blocks the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from clew.db.engine import Database
from tests.arriving_world import Desk, event


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> Desk:
    return Desk(tmp_path, database)


def test_what_arrived_stands_in_the_tail_and_is_counted(desk: Desk) -> None:
    desk.send(event(1), event(2))
    desk.send({"account": "f1", "attributes": {"plan": "gold"}, "id": "a1"})

    taken = desk.take_in()

    assert (taken.bodies, taken.received, taken.accepted, taken.about, taken.position) == (2, 3, 3, 1, 3)
    assert desk.counts() == {"received": 3, "accepted": 3, "about": 1}
    assert (desk.rows(), desk.waiting()) == (3, 0)
    assert desk.take_in().received == 0
