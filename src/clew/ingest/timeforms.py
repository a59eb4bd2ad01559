"""How times are written in a column: which formats fit, and what speaks for day or month first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from clew.clock import DAY_US
from clew.ingest import vocabulary
from clew.sources.columns import Column
from clew.sources.times import Times, parse_times

_ENOUGH = 0.98  # share of values that a format must read
_FIRST_LOOK = 25
_DATES = (
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%d.%m.%y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%d %b %Y",
    "%b %d, %Y",
    "%d %B %Y",
    "%B %d, %Y",
    "%Y%m%d",
)
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p", ", %H:%M", ", %H:%M:%S", "T%H:%M:%S")
_FORMATS: tuple[str | None, ...] = (None, *(date + clock for date, clock in product(_DATES, _CLOCKS)))
_DATE_LIKE = re.compile(r"\d{1,4}[./ -]\d|\d[ -][A-Za-z]{3}|[A-Za-z]{3,9} \d|\d{8}")
_TIME_WORDS = frozenset((*vocabulary.TIME, *vocabulary.MOMENT))
_SWAPPED = {"%d/%m": "%m/%d", "%m/%d": "%d/%m", "%d-%m": "%m-%d", "%m-%d": "%d-%m"}
_EPOCHS = (("epoch seconds", 10**9, 2 * 10**9), ("epoch milliseconds", 10**12, 2 * 10**12))


@dataclass(frozen=True)
class TimeForm:
    """A format that reads a column: `form` as sources write it, None for ISO 8601."""

    form: str | None

    @property
    def has_clock(self) -> bool:
        return self.form is None or "%H" in self.form or "%I" in self.form or self.form.startswith("epoch")

    @property
    def other_order(self) -> str | None:
        """The same format with day and month swapped, None where that cannot be meant."""
        for order, other in _SWAPPED.items():
            if self.form and self.form.startswith(order):
                return other + self.form[len(order) :]
        return None


def time_forms(words: Sequence[str], values: Sequence[str]) -> list[TimeForm]:
    """Return the formats that fit the values of a column, whose name has these words."""
    if not values:
        return []
    if all(text.strip().lstrip("-").isdigit() for text in values[:_FIRST_LOOK]):
        return _numeric(words, values)
    if sum(bool(_DATE_LIKE.search(text)) for text in values[:_FIRST_LOOK]) < 0.8 * len(values[:_FIRST_LOOK]):
        return []
    first = values[:_FIRST_LOOK]
    forms = [form for form in _FORMATS if _reads(form, first)]
    return [TimeForm(form) for form in forms if len(values) == len(first) or _reads(form, values)]


def chosen_order(form: TimeForm, column: Column, *, now: int) -> tuple[str | None, str]:
    """Decide between day first and month first where both fit; return the format and the reason in words."""
    assert form.form is not None
    assert form.other_order is not None
    forms = sorted((form.form, form.other_order), key=lambda one: not one.startswith("%d"))
    day_first, month_first = (_evidence(column, one, now) for one in forms)
    if abs(day_first.rising - month_first.rising) >= 0.05:
        better = forms[0] if day_first.rising > month_first.rising else forms[1]
        return better, f"day or month first is open; read as {_said(better)}, for so the rows come in order of time"
    if day_first.future != month_first.future:
        better = forms[0] if day_first.future < month_first.future else forms[1]
        return better, f"day or month first is open; read as {_said(better)}, for else some lie in the future"
    if min(day_first.span, month_first.span) < 0.7 * max(day_first.span, month_first.span):
        better = forms[0] if day_first.span < month_first.span else forms[1]
        return better, f"day or month first is open; read as {_said(better)}, for so the times lie closer together"
    return forms[0], "day or month first is open and nothing speaks for either: assumed day first, please check"


@dataclass(frozen=True)
class _Evidence:
    """rising: share of neighbouring rows in order of time; future: times ahead of now; span: days between them all."""

    rising: float
    future: int
    span: float


def _evidence(column: Column, form: str, now: int) -> _Evidence:
    times = parse_times(column, zone="UTC", form=form)
    at = times.at[times.present]
    steps = np.diff(at)
    falling_or_rising = max(np.mean(steps >= 0), np.mean(steps <= 0)) if len(steps) else 0.0
    span = float(at.max() - at.min()) / DAY_US if len(at) else 0.0
    return _Evidence(float(falling_or_rising), int(np.count_nonzero(at > now)), span)


def _said(form: str) -> str:
    return "day first" if form.startswith("%d") else "month first"


def _numeric(words: Sequence[str], values: Sequence[str]) -> list[TimeForm]:
    """Plain digits: seconds or milliseconds of our time, or dates as 20180201, where the name speaks of time."""
    if not _TIME_WORDS & set(map(vocabulary.plain, words)):
        return []
    numbers = [int(text) for text in values if text.strip().isdigit()]
    for form, least, most in _EPOCHS:
        if len(numbers) == len(values) and all(least <= number < most for number in numbers):
            return [TimeForm(form)]
    return [TimeForm("%Y%m%d")] if all(len(text) == 8 for text in values) and _reads("%Y%m%d", values) else []


def _reads(form: str | None, values: Sequence[str]) -> bool:
    times: Times = parse_times(Column.of_texts(list(values)), zone="UTC", form=form)
    usable = np.count_nonzero(times.present | times.early)
    return bool(usable >= _ENOUGH * len(values)) and (form is not None or not _all_years(values))


def _all_years(values: Sequence[str]) -> bool:
    return all(len(text.strip()) <= 4 for text in values)
