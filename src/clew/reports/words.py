"""Numbers as people read them: units named, intervals beside them, nothing more exact than it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from clew.clock import to_datetime
from clew.questions.model import Unit
from clew.reports.model import Figure

NBSP = "\u00a0"
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
_HELD = re.compile(r"\[[-\d., ]+\]|\(n [\d,]+")  # an interval, a number of observations
_SPANS = ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (1.0, "s"))
_LARGE = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"), (1e3, "k"))


def count(value: float) -> str:
    """4210 -> '4,210'."""
    return f"{round(value):,}"


def brief(value: float, below: float = 100_000) -> str:
    """A number for narrow places: 4210 -> '4,210', 4210000 -> '4.2 m'; whole up to `below`."""
    if abs(value) < below:
        return count(value)
    size, name = next((size, name) for size, name in _LARGE if abs(value) >= size)
    return f"{_three_digits(value / size)}{NBSP}{name}"


def money(value: float, currency: str) -> str:
    """12400000 -> 'EUR 12.4 m', 310000 -> 'EUR 310,000'."""
    return f"{currency}{NBSP}{brief(value, 10_000_000)}".strip()


def share(value: float) -> str:
    """0.352 -> '35.2 %'."""
    return f"{value * 100:.1f}{NBSP}%"


def span(seconds: float, unit_of: float | None = None) -> str:
    """Seconds in the largest unit that reads well: '9.1 d'; `unit_of` lends its unit, so that an interval has one."""
    size, name = _span_unit(seconds if unit_of is None else unit_of)
    return f"{_three_digits(seconds / size)}{NBSP}{name}"


def suiting(seconds: float | None, unit_of: float | None) -> float | None:
    """Return the lent unit's span where the figure reads well in it, else the figure's own."""
    if not seconds or unit_of is None:
        return unit_of
    units = abs(seconds) / _span_unit(unit_of)[0]
    return unit_of if 0.1 <= units < 100 else seconds


def figure(shown: Figure, currency: str = "", unit_of: float | None = None) -> str:
    """The number alone, or what stands in its place; `unit_of` as in span."""
    if shown.needed is not None:
        return f"too few: {count(shown.needed)} more needed"
    if shown.value is None:
        return shown.words or "not known"
    return amount(shown.value, shown.unit, currency, suiting(shown.value, unit_of))


def amount(value: float, unit: Unit, currency: str = "", unit_of: float | None = None) -> str:
    """A value with its unit."""
    match unit:
        case Unit.SHARE:
            return share(value)
        case Unit.SPAN:
            return span(value, unit_of)
        case Unit.WORKING_SPAN:
            return f"{_three_digits(value / HOUR)}{NBSP}working{NBSP}h"
        case Unit.MONEY:
            return money(value, currency)
        case Unit.NUMBER:
            return _three_digits(value)
        case _:
            return count(value)


def interval(shown: Figure, currency: str = "", unit_of: float | None = None) -> str:
    """'7.4–11.0 d', '' without one; an open upper end reads 'at least 7.4 d'."""
    if shown.low is None and shown.high is None:
        return ""
    anchor = suiting(shown.value, unit_of) or next(v for v in (shown.value, shown.low, shown.high) if v is not None)
    ends = [amount(v, shown.unit, currency, anchor) for v in (shown.low, shown.high) if v is not None]
    if shown.high is None:
        return f"at least {ends[0]}"
    if shown.low is None:
        return f"at most {ends[0]}"
    return _joined(*ends)


def beside(shown: Figure, currency: str = "", unit_of: float | None = None) -> str:
    """What stands beside a number in a quieter tone: interval and n."""
    parts = [interval(shown, currency, unit_of), f"n{NBSP}{count(shown.n)}" if shown.n is not None else ""]
    return " · ".join(part for part in parts if part)


def unbroken(sentence: str) -> str:
    """Keep a figure with its unit, its interval and its n on one line: '4 [4, 5] (n 123)'."""
    held = _HELD.sub(lambda found: found[0].replace(" ", NBSP), sentence)
    return held.replace(" %", f"{NBSP}%")


def full(shown: Figure, currency: str = "") -> str:
    """Number, interval and n in one line of plain text."""
    quiet = beside(shown, currency)
    return f"{figure(shown, currency)} ({quiet})" if quiet else figure(shown, currency)


def common_unit(cells: Iterable[object]) -> float | None:
    """Return a span whose unit suits all spans of a column, None where the column holds none."""
    spans = sorted(cell.value for cell in cells if isinstance(cell, Figure) and cell.unit is Unit.SPAN and cell.value)
    return spans[len(spans) * 3 // 4] if spans else None


def day(at: int, zone: str) -> str:
    """Microseconds UTC -> '2018-05-31' in a zone."""
    return _local(at, zone).strftime("%Y-%m-%d")


def moment(at: int, zone: str) -> str:
    """Microseconds UTC -> '2018-05-31 14:05 CEST'."""
    return _local(at, zone).strftime("%Y-%m-%d %H:%M %Z")


def many(number: float, one: str, several: str | None = None) -> str:
    """'1 run', '3 runs'."""
    return f"{count(number)} {one if round(number) == 1 else several or one + 's'}"


def _joined(low: str, high: str) -> str:
    """'7.4 d', '11.0 d' -> '7.4–11.0 d'; signs are kept apart by 'to'."""
    dash = " to " if low.startswith("-") or high.startswith("-") else "–"
    for lead in ("", low.split(NBSP)[0] + NBSP):
        if lead and high.startswith(lead) and lead[0].isalpha():
            return low + dash + high.removeprefix(lead)
    number, _, unit = low.partition(NBSP)
    return f"{number}{dash}{high}" if unit and high.endswith(NBSP + unit) else low + dash + high


def _span_unit(seconds: float) -> tuple[float, str]:
    """Days from two days on, hours from one hour on, minutes from one minute on."""
    long = abs(seconds)
    return next((unit for unit in _SPANS if long >= (2 * DAY if unit[0] == DAY else unit[0])), _SPANS[-1])


def _three_digits(value: float) -> str:
    size = abs(value)
    return f"{value:,.0f}" if size >= 999.5 or value == 0 else f"{value:.{1 if size >= 0.95 else 2}f}"


def _local(at: int, zone: str) -> datetime:
    return to_datetime(at).astimezone(ZoneInfo(zone))
