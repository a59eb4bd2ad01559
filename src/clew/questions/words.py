"""Figures as people read them: spans, shares, money, times, counts. Shared by terminal and reports, and light."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from clew.clock import FIRST_S, LAST_S
from clew.questions.model import Answer, Cell, TooFew, Unit

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
WORKING_DAY = 8 * HOUR
MISSING = "–"

_SPAN_UNITS = (("second", 1.0, MINUTE), ("minute", MINUTE, HOUR), ("hour", HOUR, 2 * DAY), ("day", DAY, float("inf")))


@dataclass(frozen=True)
class Figure:
    """A figure taken apart so that a table can align it: number and the unit behind it ("14.7", "days")."""

    number: str
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.number} {self.unit}" if self.unit else self.number


@dataclass(frozen=True)
class Reading:
    """What one must know to put a cell into words.

    time_zone    zone in which times are shown
    currency     of money
    working_day  seconds that one working day holds, to read working spans in days; None: calendars of the firm differ
                 in it, so working spans are read in hours
    """

    time_zone: str = "UTC"
    currency: str = ""
    working_day: float | None = WORKING_DAY

    @classmethod
    def of(cls, answer: Answer) -> Reading:
        """Read the zone, the currency and the working day that the answer carries."""
        extra: Mapping[str, object] = answer.extra
        day = extra.get("working_day_s", WORKING_DAY)
        return cls(
            str(extra.get("time_zone", "UTC")),
            str(extra.get("currency", "")),
            None if day is None else float(str(day)),
        )

    def figure(self, value: Cell | TooFew, unit: Unit, scale: str = "") -> Figure:
        """Put one cell into words; `scale` fixes the unit of a span ("hour"), as the ends of an interval need it."""
        if value is None:
            return Figure(MISSING)
        if isinstance(value, TooFew):
            return Figure(str(value))
        if isinstance(value, bool):
            return Figure("yes" if value else "no")
        if isinstance(value, str):
            return Figure(value)
        return self._number(float(value), unit, scale)

    def _number(self, value: float, unit: Unit, scale: str) -> Figure:
        match unit:
            case Unit.SPAN:
                return span(value, scale)
            case Unit.WORKING_SPAN:
                return working_span(value, self.working_day, scale)
            case Unit.SHARE:
                return share(value)
            case Unit.TIME:
                return Figure(time(value, self.time_zone))
            case Unit.MONEY:
                return Figure(
                    count(value) if abs(value) >= 1000 or value == int(value) else f"{value:,.2f}", self.currency
                )
            case Unit.COUNT:
                return Figure(count(value))
            case _:
                return Figure(number(value))


def span_scale(seconds: float) -> str:
    """Name the unit in which a span reads well: second, minute, hour or day."""
    return next(name for name, _, below in _SPAN_UNITS if abs(seconds) < below)


def span(seconds: float, scale: str = "") -> Figure:
    """Put an elapsed span into words: 14.7 days, 26.4 hours, 12.0 minutes."""
    name = scale or span_scale(seconds)
    size = next(size for unit, size, _ in _SPAN_UNITS if unit == name)
    return Figure(_decimal(seconds / size), f"{name}s")


def working_scale(seconds: float, working_day: float | None = WORKING_DAY) -> str:
    """Name the unit in which a working span reads well; no longer one than hours where days differ."""
    if working_day is not None and abs(seconds) >= working_day:
        return "day"
    name = span_scale(seconds)
    return "hour" if name == "day" else name


def working_span(seconds: float, working_day: float | None = WORKING_DAY, scale: str = "") -> Figure:
    """Put a working span into words: 3.1 working days; a day is the working day of the calendars it was counted in."""
    name = scale or working_scale(seconds, working_day)
    own = working_day if name == "day" else None
    size = own if own is not None else next(size for unit, size, _ in _SPAN_UNITS if unit == name)
    return Figure(_decimal(seconds / size), f"working {name}s")


def share(value: float) -> Figure:
    """Put a share of 1 into per cent with one decimal: 10.5 %."""
    return Figure(_decimal(100 * value), "%")


def points(value: float) -> Figure:
    """Put a difference of two shares into percentage points: 6.1 points."""
    return Figure(_decimal(100 * value), "points")


def count(value: float) -> str:
    """Write a whole number with separators: 12,345."""
    return f"{round(value):,}"


def number(value: float) -> str:
    """Write a bare number: whole ones without decimals, others with up to three."""
    if value == int(value):
        return count(value)
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:,.2f}" if abs(value) >= 1 else _small(value)


def time(seconds: float, zone: str = "UTC", *, with_zone: bool = False) -> str:
    """Write an instant (seconds since 1970 UTC) to the minute in a zone; with its name where asked."""
    moment = _moment(seconds).astimezone(ZoneInfo(zone))
    return f"{moment:%Y-%m-%d %H:%M}" + (f" {zone}" if with_zone else "")


def date(seconds: float, zone: str = "UTC") -> str:
    """Write the day of an instant in a zone."""
    return f"{_moment(seconds).astimezone(ZoneInfo(zone)):%Y-%m-%d}"


def iso(seconds: float) -> str:
    """Write an instant for machines: 2018-03-06T19:38:55Z."""
    moment = _moment(seconds)
    return moment.isoformat(timespec="microseconds" if moment.microsecond else "seconds").replace("+00:00", "Z")


def _moment(seconds: float) -> datetime:
    """The instant, or the nearest that can be written in every zone."""
    return datetime.fromtimestamp(min(max(seconds, FIRST_S), LAST_S), UTC)


def p_value(p: float) -> str:
    """Write the probability of a test: p 0.031, p below 0.001."""
    return "p below 0.001" if p < 0.001 else f"p {p:.3f}"


def counted(n: int, one: str, many: str = "") -> str:
    """Write a number with its noun in the right form: 1 run, 1,802 runs."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def listed(names: list[str], most: int = 5) -> str:
    """Join names as a sentence does: a, b and c; the rest as a count."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def _small(value: float) -> str:
    """Three decimals, and never a zero for what is none."""
    return f"{value:.3f}" if abs(value) >= 0.0005 or value == 0 else f"{value:.1g}"


def _decimal(value: float) -> str:
    text = f"{value:,.1f}"
    return "0.0" if text == "-0.0" else text
