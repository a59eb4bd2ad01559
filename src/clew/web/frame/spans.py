"""Spans of time in words: of the calendar, and of working time as a team works."""

from __future__ import annotations

import numpy as np

from clew.calendars import Calendar
from clew.clock import DAY_US, HOUR_US, MINUTE_US
from clew.texts import gettext as _
from clew.texts import ngettext

DAYS_FROM = 2  # so many working days and more are told in days


def span_words(us: int) -> str:
    """'3 days', '5 hours': a span of the calendar, whichever its sign."""
    if abs(us) >= DAY_US:
        return days_words(abs(us) // DAY_US)
    hours = max(abs(us) // HOUR_US, 1)
    return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}


def days_words(count: int) -> str:
    """'3 days'."""
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}


def clock_words(calendar: Calendar, at: int, now: int) -> str:
    """'3 h 20 min of working time left' until an instant, 'over by 2 working hours' after it."""
    if now > at:
        return _over(worked(calendar, at, now), calendar)
    return _("%(span)s of working time left") % {"span": worked_words(worked(calendar, now, at), calendar)}


def worked(calendar: Calendar, start: int, end: int) -> int:
    """Working time between two instants, microseconds."""
    return int(calendar.working_time(np.array([start]), np.array([end]))[0])


def worked_words(us: int, calendar: Calendar) -> str:
    """'3 h 20 min', '12 h', '4 days'."""
    if us >= DAYS_FROM * _day_us(calendar):
        return days_words(us // _day_us(calendar))
    hours, minutes = us // HOUR_US, us % HOUR_US // MINUTE_US
    if hours >= 10 or (hours and not minutes):
        return _("%(hours)d h") % {"hours": hours}
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)d min") % {"minutes": minutes}


def _over(us: int, calendar: Calendar) -> str:
    if us >= DAYS_FROM * _day_us(calendar):
        days = us // _day_us(calendar)
        return ngettext("over by %(count)d working day", "over by %(count)d working days", days) % {"count": days}
    if us >= HOUR_US:
        hours = us // HOUR_US
        return ngettext("over by %(count)d working hour", "over by %(count)d working hours", hours) % {"count": hours}
    minutes = us // MINUTE_US
    if not minutes:
        return _("over since the last working hour")
    return ngettext("over by %(count)d minute", "over by %(count)d minutes", minutes) % {"count": minutes}


def _day_us(calendar: Calendar) -> int:
    """Working time of a usual day."""
    days = [sum(end - start for start, end in spans) for spans in calendar.week.values() if spans]
    return max(days, default=8 * 60) * MINUTE_US
