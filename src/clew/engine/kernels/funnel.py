"""Steps taken in order within a window: the semantics and modes of ClickHouse's windowFunnel.

Modes, which combine: strict_deduplication (a step seen again ends the search), strict_order (nothing may come between),
strict_increase (each step later than the one before), strict_once (an event counts for one step only), allow_reentry
(with strict_order: a step out of turn is passed over).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Codes, Times
from clew.engine.compiled import Loop, fast_enough
from clew.engine.kernels.strict_once import level_once
from clew.engine.ordered import Mask, Positions, segment_starts
from clew.errors import BadRequest

MODES = ("strict_deduplication", "strict_order", "strict_increase", "strict_once", "allow_reentry")
MOST_STEPS = 32


@dataclass(frozen=True)
class Levels:
    """How far each segment came.

    segment  (s,) value of `segment` for each          level  (s,) steps taken in order, 0 none
    first    (s,) instant of the first step of the chain that came furthest      last  (s,) of its last step
    """

    segment: Codes
    level: NDArray[np.int64]
    first: Times
    last: Times


def funnel(
    segment: Codes,
    at: Times,
    steps: list[Mask],
    *,
    window: int,
    modes: Collection[str] = (),
    compiled: bool | None = None,
) -> Levels:
    """Find how many steps each segment took in order within the window.

    segment  (n,) run or thread of each event, contiguous      at  (n,) instants, rising inside a segment
    steps    for each step (n,) where an event matches it      window  microseconds from the first step, included
    Raises   BadRequest for an unknown mode, allow_reentry without strict_order, more than 32 steps or none
    """
    _check(steps, modes)
    entries = _entries(segment, at, steps, idle="strict_order" in modes)
    rules = Modes(window, len(steps), *(mode in modes for mode in MODES if mode != "strict_once"))
    count = len(entries.starts) - 1
    found = Found(*(np.zeros(size, np.int64) for size in (count, count, count, 3 * len(steps))))
    fast = fast_enough(len(entries.at)) if compiled is None else compiled
    _FUNNEL((entries, rules), found, compiled=fast)
    if "strict_once" in modes:
        _settle_once(entries, rules, found)
    return Levels(segment[entries.event[entries.starts[:-1]]], found.level, found.first, found.last)


def _check(steps: list[Mask], modes: Collection[str]) -> None:
    if unknown := sorted(set(modes) - set(MODES)):
        raise BadRequest(f"'{unknown[0]}' is no mode of a funnel; allowed: {', '.join(MODES)}")
    if "allow_reentry" in modes and "strict_order" not in modes:
        raise BadRequest("allow_reentry needs strict_order beside it")
    if not 1 <= len(steps) <= MOST_STEPS:
        raise BadRequest(f"a funnel of {len(steps)} steps; allowed: 1 to {MOST_STEPS}")


class Entries(NamedTuple):
    """Matches by segment: at one instant earlier steps first.

    starts (s + 1,)    at (m,)    step (m,) from 0, -1 for an event that matches none    event (m,) row of the input
    """

    starts: Positions
    at: Times
    step: NDArray[np.int64]
    event: Positions


class Modes(NamedTuple):
    """The window, the number of steps, and which modes are on."""

    window: int
    steps: int
    deduplication: bool
    order: bool
    increase: bool
    reentry: bool


class Found(NamedTuple):
    """Per segment: level, first and last instant; `chain` is scratch: first, last, and whether, of each step."""

    level: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    chain: NDArray[np.int64]


def _entries(segment: Codes, at: Times, steps: list[Mask], *, idle: bool) -> Entries:
    matched = [np.flatnonzero(mask) for mask in steps]
    if idle:
        matched.append(np.flatnonzero(~np.logical_or.reduce(steps)))
    event = np.concatenate(matched)
    numbers = [*range(len(steps)), -1][: len(matched)]
    step = np.repeat(np.array(numbers), [len(each) for each in matched])
    order = np.argsort(event, kind="stable")
    event, step = event[order], step[order]
    tied = segment_starts(segment[event], at[event])
    if len(tied) - 1 < len(event):
        instant = np.repeat(np.arange(len(tied) - 1), np.diff(tied))
        order = np.lexsort((event, step, instant))
        event, step = event[order], step[order]
    return Entries(segment_starts(segment[event]), np.asarray(at)[event], step.astype(np.int64), event)


def furthest(chain: NDArray[np.int64], steps: int) -> int:
    """Return how many steps the longest chain has."""
    for step in range(steps - 1, -1, -1):
        if chain[3 * step + 2] == 1:
            return step + 1
    return 0


def first_missing(chain: NDArray[np.int64], steps: int) -> int:
    """Return how many steps were taken before the first that was not."""
    for step in range(steps):
        if chain[3 * step + 2] == 0:
            return step
    return steps


def walk_funnel(entries: Entries, modes: Modes, found: Found) -> None:
    """Walk every segment; of each step the latest chain that reached it is kept, for its window ends last."""
    chain, steps, window = found.chain, modes.steps, modes.window
    for segment in range(len(entries.starts) - 1):
        for place in range(3 * steps):
            chain[place] = 0
        begun, level = False, -1
        for entry in range(entries.starts[segment], entries.starts[segment + 1]):
            step, now = entries.step[entry], entries.at[entry]
            here, before = 3 * step, 3 * step - 3
            if step < 0:
                if begun:
                    break
            elif step == 0:
                chain[0], chain[1], chain[2] = now, now, 1
                begun = True
                if steps == 1:
                    break
            elif modes.deduplication and chain[here + 2] == 1:
                break
            elif chain[before + 2] == 0:
                if modes.order and begun and not modes.reentry:
                    level = first_missing(chain, steps)
                    break
            elif now <= chain[before] + window and (not modes.increase or chain[before + 1] < now):
                chain[here], chain[here + 1], chain[here + 2] = chain[before], now, 1
                if step + 1 == steps:
                    break
        if level < 0:
            level = furthest(chain, steps)
        found.level[segment] = level
        found.first[segment] = chain[3 * level - 3] if level > 0 else 0
        found.last[segment] = chain[3 * level - 2] if level > 0 else 0


_FUNNEL = Loop(walk_funnel, furthest, first_missing)


def _settle_once(entries: Entries, modes: Modes, found: Found) -> None:
    """Walk again, keeping every chain, the segments where the latest chain may not be the best one.

    That is where one event matches two steps, and under strict_increase where two events share an instant.
    """
    segment = np.repeat(np.arange(len(entries.starts) - 1), np.diff(entries.starts))
    order = np.lexsort((entries.event, segment)) if not modes.increase else np.arange(len(segment))
    same = entries.at if modes.increase else entries.event[order]
    tied = (segment[1:] == segment[:-1]) & (same[1:] == same[:-1])
    for each in np.unique(segment[1:][tied]):
        part = slice(entries.starts[each], entries.starts[each + 1])
        columns = (entries.at[part].tolist(), entries.step[part].tolist(), entries.event[part].tolist())
        level, first, last = level_once(*columns, modes=modes)
        found.level[each], found.first[each], found.last[each] = level, first, last
