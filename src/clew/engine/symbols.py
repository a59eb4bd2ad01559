"""A journey compiled for one stream: what each row means to its automaton."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from clew.conditions.model import AnyOf, Condition, Dwell, Silent
from clew.durations import Duration
from clew.engine.conditions import NO_STAGE, Evaluation
from clew.engine.ordered import Mask, Positions, segment_starts
from clew.engine.stream import NO_DATE, Stream, leaves_of
from clew.engine.terms import Terms
from clew.engine.walk import (
    AFTER_END,
    ANY_START,
    EACH_TRIGGER,
    FIRST_START,
    NO_MATCH,
    NO_START,
    ONCE,
    SILENCE,
    Rows,
    Rules,
)
from clew.errors import BadRequest
from clew.journeys.model import AgainKind, Back, Journey

Whole = TypeVar("Whole", np.int8, np.int64)

AGAIN = {AgainKind.NEVER: ONCE, AgainKind.AFTER_END: AFTER_END, AgainKind.EACH_TRIGGER: EACH_TRIGGER}


@dataclass(frozen=True)
class Clause:
    """A silence or a stay in a stage that ends a run by time alone."""

    end: int
    when: Silent | Dwell


@dataclass(frozen=True)
class Symbols:
    """What the walk needs: rows that mean something, rules, and where in the stream those rows are.

    rows  with matrices still as such: (s, n) and (c, n); fold.pieces cuts and flattens them
    """

    rows: Rows
    rules: Rules
    kept: Positions


def compile_journey(journey: Journey, stream: Stream, terms: Terms, *, every_row: bool = False) -> Symbols:
    """Evaluate a journey's conditions on a stream and keep the rows that mean something, or every row."""
    clauses = clauses_of(journey)
    lines = _lines(journey, terms)
    evaluations = [Evaluation(stream, terms, stage) for stage in lines]
    entry = np.stack([_latest_stage(journey, each) for each in evaluations])
    start = np.stack([_starts(journey, each, entry[line]) for line, each in enumerate(evaluations)])
    end = np.stack([_first_end(journey, each) for each in evaluations])
    sign = _signs(clauses, evaluations[0])
    means = (start != NO_START).any(0) | (entry != NO_MATCH).any(0) | (end != NO_MATCH).any(0) | (sign != 0)
    kept = np.flatnonzero(means | every_row)
    instants = segment_starts(stream.unit[kept], stream.at[kept])
    rows = Rows(
        starts=np.searchsorted(kept, stream.starts),
        at=stream.at[kept],
        start=start[:, kept],
        entry=entry[:, kept],
        entry_at=_over_instants(np.maximum, entry[:, kept], instants),
        end=end[:, kept],
        sign=sign[kept],
        sign_at=_over_instants(np.bitwise_or, sign[kept][None, :], instants)[0],
        after=_after(journey, clauses, terms, stream.at[kept]),
        variant=_variants(journey, evaluations[0])[kept],
        event=stream.date[kept] == NO_DATE,
    )
    return Symbols(rows, _rules(journey, clauses, terms.view.as_of, len(lines)), kept)


def clauses_of(journey: Journey) -> list[Clause]:
    """The time-driven parts of ends, in file order. Raises BadRequest where one stands under `all` or `not`."""
    clauses = [
        Clause(number, part)
        for number, end in enumerate(journey.ends)
        for part in _alternatives(end.when)
        if isinstance(part, Silent) or (isinstance(part, Dwell) and part.duration is not None)
    ]
    for condition in (stage.enter for stage in journey.stages):
        if any(isinstance(part, Silent) for part in _alternatives(condition)):
            raise BadRequest(f"a stage of '{journey.name}' is entered by silence; only an end may come by silence")
    if len(clauses) > 62:
        raise BadRequest(f"journey '{journey.name}' has {len(clauses)} ends by silence or stay; allowed: at most 62")
    return clauses


def _alternatives(condition: Condition) -> list[Condition]:
    """A condition, or the parts of an `any`."""
    if isinstance(condition, AnyOf):
        return [leaf for part in condition.parts for leaf in _alternatives(part)]
    return [condition]


