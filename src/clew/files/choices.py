"""Shapes that decide by what is written: by the kind of node, by a key that tells the form, and named ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from clew.files.reading import Reading, listed
from clew.files.shapes import (
    Found,
    Json,
    Key,
    KeyDoc,
    ListOf,
    Record,
    Shape,
    fields_schema,
    keys_of_fields,
    read_fields,
)
from clew.files.tree import ListNode, MapNode, Node, ScalarNode, describe

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Either(Shape[T]):
    """One shape for a single value, another for a list, another for a group of keys; those not given do not fit."""

    allowed: str
    scalar: Shape[Any] | None = None
    items: Shape[Any] | None = None
    group: Shape[Any] | None = None
    make: Callable[[Any], T] = lambda value: value  # brings the forms to one type

    def read(self, node: Node, reading: Reading) -> T | None:
        by_node = {ScalarNode: self.scalar, ListNode: self.items, MapNode: self.group}
        shape = by_node[type(node)]
        if shape is None:
            reading.unfit(node, self.allowed)
            return None
        value = shape.read(node, reading)
        return None if value is None else self.make(value)

    def _given(self) -> list[Shape[Any]]:
        return [shape for shape in (self.scalar, self.items, self.group) if shape]

    def schema(self, shared: Json) -> Json:
        return {"anyOf": [shape.schema(shared) for shape in self._given()]}

    def key_docs(self) -> Iterator[KeyDoc]:
        for shape in self._given():
            yield from shape.key_docs()


@dataclass(frozen=True)
class OneOrList(Shape[tuple[T, ...]]):
    """A single item, or a list of them; always a tuple."""

    item: Shape[T]

    def read(self, node: Node, reading: Reading) -> tuple[T, ...] | None:
        if isinstance(node, ListNode):
            return ListOf(self.item).read(node, reading)
        value = self.item.read(node, reading)
        return None if value is None else (value,)

    def schema(self, shared: Json) -> Json:
        return {"anyOf": [self.item.schema(shared), ListOf(self.item).schema(shared)]}

    def key_docs(self) -> Iterator[KeyDoc]:
        yield from self.item.key_docs()


@dataclass(frozen=True)
class Forms(Shape[T]):
    """A group of keys that has several forms; one key tells which.

    what     what it is, for messages: "condition"
    forms    telling key -> its record, which has that key among its own
    foreign  telling keys that exist elsewhere but not here -> why
    """

    what: str
    forms: Mapping[str, Record[T]]
    foreign: Mapping[str, str]

    def read(self, node: Node, reading: Reading) -> T | None:
        form = self.form_of(node, reading)
        return self.forms[form].read(node, reading) if form and isinstance(node, MapNode) else None

    def form_of(self, node: Node, reading: Reading, beside: Mapping[str, Key[Any]] | None = None) -> str:
        """The telling key that is written; "" after noting why there is not exactly one."""
        if not isinstance(node, MapNode):
            reading.problem(node, f"{describe(node)} is no {self.what}", f"a group with one of {listed(self.forms)}")
            return ""
        written = list(dict.fromkeys(key.text for key, _ in node if key.text in self.forms))
        if len(written) == 1:
            return written[0]
        if written:
            second = next(key for key, _ in node if key.text == written[1])
            wrong = f"'{written[0]}' and '{written[1]}' are two {self.what}s in one"
            reading.problem(second, wrong, f"one {self.what}, or both as a list under 'all' or 'any'")
        else:
            self._note_no_form(node, reading, beside or {})
        return ""

    def _note_no_form(self, node: MapNode, reading: Reading, beside: Mapping[str, Key[Any]]) -> None:
        known = {*beside, *(name for form in self.forms.values() for name in form.fields)}
        strange = [key for key, _ in node if key.text not in known]
        for key in strange:
            if key.text in self.foreign:
                reading.problem(key, f"'{key.text}' cannot stand here: {self.foreign[key.text]}", listed(self.forms))
            else:
                reading.unknown(key, "key", key.text, [*self.forms, *sorted(known - {*self.forms})])
        if not strange:
            wrong = f"an empty {self.what}" if not node.entries else f"no {self.what}"
            reading.problem(node, wrong, f"one of {listed(self.forms)}")

    def schema(self, shared: Json) -> Json:
        return {"anyOf": [form.schema(shared) for form in self.forms.values()]}

    def key_docs(self) -> Iterator[KeyDoc]:
        for form in self.forms.values():
            yield from form.key_docs()


@dataclass(frozen=True)
class Beside(Shape[R]):
    """The keys of a form and further ones beside them, built together."""

    forms: Forms[Any]
    fields: Mapping[str, Key[Any]]
    build: Callable[[Any, Found], R | None]

    def read(self, node: Node, reading: Reading) -> R | None:
        form = self.forms.form_of(node, reading, self.fields)
        if not form or not isinstance(node, MapNode):
            return None
        record = self.forms.forms[form]
        found = read_fields(node, {**record.fields, **self.fields}, reading)
        value = record.build(found) if found else None
        return self.build(value, found) if found and value is not None else None

    def schema(self, shared: Json) -> Json:
        forms = self.forms.forms.values()
        return {"anyOf": [fields_schema({**form.fields, **self.fields}, shared) for form in forms]}

    def key_docs(self) -> Iterator[KeyDoc]:
        yield from keys_of_fields(self.fields)


class Shared(Shape[T], Generic[T]):
    """A shape with a name of its own, which may hold itself.

    flat  it never holds itself, so its keys are told wherever it is used; else only by asking `shape`
    """

    def __init__(self, name: str, make: Callable[[], Shape[T]], *, flat: bool = False) -> None:
        self.name = name
        self.flat = flat
        self._make = make

    @cached_property
    def shape(self) -> Shape[T]:
        return self._make()

    def read(self, node: Node, reading: Reading) -> T | None:
        return self.shape.read(node, reading)

    def schema(self, shared: Json) -> Json:
        if self.name not in shared:
            shared[self.name] = {}  # stands before its own content is asked for, so that it may refer to itself
            shared[self.name] = self.shape.schema(shared)
        return {"$ref": f"#/$defs/{self.name}"}

    def key_docs(self) -> Iterator[KeyDoc]:
        yield from self.shape.key_docs() if self.flat else ()
