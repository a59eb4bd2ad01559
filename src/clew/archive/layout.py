"""Which tables a bucket holds, which columns they have, and what stands where a column is absent on disk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from clew.archive.model import NO_CODE, NO_VALUE
from clew.clock import NEVER

Array = NDArray[Any]

EVENTS = "events"
SUPERSEDED = "superseded"
ATTRIBUTES = "attributes"
SUPERSEDED_ATTRIBUTES = "superseded-attributes"
MENTIONS = "mentions"  # rows that tell of no event: who they are about
SUPERSEDED_MENTIONS = "superseded-mentions"
MEMBERS = "members"  # derived: every entity of a bucket's threads, once

LIVES = {EVENTS: SUPERSEDED, ATTRIBUTES: SUPERSEDED_ATTRIBUTES, MENTIONS: SUPERSEDED_MENTIONS}  # in force -> ended
TABLES = (*LIVES, *LIVES.values())
LINKS = "links"  # of the whole log, ended ones with their end
ENTITIES = "entities"  # of the whole log, by code
ROWS = "rows"  # keys of the rows in force, by source

SUBJECT = "subject:"  # column "subject:<kind>"
PROPERTY = "property:"  # column and dictionary "property:<name>"
ATTRIBUTE = "attribute:"  # dictionary "attribute:<name>"

EVENTS_PER_BUCKET = 500_000  # at most on average: 250,000 to 500,000 in a log of more than one bucket


@dataclass(frozen=True)
class Column:
    """How a column is kept: its type (None: the narrowest for its codes) and the value that needs no file."""

    dtype: DTypeLike | None
    absent: int


_ENTITY = Column(np.int32, NO_CODE)
_CODE = Column(None, NO_CODE)
_TIME = Column(np.int64, 0)
_HASH = Column(np.uint64, 0)

_COLUMNS: dict[str, Column] = {
    "thread": _ENTITY,
    "party": _ENTITY,
    "entity": _ENTITY,
    "contact": _ENTITY,
    "at": _TIME,
    "known": _TIME,
    "until": Column(np.int64, NEVER),
    "day": Column(np.bool_, 0),
    "source": Column(np.uint8, 0),
    "place": Column(np.uint8, 0),
    "sequence": Column(np.int64, 0),
    "row_hi": _HASH,
    "row_lo": _HASH,
    "hi": _HASH,
    "lo": _HASH,
    "content": _HASH,
    "file": Column(np.int32, 0),
    "left": _ENTITY,
    "right": _ENTITY,
    "word": Column(np.uint8, 0),  # clew.archive.words
    "hash": Column(np.uint32, 0),
    "kind": Column(np.int32, NO_CODE),
}


def column_of(table: str, name: str) -> Column:
    """Return how a column of a table is kept."""
    if name == "value" and table in (EVENTS, SUPERSEDED):
        return Column(np.int64, NO_VALUE)
    if name.startswith(SUBJECT):
        return _ENTITY
    return _COLUMNS.get(name, _CODE)


def absent(table: str, name: str, length: int) -> Array:
    """Return a column in which nothing is said."""
    column = column_of(table, name)
    return np.full(length, column.absent, column.dtype or np.int8)


def narrowed(table: str, name: str, values: Array) -> Array:
    """Return values in the type in which they are kept; codes in the narrowest signed type that holds them."""
    column = column_of(table, name)
    if column.dtype is not None:
        return np.ascontiguousarray(values, column.dtype)
    top = int(values.max()) if len(values) else 0
    return np.ascontiguousarray(values, np.int8 if top < 2**7 else np.int16 if top < 2**15 else np.int32)


def number_of_buckets(events: int, per_bucket: int = EVENTS_PER_BUCKET) -> int:
    """Return the power of two that leaves at most `per_bucket` events in an average bucket."""
    buckets = 1
    while events > buckets * per_bucket:
        buckets *= 2
    return buckets
