"""What a version of a journey takes over from the one before it, subject by subject."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from clew.clock import NEVER
from clew.engine.model import BEFORE_STAGES, RESTARTED, FoldedBucket, Runs, Steps, Visits, Withdrawn
from clew.engine.ordered import Mask, Positions, first_at_or_after
from clew.engine.stream import Stream
from clew.engine.symbols import Symbols
from clew.engine.walk import AFTER_END, ANY_START, NO_MATCH, NO_START

Table = TypeVar("Table", Visits, Steps, Withdrawn)

NOWHERE = -9  # stage of a subject that no run is handed over for


@dataclass
class Carried:
    """Per subject what was before; all arrays (u,).

    row    the first row of the stream on which this version acts
    runs   how many runs it had, the one handed over not counted
    known  whether it had a run    start, end  of the last one
    stage  where the run stands that goes on under this version, BEFORE_STAGES possible; NOWHERE without one
    enter  since when it stands there
    """

    row: Positions
    runs: NDArray[np.int64]
    known: Mask
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    stage: NDArray[np.int64]
    enter: NDArray[np.int64]

    @classmethod
    def nothing(cls, stream: Stream, since: int) -> Carried:
        """Nothing was before; the version acts from an instant on."""
        units = len(stream.units)
        row = first_at_or_after(stream.at, stream.starts[:-1], stream.starts[1:], np.full(units, since))
        runs, start, end, enter = (np.zeros(units, np.int64) for _ in range(4))
        return cls(row, runs, np.zeros(units, np.bool_), start, end, np.full(units, NOWHERE, np.int64), enter)

    def note(self, unit: Positions, runs: Runs, chosen: Positions) -> None:
        """Take note of some runs of a version before, given the subject of each."""
        last = last_run_of(unit)
        np.add.at(self.runs, unit, 1)
        self.known[unit] = True
        self.start[unit[last]], self.end[unit[last]] = runs.start[chosen[last]], runs.end[chosen[last]]

    def stand(self, unit: Positions, part: FoldedBucket, moved: Positions, stage: NDArray[np.int64]) -> None:
        """Take over runs, which were noted, that stand in these stages of this version."""
        standing = np.searchsorted(part.visits.run, moved, "right") - 1
        self.stage[unit], self.enter[unit], self.start[unit] = (
            stage,
            part.visits.enter[standing],
            part.runs.start[moved],
        )
        self.runs[unit] -= 1


def last_run_of(unit: Positions) -> Mask:
    """Say which runs are the last of their subject; runs of a subject stand together."""
    last = np.ones(len(unit), np.bool_)
    last[:-1] = unit[1:] != unit[:-1]
    return last


def carry_into(symbols: Symbols, stream: Stream, carried: Carried) -> Symbols:
    """Make rows mean nothing before this version acts, and begin where the one before left off.

    symbols  with every row of the stream
    """
    rows = symbols.rows
    early = np.arange(len(stream)) < carried.row[stream.unit]
    start, entry, end = (np.array(each) for each in (rows.start, rows.entry, rows.end))
    start[:, early], entry[:, early], end[:, early] = NO_START, NO_MATCH, NO_MATCH
    if symbols.rules.again == AFTER_END:
        known = carried.known[stream.unit] & (carried.stage[stream.unit] == NOWHERE)
        wait = symbols.rules.wait
        start[:, known & (stream.at < np.minimum(carried.end, NEVER - wait)[stream.unit] + wait)] = NO_START
    standing = np.flatnonzero(carried.stage != NOWHERE)
    begun = _row_at(stream, standing, carried.start[standing])
    start[:, begun] = ANY_START
    staged = carried.stage[standing] != BEFORE_STAGES
    entered = _row_at(stream, standing[staged], carried.enter[standing[staged]])
    entry[:, entered] = carried.stage[standing[staged]]
    before = np.flatnonzero(carried.known & (carried.stage == NOWHERE))
    past = _row_at(stream, before, carried.start[before])
    start[:, past], end[:, past] = ANY_START, RESTARTED
    entry_at = np.where(early, NO_MATCH, rows.entry_at).astype(np.int8)
    return replace(symbols, rows=rows._replace(start=start, entry=entry, end=end, entry_at=entry_at))


def _row_at(stream: Stream, unit: Positions, at: NDArray[np.int64]) -> Positions:
    """The first row of each subject at an instant; every instant at which a run changes has one."""
    return first_at_or_after(stream.at, stream.starts[unit], stream.starts[unit + 1], at)


def clamped(part: FoldedBucket, since: int) -> FoldedBucket:
    """Let nothing end before the version came into force under which it ends."""
    visits, early = part.visits, part.runs.end < since
    last = last_run_of(np.asarray(visits.run, np.int64)) & early[visits.run]
    return replace(
        part,
        runs=replace(part.runs, end=np.where(early, since, part.runs.end)),
        visits=replace(visits, leave=np.where(last, since, visits.leave)),
    )


def chosen_runs(part: FoldedBucket, keep: Mask, number: NDArray[np.integer]) -> FoldedBucket:
    """Return what belongs to these runs alone, under these numbers."""
    place = np.cumsum(keep) - 1
    runs = Runs(**{each.name: getattr(part.runs, each.name)[keep] for each in fields(Runs)})
    visits, steps, withdrawn = keep[part.visits.run], keep[part.steps.run], keep[part.withdrawn.run]
    return replace(
        part,
        runs=replace(runs, number=np.asarray(number, np.int16)),
        visits=_of(part.visits, visits, place),
        steps=_of(part.steps, steps, place),
        withdrawn=_of(part.withdrawn, withdrawn, place),
    )


def _of(table: Table, keep: Mask, place: Positions) -> Table:
    columns = {each.name: getattr(table, each.name)[keep] for each in fields(table)}
    columns["run"] = place[columns["run"]].astype(np.int32)
    return type(table)(**columns)
