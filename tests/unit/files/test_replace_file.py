"""A file is replaced as a whole, or it stays as it was."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from clew.files.replace import replace_file, replacing


def test_a_file_is_replaced_and_its_folder_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bool] = []
    sync = os.fsync

    def noted(file: int) -> None:
        synced.append(stat.S_ISDIR(os.fstat(file).st_mode))
        sync(file)

    monkeypatch.setattr("os.fsync", noted)
    path = tmp_path / "answers.yaml"
    path.write_text("former", "utf-8")

    replace_file(path, "ä new")

    assert path.read_text("utf-8") == "ä new"
    assert synced == [False, True]  # the file first, then the entry of its folder
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_former_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> Path:
        raise OSError("no")

    path = tmp_path / "answers.yaml"
    path.write_text("former", "utf-8")
    monkeypatch.setattr(Path, "replace", refuse)

    with pytest.raises(OSError, match="no"):
        replace_file(path, "new")

    assert path.read_text("utf-8") == "former"
    assert list(tmp_path.iterdir()) == [path]


def test_bytes_are_written_as_they_are_and_only_for_whom_they_are_meant(tmp_path: Path) -> None:
    replace_file(tmp_path / "salt", b"\x00\r\n\xff", mode=0o600)

    assert (tmp_path / "salt").read_bytes() == b"\x00\r\n\xff"
    assert stat.S_IMODE((tmp_path / "salt").stat().st_mode) == 0o600


def test_two_at_once_each_write_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "head"

    with replacing(path) as first:
        first.write(b"first, and ")
        replace_file(path, "second")
        assert path.read_text() == "second"
        first.write(b"whole")

    assert path.read_text() == "first, and whole"
    assert list(tmp_path.iterdir()) == [path]
