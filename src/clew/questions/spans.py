"""Spans of time as partials, and the cells that say how long something takes, open spans included."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.clock import US
from clew.questions.figures import Row
from clew.questions.model import Cell, Column, TooFew, Unit
from clew.stats.quantiles import sample_quantile
from clew.stats.survival import MINIMUM_FOR_QUANTILE, SurvivalCounts, SurvivalCurve, kaplan_meier

QUANTILES = {"median": 0.5, "p75": 0.75, "p90": 0.9}
FINISHED = {"p10": 0.1, "median": 0.5, "p75": 0.75, "p90": 0.9}
CENSORED_NOTE = (
    "Median, P75 and P90 are Kaplan-Meier's: what has not ended yet counts as lasting at least until now. "
    "A dash means that too few have ended to know."
)
FINISHED_NOTE = (
    "Only what has ended is counted: biased towards the short ones, and not to be compared with the default."
)


@dataclass(frozen=True)
class Spans:
    """How long each of many things took: micros, and whether the end was seen; starts counts all that began.

    Split anywhere, partials merge to the whole.
    """

    micros: NDArray[np.int64]
    seen: NDArray[np.bool_]
    starts: int

    @property
    def counts(self) -> SurvivalCounts:
        """As counts by duration."""
        return SurvivalCounts.of(self.micros, self.seen)

    @property
    def curve(self) -> SurvivalCurve:
        """The Kaplan-Meier curve, computed once. Raises NotEnoughData without any span."""
        # The lock of Python 3.11's cached_property lets one thread at a time compute, of whatever spans.
        kept: SurvivalCurve | None = self.__dict__.get("_curve")
        if kept is None:
            kept = self.__dict__["_curve"] = kaplan_meier(self.counts)
        return kept

    @property
    def finished(self) -> NDArray[np.int64]:
        """Spans whose end was seen."""
        return self.micros[self.seen]

    @property
    def n(self) -> int:
        return len(self.micros)

    @property
    def still_open(self) -> int:
        return self.n - int(self.seen.sum())


def merge(left: Spans, right: Spans) -> Spans:
    """Put two partials together."""
    return Spans(
        np.concatenate((left.micros, right.micros)), np.concatenate((left.seen, right.seen)), left.starts + right.starts
    )


def together(parts: Iterable[Spans]) -> Spans:
    """Put any number of partials together."""
    found = list(parts)
    return Spans(
        np.concatenate([part.micros for part in found]) if found else np.zeros(0, np.int64),
        np.concatenate([part.seen for part in found]) if found else np.zeros(0, np.bool_),
        sum(part.starts for part in found),
    )


def span_columns(what: str, *, working: bool, finished_only: bool) -> list[Column]:
    """Quantiles with intervals, n, and how many are still open; the mean only where everything counted has ended."""
    unit = Unit.WORKING_SPAN if working else Unit.SPAN
    kind = "working time" if working else "elapsed time"
    columns = [Column("n", "n", Unit.COUNT, f"Number of {what}.")]
    if not finished_only:
        columns.append(Column("open", "still open", Unit.COUNT, f"{what.capitalize()} whose end was not seen."))
    for name in FINISHED if finished_only else QUANTILES:
        share = "half" if name == "median" else f"{name.removeprefix('p')} %"
        columns += quantile_columns(name, f"The {kind} by which {share} have ended.", unit)
    if finished_only:
        columns.append(Column("mean", "mean", unit, f"Mean {kind} of what has ended.", n="n"))
        columns.append(Column("longest", "longest", unit, f"The longest {kind} of what has ended."))
    return [*columns, Column("total", "total", unit, f"Sum of the {kind} of what has ended.", n="n")]


def span_cells(spans: Spans, *, finished_only: bool, least: int) -> Row:
    """Cells of `span_columns`."""
    if finished_only:
        return _finished_cells(spans, least)
    cells: Row = {"n": spans.n, "open": spans.still_open, "total": _seconds(spans.finished.sum())}
    for name, q in QUANTILES.items():
        cells |= quantile_cells(name, spans, q, least)
    return cells


def quantile_cells(name: str, spans: Spans, q: float, least: int) -> Row:
    """One Kaplan-Meier quantile with its interval; where it is not reached yet, the low end may be known."""
    needed = max(least, MINIMUM_FOR_QUANTILE)
    if spans.n < needed:
        return _three(name, TooFew(spans.n, needed))
    found = spans.curve.quantile(q)
    return _three(name, *(_seconds(end) for end in (found.value, found.low, found.high)))


def _finished_cells(spans: Spans, least: int) -> Row:
    values = spans.finished
    enough = len(values) >= least
    cells: Row = {"n": len(values), "total": _seconds(values.sum())}
    cells |= {"mean": _seconds(values.mean()) if enough else TooFew(len(values), least)}
    cells |= {"longest": _seconds(values.max()) if len(values) else None}
    for name, q in FINISHED.items():
        cells |= sample_cells(name, values, q, least)
    return cells


def sample_cells(name: str, values: NDArray[np.int64], q: float, least: int, scale: float = US) -> Row:
    """One plain quantile (linear between order statistics); below six values without interval. Divided by `scale`."""
    if len(values) < least:
        return _three(name, TooFew(len(values), least))
    if len(values) < MINIMUM_FOR_QUANTILE:
        return _three(name, float(np.quantile(values, q)) / scale)
    found = sample_quantile(values, q)
    ends = [None if end is None else end / scale for end in (found.low, found.high)]
    return _three(name, (found.value or 0.0) / scale, ends[0], ends[1])


def quantile_columns(name: str, definition: str, unit: Unit, n: str = "n") -> list[Column]:
    """A quantile and the two ends of its interval; `n` is the column of its number of observations."""
    title = "median" if name == "median" else name.upper()
    return [
        Column(name, title, unit, definition, low=f"{name}_low", high=f"{name}_high", n=n),
        Column(f"{name}_low", f"{title}, low", unit, "Lower end of the 95 % interval."),
        Column(
            f"{name}_high", f"{title}, high", unit, "Upper end of the 95 % interval; empty where it is not reached yet."
        ),
    ]


def _three(name: str, value: Cell | TooFew, low: Cell = None, high: Cell = None) -> Row:
    return {name: value, f"{name}_low": low, f"{name}_high": high}


def _seconds(micros: float | np.integer | None) -> float | None:
    return None if micros is None else float(micros) / US
