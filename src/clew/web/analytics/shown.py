"""An answer as a page shows it: figures, beside them in a quieter tone their interval and n."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from clew.questions.cells import Cells, cells_of, written
from clew.questions.model import Answer, Cell, Column, TooFew, Unit
from clew.questions.registry import REGISTRY
from clew.questions.words import MISSING
from clew.web.analytics.given import without_dashes
from clew.web.frame.next_step import NextStep

_NEXT = re.compile(r"^(?P<says>.+?): clew show (?P<question>[a-z]+)(?P<options>( --[a-z-]+)*)$")


@dataclass(frozen=True)
class Figure:
    """One cell: the figure and what stands beside it."""

    text: str
    beside: str = ""


@dataclass(frozen=True)
class Shown:
    """One column."""

    title: str
    is_text: bool
    cells: Sequence[Figure]


def columns_of(answer: Answer) -> list[Shown]:
    """Put the columns of an answer into words; counts that follow what rests on them stand beside that."""
    beside = _beside(answer.columns)
    shown = [_shown(answer, cells, beside) for cells in cells_of(answer) if cells.column.name not in beside]
    return [column for column in shown if any(cell.text != MISSING for cell in column.cells)]


def _beside(columns: Sequence[Column]) -> set[str]:
    """Name the counts that are told only to say how many a figure before them rests on."""
    place = {column.name: number for number, column in enumerate(columns)}
    return {column.n for column in columns if column.n and place.get(column.n, -1) > place[column.name]}


def _shown(answer: Answer, cells: Cells, beside: Collection[str]) -> Shown:
    column = cells.column
    n = column.n if column.n in beside else None
    more = [
        " · ".join(part for part in (written(interval), _n(row.get(n or ""))) if part)
        for interval, row in zip(cells.intervals, answer.rows, strict=True)
    ]
    pairs = zip(cells.figures, more, strict=True)
    figures = [Figure(str(figure), "" if figure.number == MISSING else quiet) for figure, quiet in pairs]
    return Shown(column.title, cells.left, figures)


def _n(count: Cell | TooFew) -> str:
    return f"n {count:,}" if isinstance(count, int) and not isinstance(count, bool) else ""


def definitions_of(answer: Answer) -> list[tuple[str, str]]:
    """Return what each column means that is shown; ends of intervals are not explained one by one."""
    ends = {name for column in answer.columns for name in (column.low, column.high) if name}
    return [
        (column.title, _defined(column, answer))
        for column in answer.columns
        if column.definition and column.name not in ends
    ]


def _defined(column: Column, answer: Answer) -> str:
    rests = next((each for each in answer.columns if each.name == column.n), None)
    low = next((each for each in answer.columns if each.name == column.low), None)
    beside = [f"n: {rests.title}"] if rests else []
    beside += [low.definition] if low and low.definition else []
    text = column.definition if column.unit is not Unit.WORKING_SPAN else f"{column.definition} Working time."
    return " ".join([text, *(f"Beside it {part[0].lower()}{part[1:].rstrip('.')}." for part in beside)])


def next_step(answer: Answer) -> NextStep | None:
    """The question that the answer leads to."""
    found = _NEXT.match(answer.next)
    if not found or found["question"] not in REGISTRY:
        return NextStep(without_dashes(answer.next)) if answer.next else None
    flags = [(name.removeprefix("--"), "yes") for name in found["options"].split()]
    asked = [("journey", answer.journey or ""), *flags]
    return NextStep("", found["says"], f"/questions/{found['question']}?{urlencode(asked)}")
