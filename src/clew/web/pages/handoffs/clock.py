"""How long a handoff may still wait for its receipt, in working time of the team that receives it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clew.calendars import Calendar
from clew.clock import HOUR_US, MINUTE_US
from clew.context.model import Handoff, HandoffState
from clew.firm.model import Firm
from clew.texts import gettext as _
from clew.texts import ngettext

DAYS_FROM = 2  # so many working days and more are told in days


@dataclass(frozen=True)
class Clock:
    """What the clock of a handoff says.

    kind  shape beside the words: waiting | late | good | bad | none       left_us  working time, negative when over
    """

    kind: str
    words: str
    left_us: int | None = None


def clock_of(handoff: Handoff, firm: Firm, now: int) -> Clock:
    """Read the clock of a handoff."""
    if handoff.state is HandoffState.ACCEPTED:
        return Clock("good", _("accepted"))
    if handoff.lapsed_at is not None:
        return Clock("none", _("lapsed: its journey ended first"))
    if handoff.state is HandoffState.RETURNED:
        return Clock("bad", _("returned"))
    if handoff.due_at is None:
        return Clock("waiting", _("waits, without a limit"))
    calendar = firm.calendar_of(handoff.target)
    if now > handoff.due_at:
        over = _between(calendar, handoff.due_at, now)
        return Clock("late", _over(over, calendar), -over)
    left = _between(calendar, now, handoff.due_at)
    return Clock("waiting", _("%(span)s of working time left") % {"span": _span(left, calendar)}, left)


def took_of(handoff: Handoff, firm: Firm) -> str:
    """Say in how much working time of the receiving team a handoff was accepted, "" while it is not."""
    if handoff.state is not HandoffState.ACCEPTED:
        return ""
    calendar = firm.calendar_of(handoff.target)
    span = _span(_between(calendar, handoff.sent.at, handoff.history[-1].at), calendar)
    return _("after %(span)s of working time") % {"span": span}


def _between(calendar: Calendar, start: int, end: int) -> int:
    return int(calendar.working_time(np.array([start]), np.array([end]))[0])


def _day_us(calendar: Calendar) -> int:
    """Working time of a usual day."""
    days = [sum(end - start for start, end in spans) for spans in calendar.week.values() if spans]
    return max(days, default=8 * 60) * MINUTE_US


def _span(us: int, calendar: Calendar) -> str:
    """'3 h 20 min', '12 h', '4 days'."""
    if us >= DAYS_FROM * _day_us(calendar):
        days = us // _day_us(calendar)
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
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
