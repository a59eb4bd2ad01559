"""The fold: one definition of run state, for a few touched threads and for all of them.

A journey's conditions become symbols on the rows that matter to it (symbols), one automaton walks each subject's rows
(walk), and what it wrote becomes runs, visits and steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import NO_CODE, NO_VALUE, Bucket, LogView
from clew.engine.attributes import Units, code_in_force
from clew.engine.compiled import fast_enough
from clew.engine.limits import deadlines
from clew.engine.model import Folded, FoldedBucket, Planned, Runs, Visits, Withdrawn
from clew.engine.ordered import Positions
from clew.engine.steps import steps_of
from clew.engine.stream import Stream, build_stream, conditions_of
from clew.engine.symbols import Symbols, compile_journey
from clew.engine.terms import Terms
from clew.engine.walk import NO_MATCH, NO_START, WALK, Rows, Written
from clew.journeys.model import Journey

if TYPE_CHECKING:
    from clew.firm.model import Firm

THREADS = 2
TABLES = ("run", "visit", "planned", "withdrawn")  # what Written.made counts
ROWS_AT_ONCE = 2_000_000  # rows walked with one set of output arrays: bounds memory, costs nothing


def fold(view: LogView, journey: Journey, firm: Firm, *, compiled: bool | None = None) -> Folded:
    """Fold one journey over every thread of a view.

    compiled  walk with numba: None lets the size of the log and what is installed decide
    Raises    UnknownName for a segment that does not exist, BadRequest for a condition that cannot be walked
    """
    buckets = view.buckets()
    fast = fast_enough(sum(len(bucket) for bucket in buckets)) if compiled is None else compiled
    terms = Terms(view, firm)

    def one(bucket: Bucket) -> FoldedBucket:
        return _fold(bucket, terms, journey, compiled=fast)

    if len(buckets) < 2 or not fast:
        return Folded(journey, view, tuple(map(one, buckets)))
    with ThreadPoolExecutor(THREADS) as pool:
        return Folded(journey, view, tuple(pool.map(one, buckets)))


def fold_bucket(
    bucket: Bucket, view: LogView, journey: Journey, *, firm: Firm, compiled: bool | None = None
) -> FoldedBucket:
    """Fold one journey over the threads of one bucket; the same answer as that bucket's part of the whole fold."""
    fast = fast_enough(len(bucket)) if compiled is None else compiled
    return _fold(bucket, Terms(view, firm), journey, compiled=fast)


def _fold(bucket: Bucket, terms: Terms, journey: Journey, *, compiled: bool) -> FoldedBucket:
    stream = build_stream(bucket, terms, journey.subject, conditions_of(journey))
    symbols = compile_journey(journey, stream, terms)
    return told(walked(symbols, compiled=compiled), stream, symbols, journey=journey, terms=terms)


def walked(symbols: Symbols, *, compiled: bool) -> Written:
    """Walk the compiled rows of one bucket; numbers of units and rows are those of the symbols."""
    return _put_together([_walk(piece, symbols, compiled=compiled) for piece in pieces(symbols.rows)])


def told(written: Written, stream: Stream, symbols: Symbols, *, journey: Journey, terms: Terms) -> FoldedBucket:
    """Say what a walk wrote as runs, visits and steps."""
    bucket, units = stream.bucket, stream.units
    runs = _runs(journey, bucket, terms, units=units, written=written)
    return FoldedBucket(
        bucket=bucket,
        runs=runs,
        visits=_visits(journey, terms.firm, written),
        steps=steps_of(bucket, journey.subject, runs, _start_rows(stream, symbols, written)),
        planned=Planned(units.subject[written.planned_unit], units.thread[written.planned_unit], written.planned_at),
        withdrawn=Withdrawn(written.withdrawn_run.astype(np.int32), written.withdrawn_at, written.withdrawn_until),
    )


def pieces(rows: Rows) -> Iterator[tuple[int, Rows]]:
    """Cut rows between units into pieces of bounded size, flat as the walk reads them; each with its first unit."""
    first, units = 0, len(rows.starts) - 1
    while first < units:
        last = int(np.searchsorted(rows.starts, rows.starts[first] + ROWS_AT_ONCE, "right")) - 1
        last = min(max(last, first + 1), units)
        lo, hi = int(rows.starts[first]), int(rows.starts[last])
        columns = {name: getattr(rows, name)[..., lo:hi].reshape(-1) for name in Rows._fields if name != "starts"}
        yield first, Rows(starts=rows.starts[first : last + 1] - lo, **columns)
        first = last


