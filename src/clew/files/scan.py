"""Read YAML into a tree with the line and column of every key and value.

Only plain YAML: no anchors, tags or second documents, because a file must say what it means where one reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from clew.errors import FileProblems, Problem
from clew.files.tree import ListNode, MapNode, Node, ScalarNode

MAX_DEPTH = 40
MAX_BYTES = 5_000_000


def scan_file(path: Path) -> Node:
    """Read one file. Raises FileProblems when it cannot be read as YAML."""
    return scan(read_text(path), path)


def read_text(path: Path) -> str:
    """Read UTF-8 text. Raises FileProblems with the line of the first byte that is none."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileProblems([Problem(path, 1, 1, f"cannot be read: {error.strerror}")]) from error
    if len(data) > MAX_BYTES:
        raise FileProblems([Problem(path, 1, 1, f"has {len(data)} bytes", f"at most {MAX_BYTES}")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        wrong = f"byte 0x{data[error.start]:02x} is no UTF-8 text"
        raise FileProblems([Problem(path, line, column, wrong, "save the file as UTF-8")]) from error


def scan(text: str, path: Path) -> Node:
    """Read YAML text. Raises FileProblems when it is no YAML, or more YAML than these files may use."""
    try:
        return _Scanner(text, path).document()
    except MarkedYAMLError as error:
        raise FileProblems([_syntax_problem(error, text, path)]) from error
    except YAMLError as error:
        place = _place_of(text, getattr(error, "position", 0))
        raise FileProblems([Problem(path, *place, "holds a character that YAML does not allow")]) from error


class _Scanner:
    """Builds the tree from the parser's events, so that nothing is converted and no position is lost."""

    def __init__(self, text: str, path: Path) -> None:
        self._path = path
        self._events: Iterator[Any] = YAML(typ="safe", pure=True).parse(text)

    def document(self) -> Node:
        tree: Node | None = None
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                if tree is not None:
                    raise self._refuse(event, "begins a second document", "one document a file; remove the line '---'")
                tree = self._node(next(self._events), depth=0)
        if tree is None or (isinstance(tree, ScalarNode) and tree.empty):
            raise FileProblems([Problem(self._path, 1, 1, "the file is empty")])
        return tree

    def _node(self, event: Any, depth: int) -> Node:
        self._check_plain(event, depth)
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if isinstance(event, ScalarEvent):
            return ScalarNode(line, column, event.value, plain=not event.style)
        if isinstance(event, SequenceStartEvent):
            return ListNode(line, column, tuple(self._items(depth)))
        return MapNode(line, column, tuple(self._entries(depth)))

    def _items(self, depth: int) -> Iterator[Node]:
        while not isinstance(event := next(self._events), SequenceEndEvent):
            yield self._node(event, depth + 1)

    def _entries(self, depth: int) -> Iterator[tuple[ScalarNode, Node]]:
        while not isinstance(event := next(self._events), MappingEndEvent):
            key = self._node(event, depth + 1)
            if not isinstance(key, ScalarNode):
                raise self._refuse(event, "a key must be text", "quote a key or value that holds '{' or '['")
            value = self._node(next(self._events), depth + 1)
            nothing = isinstance(value, ScalarNode) and value.plain and not value.text
            yield key, ScalarNode(key.line, key.column, "") if nothing else value

    def _check_plain(self, event: Any, depth: int) -> None:
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise self._refuse(
                event, f"anchor '{event.anchor}' cannot be used", "write the value out, or quote text with '&' or '*'"
            )
        if isinstance(event, (ScalarEvent, SequenceStartEvent, MappingStartEvent)) and event.tag not in (None, "!"):
            raise self._refuse(event, f"tag '{event.tag}' cannot be used", "a plain value, or quote text with '!'")
        if depth > MAX_DEPTH:
            raise self._refuse(event, "is nested too deeply", f"at most {MAX_DEPTH} levels")

    def _refuse(self, event: Any, wrong: str, allowed: str) -> FileProblems:
        mark = event.start_mark
        return FileProblems([Problem(self._path, mark.line + 1, mark.column + 1, wrong, allowed)])


def _syntax_problem(error: MarkedYAMLError, text: str, path: Path) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    said = " ".join(str(error.problem or error.context or "is no YAML").split())
    lines = text.splitlines()
    written = lines[line - 1] if line <= len(lines) else ""
    if "\t" in written[: max(column, len(written) - len(written.lstrip()))]:
        return Problem(path, line, written.index("\t") + 1, "a tab is used", "spaces")
    if "mapping values are not allowed" in said:
        if line > 1 and ":" not in written[: column - 1]:
            allowed = "keys that belong together indented alike, and ': ' after each of them"
            return Problem(path, line, column, "this ':' falls into the value of the line above", allowed)
        return Problem(path, line, column, "a second ':' in this value", "quotes around text that holds ': '")
    return Problem(path, line, column, f"is no YAML: {said}", "see the lines just before, too: indentation and quotes")


def _place_of(text: str, position: int) -> tuple[int, int]:
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)
