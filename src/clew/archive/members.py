"""Which entities are known, and in which threads: derived from whatever names them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from clew.archive.layout import SUBJECT, Array
from clew.archive.pieces import Piece


def members(events: Piece, attributes: Piece, mentions: Piece) -> tuple[Array, Array]:
    """Return every pair (entity, thread) named by the tables of a bucket, once, sorted; threads must be settled."""
    pairs = [_pairs(events, name) for name in _namers(events)]
    pairs += [_pairs(table, "entity") for table in (attributes, mentions)]
    pairs += [_pairs(table, "party") for table in (attributes, mentions)]
    return unpacked(pairs)


def _namers(events: Piece) -> list[str]:
    return ["party", *(name for name in events.columns() if name.startswith(SUBJECT))]


def _pairs(table: Piece, name: str) -> Array:
    entity = table.column(name).astype(np.int64)
    return np.unique((entity << 32 | table.column("thread"))[entity >= 0])


def packed(entity: Array, thread: Array) -> Array:
    """Return pairs as one number each, to be made unique."""
    return entity.astype(np.int64) << 32 | thread


def unpacked(pairs: Iterable[Array]) -> tuple[Array, Array]:
    """Return distinct pairs, sorted, as (entity, thread)."""
    distinct = np.unique(np.concatenate([np.empty(0, np.int64), *pairs]))
    return (distinct >> 32).astype(np.int32), (distinct & 0xFFFFFFFF).astype(np.int32)
