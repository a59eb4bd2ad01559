"""How much working time is left, or how long something is over, in words."""

from __future__ import annotations

import numpy as np

from clew.calendars import Calendar
from clew.clock import DAY_US, HOUR_US, MINUTE_US
from clew.firm.model import Firm
from clew.texts import gettext as _
from clew.texts import ngettext

MANY_HOURS = 40  # from so many working hours on, days are told


def time_left(firm: Firm, team: str | None, at: int, now: int) -> str:
    """'3 working hours left', '2 working hours over', in the calendar of a team; at: microseconds UTC."""
    hours = _hours(firm.calendar_of(team), min(at, now), max(at, now))
    if at >= now:
        return _("%(span)s left") % {"span": hours}
    return _("%(span)s over") % {"span": hours}


def _hours(calendar: Calendar, start: int, end: int) -> str:
    worked = int(calendar.working_time(np.array([start], np.int64), np.array([end], np.int64))[0])
    if worked < HOUR_US:
        minutes = worked // MINUTE_US
        return ngettext("%(count)d working minute", "%(count)d working minutes", minutes) % {"count": minutes}
    hours = round(worked / HOUR_US)
    if hours < MANY_HOURS:
        return ngettext("%(count)d working hour", "%(count)d working hours", hours) % {"count": hours}
    return days((end - start) // DAY_US)


def days(count: int) -> str:
    """'3 days'."""
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}
