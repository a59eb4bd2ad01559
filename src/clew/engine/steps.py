"""Which events belong to which run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE, Bucket, Times
from clew.engine.model import Runs, Steps
from clew.engine.ordered import Positions, first_after, first_at_or_after, spans
from clew.journeys.model import Subject


def steps_of(bucket: Bucket, subject: Subject, runs: Runs, started_by: NDArray[np.int64]) -> Steps:
    """List the events of each run: those of its subject from its start to its end, both included.

    started_by  (r,) row of the event that started the run, -1 where a date did
    Where one run ends at the very instant at which the next one starts, the events from the starting one on belong to
    the next, so no event belongs to two runs of a subject.
    """
    order, key = _by_subject(bucket, subject)
    at: Times = np.asarray(bucket.at)[order] if len(order) < len(bucket) or subject.kind != "account" else bucket.at
    wanted = np.asarray(runs.thread if subject.kind == "account" else _pair(runs.thread, runs.subject))
    lo, hi = np.searchsorted(key, wanted, "left"), np.searchsorted(key, wanted, "right")
    first = first_at_or_after(at, lo, hi, runs.start)
    last = first_after(at, lo, hi, runs.end)
    meets = np.zeros(len(runs), np.bool_)
    meets[1:] = (wanted[1:] == wanted[:-1]) & (runs.start[1:] == runs.end[:-1])
    by_event = meets & (started_by >= 0)
    first[by_event] = _place_of(order, started_by[by_event])
    last[:-1] = np.where(meets[1:], np.minimum(last[:-1], first[1:]), last[:-1])
    run = np.repeat(np.arange(len(runs), dtype=np.int32), np.maximum(last - first, 0))
    return Steps(run, order[spans(first, last)])


def _by_subject(bucket: Bucket, subject: Subject) -> tuple[Positions, NDArray[np.integer]]:
    """Return the bucket's rows by subject, in the total order, and the subject's key of each."""
    if subject.kind == "account":
        return np.arange(len(bucket)), np.asarray(bucket.thread)
    things = bucket.subject(subject.kind)
    rows = np.flatnonzero(things != NO_CODE)
    key = _pair(np.asarray(bucket.thread)[rows], things[rows])
    order = np.argsort(key, kind="stable")
    return rows[order], key[order]


def _pair(thread: NDArray[np.integer], thing: NDArray[np.integer]) -> NDArray[np.int64]:
    return (np.asarray(thread, np.int64) << 32) + thing


def _place_of(order: Positions, rows: Positions) -> Positions:
    """Return where rows stand in an order of rows."""
    place = np.empty(int(order.max(initial=-1)) + 1, np.int64)
    place[order] = np.arange(len(order))
    return place[rows]
