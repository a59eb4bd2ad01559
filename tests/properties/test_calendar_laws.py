"""Laws of zones and calendars; the oracle is datetime with zoneinfo, one moment at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from clew.calendars import Calendar, day_start, to_local, to_utc, zone_table
from clew.clock import DAY_US, MINUTE_US, US, to_micros
from clew.durations import Duration

ZONES = [
    "America/Sao_Paulo",  # clocks changed at midnight
    "America/St_Johns",  # changed a minute after midnight, back into the day before
    "Europe/Berlin",
    "Europe/Dublin",
    "Asia/Kathmandu",  # a quarter of an hour, once
    "Australia/Lord_Howe",  # changes by half an hour
    "Pacific/Apia",  # left out a whole day
    "Africa/Casablanca",
    "UTC",
]
zones = st.sampled_from(ZONES)
seconds = st.integers(0, int(datetime(2100, 1, 1, tzinfo=UTC).timestamp()))
naive = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1))  # noqa: DTZ001 - local readings have no zone


@st.composite
def near_changes(draw: st.DrawFn) -> tuple[str, int]:
    """A zone and an instant within a day of one of its changes."""
    zone = draw(zones.filter(lambda name: len(zone_table(name).changes) > 0))
    change = draw(st.sampled_from(zone_table(zone).changes.tolist()))
    assume(change > 0)
    return zone, change + draw(st.integers(-DAY_US, DAY_US))


moments = st.one_of(st.tuples(zones, seconds.map(lambda at: at * US)), near_changes())


def micros(local: datetime) -> int:
    return to_micros(local.replace(tzinfo=UTC))


def local_at(utc: int, zone: str) -> datetime:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=utc)).astimezone(ZoneInfo(zone))


@given(moments)
def test_a_local_reading_is_what_zoneinfo_says(moment: tuple[str, int]) -> None:
    zone, utc = moment

    [reading] = to_local(np.array([utc]), zone)

    assert reading == micros(local_at(utc, zone).replace(tzinfo=None))


@given(moments)
def test_an_instant_comes_back_from_its_reading_unless_it_is_the_second_of_two(moment: tuple[str, int]) -> None:
    zone, utc = moment

    instants, nonexistent, ambiguous = to_utc(to_local(np.array([utc]), zone), zone)

    assert not nonexistent[0]
    if local_at(utc, zone).fold:
        assert ambiguous[0]
        assert instants[0] < utc
    else:
        assert instants[0] == utc


@given(st.one_of(st.tuples(zones, naive.map(micros)), near_changes()))
def test_skipped_and_repeated_readings_are_those_of_zoneinfo(moment: tuple[str, int]) -> None:
    zone, reading = moment
    local = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=reading)).replace(tzinfo=None)
    first, second = (local.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1))
    exists = first.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local

    instants, nonexistent, ambiguous = to_utc(np.array([reading]), zone)

    assert nonexistent[0] == (not exists)
    assert ambiguous[0] == (exists and first.utcoffset() != second.utcoffset())
    if exists:
        assert instants[0] == to_micros(first)


@given(zones, st.dates(date(1970, 1, 2), date(2099, 12, 31)))
def test_a_day_begins_at_its_first_instant(zone: str, day: date) -> None:
    start = int(day_start(np.array([(day - date(1970, 1, 1)).days]), zone)[0])

    assert local_at(start, zone).date() >= day
    assert local_at(start - 1, zone).date() < day


spans = st.lists(st.integers(0, 1440), min_size=2, max_size=6, unique=True).map(
    lambda edges: tuple(zip(sorted(edges)[::2], sorted(edges)[1::2], strict=False))
)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    hours = draw(st.dictionaries(st.integers(0, 6), spans, min_size=1))
    holidays = draw(st.frozensets(st.dates(date(2011, 12, 25), date(2012, 1, 5)), max_size=3))
    return Calendar(draw(zones), hours, holidays)


def works_at(calendar: Calendar, local: datetime) -> bool:
    minute = local.hour * 60 + local.minute
    open_now = any(start <= minute < end for start, end in calendar.hours.get(local.weekday(), ()))
    return open_now and local.date() not in calendar.holidays


@pytest.mark.parametrize("around", ["2011-12-30", "2017-10-15", "2018-02-18", "2026-03-29", "2026-10-25"])
@given(calendar=calendars(), offset=st.integers(-1440, 1440), length=st.integers(0, 3000))
def test_working_time_is_the_count_of_minutes_whose_reading_is_worked(
    around: str, calendar: Calendar, offset: int, length: int
) -> None:
    start = to_micros(datetime.fromisoformat(around).replace(tzinfo=UTC)) + offset * MINUTE_US
    minutes = range(start, start + length * MINUTE_US, MINUTE_US)

    [worked] = calendar.working_time(np.array([start]), np.array([start + length * MINUTE_US]))

    assert worked == MINUTE_US * sum(works_at(calendar, local_at(minute, calendar.zone)) for minute in minutes)


instants = st.integers(to_micros(datetime(2011, 12, 1, tzinfo=UTC)), to_micros(datetime(2027, 1, 1, tzinfo=UTC)))


@given(calendars(), instants, instants, instants)
def test_working_time_adds_up(calendar: Calendar, a: int, b: int, c: int) -> None:
    start, middle, end = sorted((a, b, c))
    starts, ends = np.array([start, middle, start]), np.array([middle, end, end])

    first, second, whole = calendar.working_time(starts, ends)

    assert first + second == whole
    assert 0 <= whole <= end - start


@given(calendars(), instants, st.integers(0, 3000))
def test_working_hours_and_working_time_are_inverse(calendar: Calendar, start: int, minutes: int) -> None:
    duration = Duration(minutes, "minute", working=True)

    end = calendar.add(np.array([start]), duration)
    back = calendar.subtract(end, duration)

    assert calendar.working_time(np.array([start]), end)[0] == duration.micros
    assert calendar.working_time(back, end)[0] == duration.micros
    if minutes:
        assert calendar.working_time(np.array([start]), end - 1)[0] == duration.micros - 1
        assert back[0] >= start


@given(calendars(), instants, instants, st.integers(0, 40), st.sampled_from(["day", "hour"]))
def test_who_starts_later_is_not_due_earlier(calendar: Calendar, a: int, b: int, amount: int, unit: str) -> None:
    early, late = calendar.add(np.array(sorted((a, b))), Duration(amount, unit, working=True))

    assert early <= late


@given(calendars(), instants, st.integers(1, 40))
def test_working_days_later_lie_that_many_working_dates_on(calendar: Calendar, start: int, amount: int) -> None:
    later = calendar.add(np.array([start]), Duration(amount, "day", working=True))

    opening = calendar.add(np.array([start]), Duration(1 / (60 * 10**6), "minute", working=True)) - 1
    dates = to_local(np.array([opening[0], later[0] - 1]), calendar.zone) // DAY_US
    days = np.arange(dates[0], dates[1] + 1)
    worked = calendar.working_time(day_start(days, calendar.zone), day_start(days + 1, calendar.zone)) > 0
    assert worked.sum() - 1 in (amount, amount - 1)  # due at an opening, the instant before lies on the date before


@given(calendars(), instants)
def test_equal_shifts_and_arrays_of_many_give_what_one_gives(calendar: Calendar, start: int) -> None:
    many = np.array([start, start + DAY_US, start])
    span = Duration(2.5, "day", working=True)

    together = calendar.add(many, span)

    assert together.tolist() == [int(calendar.add(np.array([one]), span)[0]) for one in many]
