"""From single events to stages: what is one moment, what leads back, what opens a last stage, and how many fit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from clew.clock import MINUTE_US
from clew.discovery.drafting.event_words import one_line
from clew.discovery.drafting.orders import LEAST_PAIRS, in_order
from clew.discovery.drafting.stages import Chosen, Left
from clew.discovery.drafting.timing import apart, typical_length

MOST_STAGES = 12
_AT_ONCE = 0.005  # share of the typical run's length in which two events are one moment, a minute at least
_SAME_SUBJECTS = 0.8  # of those who have either event, the share that has both
_ONCE = 0.9  # share of its subjects that have an event once, for it to enter a stage beside another
_RETURNS = 0.8  # share of occurrences that come straight from a later stage
_AGAIN = 0.9  # share of its subjects that were in the earlier stage before
_ALIKE = 0.25  # how much what follows two events may differ (total variation)
_FEWEST = 10  # occurrences from which one can say what usually follows
_AFTER_ALL = 0.9  # share of subjects in which the first of many comes after each stage
_FEWEST_LATE = 0.1  # share of subjects that must come so far
_GOES_ON = 0.25  # share of those with an end that come there all the same: then it is no end


@dataclass(frozen=True)
class FoundStage:
    """Columns of the events that enter a stage.

    columns  the first names the stage        returns  further events that lead back to it
    late     many in a subject: the first opens the stage, the last one of the journey
    """

    columns: tuple[int, ...]
    returns: tuple[int, ...] = ()
    late: bool = False


@dataclass(frozen=True)
class Merged:
    """Stages in order, ends, and what is left out because another stage stands for it, or twelve others do."""

    stages: tuple[FoundStage, ...]
    ends: tuple[int, ...]
    left: Mapping[int, Left]


def merged(chosen: Chosen, *, said: bool = False) -> Merged:
    """Make stages of the chosen events.

    said  somebody says what ends a run, so nothing comes after
    """
    late = None if said else _first_of_many(chosen)
    open_ends = [] if late is None else [end for end in chosen.ends if _goes_on(chosen, end, late)]
    ranked = in_order([*chosen.stages, *open_ends], chosen.precedence.before) if open_ends else list(chosen.stages)
    stages, left = _at_once(chosen, _with_returns(chosen, [FoundStage((column,)) for column in ranked]))
    kept, too_many = _most(chosen, stages)
    kept += [] if late is None else [FoundStage((late,), late=True)]
    return Merged(tuple(kept), tuple(end for end in chosen.ends if end not in open_ends), {**left, **too_many})


def _first_of_many(chosen: Chosen) -> int | None:
    """The event that comes often, but only after everything else: its first one opens a last stage."""
    before, both = chosen.precedence.before, chosen.precedence.both
    found = []
    for column, left in chosen.left.items():
        others = [c for c in (*chosen.stages, *chosen.ends) if both[c, column] >= LEAST_PAIRS]
        after = all(before[other, column] >= _AFTER_ALL * both[other, column] for other in others)
        if left.many and others and after and left.figures.subjects >= _FEWEST_LATE * chosen.figures.units:
            found.append(column)
    return max(found, key=lambda column: (chosen.of(column).subjects, -column), default=None)


def _goes_on(chosen: Chosen, end: int, late: int) -> bool:
    return int(chosen.precedence.before[end, late]) >= _GOES_ON * chosen.of(end).subjects


def _with_returns(chosen: Chosen, stages: Sequence[FoundStage]) -> list[FoundStage]:
    """Take for a way back what comes from later stages and is followed as an earlier one is."""
    order = [stage.columns[0] for stage in stages]
    back: dict[int, list[int]] = {}
    returning: set[int] = set()
    for column in order:
        target = _leads_back_to(chosen, column, order, returning)
        if target is not None:
            back.setdefault(target, []).append(column)
            returning.add(column)
    kept = [stage for stage in stages if stage.columns[0] not in returning]
    return [replace(stage, returns=tuple(back.get(stage.columns[0], ()))) for stage in kept]


def _leads_back_to(chosen: Chosen, column: int, order: Sequence[int], returning: Collection[int]) -> int | None:
    """The earlier stage whose followers an event has, though it comes from a later one; None where there is none."""
    follows, occurrences = chosen.following.follows, chosen.of(column).occurrences
    best, found = _ALIKE, None
    for number, other in enumerate(order[: order.index(column)]):
        if other in returning or min(occurrences, chosen.of(other).occurrences) < _FEWEST:
            continue
        later = sum(int(follows[before, column]) for before in order[number + 1 :])
        again = int(chosen.precedence.before[other, column]) >= _AGAIN * chosen.of(column).subjects
        differ = _difference(_next(chosen, column, skip=other), _next(chosen, other, skip=column))
        if again and later >= _RETURNS * occurrences and differ <= best:
            best, found = differ, other
    return found


def _next(chosen: Chosen, column: int, skip: int) -> NDArray[np.float64]:
    """Shares of what follows an event, nothing included; the event that it is compared with left out."""
    counts = np.append(chosen.following.follows[column], chosen.following.last[column]).astype(np.float64)
    counts[[column, skip]] = 0
    shares: NDArray[np.float64] = counts / max(float(counts.sum()), 1.0)
    return shares


def _difference(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    return float(np.abs(one - other).sum() / 2)


def _at_once(chosen: Chosen, stages: Sequence[FoundStage]) -> tuple[list[FoundStage], dict[int, Left]]:
    """Merge neighbours that the same subjects have at nearly the same moment; one that also comes later is left out."""
    columns = [*chosen.stages, *chosen.ends]
    longest = max(_AT_ONCE * typical_length(chosen.figures, columns), MINUTE_US)
    found: list[FoundStage] = []
    left: dict[int, Left] = {}
    for stage in stages:
        column = stage.columns[0]
        if not found or not _is_one_moment(chosen, found[-1].columns[0], column, longest):
            found.append(stage)
        elif chosen.of(column).once < _ONCE * chosen.of(column).subjects and column not in chosen.forced:
            first = one_line(chosen.of(found[-1].columns[0]).name)
            left[column] = Left(chosen.of(column), f"at the same moment as '{first}', and again later", offered=True)
        else:
            former = found.pop()
            found.append(FoundStage((*former.columns, *stage.columns), (*former.returns, *stage.returns)))
    return found, left


def _is_one_moment(chosen: Chosen, one: int, other: int, longest: float) -> bool:
    both = int(chosen.precedence.both[one, other])
    either = chosen.of(one).subjects + chosen.of(other).subjects - both
    if both < LEAST_PAIRS or both < _SAME_SUBJECTS * either:
        return False
    return float(np.quantile(apart(chosen.figures, one, other), 0.75, method="higher")) <= longest


def _most(chosen: Chosen, stages: Sequence[FoundStage]) -> tuple[list[FoundStage], dict[int, Left]]:
    """Keep the stages that most subjects have."""

    def rank(stage: FoundStage) -> tuple[bool, int, int]:
        column = stage.columns[0]
        return column not in chosen.forced, -chosen.of(column).subjects, column

    kept = sorted(stages, key=rank)[:MOST_STAGES]
    reason = f"one stage more than {MOST_STAGES}, and fewer have it: draft a part with --starts and --ends"
    columns = [column for stage in stages if stage not in kept for column in (*stage.columns, *stage.returns)]
    return [stage for stage in stages if stage in kept], {c: Left(chosen.of(c), reason) for c in columns}
