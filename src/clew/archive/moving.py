"""Rows that change their bucket because identity changed: found once, then taken where they belong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

import numpy as np

from clew.archive.layout import TABLES, Array
from clew.archive.pieces import Chosen, Piece

Tables = Callable[[int, str], Piece]
Moved = Mapping[tuple[int, str], list[Piece]]


def moved_rows(tables: Tables, buckets: Iterable[int], homes: Array, former_buckets: int) -> Moved:
    """Return, by (bucket, table), the rows that come from another bucket than the one they grew from.

    tables          gives a stored table by bucket number and name
    buckets         stored buckets that may hold rows which leave
    homes           bucket of each entity by the new identity
    former_buckets  how many there were: bucket b of more grew from b % former_buckets
    """
    moved: dict[tuple[int, str], list[Piece]] = defaultdict(list)
    for number in buckets:
        for name in TABLES:
            table = tables(number, name)
            if not len(table):
                continue
            home = homes[table.column("party")]
            leaving = np.flatnonzero(home % former_buckets != number)
            for target in np.unique(home[leaving]).tolist():
                moved[target, name].append(Chosen(table, leaving[home[leaving] == target]))
    return moved


def buckets_of_changed(former: Array, now: Array, former_homes: Array) -> set[int]:
    """Return the stored buckets of the entities whose thread is not what it was (entities of old come first)."""
    changed = np.flatnonzero(former != now[: len(former)])
    return set(np.unique(former_homes[changed]).tolist())
