"""One bucket seen at one level (runs, visits or events), and whole histories in place of runs (--whole)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE, NO_VALUE, Bucket, Codes
from clew.clock import NEVER
from clew.engine.model import FoldedBucket, Planned, Runs, Steps, Visits
from clew.journeys.model import Journey
from clew.questions.lookup import last_at_or_before, last_of_pair

Rows = NDArray[np.int64]
WHOLE = -3  # outcome of a whole history: no end of the journey


class Level(StrEnum):
    """What the rows of a frame are."""

    RUN = "runs"
    VISIT = "visits"
    EVENT = "events"


@dataclass(frozen=True)
class Frame:
    """The rows of one bucket that a question rests on, in the order of their level.

    rows  int64 indices into folded.runs, folded.visits or folded.steps
    """

    folded: FoldedBucket
    level: Level
    rows: Rows

    @property
    def bucket(self) -> Bucket:
        return self.folded.bucket

    @property
    def run(self) -> Codes:
        """Run of each row."""
        run = run_of(self.folded, self.level)
        return run if self.everything else run[self.rows]

    @property
    def event_rows(self) -> Rows:
        """Rows of the bucket's events, at level EVENT."""
        row = self.folded.steps.row
        return row if self.everything else row[self.rows]

    @property
    def everything(self) -> bool:
        """Whether every row of the level was selected; then nothing needs to be gathered."""
        return len(self.rows) == len(run_of(self.folded, self.level))


def run_of(folded: FoldedBucket, level: Level) -> Codes:
    """Return the run of every row of a level."""
    if level is Level.RUN:
        return np.arange(len(folded.runs), dtype=np.int64)
    return folded.visits.run if level is Level.VISIT else folded.steps.run


def first_steps(folded: FoldedBucket, carries: NDArray[np.bool_]) -> Rows:
    """Return for every run the index of its first step for which `carries` holds, -1 where none does."""
    steps = np.flatnonzero(carries)
    first = np.full(len(folded.runs), -1, np.int64)
    runs = folded.steps.run[steps]
    first[runs[::-1]] = steps[::-1]
    return first


def stage_at_steps(folded: FoldedBucket) -> Codes:
    """Return the stage the run stood in at each of its events, after the event."""
    visits, steps = folded.visits, folded.steps
    found = last_at_or_before(visits.run, visits.enter, steps.run, folded.bucket.at[steps.row])
    if not len(visits):
        return np.full(len(steps.row), -2, np.int8)
    return np.where(found >= 0, visits.stage[found], -2)


def whole_histories(folded: FoldedBucket, journey: Journey) -> FoldedBucket:
    """Take each subject's whole history as one run, from its first to its last event; no visits, no stages.

    For subject account every thread is one history. Value, variant and stage are those of the subject's last run.
    """
    bucket = folded.bucket
    subject = bucket.thread if journey.subject.kind == "account" else bucket.subject(journey.subject.kind)
    row = np.flatnonzero(subject != NO_CODE)
    order = row[np.lexsort((row, subject[row], bucket.thread[row]))]
    who, thread = subject[order], bucket.thread[order]
    begins = np.ones(len(order), np.bool_)
    begins[1:] = (who[1:] != who[:-1]) | (thread[1:] != thread[:-1])
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(order)) - 1 if len(first) else first
    steps = Steps((np.cumsum(begins) - 1).astype(np.int32), order)
    runs = _as_runs(folded.runs, who[first], thread[first], bucket.at[order[first]], bucket.at[order[last]])
    return FoldedBucket(bucket, runs, _no_visits(), steps, _nothing_planned())


def _as_runs(known: Runs, subject: Codes, thread: Codes, start: Rows, end: Rows) -> Runs:
    """Whole histories in the shape of runs; what the journey knows of a subject comes from its last run."""
    place = last_of_pair(known.thread, known.subject, thread, subject)

    def of_last_run(column: NDArray[np.integer], missing: int) -> NDArray[np.integer]:
        if not len(column):
            return np.full(len(place), missing, column.dtype)
        return np.where(place >= 0, column[place], missing)

    zeros = np.zeros(len(subject), np.int32)
    return Runs(
        subject=subject,
        thread=thread,
        number=zeros,
        start=start,
        end=end,
        outcome=np.full(len(subject), WHOLE, np.int8),
        stage=of_last_run(known.stage, -2),
        variant=of_last_run(known.variant, -1),
        value=of_last_run(known.value, NO_VALUE).astype(np.int64),
        due=np.full(len(subject), NEVER, np.int64),
        late=zeros,
    )


def _no_visits() -> Visits:
    code, at = np.zeros(0, np.int32), np.zeros(0, np.int64)
    return Visits(code, code, at, at, code, code, np.zeros(0, np.bool_), at)


def _nothing_planned() -> Planned:
    return Planned(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.int64))
