"""Which runs take another course under another edition of their journey."""

from __future__ import annotations

from collections.abc import Iterator

from clew.clock import NEVER
from clew.engine.model import Folded, FoldedBucket

Course = tuple[object, ...]


def differing_runs(old: Folded, new: Folded) -> int:
    """Count the runs that only one edition has or that go, end or are judged otherwise.

    Both folds are of one log, so their buckets hold the same subjects. Stages and ends are compared by name.
    """
    pairs = zip(old.buckets, new.buckets, strict=True)
    return sum(len({run for run, _ in set(_courses(a, old)) ^ set(_courses(b, new))}) for a, b in pairs)


def _courses(part: FoldedBucket, folded: Folded) -> Iterator[tuple[tuple[int, int], Course]]:
    """Each run (subject, number) with its course: start, end, outcome, and every visit with its limit."""
    stages, ends = folded.journey.stage_names, [end.name for end in folded.journey.ends]
    visits: list[list[Course]] = [[] for _ in range(len(part.runs))]
    columns = (part.visits.run, part.visits.stage, part.visits.enter, part.visits.leave, part.visits.deadline)
    for run, stage, enter, leave, deadline in zip(*(column.tolist() for column in columns), strict=True):
        open_until = deadline if leave == NEVER else NEVER  # a limit judges who stands there now
        visits[run].append((stages[stage] if stage >= 0 else "", enter, leave, open_until))
    runs = part.runs
    rows = (runs.subject, runs.number, runs.start, runs.end, runs.outcome)
    for place, (subject, number, start, end, outcome) in enumerate(zip(*(row.tolist() for row in rows), strict=True)):
        ended = ends[outcome] if outcome >= 0 else str(outcome)
        yield (subject, number), (start, end, ended, tuple(visits[place]))
