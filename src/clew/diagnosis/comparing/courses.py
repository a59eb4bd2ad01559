"""How every run of a journey went: when it entered each stage, how far it came, how it ended; all buckets together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from clew.clock import NEVER
from clew.engine.model import OPEN, FoldedBucket
from clew.engine.norms import ends_by_time
from clew.periods import period_of
from clew.questions.collect import each
from clew.questions.ground import Ground
from clew.questions.onward import entries_of

Values = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Courses:
    """One row per run, buckets in order.

    thread    account                       start     instant
    entered   (r, stages) first entry of each stage, NEVER where none
    later     (r, stages) first entry of any later stage, NEVER where none
    begun     stage in which it began, at its very start; -1 where it began before any
    furthest  last stage in the order of the map that it entered, -1 where none
    outcome   as in engine.model.Runs
    settled   it ended, and not by time alone: it goes nowhere any more
    """

    ground: Ground
    thread: Values
    start: Values
    entered: Values
    later: Values
    begun: Values
    furthest: Values
    outcome: Values
    settled: Mask

    def __len__(self) -> int:
        return len(self.start)

    @cached_property
    def account(self) -> Values:
        """(r,) the account of each run, numbered from 0."""
        return np.unique(self.thread, return_inverse=True)[1]

    @property
    def several(self) -> bool:
        """Whether some account has several runs, so that runs are not independent."""
        return int(self.account.max(initial=-1)) + 1 < len(self)

    @cached_property
    def month(self) -> Values:
        """(r,) the month of each start in the firm's time zone, numbered from 0."""
        months = period_of(self.start, "month", self.ground.firm.time_zone)
        return months - months.min() if len(months) else months

    def reached(self, stage: int) -> Mask:
        """Which runs entered a stage or a later one."""
        return self.furthest >= stage


def courses_of(ground: Ground) -> Courses:
    """Put the runs of all buckets together."""
    parts = list(each(ground.buckets, lambda folded: _of_bucket(ground, folded)))
    names = ("thread", "start", "entered", "later", "begun", "furthest", "outcome", "settled")
    return Courses(ground, *(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _of_bucket(ground: Ground, folded: FoldedBucket) -> Courses:
    runs = folded.runs
    stages = len(ground.journey.stages)
    entered, later = entries_of(folded, stages)
    been = entered != NEVER
    furthest = np.where(been.any(axis=1), stages - 1 - been[:, ::-1].argmax(axis=1), -1)
    at_once = entered == runs.start[:, None]
    begun = np.where(at_once.any(axis=1), stages - 1 - at_once[:, ::-1].argmax(axis=1), -1)
    by_time = ends_by_time(ground.journey)
    settled = (runs.outcome != OPEN) & ~np.isin(runs.outcome, list(by_time))
    thread, outcome = runs.thread.astype(np.int64), runs.outcome.astype(np.int64)
    return Courses(ground, thread, runs.start, entered, later, begun, furthest, outcome, settled)
