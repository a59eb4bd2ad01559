"""The funnel mode in which an event counts for one step only: all chains are kept, for none is the best in advance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clew.engine.kernels.funnel import Modes


@dataclass(frozen=True)
class Chain:
    """Steps taken in order: instants of the first and last one, and the events used."""

    first: int
    last: int
    events: tuple[int, ...]


def level_once(at: list[int], step: list[int], event: list[int], *, modes: Modes) -> tuple[int, int, int]:
    """Return (level, first instant, last instant) of one segment.

    at, step, event  the matches in order: at one instant earlier steps first, step -1 where an event matches none
    """
    chains: list[list[Chain]] = [[] for _ in range(modes.steps)]
    for now, number, each in zip(at, step, event, strict=True):
        if number < 0:
            if chains[0]:
                break
        elif number == 0:
            chains[0].append(Chain(now, now, (each,)))
        elif modes.deduplication and chains[number]:
            break
        elif not chains[number - 1]:
            if modes.order and chains[0] and not modes.reentry:
                return _told(chains[: next(n for n, kept in enumerate(chains) if not kept)])
        else:
            chains[number - 1] = _in_window(chains[number - 1], now, modes.window)
            chains[number] += _longer(chains[number - 1], now, each, modes=modes)
            if number + 1 == modes.steps and chains[number]:
                break
    return _told(chains)


def _in_window(kept: list[Chain], now: int, window: int) -> list[Chain]:
    """Drop chains whose window is over; the last one stays to tell how far the segment came."""
    return [chain for chain in kept if now <= chain.first + window] or kept[-1:]


def _longer(kept: list[Chain], now: int, event: int, *, modes: Modes) -> list[Chain]:
    return [
        Chain(chain.first, now, (*chain.events, event))
        for chain in kept
        if now <= chain.first + modes.window and event not in chain.events and (not modes.increase or chain.last < now)
    ]


def _told(chains: list[list[Chain]]) -> tuple[int, int, int]:
    for level in range(len(chains), 0, -1):
        if chains[level - 1]:
            chain = chains[level - 1][-1]
            return level, chain.first, chain.last
    return 0, 0, 0
