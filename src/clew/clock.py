"""Time inside Clew: int64 microseconds since 1970-01-01 UTC. Zones and calendars live at the edges."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

US = 1_000_000
MINUTE_US = 60 * US
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US

ALWAYS = -(2**63) + 1  # before every event: attributes without a date hold from here
NEVER = 2**63 - 1  # after every event: what has not ended ends here

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_S = (datetime(1, 1, 3, tzinfo=UTC) - _EPOCH).total_seconds()  # what calendars can write, in every zone
LAST_S = (datetime(9999, 12, 29, tzinfo=UTC) - _EPOCH).total_seconds()


def now() -> int:
    """Read the system clock; only edges call this."""
    return to_micros(datetime.now(UTC))


def to_micros(moment: datetime) -> int:
    """Return an aware datetime as microseconds UTC; naive ones are refused."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    return (moment - _EPOCH) // timedelta(microseconds=1)


def days_of(day: date) -> int:
    """Return the number of a day: 0 is 1970-01-01."""
    return day.toordinal() - _EPOCH.toordinal()


def to_datetime(at: int) -> datetime:
    """Return microseconds UTC as an aware datetime in UTC, the nearest that can be written in every zone.

    Sources say 0001-01-01 or 9999-12-31 for what has no date.
    """
    return _EPOCH + timedelta(microseconds=min(max(int(at), int(FIRST_S) * US), int(LAST_S) * US))
