"""Shapes: what a place in a file may hold. One definition checks it, makes its JSON Schema and documents its keys."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from clew.files.reading import Reading, listed
from clew.files.tree import ListNode, MapNode, Node, ScalarNode, describe, shorten

T = TypeVar("T")
R = TypeVar("R")
Json = dict[str, Any]
KeyDoc = tuple[str, str]


class Shape(ABC, Generic[T]):
    """What a place in a file may hold."""

    @abstractmethod
    def read(self, node: Node, reading: Reading) -> T | None:
        """Return the typed value, or note every problem in `reading` and return None."""

    @abstractmethod
    def schema(self, shared: Json) -> Json:
        """Return the JSON Schema (2020-12); shapes that several places use go to `shared`, its $defs."""

    def key_docs(self) -> Iterator[KeyDoc]:
        """Every key below this place as (path, description); '[]' is an item of a list, '*' a name of one's own."""
        return iter(())


@dataclass(frozen=True)
class Key(Generic[T]):
    """One key of a record."""

    shape: Shape[T]
    about: str
    required: bool = False


@dataclass
class Found:
    """What a record's node held: the typed values, and where each of them stands."""

    node: MapNode
    reading: Reading
    values: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def get(self, key: str, default: Any = None) -> Any:
        return self.values.get(key, default)

    @property
    def faulty(self) -> bool:
        """Whether a key was unknown or unusable, which has been noted already."""
        return len(self.node.entries) != len(self.values)

    def place(self, key: str) -> Node:
        """The node under a key, for a problem that only the whole record shows."""
        return self.node.get(key) or self.node


@dataclass(frozen=True)
class Record(Shape[T]):
    """A group of known keys, built into a value of ours."""

    fields: Mapping[str, Key[Any]]
    build: Callable[[Found], T | None]

    def read(self, node: Node, reading: Reading) -> T | None:
        found = read_fields(node, self.fields, reading)
        return self.build(found) if found else None

    def schema(self, shared: Json) -> Json:
        return fields_schema(self.fields, shared)

    def key_docs(self) -> Iterator[KeyDoc]:
        yield from keys_of_fields(self.fields)


def read_fields(node: Node, fields: Mapping[str, Key[Any]], reading: Reading) -> Found | None:
    """Read every key of a record; None when it is no group of keys or a required key is missing or unusable."""
    if not isinstance(node, MapNode):
        reading.problem(node, f"{describe(node)} does not fit here", f"a group of keys: {listed(fields)}")
        return None
    found = Found(node, reading)
    for key, value in distinct_entries(node, reading):
        if key.text not in fields:
            _note_unknown(key, value, fields, reading)
        elif (read := fields[key.text].shape.read(value, reading)) is not None:
            found.values[key.text] = read
    return found if _has_required(found, fields) else None


def _note_unknown(key: ScalarNode, value: Node, fields: Mapping[str, Key[Any]], reading: Reading) -> None:
    if isinstance(value, ScalarNode) and value.empty and " " in key.text:
        allowed = f"quotes around text that holds a comma, or one of {listed(fields)}"
        reading.problem(key, f"'{shorten(key.text)}' stands alone after a comma", allowed)
    else:
        reading.unknown(key, "key", key.text, fields)


def distinct_entries(node: MapNode, reading: Reading) -> Iterator[tuple[ScalarNode, Node]]:
    """The entries of a map; a key written twice is a problem at its second place."""
    seen: dict[str, ScalarNode] = {}
    for key, value in node:
        if key.text in seen:
            reading.problem(
                key, f"key '{key.text}' is written twice, first in line {seen[key.text].line}", "one of them"
            )
        else:
            seen[key.text] = key
            yield key, value


def _has_required(found: Found, fields: Mapping[str, Key[Any]]) -> bool:
    required = [name for name, key in fields.items() if key.required]
    for name in required:
        if found.node.get(name) is None:
            found.reading.problem(found.node, f"key '{name}' is missing", fields[name].about)
    return all(name in found.values for name in required)


