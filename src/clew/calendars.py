"""Working calendars: how much working time lies between two instants, and when a span of it is used up.

An instant is working time when its local reading lies in the hours of that local date and in no pause, holiday or
closure. Everything follows from that: on the night when clocks change, a calendar that covers the changed hour
counts the time that really passed. Calendars reach from 1970 to 2100; nothing outside is working time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from clew.clock import ALWAYS, NEVER
from clew.durations import Duration
from clew.zones import ZoneTable, day_start, load_zone, to_local, to_utc, zone_table

if TYPE_CHECKING:
    from clew.working_time import Instants, WorkingWindows

__all__ = [
    "OFFICE_HOURS",
    "Calendar",
    "ZoneTable",
    "day_start",
    "parse_hours",
    "to_local",
    "to_utc",
    "zone_table",
]

Minutes = tuple[int, int]  # half-open span of a day in minutes after local midnight, 0 <= start < end <= 1440
Closure = tuple[date, date]  # first and last day, both closed

OFFICE_HOURS: Mapping[int, tuple[Minutes, ...]] = dict.fromkeys(range(5), ((540, 1020),))
HOURS_ALLOWED = "'HH:MM-HH:MM' inside one day, as '09:00-17:00' or '18:00-24:00'"

_HOURS = re.compile(r"\s*(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})\s*")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, eq=False)
class Calendar:
    """When a team works. Two calendars are equal when their fingerprints are.

    zone      name in the time-zone database
    hours     weekday (0 Monday .. 6 Sunday) -> working spans of that day in minutes after midnight; a weekday left
              out is free. Hours that pass midnight are written as two spans, one on each day
    holidays  single days without work
    pauses    (start, end) in minutes: without work every day; (first, last) as dates: closed, both days included
    Raises    UnknownName for an unknown zone; ValueError for impossible hours, or where no working time is left
    """

    zone: str = "UTC"
    hours: Mapping[int, tuple[Minutes, ...]] = field(default_factory=lambda: OFFICE_HOURS)
    holidays: frozenset[date] = frozenset()
    pauses: tuple[Minutes | Closure, ...] = ()

    def __post_init__(self) -> None:
        load_zone(self.zone)
        if unknown := sorted(set(self.hours) - set(range(7))):
            raise ValueError(f"{unknown[0]!r} is no weekday; allowed: 0 (Monday) to 6 (Sunday)")
        for spans in (*self.hours.values(), self.daily_pauses):
            _check_spans(spans)
        if len(self.daily_pauses) + len(self.closures) < len(self.pauses):
            raise ValueError(f"pauses are pairs of minutes or pairs of dates, not {self.pauses!r}")
        for first, last in self.closures:
            if last < first:
                raise ValueError(f"a closure from {first} to {last} ends before it begins")
        if not self.week:
            raise ValueError("this calendar never works; give at least one weekday hours that no pause covers")

    @property
    def daily_pauses(self) -> tuple[Minutes, ...]:
        """The pauses of every day, in minutes."""
        return tuple(sorted((a, b) for a, b in self.pauses if isinstance(a, int) and isinstance(b, int)))

    @property
    def closures(self) -> tuple[Closure, ...]:
        """The pauses that are spans of dates, both ends included."""
        return tuple(sorted((a, b) for a, b in self.pauses if isinstance(a, date) and isinstance(b, date)))

    @property
    def week(self) -> Mapping[int, tuple[Minutes, ...]]:
        """Weekday -> working spans with the daily pauses taken out; only weekdays that work."""
        worked = {weekday: _without(sorted(self.hours[weekday]), self.daily_pauses) for weekday in sorted(self.hours)}
        return {weekday: spans for weekday, spans in worked.items() if spans}

    def fingerprint(self) -> str:
        """Describe what decides working time as one line of text, the same in every process."""
        week = ";".join(f"{_WEEKDAYS[day]} {_text(spans)}" for day, spans in self.week.items())
        holidays = ",".join(str(day) for day in sorted(self.holidays))
        closures = ",".join(f"{first}..{last}" for first, last in self.closures)
        return f"{self.zone}|{week}|{holidays}|{closures}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Calendar) and self.fingerprint() == other.fingerprint()

    def __hash__(self) -> int:
        return hash(self.fingerprint())

    def working_time(self, start: Instants, end: Instants) -> Instants:
        """Measure the working time between instants.

        start, end  (n,) int64 microseconds UTC
        Returns     (n,) int64 microseconds of working time in [start, end); 0 where end <= start
        An end of clock.NEVER counts to the end of 2100, a start of clock.ALWAYS from 1970: set an open end to the
        instant that you mean ("as of") first.
        """
        return working_windows(self).between(start, end)

    def add(self, start: Instants, duration: Duration) -> Instants:
        """Find the instants at which a duration that begins at `start` is used up.

        start    (n,) int64 microseconds UTC
        Returns  (n,) int64 microseconds UTC; clock.NEVER where the calendar (or time itself) ends before
        - Elapsed durations are added: a day is 24 hours.
        - Working hours and minutes: the earliest instant with that much working time behind it.
        - Working days: a start outside the working hours counts as the next opening. N working days later is the same
          clock time on the N-th following working day (a date with working time); where that date does not work at
          that time, its next working moment, else its closing. A part of a day is that part of the last date's
          working time. A working week is as many working days as the calendar has working weekdays.
        - A duration of 0 is used up at its start. ALWAYS and NEVER stay themselves.
        """
        if not duration.working:
            return _moved(start, duration.micros)
        windows = working_windows(self)
        if duration.unit in ("hour", "minute"):
            return _unless_endless(start, windows.after_time(start, duration.micros))
        return _unless_endless(start, windows.after_days(start, self._days(duration)))

    def subtract(self, end: Instants, duration: Duration) -> Instants:
        """Find the instants that lie a duration before `end`: "120 days before the renewal".

        end      (n,) int64 microseconds UTC
        Returns  (n,) int64 microseconds UTC; clock.ALWAYS where the calendar begins after
        Elapsed durations are subtracted. Working hours and minutes: the latest instant with that much working time
        up to `end`. Working days: as in `add`, on the N-th working date before.
        """
        if not duration.working:
            return _moved(end, -duration.micros)
        windows = working_windows(self)
        if duration.unit in ("hour", "minute"):
            return _unless_endless(end, windows.before_time(end, duration.micros))
        return _unless_endless(end, windows.after_days(end, -self._days(duration)))

    def _days(self, duration: Duration) -> float:
        """Working days of a working span of days or weeks."""
        return duration.amount * (len(self.week) if duration.unit == "week" else 1)


def parse_hours(text: str) -> Minutes:
    """Read '09:00-17:00' as minutes after midnight, (540, 1020). Raises ValueError with what is allowed."""
    found = _HOURS.fullmatch(text)
    if not found:
        raise ValueError(f"'{text}' are no hours; allowed: {HOURS_ALLOWED}")
    from_hour, from_minute, to_hour, to_minute = map(int, found.groups())
    start, end = from_hour * 60 + from_minute, to_hour * 60 + to_minute
    if from_minute > 59 or to_minute > 59 or not 0 <= start < end <= 1440:
        raise ValueError(f"'{text}' are no hours; allowed: {HOURS_ALLOWED}; past midnight takes a span on each day")
    return start, end


@lru_cache(maxsize=32)
def working_windows(calendar: Calendar) -> WorkingWindows:
    """Return every working window of a calendar from 1970 to 2100, made once."""
    from clew.working_time import build_windows

    return build_windows(calendar.zone, calendar.week, calendar.holidays, closures=calendar.closures)


def _moved(start: Instants, micros: int) -> Instants:
    """Elapsed addition that stops at ALWAYS and NEVER instead of turning over."""
    import numpy as np

    start = np.asarray(start, np.int64)
    room = np.clip(start, ALWAYS - min(micros, 0), NEVER - max(micros, 0))
    return _unless_endless(start, room + np.int64(micros))


def _unless_endless(start: Instants, moved: Instants) -> Instants:
    """ALWAYS and NEVER stay themselves."""
    import numpy as np

    start = np.asarray(start, np.int64)
    return np.where((start == ALWAYS) | (start == NEVER), start, moved)


def _check_spans(spans: Iterable[Minutes]) -> None:
    before = 0
    for start, end in sorted(spans):
        if not 0 <= start < end <= 1440:
            raise ValueError(f"{_clock(start)}-{_clock(end)} are no hours; allowed: {HOURS_ALLOWED}")
        if start < before:
            raise ValueError(f"{_clock(start)}-{_clock(end)} overlaps the span before it, which ends {_clock(before)}")
        before = end


def _without(spans: Iterable[Minutes], pauses: Iterable[Minutes]) -> tuple[Minutes, ...]:
    left = list(spans)
    for start, end in pauses:
        left = [part for a, b in left for part in ((a, min(b, start)), (max(a, end), b)) if part[0] < part[1]]
    return tuple(left)


def _text(spans: Iterable[Minutes]) -> str:
    return ",".join(f"{_clock(start)}-{_clock(end)}" for start, end in spans)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
