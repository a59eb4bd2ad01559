"""Which event comes before which, and what follows what: counts of pairs that add up over buckets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.discovery.drafting.figures import Figures, Places

Counts = NDArray[np.int64]

LEAST_PAIRS = 5  # subjects below which the order of two events says nothing


@dataclass(frozen=True)
class Precedence:
    """Of k events, by the first of each in a subject.

    before  (k, k) subjects that have both and the one (row) first
    """

    before: Counts

    @property
    def both(self) -> Counts:
        """(k, k) subjects that have both."""
        return self.before + self.before.T

    def agreement(self, columns: Sequence[int]) -> dict[int, float]:
        """How one-sided the order of each event with the others is, 0.5 (none) to 1; pairs of few are left out."""
        both, found = self.both, {}
        for one in columns:
            others = [other for other in columns if other != one and both[one, other] >= LEAST_PAIRS]
            together = sum(int(both[one, other]) for other in others)
            sided = sum(int(max(self.before[one, other], self.before[other, one])) for other in others)
            found[one] = sided / together if together else 1.0
        return found


def precedence_of(figures: Figures, columns: Sequence[int]) -> Precedence:
    """Count the order of each pair of these columns; other columns stay 0."""
    size = len(figures.each)
    before = np.zeros((size, size), np.int64)
    for part in figures.places:
        none, firsts = len(part.track), {column: part.first(column) for column in columns}
        for number, one in enumerate(columns):
            first = firsts[one]
            for other in columns[number + 1 :]:
                then = firsts[other]
                before[one, other] += np.count_nonzero((first < then) & (then < none))
                before[other, one] += np.count_nonzero((then < first) & (first < none))
    return Precedence(before)


def in_order(columns: Sequence[int], before: Counts) -> list[int]:
    """Put events in the order that the fewest subjects contradict.

    Starts from the share of pairs in which an event comes first, then moves single events as long as that helps
    (Kemeny's ranking by insertion). Ties keep the order of the columns.
    """
    lead = before - before.T
    ranked = sorted(columns, key=lambda one: (-_share_first(one, columns, before), one))
    moved = True
    while moved:
        moved = False
        for one in sorted(columns):
            better = _best_place(one, ranked, lead)
            if better is not None:
                ranked, moved = better, True
    return ranked


def _share_first(one: int, columns: Sequence[int], before: Counts) -> float:
    shares = [
        before[one, other] / (before[one, other] + before[other, one])
        for other in columns
        if other != one and before[one, other] + before[other, one]
    ]
    return float(np.mean(shares)) if shares else 0.5


def _best_place(one: int, ranked: Sequence[int], lead: Counts) -> list[int] | None:
    """The ranking with one event at its best place; None where it stands there."""
    rest = [other for other in ranked if other != one]
    here = ranked.index(one)
    gains = np.concatenate(([0], np.cumsum([-lead[one, other] for other in rest])))  # each step lets another go first
    best = int(np.argmax(gains))
    if gains[best] <= gains[here]:
        return None
    return [*rest[:best], one, *rest[best:]]


@dataclass(frozen=True)
class Following:
    """What comes next among k events of interest.

    follows  (k, k) occurrences of the one (row) that the other (column) follows directly
    last     (k,) occurrences after which none of them follows      first  (k,) subjects that begin with it
    """

    follows: Counts
    last: Counts
    first: Counts


def following_of(figures: Figures, columns: Sequence[int]) -> Following:
    """Count what follows what among the events of these columns."""
    size = len(figures.each)
    found = Following(np.zeros((size, size), np.int64), np.zeros(size, np.int64), np.zeros(size, np.int64))
    for part in figures.places:
        unit, column, _ = sequence(part, columns, size)
        if len(unit):
            same = unit[1:] == unit[:-1]
            pair = column[:-1][same].astype(np.int64) * size + column[1:][same]
            found.follows.reshape(-1)[:] += np.bincount(pair, minlength=size * size)
            ends, begins = np.append(~same, True), np.append(True, ~same)
            found.last[:] += np.bincount(column[ends], minlength=size)
            found.first[:] += np.bincount(column[begins], minlength=size)
    return found


def sequence(part: Places, columns: Sequence[int], size: int) -> tuple[Counts, NDArray[np.int16], Counts]:
    """(unit, column, place in the track) of the events of some columns, in order."""
    chosen = np.zeros(size + 1, np.bool_)  # the place more at the end is for -1
    chosen[list(columns)] = True
    place = np.flatnonzero(chosen[part.column])
    return part.track.unit[place], part.column[place], place