def _lines(journey: Journey, terms: Terms) -> tuple[str, ...]:
    """The stages for which matches must be known apart: all of them where a condition asks for the present stage."""
    asked = [stage.enter for stage in journey.stages] + [end.when for end in journey.ends]
    leaves = leaves_of(asked + ([journey.starts] if journey.starts else []), terms)
    stateful = any(isinstance(leaf, Dwell) and leaf.duration is None for leaf in leaves)
    return (NO_STAGE, *journey.stage_names) if stateful else (NO_STAGE,)


def _latest_stage(journey: Journey, evaluation: Evaluation) -> NDArray[np.int8]:
    entry = np.full(len(evaluation.stream), NO_MATCH, np.int8)
    for number, stage in enumerate(journey.stages):
        entry[evaluation.happens(stage.enter)] = number
    return entry


def _starts(journey: Journey, evaluation: Evaluation, entry: NDArray[np.int8]) -> NDArray[np.int8]:
    happens: Mask = entry != NO_MATCH if journey.starts is None else evaluation.happens(journey.starts)
    kind = np.where(evaluation.stream.fresh, ANY_START, FIRST_START)
    return np.where(happens, kind, NO_START).astype(np.int8)


def _first_end(journey: Journey, evaluation: Evaluation) -> NDArray[np.int8]:
    first = np.full(len(evaluation.stream), NO_MATCH, np.int8)
    for number in reversed(range(len(journey.ends))):
        first[evaluation.happens(journey.ends[number].when)] = number
    return first


def _signs(clauses: list[Clause], evaluation: Evaluation) -> NDArray[np.int64]:
    sign = np.zeros(len(evaluation.stream), np.int64)
    event = evaluation.stream.gather(evaluation.stream.bucket.event)
    for number, clause in enumerate(clauses):
        if isinstance(clause.when, Silent):
            sign[evaluation.terms.named(clause.when.events)[event]] |= 1 << number
    return sign


def _over_instants(combine: np.ufunc, values: NDArray[Whole], instants: Positions) -> NDArray[Whole]:
    """Combine the values of each line over all rows of a subject at one instant."""
    if len(instants) - 1 == values.shape[1]:
        return values
    return np.repeat(combine.reduceat(values, instants[:-1], axis=1), np.diff(instants), axis=1)


def _after(journey: Journey, clauses: list[Clause], terms: Terms, at: NDArray[np.int64]) -> NDArray[np.int64]:
    after = np.empty((len(clauses), len(at)), np.int64)
    for number, clause in enumerate(clauses):
        duration = clause.when.duration
        assert duration is not None
        after[number] = terms.firm.calendar_of(_team(journey, clause)).add(at, duration)
    return after


def _team(journey: Journey, clause: Clause) -> str | None:
    """The team whose calendar a working span follows: that of the stage, for a silence the firm's own."""
    if isinstance(clause.when, Silent):
        return None
    return journey.stages[_stage_number(journey, clause.when)].team


def _stage_number(journey: Journey, dwell: Dwell) -> int:
    return journey.stage_names.index(dwell.stage)


def _variants(journey: Journey, evaluation: Evaluation) -> NDArray[np.int8]:
    variant = np.full(len(evaluation.stream), NO_MATCH, np.int8)
    for number in reversed(range(len(journey.variants))):
        variant[evaluation.holds(journey.variants[number].when)] = number
    return variant


def _rules(journey: Journey, clauses: list[Clause], as_of: int, lines: int) -> Rules:
    stages = [SILENCE if isinstance(clause.when, Silent) else _stage_number(journey, clause.when) for clause in clauses]
    again = AGAIN[journey.again.kind]
    return Rules(
        as_of=as_of,
        lines=lines,
        again=again,
        wait=_wait(journey.again.wait) if again == AFTER_END else 0,
        restarts=again == EACH_TRIGGER and journey.starts is not None,
        ignored=np.array([stage.back is Back.IGNORED for stage in journey.stages], np.bool_),
        reopens=np.array([end.reopens for end in journey.ends], np.bool_),
        clause_end=np.array([clause.end for clause in clauses], np.int64),
        clause_stage=np.array(stages, np.int64),
        since=np.full(len(clauses), -1, np.int64),
    )


def _wait(wait: Duration | None) -> int:
    if wait is not None and wait.working:
        raise BadRequest(f"wait: {wait}: the wait before a further run is elapsed time; allowed: as '30 days'")
    return wait.micros if wait else 0
