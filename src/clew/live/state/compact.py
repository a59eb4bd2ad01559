"""A view of few threads with dictionaries of its own: what a fold asks of every text is asked of theirs alone.

The log's dictionaries of attributes and properties grow with the log: amounts, dates, free texts. A fold looks each
text up once, which is right for the whole log and would cost a round as much as the whole log does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, cast

import numpy as np

from clew.archive.model import NO_CODE, AttributeTable, Bucket, Codes, Dictionary, LogView, Names

_PROPERTY, _ATTRIBUTE = "property:", "attribute:"


def compact(view: LogView) -> LogView:
    """Return the same view of one bucket, its properties and attributes in codes of its own."""
    [bucket] = view.buckets()
    return cast(LogView, _View(view, bucket))


class _View:
    def __init__(self, view: LogView, bucket: Bucket) -> None:
        self._view = view
        self.names = _Names(view.names, bucket)
        self._buckets = (cast(Bucket, _Bucket(bucket, self.names)),)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._view, name)

    def buckets(self) -> Sequence[Bucket]:
        return self._buckets


class _Names:
    """The dictionaries of the log; those of properties and attributes cut down to what the bucket holds."""

    def __init__(self, names: Names, bucket: Bucket) -> None:
        self._names, self._bucket = names, bucket
        self._own: dict[str, _Own] = {}

    def __getitem__(self, name: str) -> Dictionary:
        return self.own(name) if name.startswith((_PROPERTY, _ATTRIBUTE)) else self._names[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def own(self, name: str) -> _Own:
        found = self._own.get(name)
        if found is None:
            found = self._own[name] = _Own(self._names[name], self._codes(name))
        return found

    def _codes(self, name: str) -> Codes:
        if name.startswith(_PROPERTY):
            return self._bucket.property(name.removeprefix(_PROPERTY))
        table = self._bucket.attributes
        code = self._names["attribute"].code(name.removeprefix(_ATTRIBUTE))
        value: Codes = np.asarray(table.value)[np.asarray(table.name) == code]
        return value


class _Own:
    """The texts of some codes of a dictionary; empty only where the whole dictionary is, for conditions ask that."""

    def __init__(self, dictionary: Dictionary, codes: Codes) -> None:
        used = np.unique(codes)
        used = used[used != NO_CODE]
        self._codes = used if len(used) or not len(dictionary) else np.zeros(1, np.int64)
        self._texts = [dictionary.text(code) for code in self._codes.tolist()]

    def __len__(self) -> int:
        return len(self._texts)

    def text(self, code: int) -> str:
        return self._texts[code]

    def texts(self) -> Sequence[str]:
        return self._texts

    def code(self, text: str) -> int:
        return self._texts.index(text) if text in self._texts else NO_CODE

    def recoded(self, codes: Codes) -> Codes:
        """Return codes of the log as codes of this dictionary."""
        return np.where(codes == NO_CODE, NO_CODE, np.searchsorted(self._codes, codes))


class _Bucket:
    def __init__(self, bucket: Bucket, names: _Names) -> None:
        self._bucket, self._names = bucket, names

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bucket, name)

    def __len__(self) -> int:
        return len(self._bucket)

    def property(self, name: str) -> Codes:
        return self._names.own(_PROPERTY + name).recoded(self._bucket.property(name))

    @cached_property
    def attributes(self) -> AttributeTable:
        return cast(AttributeTable, _Attributes(self._bucket.attributes, self._names))


class _Attributes:
    def __init__(self, table: AttributeTable, names: _Names) -> None:
        self._table, self._names = table, names

    def __getattr__(self, name: str) -> Any:
        return getattr(self._table, name)

    @cached_property
    def value(self) -> Codes:
        kind, value = np.asarray(self._table.name), np.asarray(self._table.value)
        recoded = np.full(len(value), NO_CODE, np.int64)
        for code in np.unique(kind).tolist():
            mine = kind == code
            name = _ATTRIBUTE + self._names["attribute"].text(code)
            recoded[mine] = self._names.own(name).recoded(value[mine])
        return recoded
