"""What runs show of the deviations of their map, counted bucket by bucket and merged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.discovery.conformance.alignment_mean import AccountSums
from clew.discovery.conformance.deviations import Marks, Touched, joined, places_of, touched
from clew.discovery.conformance.events import Mention, unplanned_events
from clew.discovery.conformance.late import late_receipts, late_stays
from clew.discovery.conformance.order import DropOut, Fits, Paths, fits_of, order_marks, paths_of
from clew.discovery.conformance.teams import other_teams
from clew.discovery.conformance.worth import bearers, valued_by_place
from clew.engine.kernels.counts import Counted, count_by, merge_counted
from clew.engine.model import OPEN, FoldedBucket
from clew.engine.receipts import receipts_of
from clew.journeys.model import Journey
from clew.questions.frames import Frame
from clew.questions.ground import Ground

Values = NDArray[np.int64]


@dataclass(frozen=True)
class Measure:
    """How runs are held against their map.

    others        journeys whose maps explain events too      drop_out  which runs may stop early
    ordered_only  look at the order of stages alone
    """

    others: tuple[Journey, ...] = ()
    drop_out: DropOut = DropOut.ANY
    ordered_only: bool = False


@dataclass(frozen=True)
class Seen:
    """What the runs of one bucket show.

    judged  runs and places where a deviation could have occurred, each once
    bearer  of each run the entity whose attribute is its value
    """

    paths: Paths
    fits: Fits
    touched: Touched
    judged: Touched
    bearer: Values


class Sighting:
    """Looks at buckets, at each once."""

    def __init__(self, ground: Ground, measure: Measure) -> None:
        self.ground, self.measure = ground, measure
        self.places = places_of(ground)
        self.mentioned = Mention((ground.journey, *measure.others), ground.terms)
        self._seen: dict[int, Seen] = {}

    def of(self, folded: FoldedBucket) -> Seen:
        """Look at a bucket; a split asks for the same one again and again."""
        if id(folded) not in self._seen:
            self._seen[id(folded)] = self._look(folded)
        return self._seen[id(folded)]

    def _look(self, folded: FoldedBucket) -> Seen:
        paths = paths_of(folded, self.ground.journey, self.measure.drop_out)
        ordered = order_marks(paths, self.ground.journey, self.places)
        marks = joined([ordered, *(() if self.measure.ordered_only else self._further(folded))])
        runs, places = len(folded.runs), len(self.places.all)
        could = Marks(marks.judged_run, marks.judged_place, marks.run[:0], marks.place[:0])
        return Seen(
            paths,
            fits_of(paths, ordered, self.places),
            touched(marks, runs, places),
            touched(could, runs, self.places.at_event),
            bearers(self.ground, folded),
        )

    def _further(self, folded: FoldedBucket) -> Sequence[Marks]:
        ground, places = self.ground, self.places
        received = receipts_of(folded, ground.journey, ground.terms) if ground.journey.handoffs else ()
        late = [late_receipts(folded, places, ground, number, each) for number, each in enumerate(received)]
        return [
            late_stays(folded, places, ground.as_of),
            *late,
            other_teams(folded, places, ground, received),
            unplanned_events(folded, places, self.mentioned),
        ]


@dataclass(frozen=True)
class Tally:
    """Counts of some runs.

    runs, open               all of them, and those that have not ended
    judged                   with a path      straight, allowed  of these as Fits says
    aligned                  judged runs by (moves of the optimal alignment, moves of the worst)
    spread                   of alignment fitness over accounts       distinct  paths
    touched, times, could    runs that show it, occurrences, runs in which it could occur, by deviation
    valued                   accounts (subjects with a value of their own) of known value, with its sum in millionths
    came, entered            (s,) runs that came so far or further; that entered the stage
    """

    runs: int
    open: int
    judged: int
    straight: int
    allowed: int
    aligned: Counted
    spread: AccountSums
    distinct: frozenset[bytes]
    touched: Counted
    times: Counted
    valued: Counted
    could: Counted
    came: Values
    entered: Values

    @property
    def mean_fitness(self) -> float:
        """The mean of the runs' alignment fitness, the same for any order of adding; 1 without runs."""
        if not len(self.aligned):
            return 1.0
        moves, most = self.aligned.keys.T
        return 1 - float((moves / most * self.aligned.count).sum()) / int(self.aligned.count.sum())


def tally(sighting: Sighting) -> Callable[[Frame], Tally]:
    """Kernel: count what the runs of a frame show."""

    def kernel(frame: Frame) -> Tally:
        seen, runs, rows = sighting.of(frame.folded), frame.folded.runs, frame.rows
        fits, judged = seen.fits, rows[seen.fits.judged[rows]]
        inside = np.zeros(len(runs), np.bool_)
        inside[rows] = True
        shown, could = _within(seen.touched, inside), _within(seen.judged, inside)
        fitness = 1 - fits.moves[judged] / np.maximum(fits.most[judged], 1)
        ways = np.unique(fits.path[judged])
        stages = np.arange(seen.paths.entered.shape[1])
        return Tally(
            runs=len(rows),
            open=int((runs.outcome[rows] == OPEN).sum()),
            judged=len(judged),
            straight=int(fits.straight[judged].sum()),
            allowed=int(fits.allowed[judged].sum()),
            aligned=count_by(fits.moves[judged], np.maximum(fits.most[judged], 1)),
            spread=AccountSums.of(runs.thread[judged], fitness),
            distinct=frozenset(fits.distinct[way] for way in ways.tolist() if way >= 0),
            touched=count_by(shown.place),
            times=count_by(shown.place, weights=shown.times),
            valued=valued_by_place(shown.place, seen.bearer[shown.run], runs.value[shown.run]),
            could=count_by(could.place),
            came=(stages <= seen.paths.furthest[rows][:, None]).sum(axis=0),
            entered=seen.paths.entered[rows].sum(axis=0),
        )

    return kernel


def _within(found: Touched, inside: NDArray[np.bool_]) -> Touched:
    if inside.all():
        return found
    kept = inside[found.run]
    return Touched(found.run[kept], found.place[kept], found.times[kept])


def merge(left: Tally, right: Tally) -> Tally:
    """Add two partials of disjoint accounts."""
    counted = {
        name: merge_counted([getattr(left, name), getattr(right, name)])
        for name in ("aligned", "touched", "times", "valued", "could")
    }
    return Tally(
        runs=left.runs + right.runs,
        open=left.open + right.open,
        judged=left.judged + right.judged,
        straight=left.straight + right.straight,
        allowed=left.allowed + right.allowed,
        spread=left.spread + right.spread,
        distinct=left.distinct | right.distinct,
        came=left.came + right.came,
        entered=left.entered + right.entered,
        **counted,
    )


def by_place(found: Counted) -> dict[int, int]:
    """Counts by the number of the deviation."""
    return dict(zip(found.keys[:, 0].tolist(), found.count.tolist(), strict=True))


def totals(found: Counted) -> dict[int, int]:
    """Sums of the weights by the number of the deviation."""
    return dict(zip(found.keys[:, 0].tolist(), found.total.tolist(), strict=True))
