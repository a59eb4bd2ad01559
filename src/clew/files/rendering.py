"""Values as new YAML text: short ones in one line, groups of keys in lines of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clew.files.tree import ScalarNode
from clew.files.write import scalar_text

Value = str | Sequence["Value"] | Mapping[str, "Value"]
WIDTH = 120
_EMPTY = {"", "~", "null"}


class OneLine(dict[str, Value]):
    """A group of keys that is written in braces, as a condition is."""


def in_flow(value: Value) -> str:
    """Write a value in one line."""
    if isinstance(value, str):
        return scalar_text(ScalarNode(1, 1, value, plain=value.lower() not in _EMPTY))
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{in_flow(key)}: {in_flow(part)}" for key, part in value.items()) + "}"
    return "[" + ", ".join(in_flow(part) for part in value) + "]"


def in_block(value: Value, column: int) -> str:
    """Write a value whose first line begins at a column; further lines are indented by it."""
    if isinstance(value, str | OneLine) or not value or _is_short(value, column):
        return in_flow(value)
    margin = "\n" + " " * column
    if isinstance(value, Mapping):
        return margin.join(rendered_entry(key, part, column) for key, part in value.items())
    return margin.join("- " + in_block(part, column + 2) for part in value)


def rendered_entry(key: str, value: Value, column: int | None) -> str:
    """Write `key: value` with the key at a column; None: in one line."""
    name = in_flow(key)
    if column is None:
        return f"{name}: {in_flow(value)}"
    deep = isinstance(value, Mapping) and not isinstance(value, OneLine) and value
    if deep or (not isinstance(value, str | Mapping) and value and not _is_short(value, column + len(name) + 2)):
        return f"{name}:\n{' ' * (column + 2)}{in_block(value, column + 2)}"
    return f"{name}: {in_flow(value)}"


def _is_short(value: Value, column: int) -> bool:
    """Whether it is a list of texts that fits into the line."""
    if isinstance(value, str | Mapping) or not all(isinstance(part, str) for part in value):
        return False
    return column + len(in_flow(value)) <= WIDTH
