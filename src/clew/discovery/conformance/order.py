"""Deviations of order: stages skipped, out of order, repeated. And how well each run's path fits the map."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from clew.discovery.conformance.alignment import Lines, costs
from clew.discovery.conformance.deviations import Kind, Marks, Places
from clew.engine.kernels.repeats import first_rows
from clew.engine.kernels.variants import sequence_numbers
from clew.engine.model import OPEN, FoldedBucket, Runs
from clew.engine.ordered import Mask, segment_starts
from clew.journeys.model import Back, Journey
from clew.questions.stages import by_variant

Values = NDArray[np.int64]


class DropOut(StrEnum):
    """Which runs may stop before the end of the map without leaving anything out."""

    ANY = "any"  # every run
    LOST = "lost"  # those that did not end well; one with a good end has to have gone the whole way
    NONE = "none"  # none that has ended; open ones are still on their way


@dataclass(frozen=True)
class Paths:
    """The stages that each run of a bucket entered, in order.

    run, stage  (n,) by run
    highest     (n,) highest stage that the run had entered before this row, -1 for none
    first, back (n,) it is the run's first visit of that stage; it came from a later one
    line        (r,) what the map demands of each run: which of `lines`, variant applied
    entered     (r, s) bool     furthest  (r,) highest stage entered, -1 for none
    """

    run: Values
    stage: Values
    highest: Values
    first: Mask
    back: Mask
    line: Values
    lines: Lines
    entered: Mask
    furthest: Values

    @property
    def required(self) -> Mask:
        """(r, s) the stage is not optional for the run."""
        return self.lines.required[self.line]

    @property
    def whole(self) -> Mask:
        """(r,) the run has to have gone the whole way."""
        return np.asarray(self.lines.whole[self.line])

    @property
    def skipped(self) -> Mask:
        """(r, s) demanded, never entered, and passed over by a later stage or by the end of a run that may not stop."""
        stages = np.arange(self.entered.shape[1])
        passed = (stages < self.furthest[:, None]) | self.whole[:, None]
        return np.asarray(self.required & ~self.entered & passed)


def paths_of(folded: FoldedBucket, journey: Journey, drop_out: DropOut) -> Paths:
    """Read the paths of a bucket's runs."""
    visits, runs, stages = folded.visits, folded.runs, len(journey.stages)
    visit = np.flatnonzero(visits.stage >= 0)
    run, stage = visits.run[visit].astype(np.int64), visits.stage[visit].astype(np.int64)
    packed = run * (stages + 1) + stage + 1  # rises from run to run, so the highest of a former run never counts
    highest = np.full(len(run), -1, np.int64)
    if len(run):
        before = np.concatenate(([0], np.maximum.accumulate(packed)[:-1]))
        highest = np.maximum(before - run * (stages + 1), 0) - 1
    first = np.zeros(len(run), np.bool_)
    first[first_rows(run, stage)] = True
    entered = np.zeros((len(runs), stages), np.bool_)
    entered[run, stage] = True
    furthest = np.full(len(runs), -1, np.int64)
    furthest[run] = np.maximum(highest, stage)  # the last row of a run is the one that stays
    line = 2 * (runs.variant.astype(np.int64) + 1) + must_go_the_whole_way(runs, journey, drop_out)
    return Paths(run, stage, highest, first, visits.back[visit], line, _lines(journey), entered, furthest)


def _lines(journey: Journey) -> Lines:
    """Line 2 * (variant + 1) may stop anywhere, the one after it has to go the whole way."""
    required = np.array([[not optional for optional in row] for row in by_variant(journey, "optional")], np.bool_)
    whole = np.zeros(2 * len(required), np.bool_)
    whole[1::2] = True
    return Lines(np.repeat(required, 2, axis=0), whole)


def must_go_the_whole_way(runs: Runs, journey: Journey, drop_out: DropOut) -> Mask:
    """Say of each run whether it has ended and may not have stopped early."""
    if drop_out is DropOut.ANY:
        return np.zeros(len(runs), np.bool_)
    if drop_out is DropOut.NONE:
        return np.asarray(runs.outcome != OPEN)
    good = [number for number, end in enumerate(journey.ends) if end.good]
    return np.isin(runs.outcome, good)


