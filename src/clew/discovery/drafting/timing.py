"""How far events lie apart, by the places figures hold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clew.discovery.drafting.figures import Figures
from clew.discovery.drafting.orders import sequence

Spans = NDArray[np.int64]
_NONE = np.zeros(0, np.int64)


def typical_length(figures: Figures, columns: Sequence[int]) -> int:
    """Median time from the first to the last of these events of a subject, microseconds; of subjects with several."""
    lengths = [_NONE]
    for part in figures.places:
        at = part.track.at
        first, last = part.first(*columns), part.last(*columns)
        several = first < last
        lengths.append(at[last[several]] - at[first[several]])
    every = np.concatenate(lengths)
    return int(np.quantile(every, 0.5, method="lower")) if len(every) else 0


def apart(figures: Figures, one: int, other: int) -> Spans:
    """Time between the first of the one and the first of the other, of every subject that has both; microseconds."""
    found = [_NONE]
    for part in figures.places:
        first, then = part.first(one), part.first(other)
        has = (first < len(part.track)) & (then < len(part.track))
        at = part.track.at
        found.append(np.abs(at[then[has]] - at[first[has]]))
    return np.concatenate(found)


def gaps(figures: Figures, columns: Sequence[int]) -> Spans:
    """Time from each of these events to the next of the same subject, microseconds."""
    found = [_NONE]
    for part in figures.places:
        unit, _, place = sequence(part, columns, len(figures.each))
        at = part.track.at[place]
        found.append((at[1:] - at[:-1])[unit[1:] == unit[:-1]])
    return np.concatenate(found)


def quiet_for(figures: Figures, columns: Sequence[int], ends: Sequence[int], as_of: int) -> Spans:
    """Time since the last of these events, of every subject without any of the ends; microseconds."""
    found = [_NONE]
    for part in figures.places:
        last = part.last(*columns)
        is_open = last >= 0
        for end in ends:
            is_open &= part.last(end) < 0
        found.append(as_of - part.track.at[last[is_open]])
    return np.concatenate(found)
