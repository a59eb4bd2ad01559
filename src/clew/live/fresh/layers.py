"""The log as layers: the archive below, above it threads gathered anew; what lies above hides what lies below.

A thread that changes is gathered into a new layer on top, so a view after some new rows costs what their threads hold,
not what the log holds. Small layers on top are gathered together again, so that there are never many.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from itertools import pairwise

import numpy as np

from clew.archive.layout import Array
from clew.archive.members import packed, unpacked
from clew.archive.model import Codes
from clew.archive.reader import LogBucket, View
from clew.archive.truncation import Cut
from clew.clock import NEVER
from clew.live.fresh.masks import Index, bucket_without
from clew.live.fresh.part import PartView, Whole
from clew.live.fresh.standing import Standing
from clew.live.fresh.stored import ByThread

SETTLED = 300_000  # events; a layer that holds more is gathered again only when half of its threads are gone


@dataclass(eq=False)
class Layer:
    """Buckets with their threads.

    buckets  of the archive, or one           indexes   rows of each, by thread
    members  every known entity, with its thread        undated  attributes without a date
    place    gives the bucket of each of some threads   threads  all of them, rising
    gone     threads that a layer above holds, or that are no more; rising
    """

    buckets: Sequence[LogBucket]
    indexes: Sequence[Index]
    members: Callable[[], tuple[Codes, Codes]]
    undated: Callable[[], frozenset[str]]
    place: Callable[[Array], Array]
    threads: Array
    gone: Array = field(default_factory=lambda: np.empty(0, np.int32))
    cut: dict[int, tuple[Array, LogBucket]] = field(default_factory=dict)

    @property
    def events(self) -> int:
        return sum(len(bucket) for bucket in self.buckets)

    def hide(self, threads: Array) -> None:
        """Let those of some threads go that are here."""
        mine = threads[np.isin(threads, self.threads)]
        if len(mine):
            self.gone = np.union1d(self.gone, mine).astype(np.int32)

    def remaining_threads(self) -> Array:
        """The threads that are still here."""
        here: Array = self.threads[~np.isin(self.threads, self.gone)]
        return here

    def gone_from(self) -> list[Array]:
        """The threads that are gone, by bucket."""
        if len(self.buckets) < 2:
            return [self.gone for _ in self.buckets]
        place = self.place(self.gone)
        order = np.argsort(place, kind="stable")
        bounds = np.searchsorted(place[order], np.arange(len(self.buckets) + 1))
        return [self.gone[order[lo:hi]] for lo, hi in pairwise(bounds.tolist())]

    def remaining(self) -> list[LogBucket]:
        """The buckets without what is gone; those from which nothing went since are the same as before."""
        return [self._without(number, gone) for number, gone in enumerate(self.gone_from())]

    def _without(self, number: int, gone: Array) -> LogBucket:
        if not len(gone):
            return self.buckets[number]
        known = self.cut.get(number)
        if known is None or not np.array_equal(known[0], gone):
            known = self.cut[number] = (gone, bucket_without(self.buckets[number], self.indexes[number], gone))
        return known[1]


class Layers:
    """The layers of one generation, kept up with what is learnt and with time; the last one is the newest.

    before  rows of the tail from this position on are left out, for good; None: none is
    """

    def __init__(self, standing: Standing, as_of: int, before: int | None = None) -> None:
        self.standing, self.before = standing, before
        self.moment = standing.moment(as_of, before)
        mapped = as_of >= standing.manifest.loaded_at
        self._moves = mapped and before is None
        if mapped:
            view, changed = View(standing.stored.generation, Cut(NEVER, NEVER)), standing.changed(self.moment).gone
        else:
            view = View(standing.stored.generation, Cut(as_of, NEVER))
            changed = standing.differing(self.moment, view.threads)
        self.layers = [_archived(standing, view)]
        self._known: Known | None = None
        self._raise(changed)

    @property
    def as_of(self) -> int:
        return self.moment.as_of

    def may_follow(self, as_of: int) -> bool:
        """Whether the layers can be kept up to there: time goes forward, and the past stays what it was asked for."""
        return as_of == self.as_of or (self._moves and as_of > self.as_of)

    def follow(self, as_of: int, more: Array | None = None) -> None:
        """Take up what was learnt since, and what lay in the future until now.

        as_of  not before the one up to which the layers are    more  threads to be gathered anew besides
        """
        former, standing = self.moment, self.standing
        self.moment = now = standing.moment(as_of, self.before)
        parties = [standing.tail.parties(former.before, now.before)]
        if as_of > former.as_of:
            parties.append(standing.coming(former, as_of))
        found = [now.identity.threads[party] for party in parties] + ([] if more is None else [more])
        if now.identity is not former.identity:
            found.append(now.identity.changes(former.identity))
        self._raise(np.unique(np.concatenate(found)).astype(np.int32))

    def _raise(self, threads: Array) -> None:
        """Gather threads into a new layer, together with small layers on top."""
        if not len(threads):
            return
        while self._is_small(self.layers[-1], len(threads)):
            threads = np.union1d(threads, self.layers.pop().remaining_threads())
        for layer in self.layers:
            layer.hide(threads)
        threads = np.union1d(threads, self._abandoned())
        self._known = None
        present = threads[self.moment.identity.threads[threads] == threads].astype(np.int32)
        if len(present):
            self.layers.append(_gathered(self.standing.part(present, self.moment)))

    def _abandoned(self) -> Array:
        """Drop layers from which most threads went; return the threads that are left of them."""
        archive, *others = self.layers
        left = [layer for layer in others if 2 * len(layer.gone) > len(layer.threads)]
        self.layers = [archive, *(layer for layer in others if layer not in left)]
        return np.concatenate([np.empty(0, np.int32), *(layer.remaining_threads() for layer in left)])

    def _is_small(self, layer: Layer, threads: int) -> bool:
        return layer is not self.layers[0] and len(layer.threads) <= 2 * threads and layer.events <= SETTLED

    def view(self) -> LayeredView:
        """The whole log as it is now."""
        if self._known is None:
            self._known = Known(self.layers)
        return LayeredView(self.standing, self._known, self.as_of, before=self.before)


def _archived(standing: Standing, view: View) -> Layer:
    """The archive: as it is mapped, or cut."""
    stored = standing.stored
    buckets = [_ranked(standing.whole, bucket) for bucket in view.buckets()]
    mapped = view.as_of == NEVER
    return Layer(
        buckets=buckets,
        indexes=[partial(stored.index, number) if mapped else _index(each) for number, each in enumerate(buckets)],
        members=lambda: view.members,
        undated=lambda: view.undated,
        place=stored.homes,
        threads=np.arange(len(standing.identity.stored.threads), dtype=np.int32),
    )


def _ranked(whole: Whole, bucket: LogBucket) -> LogBucket:
    return LogBucket(bucket.number, lambda table: whole.sources.ranked(bucket.table(table)))


def _gathered(part: PartView) -> Layer:
    """Threads gathered anew."""
    return Layer(
        buckets=[part.bucket],
        indexes=[_index(part.bucket)],
        members=lambda: part.members,
        undated=lambda: part.undated,
        place=lambda threads: np.zeros(len(threads), np.int64),
        threads=part.threads,
    )


def _index(bucket: LogBucket) -> Index:
    @cache
    def index(table: str) -> ByThread:
        return ByThread(bucket.table(table).column("thread"), sorted_=True)

    return index


class Known:
    """What layers hold together at one time; it stays what it is when further layers come."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self._layers = [(layer, layer.gone) for layer in layers]
        self.buckets = tuple(bucket for layer in layers for bucket in layer.remaining())

    @cached_property
    def undated(self) -> frozenset[str]:
        """Attributes of which some values carry no date."""
        return frozenset(name for layer, _ in self._layers for name in layer.undated())

    @cached_property
    def members(self) -> tuple[Codes, Codes]:
        """Every known entity with each thread it is in, once; sorted by entity."""
        parts = []
        for layer, gone in self._layers:
            entity, thread = layer.members()
            here = ~np.isin(thread, gone)
            parts.append(packed(entity[here], thread[here]))
        return unpacked(parts)


class LayeredView:
    """A view of layers, as `LogView` says; `before` as in `Layers`."""

    def __init__(self, standing: Standing, known: Known, as_of: int, *, before: int | None = None) -> None:
        self._known, self._entities, self.before = known, standing.whole.entities, before
        self.as_of, self.known_at, self.generation = as_of, NEVER, standing.manifest.generation
        whole = standing.whole
        self.names, self.sources, self.subject_kinds = whole.names, whole.sources.names, whole.subjects

    def buckets(self) -> Sequence[LogBucket]:
        return self._known.buckets

    @property
    def undated(self) -> frozenset[str]:
        return self._known.undated

    def entity_kinds(self) -> dict[str, int]:
        return self._entities.count(np.unique(self._known.members[0]))

    def threads_of(self, kind: str) -> tuple[Codes, Codes]:
        entity, thread = self._known.members
        chosen = self._entities.are(entity, kind)
        return entity[chosen], thread[chosen]
