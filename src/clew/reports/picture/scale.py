"""Scales with round ticks: spans on a linear or logarithmic ruler, shares and other numbers on a linear one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from clew.questions.model import Unit
from clew.reports.measure import text_width
from clew.reports.tokens import SMALL
from clew.reports.words import DAY, HOUR, MINUTE, amount

_SPAN_TICKS = (
    (MINUTE, "1 min"), (10 * MINUTE, "10 min"), (HOUR, "1 h"), (6 * HOUR, "6 h"), (DAY, "1 d"), (7 * DAY, "1 wk"),
    (30 * DAY, "1 mo"), (91 * DAY, "3 mo"), (365 * DAY, "1 y"), (1826 * DAY, "5 y"), (7305 * DAY, "20 y"),
)  # fmt: skip
_SPAN_STEPS = (
    *(MINUTE * step for step in (1, 2, 5, 10, 15, 30)),
    *(HOUR * step for step in (1, 2, 4, 6, 12)),
    *(DAY * step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)),
)
_WIDE_RANGE = 30.0  # from this ratio of longest to shortest a ruler of times is logarithmic


@dataclass(frozen=True)
class Scale:
    """A ruler of `width` pixels from low to high."""

    low: float
    high: float
    width: float
    unit: Unit
    logarithmic: bool = False

    def at(self, value: float) -> float:
        """Return the place of a value in pixels, held inside the ruler."""
        return min(max(self._fraction(value), 0.0), 1.0) * self.width

    def ticks(self, gap: float = 8, overhang: float = 0) -> list[tuple[float, str]]:
        """Return round values and their words, as many as stand side by side without touching.

        overhang  pixels by which the words may stand out on the right
        """
        candidates = self._log_ticks() if self.logarithmic else self._linear_ticks(gap)
        kept: list[tuple[float, str]] = []
        free = -math.inf
        for value, words in candidates:
            whole = text_width(words, SMALL)
            left = max(min(self.at(value) - whole / 2, self.width + overhang - whole), 0.0)
            if left >= free:
                kept.append((value, words))
                free = left + whole + gap
        return kept

    def _fraction(self, value: float) -> float:
        if not self.logarithmic:
            return (value - self.low) / (self.high - self.low)
        return math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)

    def _log_ticks(self) -> list[tuple[float, str]]:
        return [(value, words) for value, words in _SPAN_TICKS if self.low <= value <= self.high]

    def _linear_ticks(self, gap: float) -> list[tuple[float, str]]:
        for step in _steps(self.unit, self.high - self.low):
            first = math.ceil(self.low / step) * step
            values = [first + step * at for at in range(int((self.high - first) / step + 1e-9) + 1)]
            ticks = [(value, _tick_words(value, self.unit, step)) for value in values]
            apart = self.at(first + step) - self.at(first)
            if all(text_width(words, SMALL) + gap <= apart for _, words in ticks):
                return ticks
        return []


def span_scale(seconds: Sequence[float], width: float) -> Scale:
    """Return a ruler that holds all these spans: linear from zero, logarithmic where they differ widely."""
    known = [value for value in seconds if value > 0]
    longest, shortest = max(known, default=DAY), min(known, default=DAY)
    if longest / shortest < _WIDE_RANGE:
        return Scale(0.0, longest * 1.04, width, Unit.SPAN)
    below = [value for value, _ in _SPAN_TICKS if value <= shortest]
    above = [value for value, _ in _SPAN_TICKS if value >= longest]
    return Scale(below[-1] if below else shortest, above[0] if above else longest, width, Unit.SPAN, True)


def linear_scale(values: Sequence[float], unit: Unit, width: float) -> Scale:
    """Return a linear ruler from zero (or below, where values are) to just beyond the largest."""
    low, high = min([0.0, *values]), max([0.0, *values])
    if high == low:
        high = low + 1.0
    if unit is Unit.SHARE and low == 0:
        high = min(1.0, high * 1.08)
    return Scale(low * 1.04, high if unit is Unit.SHARE else high * 1.04, width, unit)


def _steps(unit: Unit, reach: float) -> Sequence[float]:
    if unit in (Unit.SPAN, Unit.WORKING_SPAN):
        return [step for step in _SPAN_STEPS if step >= reach / 8] or [reach]
    power = 10.0 ** math.floor(math.log10(reach / 8 or 1))
    return [power * step for step in (1, 2, 5, 10, 20, 50, 100)]


def _tick_words(value: float, unit: Unit, step: float) -> str:
    if value == 0:
        return "0"
    # Steps of a day or more are read in days, also where a single figure would be read in hours.
    unit_of = None if unit is not Unit.SPAN else max(step, 2 * DAY) if step >= DAY else step
    words = amount(value, unit, "", unit_of)
    return words.replace(".0", "")
