"""In which order a file writes the keys of a group, as its shape knows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from clew.files.choices import Beside, Either, Forms, OneOrList, Shared
from clew.files.shapes import Key, ListOf, MapOf, Record, Shape
from clew.files.spans import Way


def keys_at(shape: Shape[Any], way: Way) -> Sequence[str]:
    """Return the keys that a group at a way may hold, in their order; none where the shape knows none."""
    found: Shape[Any] | None = shape
    for step in way:
        found = _below(found, step) if found is not None else None
    fields = _fields(found) if found is not None else None
    return tuple(fields or ())


def _below(shape: Shape[Any], step: str | int) -> Shape[Any] | None:
    if isinstance(shape, Shared):
        return _below(shape.shape, step)
    if isinstance(shape, Either):
        part = shape.items if isinstance(step, int) else shape.group
        return _below(part, step) if part is not None else None
    if isinstance(shape, ListOf | OneOrList):
        return shape.item if isinstance(step, int) else None
    if isinstance(shape, MapOf):
        return shape.value
    key = (_fields(shape) or {}).get(str(step))
    return key.shape if key is not None else None


def _fields(shape: Shape[Any]) -> Mapping[str, Key[Any]] | None:
    if isinstance(shape, Shared):
        return _fields(shape.shape)
    if isinstance(shape, Either):
        return _fields(shape.group) if shape.group is not None else None
    if isinstance(shape, Record):
        return shape.fields
    if isinstance(shape, Beside):
        return {**(_fields(shape.forms) or {}), **shape.fields}
    if isinstance(shape, Forms):
        return {name: key for form in shape.forms.values() for name, key in form.fields.items()}
    return None
