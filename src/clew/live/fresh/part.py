"""Some threads of the log as a view of one bucket: gathered from the archive and the tail, as they were at a moment."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from clew.archive.layout import ATTRIBUTES, EVENTS, MEMBERS, MENTIONS, Array
from clew.archive.members import members, packed, unpacked
from clew.archive.model import Codes
from clew.archive.pieces import Chosen, Held, Joined, Piece
from clew.archive.reader import LogBucket
from clew.archive.truncation import in_order
from clew.clock import ALWAYS, NEVER
from clew.live.fresh.blocks import POSITION
from clew.live.fresh.entities import Entities
from clew.live.fresh.identity import Identity
from clew.live.fresh.links import Links
from clew.live.fresh.names import FreshNames
from clew.live.fresh.ranks import Ranked
from clew.live.fresh.stored import StoredRows
from clew.live.fresh.tail import Tail


@dataclass(frozen=True)
class Moment:
    """Where the log ends: rows that occurred by as_of and were told before a position of the tail; and who is who."""

    as_of: int
    before: int
    identity: Identity


@dataclass(frozen=True)
class Whole:
    """What views are cut from.

    names     dictionaries            stored   rows of the archive          tail  rows behind it
    entities  their kinds             links    who is linked with whom
    sources   where rows come from    subjects  kinds of things of accounts
    """

    names: FreshNames
    stored: StoredRows
    tail: Tail
    entities: Entities
    links: Links
    sources: Ranked
    subjects: frozenset[str]


class Gathering:
    """The rows of some threads, rising, at a moment."""

    def __init__(self, whole: Whole, moment: Moment, threads: Array) -> None:
        self._whole, self._moment, self.threads = whole, moment, threads
        self.parties = moment.identity.parties(threads)
        self._homes = whole.stored.by_bucket(self._stored_threads())

    def _stored_threads(self) -> Array:
        """Threads of the archive that hold rows of these parties."""
        stored = self._moment.identity.stored.threads
        moved = self._moment.identity.moved_into(self.threads)
        same, moved = self.threads[self.threads < len(stored)], moved[moved < len(stored)]
        return np.union1d(same, stored[moved])

    def table(self, name: str) -> Joined:
        """The rows of a table, in its order."""
        joined = Joined(name, [*self._archived(name), *self._told(name)])
        joined.replace("thread", self._moment.identity.threads[joined.column("party")])
        return in_order(joined)

    def _archived(self, name: str) -> list[Piece]:
        found: list[Piece] = []
        for number, threads in self._homes:
            table = self._whole.stored.table(number, name)
            if len(table):
                rows = self._whole.stored.index(number, name).rows(threads)
                rows = rows[table.column("at")[rows] <= self._moment.as_of]
                found.append(self._chosen(table, self._in_threads(table, rows, threads)))
        return found

    def _in_threads(self, table: Piece, rows: Array, threads: Array) -> Array:
        """Leave out rows of parties that are in other threads now."""
        if not len(self._moment.identity.torn) or not np.isin(threads, self._moment.identity.torn).any():
            return rows
        return rows[np.isin(table.column("party")[rows], self.parties)]

    def _chosen(self, table: Piece, rows: Array) -> Piece:
        table = self._whole.sources.ranked(table)
        return Chosen(table, rows)

    def _told(self, name: str) -> list[Piece]:
        found: list[Piece] = []
        for rows in self._whole.tail.rows(name, self.parties):
            held = rows.column("at") <= self._moment.as_of
            if self._moment.before < self._whole.tail.position:
                held &= rows.column(POSITION) < self._moment.before
            found.append(self._chosen(_Unplaced(rows), np.flatnonzero(held)))
        return found


class _Unplaced:
    """Rows of the tail as rows of the log: positions are nobody's business there."""

    def __init__(self, piece: Piece) -> None:
        self._piece = piece

    def __len__(self) -> int:
        return len(self._piece)

    def columns(self) -> set[str]:
        return {*self._piece.columns()} - {POSITION}

    def column(self, name: str) -> Array:
        return self._piece.column(name)


class Once:
    """Rows whose columns are worked out once."""

    def __init__(self, piece: Piece) -> None:
        self._piece = piece
        self._known: dict[str, Array] = {}

    def __len__(self) -> int:
        return len(self._piece)

    def columns(self) -> Collection[str]:
        return self._piece.columns()

    def column(self, name: str) -> Array:
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._piece.column(name)
        return found


class PartView:
    """A view of some threads alone; `LogView` says what is what. Columns are gathered on first use."""

    def __init__(self, whole: Whole, moment: Moment, threads: Array, *, generation: int) -> None:
        self._whole, self.moment, self.threads = whole, moment, threads
        self.as_of, self.known_at, self.generation = moment.as_of, NEVER, generation
        self.names, self.sources, self.subject_kinds = whole.names, whole.sources.names, whole.subjects
        self._gathering = Gathering(whole, moment, threads)
        self.bucket = LogBucket(0, self._table)

    def buckets(self) -> Sequence[LogBucket]:
        return (self.bucket,)

    def _table(self, name: str) -> Piece:
        if name == MEMBERS:
            entity, thread = members(*(self.bucket.table(each) for each in (EVENTS, ATTRIBUTES, MENTIONS)))
            return Held(MEMBERS, {"entity": entity, "thread": thread})
        return Once(self._gathering.table(name))

    @cached_property
    def undated(self) -> frozenset[str]:
        table = self.bucket.table(ATTRIBUTES)
        codes = np.unique(table.column("name")[table.column("at") == ALWAYS])
        return frozenset(self.names["attribute"].text(code) for code in codes.tolist())

    @cached_property
    def members(self) -> tuple[Codes, Codes]:
        """Every known entity with each thread it is in, once; sorted by entity."""
        named = self.bucket.table(MEMBERS)
        ends = self._linked()
        linked = packed(ends, self.moment.identity.threads[ends])
        return unpacked([packed(named.column("entity"), named.column("thread")), linked])

    def _linked(self) -> Array:
        parties = self._gathering.parties
        ends = self._whole.links.ends(as_of=self.as_of, before=self.moment.before)
        return parties[np.isin(parties, ends)] if len(ends) else ends

    def entity_kinds(self) -> dict[str, int]:
        return self._whole.entities.count(np.unique(self.members[0]))

    def threads_of(self, kind: str) -> tuple[Codes, Codes]:
        entity, thread = self.members
        chosen = self._whole.entities.are(entity, kind)
        return entity[chosen], thread[chosen]
