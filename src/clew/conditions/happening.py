"""Whether a condition can come true: at an event, or by time alone."""

from __future__ import annotations

from enum import StrEnum

from clew.conditions.model import All, AnyOf, Condition, Count, Date, Dwell, Event, Not, Score, Silent


class Happens(StrEnum):
    """What makes a condition true."""

    AT_EVENT = "at an event"
    BY_TIME = "by time"


def happens(condition: Condition) -> frozenset[Happens]:
    """Return what can make this condition true; empty where it only holds (a segment, a `not`)."""
    if isinstance(condition, (Event, Count, Score)):
        return frozenset({Happens.AT_EVENT})
    if isinstance(condition, (Silent, Date)):
        return frozenset({Happens.BY_TIME})
    if isinstance(condition, Dwell):
        return frozenset({Happens.BY_TIME} if condition.duration else ())
    if isinstance(condition, (All, AnyOf)):
        return frozenset[Happens]().union(*(happens(part) for part in condition.parts))
    return frozenset()


def leaves(condition: Condition) -> tuple[Condition, ...]:
    """Return every part that is no `all`, `any` or `not`, in written order."""
    if isinstance(condition, (All, AnyOf)):
        return tuple(leaf for part in condition.parts for leaf in leaves(part))
    return leaves(condition.part) if isinstance(condition, Not) else (condition,)


def event_names(condition: Condition) -> tuple[str, ...]:
    """Return every event name that a condition listens to, each once, in written order."""
    names: list[str] = []
    for leaf in leaves(condition):
        if isinstance(leaf, Event):
            names += leaf.names
        elif isinstance(leaf, Count):
            names += leaf.event.names
        elif isinstance(leaf, Silent):
            names += leaf.events
    return tuple(dict.fromkeys(names))
