"""The log as it was: rows cut by when they occurred and by when they were known, ended ones brought back to life."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clew.archive.layout import ATTRIBUTES, EVENTS, LIVES, SUPERSEDED, SUPERSEDED_ATTRIBUTES, Array
from clew.archive.moving import Moved, Tables
from clew.archive.pieces import Chosen, Joined, Piece
from clew.clock import NEVER
from clew.events.order import order_of_attributes, order_of_events


@dataclass(frozen=True)
class Cut:
    """A moment of the log: what occurred by `as_of`, as it was known at `known_at` (microseconds UTC)."""

    as_of: int
    known_at: int

    def holds(self, table: Piece) -> Array:
        """Say of each row whether it belongs to the log at this moment; columns at, known, until."""
        held: Array = (table.column("at") <= self.as_of) & (table.column("known") <= self.known_at)
        if "until" not in table.columns():
            return held
        until = table.column("until")
        held &= (until > self.known_at) | (until == NEVER)
        return held


def cut_table(
    tables: Tables,
    number: int,
    name: str,
    cut: Cut,
    *,
    moved: Moved,
    threads: Array | None,
    homes: Array | None,
) -> Joined:
    """Return a table of a bucket at a moment, sorted.

    threads, homes  canonical entity and bucket of each entity at that moment; None: as stored
    moved           rows of other buckets that belong to this one then
    """
    pieces: list[Piece] = []
    for part in (name, LIVES[name]):
        pieces += [_held(_at_home(tables(number, part), number, homes), cut), *_moved_in(moved, number, part, cut)]
    joined = Joined(name, pieces)
    if threads is not None:
        joined.replace("thread", threads[joined.column("party")])
    return in_order(joined)


def in_order(table: Joined) -> Joined:
    """Sort the rows of a table by the order it is kept in; its threads must be settled."""
    if table.table in (EVENTS, SUPERSEDED):
        table.hold("thread", "at")
        table.reorder(order_of_events(table.column))
    elif table.table in (ATTRIBUTES, SUPERSEDED_ATTRIBUTES):
        table.reorder(order_of_attributes(table.column))
    return table


def _at_home(table: Piece, number: int, homes: Array | None) -> Piece:
    if homes is None or not len(table):
        return table
    return Chosen(table, np.flatnonzero(homes[table.column("party")] == number))


def _moved_in(moved: Moved, number: int, name: str, cut: Cut) -> list[Piece]:
    return [_held(piece, cut) for piece in moved.get((number, name), [])]


def _held(table: Piece, cut: Cut) -> Piece:
    return Chosen(table, np.flatnonzero(cut.holds(table)))
