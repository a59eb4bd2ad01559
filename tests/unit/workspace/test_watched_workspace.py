"""A workspace is read once, and again when any of its files is another."""

from __future__ import annotations

from pathlib import Path

import pytest

from clew.errors import NotAWorkspace
from clew.workspace.watched import LOOK_US, WatchedWorkspace

FILES = ("clew.yaml", "meanings.yaml", "sources/crm.yaml", "sources/crm.sql", "journeys/buy.yml")
INDEX = ".clew/versions/index.jsonl"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (*FILES, INDEX):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("a", "utf-8")
    return tmp_path


class Reading:
    """Counts how often a workspace is read."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, folder: Path) -> int:
        self.times += 1
        return self.times


def test_what_did_not_change_is_read_once(folder: Path) -> None:
    watched = WatchedWorkspace(folder, Reading())

    assert [watched.current(), watched.current(), watched.lately(0)] == [1, 1, 1]


@pytest.mark.parametrize("name", [*FILES, INDEX])
def test_every_file_counts_when_it_changes_comes_or_goes(name: str, folder: Path) -> None:
    watched = WatchedWorkspace(folder, Reading())
    found = [watched.current()]

    (folder / name).write_text("longer", "utf-8")
    found.append(watched.current())
    (folder / name).unlink()
    found.append(watched.current())
    (folder / name).write_text("again", "utf-8")
    found.append(watched.current())

    assert found == [1, 2, 3, 4]


def test_a_file_of_the_same_size_put_in_place_of_another_counts(folder: Path) -> None:
    watched = WatchedWorkspace(folder, Reading())
    watched.current()
    (folder / "draft").write_text("b", "utf-8")

    (folder / "draft").replace(folder / "clew.yaml")

    assert watched.current() == 2


def test_where_a_second_does_not_matter_files_are_looked_at_once_in_it(folder: Path) -> None:
    watched = WatchedWorkspace(folder, Reading())
    watched.lately(0)
    (folder / "clew.yaml").write_text("longer", "utf-8")

    assert watched.lately(LOOK_US - 1) == 1
    assert watched.lately(LOOK_US) == 2
    (folder / "clew.yaml").write_text("longest", "utf-8")
    assert watched.current() == 3
    assert watched.lately(LOOK_US + 1) == 3


def test_what_cannot_be_read_is_tried_again_and_nothing_is_kept_of_it(folder: Path) -> None:
    def refuse(_: Path) -> int:
        raise NotAWorkspace

    watched = WatchedWorkspace(folder, refuse)

    for _ in range(2):
        with pytest.raises(NotAWorkspace):
            watched.current()
