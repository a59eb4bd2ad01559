"""Times on pages: how long ago, with the instant itself one gesture away."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from clew.clock import US, to_datetime
from clew.texts import N_
from clew.texts import gettext as _

# (below so many seconds, how it is told, its seconds); web-src/times.js tells the same again while a page stays open
_STEPS = (
    (60, N_("%(count)s s"), 1),
    (3_600, N_("%(count)s min"), 60),
    (86_400, N_("%(count)s h"), 3_600),
    (float("inf"), N_("%(count)s d"), 86_400),
)


def relative(at: int, now: int) -> str:
    """'3 min ago', 'in 2 d', 'now'."""
    seconds = (now - at) / US
    if abs(seconds) < 2:
        return _("now")
    words = _("in %(span)s") if seconds < 0 else _("%(span)s ago")
    return words % {"span": lasting(abs(seconds))}


def lasting(seconds: float) -> str:
    """A span in its largest unit, cut: 130 -> '2 min'."""
    words, size = next((words, size) for below, words, size in _STEPS if seconds < below)
    return _(words) % {"count": int(seconds // size)}


def absolute(at: int, zone: str) -> str:
    """'2026-11-22 04:05:11 CET'."""
    return f"{_local(at, zone):%Y-%m-%d %H:%M:%S %Z}"


def clock_time(at: int, zone: str) -> str:
    """'04:05:11': in lists of what is arriving now."""
    return f"{_local(at, zone):%H:%M:%S}"


def time_tag(at: int | None, now: int, zone: str, *, missing: str = "") -> Markup:
    """An instant from now on, absolute in its title."""
    if at is None:
        return Markup('<span class="quiet">{}</span>').format(missing or _("never"))
    written = f"{to_datetime(at):%Y-%m-%dT%H:%M:%SZ}"
    return Markup('<time datetime="{}" title="{}" data-relative>{}</time>').format(
        written, absolute(at, zone), relative(at, now)
    )


def _local(at: int, zone: str) -> datetime:
    return to_datetime(at).astimezone(ZoneInfo(zone))