def _walk(piece: tuple[int, Rows], symbols: Symbols, *, compiled: bool) -> Written:
    """Walk one piece; numbers of units and rows come back as those of the whole."""
    first, rows = piece
    written = room_for(rows, reopens=bool(symbols.rules.reopens.any()))
    rules = symbols.rules._replace(since=symbols.rules.since.copy())
    WALK((rows, rules), written, compiled=compiled)
    made = dict(zip(TABLES, written.made.tolist(), strict=True))
    lo = int(symbols.rows.starts[first])
    cut = {name: getattr(written, name)[: made[name.split("_")[0]]] for name in Written._fields[1:]}
    cut["run_unit"] = cut["run_unit"] + first
    cut["planned_unit"] = cut["planned_unit"] + first
    cut["run_row"], cut["run_over"] = cut["run_row"] + lo, cut["run_over"] + lo
    return Written(made=written.made, **cut)


def room_for(rows: Rows, *, reopens: bool = True) -> Written:
    """Make output arrays that the walk cannot outgrow: a run per start, a visit per run and per entry.

    reopens  some end may be withdrawn, at most one at each row
    """
    lines = len(rows.start) // max(len(rows.at), 1)
    runs = int((rows.start.reshape(lines, -1) != NO_START).any(0).sum()) if lines else 0
    visits = runs + int((rows.entry.reshape(lines, -1) != NO_MATCH).any(0).sum()) if lines else 0
    withdrawn = len(rows.at) if reopens else 0
    room = {
        "made": len(TABLES), "run": runs, "visit": visits, "planned": len(rows.starts) - 1, "withdrawn": withdrawn
    }  # fmt: skip
    return Written(*(np.zeros(room[name.split("_")[0]], np.int64) for name in Written._fields))


def _put_together(parts: Sequence[Written]) -> Written:
    parts = parts or [Written(*(np.zeros(len(TABLES) if name == "made" else 0, np.int64) for name in Written._fields))]
    before = np.cumsum([0] + [int(part.made[0]) for part in parts])
    numbered = [
        part._replace(visit_run=part.visit_run + shift, withdrawn_run=part.withdrawn_run + shift)
        for part, shift in zip(parts, before, strict=False)
    ]
    return Written(*(np.concatenate(columns) for columns in zip(*numbered, strict=True)))


def _runs(journey: Journey, bucket: Bucket, terms: Terms, *, units: Units, written: Written) -> Runs:
    unit = written.run_unit
    last_visit = np.searchsorted(written.visit_run, np.arange(len(unit)), "right") - 1
    return Runs(
        subject=units.subject[unit].astype(np.int32),
        thread=units.thread[unit].astype(np.int32),
        number=written.run_number.astype(np.int16),
        start=written.run_start,
        end=written.run_end,
        outcome=written.run_outcome.astype(np.int8),
        stage=written.visit_stage[last_visit].astype(np.int8),
        variant=written.run_variant.astype(np.int8),
        value=_values(journey, bucket, terms, units=units, unit=unit),
        due=written.run_due,
        late=written.run_late.astype(np.int32),
    )


def _values(journey: Journey, bucket: Bucket, terms: Terms, *, units: Units, unit: Positions) -> NDArray[np.int64]:
    """The latest value of the journey's value attribute as of the view, in millionths."""
    if journey.value is None:
        return np.full(len(unit), NO_VALUE, np.int64)
    when = np.full(len(unit), terms.view.as_of, np.int64)
    code = code_in_force(bucket, terms, units, journey.value, unit=unit, when=when)
    return np.where(code == NO_CODE, NO_VALUE, terms.amounts(journey.value)[code])


def _visits(journey: Journey, firm: Firm, written: Written) -> Visits:
    stage, came = written.visit_stage.astype(np.int8), written.visit_came.astype(np.int8)
    variant = written.run_variant[written.visit_run]
    return Visits(
        run=written.visit_run.astype(np.int32),
        stage=stage,
        enter=written.visit_enter,
        leave=written.visit_leave,
        came=came,
        next=written.visit_next.astype(np.int16),
        back=came > stage,
        deadline=deadlines(journey, firm, stage=stage, variant=variant, enter=written.visit_enter),
    )


def _start_rows(stream: Stream, symbols: Symbols, written: Written) -> Positions:
    """The row of the bucket's events that started each run, -1 where a date did."""
    return stream.row[symbols.kept[written.run_row]]