def order_marks(paths: Paths, journey: Journey, places: Places) -> Marks:
    """Mark what was skipped, out of order and repeated."""
    friction = np.array([stage.back is Back.FRICTION for stage in journey.stages], np.bool_)
    behind = paths.highest > paths.stage
    wrong = np.where(paths.first, behind, paths.back & friction[paths.stage])
    skipped_run, skipped_stage = np.nonzero(paths.skipped)
    run = [skipped_run, paths.run[wrong], paths.run[~paths.first]]
    stage = [skipped_stage, paths.stage[wrong], paths.stage[~paths.first]]
    kinds = (Kind.SKIPPED, Kind.OUT_OF_ORDER, Kind.REPEATED)
    place = [places.at_stage(kind) + each for kind, each in zip(kinds, stage, strict=True)]
    judged = _judged(paths, places)
    return Marks(np.concatenate(run), np.concatenate(place), *judged)


def _judged(paths: Paths, places: Places) -> tuple[Values, Values]:
    """A stage is skipped by runs that had to enter it and came so far; out of order and repeated by those in it."""
    stages = np.arange(paths.entered.shape[1])
    could = paths.required & ((stages <= paths.furthest[:, None]) | paths.whole[:, None])
    could[:, -1:] &= paths.whole[:, None]  # no later stage can pass over the last one
    could_run, could_stage = np.nonzero(could)
    in_run, in_stage = np.nonzero(paths.entered)
    run = np.concatenate((could_run, in_run, in_run))
    kinds = ((Kind.SKIPPED, could_stage), (Kind.OUT_OF_ORDER, in_stage), (Kind.REPEATED, in_stage))
    return run, np.concatenate([places.at_stage(kind) + stage for kind, stage in kinds])


@dataclass(frozen=True)
class Fits:
    """How each run of a bucket fits the map.

    judged     (r,) bool: it entered a stage, or had to
    straight   (r,) bool: nothing skipped, out of order or repeated      allowed  (r,) bool: the same, repeated forgiven
    moves      (r,) of the optimal alignment        most  (r,) moves that the worst one would take (length + shortest)
    path       (r,) number of its path in the bucket, -1 where it has none; distinct  the paths as bytes
    """

    judged: Mask
    straight: Mask
    allowed: Mask
    moves: Values
    most: Values
    path: Values
    distinct: tuple[bytes, ...]


def fits_of(paths: Paths, marks: Marks, places: Places) -> Fits:
    """Align the paths of a bucket, each distinct one once."""
    runs, stages = paths.entered.shape
    starts = segment_starts(paths.run)
    of_run = paths.run[starts[:-1]]
    code = paths.line[paths.run] * max(stages, 1) + paths.stage
    number = sequence_numbers(starts, code) if len(of_run) else np.zeros(0, np.int64)
    example = np.zeros(int(number.max(initial=-1)) + 1, np.int64)
    example[number[::-1]] = np.arange(len(number) - 1, -1, -1)
    ways = [paths.stage[starts[one] : starts[one + 1]] for one in example.tolist()]
    edges = np.cumsum([0, *map(len, ways)])
    flat = np.concatenate([np.zeros(0, np.int64), *ways])
    moves = costs(edges, flat, paths.line[of_run[example]], paths.lines)
    length = np.bincount(paths.run, minlength=runs)
    demanded = np.where(paths.whole, paths.required.sum(axis=1), 0)
    taken, path = demanded.copy(), np.full(runs, -1, np.int64)
    taken[of_run], path[of_run] = moves[number], number
    allowed = ~runs_with(marks, places, runs, kinds=(Kind.SKIPPED, Kind.OUT_OF_ORDER))
    distinct = tuple(code[starts[one] : starts[one + 1]].tobytes() for one in example.tolist())
    return Fits(
        judged=(length > 0) | (demanded > 0),
        straight=allowed & ~runs_with(marks, places, runs, kinds=(Kind.REPEATED,)),
        allowed=allowed,
        moves=taken,
        most=length + paths.lines.shortest[paths.line],
        path=path,
        distinct=distinct,
    )


def runs_with(marks: Marks, places: Places, runs: int, *, kinds: tuple[Kind, ...]) -> Mask:
    """Say of each run whether it shows one of these kinds at any stage."""
    found = np.zeros(runs, np.bool_)
    for kind in kinds:
        first = places.at_stage(kind)
        found[marks.run[(marks.place >= first) & (marks.place < first + places.stages)]] = True
    return found
