"""The events of each subject one after another: what every figure of discovery is counted from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE, Bucket, Codes, LogView, Times
from clew.engine.ordered import Mask, Positions, segment_of_row, segment_starts

ACCOUNT = "account"


@dataclass(frozen=True)
class Track:
    """The events of one bucket by subject, each subject's in the total order.

    unit   (n,) number of the subject, rising from 0      units  how many subjects there are
    row    (n,) row of the bucket's events                event  (n,) code in "event"
    """

    bucket: Bucket
    unit: Positions
    units: int
    row: Positions
    event: Codes

    def __len__(self) -> int:
        return len(self.row)

    @property
    def at(self) -> Times:
        """(n,) when each event occurred."""
        return np.asarray(self.bucket.at)[self.row]

    def kept(self, keep: Mask) -> Track:
        """Some of the events; subjects that are left without any are no subjects any more."""
        unit = self.unit[keep]
        starts = segment_starts(unit)
        return Track(self.bucket, segment_of_row(starts), len(starts) - 1, self.row[keep], self.event[keep])


def tracks_of(view: LogView, kind: str) -> list[Track]:
    """Follow the subjects of a kind through the log, bucket by bucket; a subject lies in one bucket."""
    return [_track(bucket, kind) for bucket in view.buckets()]


def _track(bucket: Bucket, kind: str) -> Track:
    thread = np.asarray(bucket.thread)
    if kind == ACCOUNT:
        rows, starts = np.arange(len(thread)), segment_starts(thread)
    else:
        things = bucket.subject(kind)
        rows = np.flatnonzero(things != NO_CODE)
        key = (thread[rows].astype(np.int64) << 32) + things[rows]
        order = np.argsort(key, kind="stable")
        rows, starts = rows[order], segment_starts(key[order])
    return Track(bucket, segment_of_row(starts), len(starts) - 1, rows, np.asarray(bucket.event)[rows])


@dataclass(frozen=True)
class Window:
    """Which part of each subject's events is looked at.

    starts  from the first of these events on; none: from the first event of all
    ends    up to the first of these that follows; none: to the last event of all
    """

    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()

    def of(self, tracks: Sequence[Track], view: LogView) -> list[Track]:
        """The parts of the tracks that lie in the window."""
        starts, ends = _codes(view, self.starts), _codes(view, self.ends)
        return [_between(track, starts, ends) for track in tracks] if self.starts or self.ends else list(tracks)


def _codes(view: LogView, names: Sequence[str]) -> NDArray[np.int64]:
    return np.array([view.names["event"].code(name) for name in names], np.int64)


def _between(track: Track, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Track:
    place = np.arange(len(track))
    keep = np.ones(len(track), np.bool_)
    if len(starts):
        keep &= place >= _first(track, np.isin(track.event, starts))[track.unit]
    if len(ends):
        keep &= place <= _first(track, np.isin(track.event, ends) & keep)[track.unit]
    return track.kept(keep)


def _first(track: Track, mask: Mask) -> Positions:
    """(units,) the first place of each subject where the mask is true, beyond all places where none is."""
    first = np.full(track.units, len(track), np.int64)
    places = np.flatnonzero(mask)[::-1]
    first[track.unit[places]] = places
    return first
