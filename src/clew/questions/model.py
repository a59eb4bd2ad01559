"""A question and its answer: what every edge (terminal, JSON, CSV, report) shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

Cell = str | int | float | bool | None


class Unit(StrEnum):
    """How a cell is to be read. Times are seconds since 1970 UTC, spans are seconds: an edge picks the words."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"  # 0..1
    SPAN = "span"  # elapsed seconds
    WORKING_SPAN = "working span"  # working seconds
    TIME = "time"
    MONEY = "money"  # units of the firm's currency
    NUMBER = "number"


@dataclass(frozen=True)
class Column:
    """One column of an answer.

    name        snake_case, stable: key in JSON, header in CSV
    title       heading on a page
    definition  one sentence: what the figure means
    low, high   names of the columns that hold the interval of this one, n: of its number of observations
    """

    name: str
    title: str
    unit: Unit
    definition: str = ""
    low: str | None = None
    high: str | None = None
    n: str | None = None


@dataclass(frozen=True)
class TooFew:
    """Set in a cell's place: below the stated n the system says how many more it needs."""

    n: int
    needed: int

    def __str__(self) -> str:
        return f"too few: {self.needed - self.n} more needed"


@dataclass(frozen=True)
class Period:
    """Half-open span [start, end) in microseconds UTC."""

    start: int
    end: int
    label: str


@dataclass(frozen=True)
class Query:
    """What is asked.

    question  name in questions.REGISTRY ("stalled", "time", "funnel", ...)
    by        dimensions that split the answer, in order: segment, team, channel, stage, period:month, variant, ...
              or the name of an attribute or of a kept property
    where     dimension -> accepted values
    options   further arguments of this question, as strings, checked by the question
    compare   (dimension, a, b): two groups side by side with difference, interval and test
    as_of     microseconds UTC: the log as it stood then; None: at its latest event
    known_at  microseconds UTC: what was known by then; None: everything known now
    """

    question: str
    journey: str | None = None
    by: tuple[str, ...] = ()
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    period: Period | None = None
    compare: tuple[str, str, str] | None = None
    finished_only: bool = False
    options: Mapping[str, str] = field(default_factory=dict)
    as_of: int | None = None
    known_at: int | None = None


@dataclass(frozen=True)
class Answer:
    """A table with what one must know to read it.

    rows   one mapping per row, keys = column names; a cell is a value, None (not applicable) or TooFew
    n      number of runs (or events, as `n_of` says) the answer rests on
    notes  sentences: censoring, definitions, what cannot be compared, what was left out
    next   one sentence: what to do or ask next
    """

    question: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Cell | TooFew]]
    n: int
    n_of: str
    as_of: int
    notes: Sequence[str] = ()
    next: str = ""
    journey: str | None = None
    version: str | None = None
    extra: Mapping[str, object] = field(default_factory=dict)
