"""What the fold makes of a log: runs, visits, and the events of each run. Parallel arrays, one bucket at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import Bucket, Codes, LogView, Times
from clew.journeys.model import Journey

OPEN = -1  # outcome of a run that has not ended; `next` of a visit that has not been left
RESTARTED = -2  # outcome of a run that a further trigger closed (again: each trigger)
REPLACED = -3  # outcome of a run that the publication of a further version ended
BEFORE_STAGES = -1  # stage of a run that has started and entered no stage yet


def ended(end: int) -> int:
    """Value of Visits.next where the run ended from that visit in end number `end`; ended(RESTARTED) likewise."""
    return -10 - end


@dataclass(frozen=True)
class Runs:
    """One row per run, in order of (thread, subject, start).

    subject  int32 code in "entity" (for subject account: the thread)     thread  int32
    number   int16, 0 for the first run of a subject
    start    instant                      end      instant, clock.NEVER while open
    outcome  int8 index into journey.ends, OPEN or RESTARTED
    stage    int8 stage now (or at the end), BEFORE_STAGES possible
    variant  int8 index into journey.variants as of the start, -1 none
    value    int64 millionths as of the view, NO_VALUE where unknown
    due      next instant at which the state changes by itself, clock.NEVER where none
    late     int32 number of matching events after the end that changed nothing
    """

    subject: Codes
    thread: Codes
    number: Codes
    start: Times
    end: Times
    outcome: Codes
    stage: Codes
    variant: Codes
    value: NDArray[np.int64]
    due: Times
    late: Codes

    def __len__(self) -> int:
        return len(self.subject)


@dataclass(frozen=True)
class Visits:
    """One row per stay of a run in a stage, in order of (run, enter); they tile the run without gap or overlap.

    run       int32 index into Runs       stage  int8, BEFORE_STAGES before the first
    enter     instant                     leave  instant, clock.NEVER while the run stands there
    came      int8 stage before, -2 at a run's first visit
    next      int8 stage after, OPEN while there, ended(k) where the run ended
    back      bool, entered from a later stage
    deadline  instant at which the owner's limit is reached (working calendar applied), clock.NEVER without limit
    """

    run: Codes
    stage: Codes
    enter: Times
    leave: Times
    came: Codes
    next: Codes
    back: NDArray[np.bool_]
    deadline: Times

    def __len__(self) -> int:
        return len(self.run)


@dataclass(frozen=True)
class Steps:
    """The events of each run (start <= at <= end), in order of (run, total order).

    run  int32 index into Runs            row  int64 index into the bucket's events
    """

    run: Codes
    row: NDArray[np.int64]


@dataclass(frozen=True)
class Planned:
    """Runs that a date will start: subject, thread, instant (after as_of)."""

    subject: Codes
    thread: Codes
    start: Times


NONE_PLANNED = Planned(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.int64))


@dataclass(frozen=True)
class Withdrawn:
    """Ends that were withdrawn (`reopens`): from `at` to `until` the run was taken for ended, then it went on.

    run  int32 index into Runs, rising; the spans of one run follow each other. Whoever judges an instant of the past
         needs them: Runs and Visits show no gap there
    """

    run: Codes
    at: Times
    until: Times

    def __len__(self) -> int:
        return len(self.run)


NONE_WITHDRAWN = Withdrawn(np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0, np.int64))


@dataclass(frozen=True)
class FoldedBucket:
    """One bucket with what the fold made of it."""

    bucket: Bucket
    runs: Runs
    visits: Visits
    steps: Steps
    planned: Planned
    withdrawn: Withdrawn = NONE_WITHDRAWN


@dataclass(frozen=True)
class Folded:
    """One journey over one view."""

    journey: Journey
    view: LogView
    buckets: Sequence[FoldedBucket]
