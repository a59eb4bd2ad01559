"""The whole log up to a moment: buckets of the archive as they are mapped, those that the tail touches made anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np

from clew.archive.layout import ATTRIBUTES, EVENTS, MEMBERS, MENTIONS, Array
from clew.archive.members import members, packed, unpacked
from clew.archive.model import Codes
from clew.archive.pieces import Held, Piece
from clew.archive.reader import LogBucket
from clew.clock import ALWAYS, NEVER
from clew.ids import stable_hash
from clew.live.fresh.part import Gathering, Moment, Whole
from clew.live.fresh.touching import Touched


class WholeView:
    """A view of the log, as `LogView` says. A thread lies in the bucket in which the archive would keep it."""

    def __init__(self, whole: Whole, moment: Moment, touched: Touched, *, generation: int) -> None:
        self._whole, self.moment, self._touched = whole, moment, touched
        self.as_of, self.known_at, self.generation = moment.as_of, NEVER, generation
        self.names, self.sources, self.subject_kinds = whole.names, whole.sources.names, whole.subjects
        self._count = max(whole.stored.buckets, 1)

    def buckets(self) -> Sequence[LogBucket]:
        return self._buckets

    @cached_property
    def _buckets(self) -> tuple[LogBucket, ...]:
        return tuple(LogBucket(number, self._reader(number)) for number in range(self._count))

    @cached_property
    def _homes(self) -> Array:
        """Bucket of each touched thread."""
        threads, known = self._touched.threads, len(self.moment.identity.stored.threads)
        homes = np.empty(len(threads), np.int64)
        archived = threads < known
        homes[archived] = self._whole.stored.homes(threads[archived]) if self._whole.stored.buckets else 0
        texts = self._whole.names["entity"].text
        homes[~archived] = [stable_hash(texts(code)) % self._count for code in threads[~archived].tolist()]
        return homes

    @cached_property
    def _changed(self) -> set[int]:
        if self._touched.everything:
            return set(range(self._count))
        left = self._touched.left
        return {*self._homes.tolist(), *(self._whole.stored.homes(left).tolist() if len(left) else ())}

    def _reader(self, number: int) -> Callable[[str], Piece]:
        if number not in self._changed:
            return lambda table: self._whole.sources.ranked(self._whole.stored.table(number, table))
        gathering: list[Gathering] = []

        def read(table: str) -> Piece:
            if not gathering:
                gathering.append(Gathering(self._whole, self.moment, self._threads(number)))
            return self._members(number) if table == MEMBERS else gathering[0].table(table)

        return read

    def _threads(self, number: int) -> Array:
        """Threads of a bucket, at this moment."""
        stored = self._whole.stored
        found = [self._touched.threads[self._homes == number]]
        if stored.buckets:
            found += [stored.index(number, table).threads for table in (EVENTS, ATTRIBUTES, MENTIONS)]
        threads = np.unique(np.concatenate(found)).astype(np.int32)
        present: Array = threads[self.moment.identity.threads[threads] == threads]
        return present

    def _members(self, number: int) -> Piece:
        bucket = self._buckets[number]
        entity, thread = members(*(bucket.table(name) for name in (EVENTS, ATTRIBUTES, MENTIONS)))
        return Held(MEMBERS, {"entity": entity, "thread": thread})

    @cached_property
    def undated(self) -> frozenset[str]:
        codes: set[int] = set()
        for bucket in self._buckets:
            table = bucket.table(ATTRIBUTES)
            codes.update(np.unique(table.column("name")[table.column("at") == ALWAYS]).tolist())
        return frozenset(self.names["attribute"].text(code) for code in codes)

    @cached_property
    def members(self) -> tuple[Codes, Codes]:
        """Every known entity with each thread it is in, once; sorted by entity."""
        tables = [bucket.table(MEMBERS) for bucket in self._buckets]
        ends = self._whole.links.ends(as_of=self.as_of, before=self.moment.before)
        linked = packed(ends, self.moment.identity.threads[ends])
        return unpacked([packed(table.column("entity"), table.column("thread")) for table in tables] + [linked])

    def entity_kinds(self) -> dict[str, int]:
        return self._whole.entities.count(np.unique(self.members[0]))

    def threads_of(self, kind: str) -> tuple[Codes, Codes]:
        entity, thread = self.members
        chosen = self._whole.entities.are(entity, kind)
        return entity[chosen], thread[chosen]
