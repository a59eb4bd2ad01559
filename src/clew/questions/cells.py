"""An answer's cells in words: figures with their units, and in a quieter tone their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clew.questions.model import Answer, Cell, Column, TooFew, Unit
from clew.questions.words import Figure, Reading, span_scale, working_scale

_LEFT = (Unit.TEXT, Unit.TIME)

Interval = tuple[str, str, str]  # low end, word between, high end
NO_INTERVAL: Interval = ("", "", "")


@dataclass(frozen=True)
class Cells:
    """One shown column: its heading, and for each row the figure and, in a quieter tone, its interval."""

    column: Column
    figures: Sequence[Figure]
    intervals: Sequence[Interval]

    @property
    def left(self) -> bool:
        return self.column.unit in _LEFT


def cells_of(answer: Answer) -> list[Cells]:
    """Put an answer's cells into words; the two ends of an interval stand beside their figure, not in columns."""
    reading = Reading.of(answer)
    ends = {name for column in answer.columns for name in (column.low, column.high) if name}
    return [_cells(answer, column, reading) for column in answer.columns if column.name not in ends]


def without_repeats(columns: Sequence[Cells], leading: int) -> list[Cells]:
    """Leave out what the row above says already, in the leading columns of a split."""
    rows = range(len(columns[0].figures)) if columns else range(0)
    heads = [tuple(str(column.figures[row]) for column in columns[:leading]) for row in rows]
    shown = list(columns)
    for place in range(leading):
        figures = [
            Figure("")
            if row and heads[row][: place + 1] == heads[row - 1][: place + 1]
            else columns[place].figures[row]
            for row in rows
        ]
        shown[place] = Cells(columns[place].column, figures, columns[place].intervals)
    return shown


def _cells(answer: Answer, column: Column, reading: Reading) -> Cells:
    figures, intervals = [], []
    for row in answer.rows:
        value = row.get(column.name)
        low, high = row.get(column.low or ""), row.get(column.high or "")
        scale = _scale((value, low, high), column.unit, reading)
        figures.append(reading.figure(value, column.unit, scale))
        intervals.append(_interval(value, low, high, column.unit, reading, scale))
    return Cells(column, figures, intervals)


def _scale(figures: Sequence[Cell | TooFew], unit: Unit, reading: Reading) -> str:
    """The unit that suits a span and both ends of its interval."""
    sizes = [abs(value) for value in figures if isinstance(value, int | float) and not isinstance(value, bool)]
    if not sizes or unit not in (Unit.SPAN, Unit.WORKING_SPAN):
        return ""
    largest = max(sizes)
    return span_scale(largest) if unit is Unit.SPAN else working_scale(largest, reading.working_day)


def _interval(
    value: Cell | TooFew, low: Cell | TooFew, high: Cell | TooFew, unit: Unit, reading: Reading, scale: str
) -> Interval:
    if isinstance(value, TooFew) or (low is None and high is None):
        return NO_INTERVAL
    if high is None:
        return reading.figure(low, unit, scale).number, "or more", ""
    if low is None:
        return "", "up to", reading.figure(high, unit, scale).number
    return reading.figure(low, unit, scale).number, "to", reading.figure(high, unit, scale).number


def written(interval: Interval) -> str:
    return " ".join(part for part in interval if part)
