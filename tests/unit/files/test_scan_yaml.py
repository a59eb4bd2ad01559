"""YAML as these files use it: every value keeps its place, and what is not plain YAML is told, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from clew.errors import FileProblems
from clew.files.scan import scan, scan_file
from clew.files.tree import ListNode, MapNode, Node, ScalarNode

FILE = Path("a.yaml")


def entry(tree: Node, key: str) -> Node:
    assert isinstance(tree, MapNode)
    found = tree.get(key)
    assert found is not None
    return found


def test_every_key_and_value_has_its_line_and_column() -> None:
    tree = scan("a: 1\nb:\n  - x\n  - {c: 'y'}\n", FILE)

    items = entry(tree, "b")
    assert isinstance(items, ListNode)
    assert [(item.line, item.column) for item in items.items] == [(3, 5), (4, 5)]
    value = entry(items.items[1], "c")
    assert value == ScalarNode(4, 9, "y", plain=False)


@pytest.mark.parametrize("written", ["no", "yes", "on", "2026-01-01", "007", "1:30", "1e3", "0x1F", "1_000", ".5"])
def test_a_value_stays_the_text_that_was_written(written: str) -> None:
    value = entry(scan(f"a: {written}", FILE), "a")

    assert isinstance(value, ScalarNode)
    assert value.text == written


REFUSED = [
    # text, line, column, what is said
    ("", 1, 1, "empty"),
    ("# only a comment\n", 1, 1, "empty"),
    ("a:\n\tb: 1\n", 2, 1, "a tab is used"),
    ("a: b: c\n", 1, 5, "a second ':'"),
    ("a: [1, 2\nb: 3\n", 2, 2, "no YAML"),
    ("a: &x 1\nb: *x\n", 1, 4, "anchor 'x'"),
    ("a: *x\n", 1, 4, "anchor 'x'"),
    ("a: !!python/object:os.system 1\n", 1, 4, "tag"),
    ("a: !!binary aGk=\n", 1, 4, "tag"),
    ("a: 1\n---\nb: 2\n", 2, 1, "second document"),
    ("{a: b}: 1\n", 1, 1, "a key must be text"),
    ("a: '\n", 2, 1, "no YAML"),
    ("a: b\n c: d\n", 2, 3, "the line above; allowed: keys that belong together indented alike"),
    ("- a: b\n   c: {d: e}\n", 2, 5, "falls into the value of the line above"),
    ("a: \x00\n", 1, 4, "a character that YAML does not allow"),
    ("[" * 500 + "]" * 500, 1, 42, "nested too deeply"),
]


@pytest.mark.parametrize(("text", "line", "column", "said"), REFUSED)
def test_what_is_not_plain_yaml_is_told_with_its_place(text: str, line: int, column: int, said: str) -> None:
    with pytest.raises(FileProblems, match=said) as raised:
        scan(text, FILE)

    (problem,) = raised.value.problems
    assert (problem.line, problem.column) == (line, column)


def test_a_byte_that_is_no_utf8_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"a: 1\nb: M\xfcller\n")

    with pytest.raises(FileProblems, match="0xfc is no UTF-8") as raised:
        scan_file(path)

    assert (raised.value.problems[0].line, raised.value.problems[0].column) == (2, 5)


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "bom.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")

    assert entry(scan_file(path), "a") == ScalarNode(1, 4, "1")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileProblems, match="cannot be read"):
        scan_file(tmp_path / "missing.yaml")
