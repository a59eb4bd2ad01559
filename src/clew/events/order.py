"""The total order of events inside a thread and of dated attributes: nothing in it depends on arrival."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.intp]
Column = Callable[[str], NDArray[np.generic]]

EVENT_ORDER = ("thread", "at", "day", "source", "sequence", "place", "row_hi", "row_lo")
ATTRIBUTE_ORDER = ("thread", "entity", "name", "at", "source", "row_hi", "row_lo", "place")

_RADIX = 1 << 16  # 16-bit keys are sorted by counting, about five times faster than by comparing


def order_of_events(column: Column) -> Indices:
    """Return the indices that bring events into the total order.

    column  gives the values of a column of EVENT_ORDER by name; `day` True sorts before the instants of that day
    """
    order = _by_thread_and_time(column("thread"), column("at"))
    return _settle_ties(order, ("thread", "at"), EVENT_ORDER, column)


def order_of_attributes(column: Column) -> Indices:
    """Return the indices that sort dated attributes as an AttributeTable wants them."""
    return np.lexsort(tuple(column(name) for name in reversed(ATTRIBUTE_ORDER)))


def _by_thread_and_time(thread: NDArray[np.generic], at: NDArray[np.generic]) -> Indices:
    threads, dense = np.unique(thread, return_inverse=True)
    if len(threads) > _RADIX:
        return np.lexsort((at, thread))
    order = np.argsort(at)
    dense16 = dense.astype(np.uint16)[order]
    return order[np.argsort(dense16, kind="stable")]


def _settle_ties(order: Indices, settled: tuple[str, ...], keys: tuple[str, ...], column: Column) -> Indices:
    """Sort again, by all keys, only the items that equal a neighbour in the settled ones."""
    if len(order) < 2:
        return order
    same = np.ones(len(order) - 1, np.bool_)
    for name in settled:
        values = column(name)[order]
        same &= values[1:] == values[:-1]
    if not same.any():
        return order
    tied = np.flatnonzero(np.append(same, False) | np.insert(same, 0, False))
    items = order[tied]
    resolved = np.lexsort(tuple(_ascending(name, column(name)[items]) for name in reversed(keys)))
    order[tied] = items[resolved]
    return order


def _ascending(name: str, values: NDArray[np.generic]) -> NDArray[np.generic]:
    return np.logical_not(values) if name == "day" else values
