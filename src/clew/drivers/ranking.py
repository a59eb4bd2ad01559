"""Rank what goes with an outcome: measure before it, leave out what cannot tell, share R² out, add today's level."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from clew.archive.model import Codes, Times
from clew.drivers.choosing import Candidate, Tested, strongest, tested, usable
from clew.drivers.measures import measures_of
from clew.drivers.model import Driver, Figures, LeftOut, Level, Measure, Moments, Outcome, Ranking, Window
from clew.drivers.outcomes import EXPANDED
from clew.errors import UnknownName
from clew.questions.model import TooFew
from clew.signals.parts.customers import spells
from clew.signals.sight import Sight
from clew.stats.drivers import Importance, needed_for, rank_drivers

SEED = 1  # the same data give the same intervals
FEWEST_OF_A_KIND = 10  # accounts with it, and without it
_UNSEEN = "without any occasion in this log"
_ONLY_READY = "only accounts that were ready to expand can have it, and those expand more often"
_TODAY = "undated, and what an account brings today may follow from the outcome"


@dataclass(frozen=True)
class Table:
    """Accounts of every bucket below each other: each measure before the outcome, and the outcome itself."""

    candidates: Sequence[Candidate]
    outcome: Figures
    short: int


def rank(sight: Sight, outcome: Outcome, window: Window, only: Sequence[str] = ()) -> Ranking:
    """Rank the drivers of an outcome, with intervals from resampled accounts.

    only    names of measures, as "signal:stall"; empty: everything that can be measured
    Raises  UnknownName for a measure that does not exist
    """
    measures, left = _measures(sight, outcome, only)
    table = before(sight, outcome, window, measures)
    kept, unfit = usable(table.candidates)
    found = tested(kept, table.outcome)
    chosen, beyond = strongest(found, len(table.outcome))
    importance = _importance(outcome, table, chosen)
    if isinstance(importance, Importance):
        order = np.argsort(importance.rank, kind="stable")
        chosen, importance = [chosen[place] for place in order], importance.part(order)
    yes, no = table.outcome >= outcome.high, table.outcome <= outcome.low
    now, accounts = _now(sight, window, [one.candidate.measure for one in chosen])
    return Ranking(
        outcome=outcome,
        window=window,
        drivers=[_driver(one, yes, no, now=level) for one, level in zip(chosen, now, strict=True)],
        importance=importance,
        left_out=[*left, *unfit, *beyond],
        n=len(table.outcome),
        yes=int(yes.sum()),
        no=int(no.sum()),
        short=table.short,
        now=accounts,
        tested=len(found),
    )


def _measures(sight: Sight, outcome: Outcome, only: Sequence[str]) -> tuple[list[Measure], list[LeftOut]]:
    every = measures_of(sight, leave_out=(outcome.name,) if outcome.is_score else ())
    known = [measure.name for measure in every]
    for name in only:
        if name not in known:
            raise UnknownName("driver", name, known)
    asked = [measure for measure in every if not only or measure.name in only]
    reasons = {measure.name: _barred(sight, outcome, measure) for measure in asked}
    left = [LeftOut(measure, reasons[measure.name]) for measure in asked if reasons[measure.name]]
    return [measure for measure in asked if not reasons[measure.name]], left


def _barred(sight: Sight, outcome: Outcome, measure: Measure) -> str:
    """Why a measure is not even taken, "" where it is."""
    if outcome.name == EXPANDED and measure.name == "signal:missed-expansion":
        return _ONLY_READY
    if measure.name == f"attribute:{sight.meanings.revenue}" and not measure.dated:
        return _TODAY
    return "" if measure.seen(sight) else _UNSEEN


def before(sight: Sight, outcome: Outcome, window: Window, measures: Sequence[Measure]) -> Table:
    """Measure every account with a known outcome in the window before it; nothing later counts."""
    values: list[Figures] = []
    of_measure: list[list[Figures]] = [[] for _ in measures]
    short = 0
    for number in range(len(sight.buckets)):
        cases = outcome.cases(sight, number)
        moments = _moments(cases.thread, cases.since, cases.at - window.lead, window)
        long = moments.end - moments.begin >= window.least
        short += int((~long).sum())
        moments = moments.part(long)
        values.append(cases.value[long])
        for column, measure in zip(of_measure, measures, strict=True):
            column.append(measure.values(sight, number, moments))
    return Table(
        [Candidate(measure, _joined(column)) for measure, column in zip(measures, of_measure, strict=True)],
        _joined(values),
        short,
    )


def _moments(thread: Codes, since: Times, end: Times, window: Window) -> Moments:
    return Moments(thread, np.maximum(since, end - window.span), end)


def _joined(parts: Sequence[Figures]) -> Figures:
    return np.concatenate(parts) if parts else np.zeros(0)


def _importance(outcome: Outcome, table: Table, chosen: Sequence[Tested]) -> Importance | TooFew:
    needed = needed_for(len(chosen))
    if len(table.outcome) < needed or not chosen:
        return TooFew(len(table.outcome), needed)
    fewest = int(min(np.count_nonzero(table.outcome == value) for value in (0, 1)))
    if not outcome.is_score and fewest < FEWEST_OF_A_KIND:
        return TooFew(fewest, FEWEST_OF_A_KIND)
    if outcome.is_score and np.ptp(table.outcome) == 0:
        return TooFew(0, FEWEST_OF_A_KIND)
    return rank_drivers(np.column_stack([one.candidate.filled for one in chosen]), table.outcome, seed=SEED)


def _now(sight: Sight, window: Window, measures: Sequence[Measure]) -> tuple[list[Level], int]:
    """Level of each measure over today's customers, in the window that ends now."""
    columns: list[list[Figures]] = [[] for _ in measures]
    accounts = 0
    for number, moments in enumerate(_todays(sight, window)):
        accounts += len(moments)
        for column, measure in zip(columns, measures, strict=True):
            column.append(measure.values(sight, number, moments))
    return [_level(_joined(column)) for column in columns], accounts


def _todays(sight: Sight, window: Window) -> Iterator[Moments]:
    for number in range(len(sight.buckets)):
        found = spells(sight, number)
        here = np.flatnonzero((found.since <= sight.as_of) & (sight.as_of < found.until))
        end = np.full(len(here), sight.as_of + 1, np.int64)
        moments = _moments(found.thread[here], found.since[here], end, window)
        yield moments.part(moments.end - moments.begin >= window.least)


def _driver(found: Tested, yes: np.typing.NDArray[np.bool_], no: np.typing.NDArray[np.bool_], *, now: Level) -> Driver:
    values = found.candidate.values
    return Driver(
        found.candidate.measure,
        found.test,
        found.adjusted,
        _level(values[yes]),
        _level(values[no]),
        now,
        found.candidate.known,
    )


def _level(values: Figures) -> Level:
    known = values[~np.isnan(values)]
    return Level(float(known.mean()) if len(known) else None, len(known))
