"""What began or ceased to be recorded while the log ran: figures before and after cannot be compared as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from clew.archive.model import Bucket, Codes
from clew.questions.recording import UNLIKELY, Ceased, Firsts, Late, began_late, ceased, firsts_of_accounts
from clew.questions.words import listed
from clew.signals.parts import wording
from clew.signals.sight import Sight

MOST_NAMED = 3


@dataclass(frozen=True)
class _Column:
    """What is told apart: sources, or events, with their names as people read them."""

    name: str
    names: list[str]
    codes: Callable[[Bucket], Codes]


def began(sight: Sight, start: int, end: int) -> list[Late]:
    """Find the sources and events whose recording began late, in [start, end)."""
    return [late for column in _columns(sight) for late in _began(sight, column, start, end)]


def ended(sight: Sight) -> list[Ceased]:
    """Find the sources and events that are hardly recorded any more when the view ends."""
    return sight.made(
        "ended", lambda: [one for column in _columns(sight) for one in ceased(sight.view, column.codes, column.names)]
    )


def changed_between(sight: Sight, start: int, end: int, *, named: str) -> str:
    """Say in a sentence what began and what ceased to be recorded in [start, end), a time that people call `named`."""
    late = [(each.since, each.event) for each in began(sight, start, end)]
    gone = [(each.until, each.event) for each in ended(sight) if start <= each.until < end]
    told = [
        f"{verb} to be recorded in {named}, so part of the difference may be that: {_dated(sight, found)}."
        for verb, found in (("Began", late), ("Ceased", gone))
        if found
    ]
    return " ".join(told) or f"No source and no event began or ceased to be recorded in {named}."


def _dated(sight: Sight, found: list[tuple[int, str]]) -> str:
    return listed([f"{what} ({wording.day(sight, at)})" for at, what in sorted(found)], MOST_NAMED)


def _columns(sight: Sight) -> Iterator[_Column]:
    sources = [f"source {name}" for name in sight.view.sources]
    yield _Column("source", sources, lambda bucket: bucket.source)
    yield _Column("event", [f"'{name}'" for name in sight.view.names["event"].texts()], lambda bucket: bucket.event)


def _began(sight: Sight, column: _Column, start: int, end: int) -> list[Late]:
    found = _firsts(sight, column)
    inside = np.flatnonzero((found.recorded >= start) & (found.recorded < end)).tolist()
    zone, level = sight.firm.time_zone, UNLIKELY / max(len(column.names), 1)  # of so many, one is unlikely by chance
    return began_late(found, inside, column.names.__getitem__, as_of=sight.as_of, zone=zone, level=level)


def _firsts(sight: Sight, column: _Column) -> Firsts:
    return sight.made(("firsts", column.name), lambda: firsts_of_accounts(sight.view, column.codes, len(column.names)))
