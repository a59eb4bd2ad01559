"""Write a tree as YAML that reads back as the same tree: block style, one key a line, comments gone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from clew.files.tree import ListNode, MapNode, Node, ScalarNode

_SAFE = re.compile(r"[A-Za-z0-9_./$À-ɏ](?:[\w ./%$*+()<>=~À-ɏ-]*[\w./%$*+()<>=~À-ɏ-])?")

_FOUR = 0xFFFF  # the largest code of four hexadecimal digits


def to_yaml(node: Node) -> str:
    """Return a tree as YAML text."""
    return "\n".join(_lines(node)) + "\n"


def _lines(node: Node) -> Iterator[str]:
    if isinstance(node, ScalarNode):
        yield scalar_text(node)
    elif isinstance(node, ListNode):
        yield from _items(node) if node.items else ("[]",)
    else:
        yield from _entries(node) if node.entries else ("{}",)


def _items(node: ListNode) -> Iterator[str]:
    for item in node.items:
        first, *rest = _lines(item)
        yield f"- {first}"
        yield from _indented(rest)


def _entries(node: MapNode) -> Iterator[str]:
    for key, value in node.entries:
        if _is_inline(value):
            yield f"{scalar_text(key)}: {next(_lines(value))}"
        else:
            yield f"{scalar_text(key)}:"
            yield from _indented(_lines(value))


def _is_inline(node: Node) -> bool:
    return isinstance(node, ScalarNode) or not (node.items if isinstance(node, ListNode) else node.entries)


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)


def scalar_text(node: ScalarNode) -> str:
    """A scalar as written without quotes where that is safe, else in double quotes."""
    if node.empty:
        return "null"
    return node.text if node.plain and _SAFE.fullmatch(node.text) else _quoted(node.text)


def _quoted(text: str) -> str:
    """In double quotes, on one line for every reader: some take more signs for line breaks than JSON escapes."""
    return "".join(
        sign if sign.isprintable() else f"\\u{ord(sign):04x}" if ord(sign) <= _FOUR else f"\\U{ord(sign):08x}"
        for sign in json.dumps(text, ensure_ascii=False)
    )
