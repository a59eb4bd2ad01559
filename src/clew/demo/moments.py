"""Dates and office hours of the invented firm. Local times of its one zone, no daylight-saving trap inside them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

FIRST_DAY = date(2025, 1, 2)
LAST_DAY = date(2026, 6, 30)
OPENS, CLOSES = 8, 18  # office hours, Monday to Friday

Row = dict[str, str]  # column -> text, as the export writes it


def stream(seed: int, *parts: object) -> Random:
    """Return the random stream of one thing, so that a further account changes nothing of the others."""
    return Random(":".join(str(part) for part in (seed, *parts)))


def days(count: float) -> timedelta:
    return timedelta(days=count)


def about(rng: Random, median: float, spread: float = 0.5) -> float:
    """Draw a skewed positive number around a median; spread is the standard deviation of its logarithm."""
    return median * rng.lognormvariate(0, spread)


def workday(day: date) -> date:
    """Return the day itself or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) % 7 if day.weekday() > 4 else 0)


def office_time(rng: Random, day: date) -> datetime:
    """Return a second within the office hours of the day, or of the Monday after it."""
    seconds = rng.randrange((CLOSES - OPENS) * 3600)
    return datetime.combine(workday(day), time(OPENS)) + timedelta(seconds=seconds)


def later(at: datetime, hours: float) -> datetime:
    """Return the instant so many office hours later."""
    at = _in_office(at)
    left = timedelta(hours=hours)
    while True:
        closes = datetime.combine(at.date(), time(CLOSES))
        if at + left < closes:
            return (at + left).replace(microsecond=0)
        left -= closes - at
        at = _in_office(closes)


def after(rng: Random, at: datetime, count: float) -> datetime:
    """Return an office time about so many elapsed days later, never before `at`."""
    target = at + days(max(count, 0.05))
    moment = target if target.date() == at.date() else office_time(rng, target.date())
    return max(moment, at + timedelta(minutes=5)).replace(microsecond=0)


def known(at: date | None) -> str:
    """Write a moment as the export does; empty when it had not come by the day of the export."""
    if at is None:
        return ""
    if isinstance(at, datetime):
        return at.isoformat(sep=" ") if at.date() <= LAST_DAY else ""
    return at.isoformat() if at <= LAST_DAY else ""


def _in_office(at: datetime) -> datetime:
    if at.weekday() > 4 or at.hour >= CLOSES:
        return datetime.combine(workday(at.date() + timedelta(days=1)), time(OPENS))
    return max(at, datetime.combine(at.date(), time(OPENS)))