def fields_schema(fields: Mapping[str, Key[Any]], shared: Json) -> Json:
    """JSON Schema of a group of known keys."""
    properties = {name: {**key.shape.schema(shared), "description": key.about} for name, key in fields.items()}
    required = [name for name, key in fields.items() if key.required]
    schema: Json = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": required} if required else schema


def keys_of_fields(fields: Mapping[str, Key[Any]]) -> Iterator[KeyDoc]:
    for name, key in fields.items():
        yield name, key.about
        yield from (_below(name, doc) for doc in key.shape.key_docs())


def _below(name: str, doc: KeyDoc) -> KeyDoc:
    path, about = doc
    return (name + path if path.startswith("[]") else f"{name}.{path}"), about


@dataclass(frozen=True)
class ListOf(Shape[tuple[T, ...]]):
    """Items of one shape."""

    item: Shape[T]
    at_least: int = 1
    at_most: int | None = None

    def read(self, node: Node, reading: Reading) -> tuple[T, ...] | None:
        if not isinstance(node, ListNode):
            reading.unfit(node, "a list")
            return None
        if not self._fits(len(node.items)):
            reading.problem(node, f"a list of {len(node.items)}", self._allowed())
            return None
        read = [self.item.read(item, reading) for item in node.items]
        usable = tuple(item for item in read if item is not None)
        return usable if len(usable) >= self.at_least else None

    def _fits(self, n: int) -> bool:
        return n >= self.at_least and (self.at_most is None or n <= self.at_most)

    def _allowed(self) -> str:
        if self.at_least == self.at_most:
            return f"exactly {self.at_least}"
        return f"at least {self.at_least}" + (f", at most {self.at_most}" if self.at_most else "")

    def schema(self, shared: Json) -> Json:
        schema: Json = {"type": "array", "items": self.item.schema(shared), "minItems": self.at_least}
        return {**schema, "maxItems": self.at_most} if self.at_most is not None else schema

    def key_docs(self) -> Iterator[KeyDoc]:
        for path, about in self.item.key_docs():
            yield (f"[]{path}" if path.startswith("[]") else f"[].{path}"), about


@dataclass(frozen=True)
class MapOf(Shape[dict[str, T]]):
    """Names of one's own, each with a value of one shape, in written order."""

    key: Shape[str]
    value: Shape[T]
    at_least: int = 1
    at_most: int | None = None
    example: str = "name: value"

    def read(self, node: Node, reading: Reading) -> dict[str, T] | None:
        if not isinstance(node, MapNode):
            reading.unfit(node, f"a group of keys, as {{{self.example}}}")
            return None
        if len(node.entries) < self.at_least or (self.at_most and len(node.entries) > self.at_most):
            most = f", at most {self.at_most}" if self.at_most else ""
            reading.problem(node, f"a group of {len(node.entries)} keys", f"at least {self.at_least}{most}")
            return None
        usable = dict(self._entries(node, reading))
        return usable if len(usable) >= self.at_least else None

    def _entries(self, node: MapNode, reading: Reading) -> Iterator[tuple[str, T]]:
        for key, value in distinct_entries(node, reading):
            name, read = self.key.read(key, reading), self.value.read(value, reading)
            if name is not None and read is not None:
                yield name, read

    def schema(self, shared: Json) -> Json:
        names = {k: v for k, v in self.key.schema(shared).items() if k in {"pattern", "enum"}}
        limits: Json = {"minProperties": self.at_least} | ({"maxProperties": self.at_most} if self.at_most else {})
        named: Json = {"propertyNames": names} if names else {}
        return {"type": "object", "additionalProperties": self.value.schema(shared), **named, **limits}

    def key_docs(self) -> Iterator[KeyDoc]:
        yield from (_below("*", doc) for doc in self.value.key_docs())


def keys_of(shape: Shape[Any]) -> list[KeyDoc]:
    """Every key of a shape as (path, description), for documentation and its completeness test."""
    return list(dict(shape.key_docs()).items())
