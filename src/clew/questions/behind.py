"""How many accounts stand behind the figures of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from clew.archive.model import Codes
from clew.questions.collect import Key, collect
from clew.questions.compare import sides
from clew.questions.frames import Frame, Level
from clew.questions.ground import Ground
from clew.questions.model import Query

_OF_RUNS = ("segment", "variant", "end")  # mean the same of a run, its visits and its events; periods do too


def accounts_behind(ground: Ground, query: Query) -> Mapping[Key, int]:
    """Count the accounts of every group that a query splits into, fewer rather than more.

    Without a split there is one group, (); a comparison has two, by the names of its sides.
    """
    if query.compare:
        both = sides(ground, query)
        return {(side.label,): _counts(side.ground, side.query, Level.RUN).get((), 0) for side in both}
    levels = (Level.RUN,) if all(_is_of_runs(name) for name in query.by) else tuple(Level)
    found: dict[Key, int] = {}
    for level in levels:
        for key, count in _counts(ground, query, level).items():
            found[key] = min(count, found.get(key, count))
    return found


def accounts_behind_all(ground: Ground, query: Query) -> int:
    """Count the accounts that pass the filters of a query."""
    return _counts(ground, replace(query, by=(), compare=None), Level.RUN).get((), 0)


def _counts(ground: Ground, query: Query, level: Level) -> Mapping[Key, int]:
    found = collect(ground, query, level, _threads, lambda left, right: np.concatenate((left, right)))
    return {key: len(np.unique(threads)) for key, threads in found.items()}


def _threads(frame: Frame) -> Codes:
    return np.unique(frame.folded.runs.thread[frame.run])


def _is_of_runs(name: str) -> bool:
    return name in _OF_RUNS or name.startswith("period")
