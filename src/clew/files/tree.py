"""What a YAML file says and where it says it: scalars stay the text that was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class ScalarNode:
    """One value as written. `plain`: without quotes, so that a shape may take it as a number, a date or true/false."""

    line: int
    column: int
    text: str
    plain: bool = True

    @property
    def empty(self) -> bool:
        return self.plain and self.text in {"", "~", "null", "Null", "NULL"}


@dataclass(frozen=True)
class ListNode:
    """A list in written order."""

    line: int
    column: int
    items: tuple[Node, ...]


@dataclass(frozen=True)
class MapNode:
    """Keys and values in written order; a key written twice stands here twice."""

    line: int
    column: int
    entries: tuple[tuple[ScalarNode, Node], ...]

    def __iter__(self) -> Iterator[tuple[ScalarNode, Node]]:
        return iter(self.entries)

    def get(self, key: str) -> Node | None:
        """The first value under this key."""
        return next((value for name, value in self.entries if name.text == key), None)

    def without(self, keys: frozenset[str]) -> MapNode:
        """The same map without some keys."""
        return MapNode(self.line, self.column, tuple(entry for entry in self.entries if entry[0].text not in keys))


Node = ScalarNode | ListNode | MapNode


def describe(node: Node) -> str:
    """Name a node for a message: the text of a scalar, else what it is."""
    if isinstance(node, ScalarNode):
        return "an empty value" if node.empty else f"'{shorten(node.text)}'"
    return "a list" if isinstance(node, ListNode) else "a group of keys"


def shorten(text: str) -> str:
    """Keep an offending value printable on one line."""
    flat = " ".join(text.split())
    return flat if len(flat) <= 80 else flat[:77] + "..."
