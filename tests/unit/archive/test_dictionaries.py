"""Dictionaries on disk: what was written is read, a piece at a time, and what counts is what the manifest says."""

from __future__ import annotations

from pathlib import Path

import pytest

from clew.archive.names import GrowingNames, Lines, StoredNames
from clew.errors import BrokenStore

ODD = ['say "so"', "two\nlines", "tab\t", "back\\slash", "ümläut 漢字", "\ud800", ","]


def grown(store: Path, texts: list[str], former: dict[str, Lines] | None = None) -> dict[str, Lines]:
    names = GrowingNames(store, former or {})
    names.add("word", texts)
    return names.write()


def test_more_than_is_read_or_written_at_a_time_comes_back_in_its_order(tmp_path: Path) -> None:
    texts = [f"{number:070} {ODD[number % len(ODD)]}" for number in range(300_000)]  # above 16 MiB

    lines = grown(tmp_path, texts)

    assert StoredNames(tmp_path, lines)["word"].texts() == texts


def test_dictionary_grows_behind_what_counts(tmp_path: Path) -> None:
    first = grown(tmp_path, ODD[:3])
    grown(tmp_path, ["of a load that never came to its end"], first)

    second = grown(tmp_path, ODD, first)

    assert StoredNames(tmp_path, first)["word"].texts() == ODD[:3]
    assert StoredNames(tmp_path, second)["word"].texts() == ODD
    assert second["word"].bytes == (tmp_path / second["word"].file).stat().st_size


@pytest.mark.parametrize("left", [0, 5, 9, 20])
def test_dictionary_that_was_cut_off_is_told(tmp_path: Path, left: int) -> None:
    lines = grown(tmp_path, ODD)
    path = tmp_path / lines["word"].file
    path.write_bytes(path.read_bytes()[:left])

    with pytest.raises(BrokenStore, match="load the exports again"):
        StoredNames(tmp_path, lines)["word"].texts()
