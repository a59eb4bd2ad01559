"""The working windows of a calendar as arrays of instants, and the arithmetic on them."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from clew.clock import ALWAYS, DAY_US, MINUTE_US, NEVER
from clew.errors import ClewError
from clew.zones import FIRST_DAY, LAST_DAY, ZoneTable, zone_table

Instants = NDArray[np.int64]
Week = Mapping[int, tuple[tuple[int, int], ...]]  # weekday (0 Monday) -> working spans in minutes after midnight

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, eq=False)
class WorkingWindows:
    """Every span of working time of one calendar, in order of time, without overlap.

    zone          changes of the calendar's zone
    starts, ends  (w,) int64 instants, half-open
    before        (w + 1,) int64 microseconds of working time before each window; the last is the total
    day           (w,) index into `days`, the local date of each window
    days          (d,) working dates, days since 1970-01-01, rising
    first, last   (d,) index of the first and the last window of each working date
    """

    zone: ZoneTable
    starts: Instants
    ends: Instants
    before: Instants
    day: Instants
    days: Instants
    first: Instants
    last: Instants

    def between(self, start: Instants, end: Instants) -> Instants:
        """Working microseconds in [start, end), 0 where end <= start."""
        between: Instants = np.maximum(self._until(end) - self._until(start), 0)
        return between

    def after_time(self, start: Instants, micros: int) -> Instants:
        """The earliest instants with that much working time since `start`."""
        start = np.asarray(start, np.int64)
        if micros == 0:
            return start
        goal = self._until(start) + micros
        window = np.searchsorted(self.before[1:], goal, side="left")
        inside = np.minimum(window, len(self.starts) - 1)
        return np.where(window < len(self.starts), self.starts[inside] + goal - self.before[inside], NEVER)

    def before_time(self, start: Instants, micros: int) -> Instants:
        """The latest instants with that much working time up to `start`."""
        start = np.asarray(start, np.int64)
        if micros == 0:
            return start
        goal = self._until(start) - micros
        window = np.searchsorted(self.before[:-1], goal, side="right") - 1
        return np.where(window >= 0, self.starts[window] + goal - self.before[window], ALWAYS)

    def after_days(self, start: Instants, days: float) -> Instants:
        """The instants that many working days after `start` (before, where negative) that Calendar.add defines."""
        start = np.asarray(start, np.int64)
        if days == 0:
            return start
        whole = math.floor(days)
        window = np.searchsorted(self.ends, start, side="right")
        begun = np.minimum(window, len(self.starts) - 1)
        opened = np.maximum(start, self.starts[begun])
        target = self.day[begun] + whole
        reached = np.clip(target, 0, len(self.days) - 1)
        clock = self.zone.to_local(opened) % DAY_US
        at = self._inside(self.zone.to_utc(self.days[reached] * DAY_US + clock)[0], reached)
        at = self._and_part(np.where(whole == 0, opened, at), reached, days - whole)
        at = np.where((window < len(self.starts)) & (target < len(self.days)), at, NEVER)
        return np.where(target < 0, ALWAYS, at)

    def _until(self, at: Instants) -> Instants:
        """Working time before instants."""
        at = np.clip(np.asarray(at, np.int64), self.starts[0], self.ends[-1])
        window = np.searchsorted(self.starts, at, side="right") - 1
        until: Instants = self.before[window] + np.minimum(at, self.ends[window]) - self.starts[window]
        return until

    def _inside(self, at: Instants, day: Instants) -> Instants:
        """The next working moment of that date, else its closing."""
        window = np.clip(np.searchsorted(self.ends, at, side="right"), self.first[day], self.last[day])
        inside: Instants = np.minimum(np.maximum(at, self.starts[window]), self.ends[window])
        return inside

    def _and_part(self, at: Instants, day: Instants, part: float) -> Instants:
        """Add a part of a date's working time."""
        if part == 0:
            return at
        worked = self.before[self.last[day] + 1] - self.before[self.first[day]]
        goal = self._until(at) + np.rint(worked * part).astype(np.int64)
        window = np.minimum(np.searchsorted(self.before[1:], goal, side="left"), len(self.starts) - 1)
        partly: Instants = np.minimum(self.starts[window] + goal - self.before[window], self.ends[window])
        return partly


def build_windows(
    zone: str, week: Week, holidays: Collection[date], *, closures: Iterable[tuple[date, date]] = ()
) -> WorkingWindows:
    """Lay out the working windows of a calendar from 1970 to 2100. Raises ClewError where closures leave none."""
    table = zone_table(zone)
    local_starts, local_ends = _local_windows(week, _open_days(holidays, closures))
    starts, ends, dates = _as_instants(table, local_starts, local_ends)
    if not len(dates):
        raise ClewError("a calendar's closures leave no working day between 1970 and 2100; shorten them")
    days, first, day = np.unique(dates, return_index=True, return_inverse=True)
    last = len(dates) - 1 - np.unique(dates[::-1], return_index=True)[1]
    before = np.concatenate([np.zeros(1, np.int64), np.cumsum(ends - starts)])
    return WorkingWindows(table, starts, ends, before, day, days, first, last)


def _open_days(holidays: Collection[date], closures: Iterable[tuple[date, date]]) -> Instants:
    """Days since 1970-01-01 that are neither holidays nor inside a closure."""
    days = np.arange(FIRST_DAY, LAST_DAY + 1, dtype=np.int64)
    closed = np.isin(days, [(day - _EPOCH).days for day in holidays])
    for first, last in closures:
        closed |= (days >= (first - _EPOCH).days) & (days <= (last - _EPOCH).days)
    return days[~closed]


def _local_windows(week: Week, days: Instants) -> tuple[Instants, Instants]:
    """Starts and ends of the working windows in local microseconds, in order."""
    weekdays = (days + 3) % 7  # 1970-01-01 was a Thursday
    spans = [
        np.stack([days[weekdays == weekday] * DAY_US + edge * MINUTE_US for edge in span])
        for weekday, day_spans in week.items()
        for span in day_spans
    ]
    starts, ends = np.concatenate(spans, axis=1)
    order = np.argsort(starts)
    return starts[order], ends[order]


def _as_instants(zone: ZoneTable, starts: Instants, ends: Instants) -> tuple[Instants, Instants, Instants]:
    """Cut local windows where the clocks change; a repeated hour appears twice, a missing one not at all."""
    far = np.int64(2**62)
    edges = np.concatenate([[-far], zone.changes, [far]])
    pieces = []
    for offset, opens, closes in zip(zone.offsets, edges[:-1], edges[1:], strict=True):
        part = slice(np.searchsorted(ends, opens + offset, side="right"), np.searchsorted(starts, closes + offset))
        begin, finish = starts[part] - offset, ends[part] - offset
        pieces.append(np.stack([np.maximum(begin, opens), np.minimum(finish, closes), starts[part] // DAY_US]))
    cut_starts, cut_ends, dates = np.concatenate(pieces, axis=1)
    return cut_starts, cut_ends, dates
