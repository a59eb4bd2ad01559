"""When a visit could be seen to stand: spans in which its run was taken for open, each under one segment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clew.archive.model import Times
from clew.clock import NEVER
from clew.engine.model import FoldedBucket
from clew.engine.ordered import Positions, spans
from clew.questions.attributes import first_known_after_start
from clew.questions.ground import Ground
from clew.questions.norms import segment_of_runs
from clew.questions.segments import attributes_of


@dataclass(frozen=True)
class Standing:
    """Half-open spans [lo, hi) of visits, those of one visit in order of time; mostly one per visit.

    visit  row of the fold's visits      segment  place among the firm's segments as known then, -1 for none
    """

    visit: Positions
    lo: Times
    hi: Times
    segment: Positions

    def __len__(self) -> int:
        return len(self.visit)

    def part(self, rows: Positions) -> Standing:
        """Some of the spans."""
        return Standing(self.visit[rows], self.lo[rows], self.hi[rows], self.segment[rows])


def standing(ground: Ground, folded: FoldedBucket, visits: Positions) -> Standing:
    """List the spans of some visits: without the time in which their run was taken for ended, cut where a segment
    became known only after the run's start.

    A visit that was left as it was entered keeps a span of no length: it was in time, as one left a second later
    """
    found = _open_spans(folded, visits)
    run, at_once = folded.visits.run[found.visit], (folded.visits.enter == folded.visits.leave)[found.visit]
    parts = []
    for since, until, segment in _segments(ground, folded):
        lo, hi = np.maximum(found.lo, since[run]), np.minimum(found.hi, until[run])
        rows = np.flatnonzero((lo < hi) | (at_once & (since[run] <= found.lo) & (found.lo < until[run])))
        parts.append(Standing(found.visit[rows], lo[rows], hi[rows], segment[run[rows]]))
    if len(parts) == 1:
        return parts[0]
    joined = Standing(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in Standing.__dataclass_fields__)
    )
    return joined.part(np.lexsort((joined.lo, joined.visit)))


def _open_spans(folded: FoldedBucket, visits: Positions) -> Standing:
    """Each visit from enter to leave, less what was withdrawn later."""
    withdrawn, of_run = folded.withdrawn, folded.visits.run[visits]
    first, last = (np.searchsorted(withdrawn.run, of_run, side) for side in ("left", "right"))
    ends = spans(first, last)  # places in `withdrawn`: every end of the visit's run
    visit = np.repeat(visits, last - first)
    enter, leave = folded.visits.enter, folded.visits.leave
    inside = (withdrawn.at[ends] >= enter[visit]) & (withdrawn.until[ends] <= leave[visit])
    ends, visit = ends[inside], visit[inside]
    starts, closes = _with_ends(visits, enter[visits], leave[visits], visit, withdrawn.at[ends], withdrawn.until[ends])
    of = np.concatenate((visits, visit))
    of = of[np.argsort(of, kind="stable")]
    return Standing(of, starts, closes, np.full(len(of), -1, np.int64))


def _with_ends(
    visits: Positions, enter: Times, leave: Times, cut: Positions, at: Times, until: Times
) -> tuple[Times, Times]:
    """Starts and ends of the spans that are left when [at, until) is cut out of the visits."""
    order = np.argsort(np.concatenate((visits, cut)), kind="stable")
    starts = np.concatenate((enter, until))[order]
    order = np.argsort(np.concatenate((cut, visits)), kind="stable")
    closes = np.concatenate((at, leave))[order]
    return starts, closes


def _segments(ground: Ground, folded: FoldedBucket) -> list[tuple[Times, Times, Positions]]:
    """(since, until, segment) of every run, once for each state of knowledge; mostly one, the runs' whole lives."""
    changes = _learnt(ground, folded)
    start = folded.runs.start.astype(np.int64)
    found = []
    for place, since in enumerate((start, *changes)):
        until = changes[place] if place < len(changes) else np.full(len(start), NEVER, np.int64)
        found.append((since, until, segment_of_runs(ground, folded, known_by=since)))
    return found


def _learnt(ground: Ground, folded: FoldedBucket) -> list[Times]:
    """Instants at which something that decides on segments became known after a run's start, the earliest first."""
    firm, of_account = ground.firm, ground.journey.subject.kind == "account"
    names = set().union(*(attributes_of(condition, firm.segments) for condition in firm.segments.values()))
    instants = [
        first
        for name in sorted(names)
        for first in first_known_after_start(folded, name, ground.terms, of_account=of_account)
    ]
    if not instants:
        return []
    ordered = np.sort(np.stack(instants), axis=0)
    return [line for line in ordered if bool((line != NEVER).any())]
