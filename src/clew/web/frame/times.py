"""Times on pages: how long ago, with the instant itself one gesture away."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from clew.clock import US, to_datetime

# (below so many seconds, unit, its seconds); web-src/times.js tells the same again while a page stays open
_STEPS = ((60, "s", 1), (3_600, "min", 60), (86_400, "h", 3_600), (float("inf"), "d", 86_400))


def relative(at: int, now: int) -> str:
    """'3 min ago', 'in 2 d', 'now'."""
    seconds = (now - at) / US
    if abs(seconds) < 2:
        return "now"
    told = lasting(abs(seconds))
    return f"in {told}" if seconds < 0 else f"{told} ago"


def lasting(seconds: float) -> str:
    """A span in its largest unit, cut: 130 -> '2 min'."""
    unit, size = next((unit, size) for below, unit, size in _STEPS if seconds < below)
    return f"{int(seconds // size)} {unit}"


def absolute(at: int, zone: str) -> str:
    """'2026-11-22 04:05:11 CET'."""
    return f"{_local(at, zone):%Y-%m-%d %H:%M:%S %Z}"


def clock_time(at: int, zone: str) -> str:
    """'04:05:11': in lists of what is arriving now."""
    return f"{_local(at, zone):%H:%M:%S}"


def time_tag(at: int | None, now: int, zone: str, *, missing: str = "never") -> Markup:
    """An instant from now on, absolute in its title."""
    if at is None:
        return Markup('<span class="quiet">{}</span>').format(missing)
    written = f"{to_datetime(at):%Y-%m-%dT%H:%M:%SZ}"
    return Markup('<time datetime="{}" title="{}" data-relative>{}</time>').format(
        written, absolute(at, zone), relative(at, now)
    )


def _local(at: int, zone: str) -> datetime:
    return to_datetime(at).astimezone(ZoneInfo(zone))
