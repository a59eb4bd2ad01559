"""Which ids can stand in the tables of the operational data: a source may send what no database takes as a key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

MOST_BYTES = 1_000  # of a thread or a subject: both stand in one key, of which PostgreSQL takes 2,700 bytes


def is_storable(text: str) -> bool:
    """Say whether a text can be a key."""
    return "\0" not in text and (len(text) <= MOST_BYTES // 4 or len(text.encode("utf-8", "replace")) <= MOST_BYTES)


def storable(texts: Iterable[str]) -> Iterator[str]:
    """Leave out texts that cannot be keys: they have no live state, and nothing waits for them."""
    return filter(is_storable, texts)
