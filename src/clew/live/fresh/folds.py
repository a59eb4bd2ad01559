"""Journeys folded over layers: each layer once; threads that time alone changes meanwhile are gathered and folded anew.

A fold up to A is the fold up to a later B of every thread that has no row, no end by time and no planned start in
(A, B], and no instant there that a date names and that might reopen a run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from clew.archive.layout import Array
from clew.archive.model import Codes, LogView, Times
from clew.archive.reader import LogBucket
from clew.clock import NEVER
from clew.conditions.happening import leaves
from clew.conditions.model import Date, Segment
from clew.engine.compiled import fast_enough
from clew.engine.fold import fold
from clew.engine.model import Folded, FoldedBucket
from clew.engine.stream import NO_DATE, build_stream, conditions_of
from clew.engine.terms import Terms
from clew.firm.model import Firm
from clew.journeys.model import Journey
from clew.live.fresh.layers import Known, Layer, LayeredView, Layers
from clew.live.fresh.masks import fold_without

MANY = 0.05  # share of the threads of a layer from which on it is folded anew as a whole
COMPILED_FROM = 5_000  # events, where the archive is so large that loading numba pays

Kept = Callable[[], Folded | None]


@dataclass(eq=False)
class FoldedLayer:
    """A fold of the buckets of a layer, those of its threads included that are gone by now.

    as_of  up to which it was folded
    at, thread  instants after that at which something changes by itself, rising, and in which thread
    """

    layer: Layer
    parts: Sequence[FoldedBucket]
    as_of: int
    at: Times
    thread: Codes
    _cut: dict[int, tuple[Array, FoldedBucket]] = field(default_factory=dict)

    def crossing(self, as_of: int) -> Array:
        """Threads that are here and that time alone changes until then."""
        some = np.unique(self.thread[: np.searchsorted(self.at, as_of, "right")])
        return some[~np.isin(some, self.layer.gone)]

    def remaining(self) -> list[FoldedBucket]:
        """The fold of what remains of the layer's buckets."""
        triples = zip(self.parts, self.layer.remaining(), self.layer.gone_from(), strict=True)
        return [self._without(number, *each) for number, each in enumerate(triples)]

    def _without(self, number: int, part: FoldedBucket, bucket: LogBucket, gone: Array) -> FoldedBucket:
        if not len(gone):
            return part
        known = self._cut.get(number)
        if known is None or not np.array_equal(known[0], gone):
            cut = fold_without(part, bucket, self.layer.indexes[number], gone)
            known = self._cut[number] = (gone, cut)
        return known[1]


class JourneyFolds:
    """One journey folded over layers, kept up with them.

    kept  gives a fold of the archive alone that was kept, up to its latest event; None where there is none
    """

    def __init__(self, journey: Journey, firm: Firm, layers: Layers, kept: Kept) -> None:
        self.journey, self.firm, self._layers = journey, firm, layers
        self._folded: dict[Layer, FoldedLayer] = {}
        self._take_kept(kept)

    def _take_kept(self, kept: Kept) -> None:
        folded = kept()
        if folded is None or folded.view.as_of > self._layers.as_of:
            return
        layer, as_of = self._layers.layers[0], folded.view.as_of
        party, at = self._layers.standing.stored.later(as_of)
        rows = at, self._layers.standing.identity.stored.threads[party]
        parts = [replace(part, bucket=bucket) for part, bucket in zip(folded.buckets, layer.buckets, strict=True)]
        self._folded[layer] = self._layer(layer, parts, as_of, [rows])

    def fold(self) -> Folded:
        """Fold up to where the layers are."""
        crossing = np.unique(np.concatenate([self._settle(layer) for layer in self._layers.layers]))
        if len(crossing):
            self._layers.follow(self._layers.as_of, crossing.astype(np.int32))
        layers = self._layers.layers
        for layer in layers:
            self._settle(layer)
        self._folded = {layer: self._folded[layer] for layer in layers}
        parts = [part for layer in layers for part in self._folded[layer].remaining()]
        return Folded(self.journey, self._layers.view(), tuple(parts))

    def _settle(self, layer: Layer) -> Array:
        """Fold a layer where it was not yet, or is worth it; return threads of it that time has changed since."""
        known, as_of = self._folded.get(layer), self._layers.as_of
        if known is not None:
            crossing = known.crossing(as_of)
            if len(crossing) <= max(MANY * len(layer.threads), 10):
                return crossing
        self._folded[layer] = self._layer(layer, self._fold(layer).buckets, as_of, [])
        return np.empty(0, np.int32)

    def _fold(self, layer: Layer) -> Folded:
        large = fast_enough(self._layers.layers[0].events)  # then numba is worth loading, and serves small layers too
        return fold(
            self._seen(layer), self.journey, self.firm, compiled=(large and layer.events >= COMPILED_FROM) or None
        )

    def _seen(self, layer: Layer) -> LogView:
        alone = replace(layer, gone=np.empty(0, np.int32), cut={})
        return LayeredView(self._layers.standing, Known([alone]), self._layers.as_of)

    def _layer(
        self, layer: Layer, parts: Sequence[FoldedBucket], as_of: int, more: Sequence[tuple[Times, Codes]]
    ) -> FoldedLayer:
        clocks = [clock for part in parts for clock in _clocks(part)] + [*more]
        if _may_reopen_by_date(self.journey):
            clocks += self._dates(layer, as_of)
        at = np.concatenate([np.empty(0, np.int64), *(instants for instants, _ in clocks)])
        thread = np.concatenate([np.empty(0, np.int32), *(threads for _, threads in clocks)])
        order = np.argsort(at, kind="stable")
        return FoldedLayer(layer, parts, as_of, at[order], thread[order])

    def _dates(self, layer: Layer, as_of: int) -> list[tuple[Times, Codes]]:
        terms, found = Terms(self._seen(layer), self.firm), []
        for bucket in layer.buckets:
            stream = build_stream(bucket, terms, self.journey.subject, conditions_of(self.journey))
            rows = np.flatnonzero((stream.date != NO_DATE) & (stream.at > as_of))
            found.append((stream.at[rows], stream.units.thread[stream.unit[rows]]))
        return found


def _clocks(part: FoldedBucket) -> list[tuple[Times, Codes]]:
    runs, planned = part.runs, part.planned
    waiting = np.flatnonzero(np.asarray(runs.due) != NEVER)
    return [(runs.due[waiting], runs.thread[waiting]), (planned.start, planned.thread)]


def _may_reopen_by_date(journey: Journey) -> bool:
    """Whether a date might let an ended run go on: no run says when, as runs that ended wait for nothing."""
    entries = [leaf for stage in journey.stages for leaf in leaves(stage.enter)]
    return any(end.reopens for end in journey.ends) and any(isinstance(leaf, Date | Segment) for leaf in entries)
