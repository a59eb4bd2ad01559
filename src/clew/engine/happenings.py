"""Conditions asked of the accounts of a bucket: at which events they come true, and whether they hold at a moment."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from clew.archive.model import Bucket, Codes
from clew.conditions.model import AnyOf, Condition, Event
from clew.engine.attributes import Units
from clew.engine.conditions import Evaluation
from clew.engine.ordered import Mask
from clew.engine.stream import NO_DATE, Stream, build_stream
from clew.engine.terms import Terms
from clew.journeys.model import Subject

OF_ACCOUNT = Subject()


def happens(bucket: Bucket, condition: Condition, terms: Terms) -> Mask:
    """Say of every event of a bucket whether the condition comes true at it, for its account."""
    if _only_names(condition):
        return terms.named(_names(condition))[bucket.event]
    stream = build_stream(bucket, terms, OF_ACCOUNT, [condition])
    mask = np.zeros(len(bucket), np.bool_)
    happened = Evaluation(stream, terms).happens(condition) & (stream.row >= 0)
    mask[stream.row[happened]] = True
    return mask


def hold_at(bucket: Bucket, terms: Terms, threads: Codes, conditions: Iterable[Condition], *, now: int) -> list[Mask]:
    """Say of each condition for which accounts it holds at a moment, which is not before the end of the view.

    threads  rising
    Returns  a mask over threads for each condition
    """
    asked = list(conditions)
    stream = _with_end(build_stream(bucket, terms, OF_ACCOUNT, asked), threads, now)
    evaluation, last = Evaluation(stream, terms), stream.starts[1:] - 1
    return [evaluation.holds(condition)[last] for condition in asked]


def _with_end(stream: Stream, threads: Codes, now: int) -> Stream:
    """The rows of these threads alone, and behind those of each one that is no event, at `now`."""
    place = np.searchsorted(threads, stream.units.thread)
    known = np.append(threads, -1)[place] == stream.units.thread
    rows = np.flatnonzero(known[stream.unit])
    count = len(threads)
    unit = np.concatenate([place[stream.unit[rows]], np.arange(count)])
    order = np.argsort(unit, kind="stable")
    unit = unit[order]
    return Stream(
        stream.bucket,
        Units(threads, threads, True),
        stream.dates,
        np.searchsorted(unit, np.arange(count + 1)),
        unit,
        np.concatenate([stream.at[rows], np.full(count, now, np.int64)])[order],
        np.concatenate([stream.row[rows], np.full(count, -1)])[order],
        np.concatenate([stream.date[rows], np.full(count, NO_DATE, np.int16)])[order],
        np.concatenate([stream.fresh[rows], np.ones(count, np.bool_)])[order],
    )


def _only_names(condition: Condition) -> bool:
    if isinstance(condition, AnyOf):
        return all(_only_names(part) for part in condition.parts)
    return isinstance(condition, Event) and not condition.where


def _names(condition: Condition) -> tuple[str, ...]:
    if isinstance(condition, AnyOf):
        return tuple(name for part in condition.parts for name in _names(part))
    return condition.names if isinstance(condition, Event) else ()
