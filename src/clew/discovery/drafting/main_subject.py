"""Whose journey it is: the kind of thing, or the account, that most events are about."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clew.archive.model import NO_CODE, LogView
from clew.discovery.drafting.tracks import ACCOUNT


def events_by_kind(view: LogView, kinds: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Kind -> (different events, events); an event that is about some thing is not counted for the account."""
    size = len(view.names["event"])
    counts = {kind: np.zeros(size, np.int64) for kind in (ACCOUNT, *kinds)}
    for bucket in view.buckets():
        event = np.asarray(bucket.event)
        of_account = np.ones(len(event), np.bool_)
        for kind in kinds:
            about = np.asarray(bucket.subject(kind)) != NO_CODE
            counts[kind] += np.bincount(event[about], minlength=size)
            of_account &= ~about
        counts[ACCOUNT] += np.bincount(event[of_account], minlength=size)
    return {kind: (int(np.count_nonzero(each)), int(each.sum())) for kind, each in counts.items()}


def main_subject(view: LogView, kinds: Sequence[str]) -> str:
    """The kind with most events, one that has several different ones before one that does not; of equals the first."""
    told = events_by_kind(view, kinds)
    return max((*kinds, ACCOUNT), key=lambda kind: (told[kind][0] > 1, told[kind][1]))
