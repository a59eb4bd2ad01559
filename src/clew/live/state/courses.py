"""What a fold says of runs, as rows to store: a digest of each first, texts only of those that changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_VALUE, Codes, LogView
from clew.clock import NEVER
from clew.engine.model import BEFORE_STAGES, OPEN, REPLACED, RESTARTED, Folded, FoldedBucket
from clew.engine.ordered import segment_starts
from clew.ids import fingerprint
from clew.journeys.model import Journey
from clew.live.model import shard_of
from clew.live.state.model import RunKey, RunRow, Step
from clew.live.state.paths import written
from clew.live.state.storable import is_storable

Hashes = NDArray[np.uint64]
NONE: frozenset[int] = frozenset()
_OTHER_ENDS = {RESTARTED: "restarted", REPLACED: "replaced"}


@dataclass(frozen=True)
class Course:
    """The runs of one version of a journey in one bucket; `text` spells the code of an entity."""

    journey: Journey
    part: FoldedBucket
    as_of: int
    text: Callable[[int], str]

    def __len__(self) -> int:
        return len(self.part.runs)

    @cached_property
    def spans(self) -> dict[str, range]:
        """Thread -> its runs."""
        starts = segment_starts(self.part.runs.thread)
        threads = [self.text(code) for code in self.part.runs.thread[starts[:-1]].tolist()]
        return {thread: range(*span) for thread, span in zip(threads, pairwise(starts.tolist()), strict=True)}

    @cached_property
    def first_visit(self) -> NDArray[np.int64]:
        """(r + 1,) where the visits of each run begin."""
        return np.searchsorted(self.part.visits.run, np.arange(len(self) + 1))

    def keys(self, thread: str) -> Iterator[tuple[int, RunKey]]:
        """Yield the runs of a thread, each with which one it is."""
        for run in self.spans.get(thread, ()):
            code, number = self._subjects[run]
            subject = self.text(code)
            if is_storable(subject):
                yield run, RunKey(self.journey.name, thread, subject, number)

    @cached_property
    def _subjects(self) -> list[tuple[int, int]]:
        return list(zip(self.part.runs.subject.tolist(), self.part.runs.number.tolist(), strict=True))

    @cached_property
    def digests(self) -> list[int]:
        """One number for all that is stored of each run, path included."""
        if not len(self):
            return []
        runs, visits = self.part.runs, self.part.visits
        first, last = self.first_visit[:-1], self.first_visit[1:] - 1
        place = np.arange(len(visits)) - np.repeat(first, last - first + 1)
        steps = _digest(place, visits.stage, visits.enter, visits.came)
        columns = (runs.start, runs.end, runs.outcome, runs.stage, runs.variant, runs.value, runs.due, runs.late)
        version = np.full(len(self), int(fingerprint(self.journey.name, self.journey.version), 16))
        whole = _digest(version, *columns, visits.deadline[last], np.add.reduceat(steps, first).view(np.int64))
        digests: list[int] = whole.view(np.int64).tolist()
        return digests

    def told(self, run: int, key: RunKey) -> tuple[RunRow, list[Step]]:
        """Return what is stored of a run, and its path."""
        start, end, outcome, stage, variant, value, due, late = self._runs[run]
        last = self._first_visit[run + 1] - 1
        path = self._path(run, end, outcome)
        row = RunRow(
            *key,
            version=self.journey.version,
            shard=shard_of(key.thread),
            started_at=start,
            ended_at=_instant(end),
            outcome=self._outcome(outcome),
            stage=self._stages[stage],
            entered_at=self._visits[last][0],
            limit_at=_instant(self._visits[last][2]),
            due_at=_instant(due),
            variant=self.journey.variants[variant].name if variant >= 0 else None,
            value=None if value == NO_VALUE else value,
            late=late,
            digest=self.digests[run],
            path=written(path),
        )
        return row, path

    def _path(self, run: int, end: int, outcome: int) -> list[Step]:
        """The steps of a run, in order."""
        steps, came = [], None
        for enter, stage, _ in self._visits[self._first_visit[run] : self._first_visit[run + 1]]:
            went = self._stages[stage]
            steps.append(Step(enter, came, went, None))
            came = went
        if outcome != OPEN:
            steps.append(Step(end, came, came, self._outcome(outcome)))
        return steps

    @cached_property
    def _runs(self) -> list[tuple[int, ...]]:
        runs = self.part.runs
        columns = (runs.start, runs.end, runs.outcome, runs.stage, runs.variant, runs.value, runs.due, runs.late)
        return list(zip(*(column.tolist() for column in columns), strict=True))

    @cached_property
    def _visits(self) -> list[tuple[int, int, int]]:
        visits = self.part.visits
        return list(zip(visits.enter.tolist(), visits.stage.tolist(), visits.deadline.tolist(), strict=True))

    @cached_property
    def _first_visit(self) -> list[int]:
        first: list[int] = self.first_visit.tolist()
        return first

    @cached_property
    def _stages(self) -> dict[int, str | None]:
        return {BEFORE_STAGES: None, **{number: stage.name for number, stage in enumerate(self.journey.stages)}}

    def reopened(self, run: int) -> frozenset[int]:
        """Return the instants of ends of a run that a later event withdrew."""
        withdrawn = self.part.withdrawn
        if not len(withdrawn):
            return NONE
        return frozenset(withdrawn.at[withdrawn.run == run].tolist())

    @cached_property
    def next_instants(self) -> dict[str, int]:
        """Thread -> when time alone changes something of it: an end, a limit that is reached, a planned start."""
        threads, instants = (np.concatenate(column) for column in zip(*self._waiting(), strict=True))
        comes = np.flatnonzero((instants > self.as_of) & (instants != NEVER))
        order = comes[np.lexsort((instants[comes], threads[comes]))]
        first = order[segment_starts(threads[order])[:-1]]
        return {
            self.text(thread): at for thread, at in zip(threads[first].tolist(), instants[first].tolist(), strict=True)
        }

    def _waiting(self) -> Iterator[tuple[Codes, NDArray[np.int64]]]:
        runs, planned = self.part.runs, self.part.planned
        limit = self.part.visits.deadline[self.first_visit[1:] - 1]
        yield runs.thread, runs.due
        yield runs.thread, np.where(runs.end == NEVER, limit, NEVER)
        yield planned.thread, planned.start

    def _outcome(self, outcome: int) -> str | None:
        if outcome == OPEN:
            return None
        return _OTHER_ENDS[outcome] if outcome < 0 else self.journey.ends[outcome].name


def courses_of(folded: Sequence[Folded], view: LogView) -> list[Course]:
    """Return what the versions of a journey say, bucket by bucket."""
    text = view.names["entity"].text
    return [Course(each.journey, part, view.as_of, text) for each in folded for part in each.buckets]


def _instant(at: int) -> int | None:
    return None if at == NEVER else at


def _digest(*columns: NDArray[Any]) -> Hashes:
    """Hash columns row by row (splitmix64's finalizer over each)."""
    digest = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        digest = (digest * np.uint64(0x9E3779B97F4A7C15)) ^ np.asarray(column, np.int64).view(np.uint64)
        digest = (digest ^ (digest >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        digest = (digest ^ (digest >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        digest = digest ^ (digest >> np.uint64(31))
    return digest
