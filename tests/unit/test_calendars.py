from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from clew.calendars import Calendar, day_start, parse_hours, to_local, to_utc
from clew.clock import ALWAYS, HOUR_US, MINUTE_US, NEVER, to_micros
from clew.durations import parse_duration
from clew.errors import ClewError, UnknownName

BERLIN = Calendar("Europe/Berlin")
ROUND_THE_CLOCK = Calendar("Europe/Berlin", dict.fromkeys(range(7), ((0, 1440),)))


def at(text: str, zone: str = "Europe/Berlin") -> int:
    return to_micros(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


def written(micros: int, zone: str = "Europe/Berlin") -> str:
    moment = datetime.fromtimestamp(micros // 1_000_000, UTC).astimezone(ZoneInfo(zone))
    return moment.strftime("%a %Y-%m-%d %H:%M")


def hours_between(calendar: Calendar, start: str, end: str) -> float:
    [micros] = calendar.working_time(np.array([at(start)]), np.array([at(end)]))
    return float(micros / HOUR_US)


def moved(calendar: Calendar, start: str, duration: str) -> str:
    [end] = calendar.add(np.array([at(start)]), parse_duration(duration))
    return written(int(end))


def moved_back(calendar: Calendar, end: str, duration: str) -> str:
    [start] = calendar.subtract(np.array([at(end)]), parse_duration(duration))
    return written(int(start))


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-11-20 10:00", "2026-11-20 11:30", 1.5),  # inside one day
        ("2026-11-20 16:00", "2026-11-23 10:00", 2.0),  # over a weekend
        ("2026-11-21 08:00", "2026-11-22 20:00", 0.0),  # inside a weekend
        ("2026-11-20 06:00", "2026-11-20 23:00", 8.0),  # around a day
        ("2026-11-20 11:00", "2026-11-20 10:00", 0.0),  # ends before it starts
        ("2026-03-27 09:00", "2026-03-30 17:00", 16.0),  # the clocks go forward between: two whole days all the same
    ],
)
def test_working_time_counts_only_the_hours_worked(start: str, end: str, hours: float) -> None:
    assert hours_between(BERLIN, start, end) == hours


def test_a_calendar_that_covers_the_changed_hour_counts_the_time_that_passed() -> None:
    assert hours_between(ROUND_THE_CLOCK, "2026-03-29 00:00", "2026-03-30 00:00") == 23
    assert hours_between(ROUND_THE_CLOCK, "2026-10-25 00:00", "2026-10-26 00:00") == 25


def test_a_repeated_hour_of_work_is_worked_twice() -> None:
    night = Calendar("Europe/Berlin", {6: ((120, 180),)})

    assert hours_between(night, "2026-10-25 00:00", "2026-10-26 00:00") == 2
    assert hours_between(night, "2026-03-29 00:00", "2026-03-30 00:00") == 0


def test_holidays_pauses_and_closures_are_no_working_time() -> None:
    calendar = Calendar(
        "Europe/Berlin",
        holidays=frozenset({date(2026, 12, 23)}),
        pauses=((720, 780), (date(2026, 12, 25), date(2027, 1, 1))),
    )

    assert hours_between(calendar, "2026-12-22 00:00", "2026-12-23 00:00") == 7
    assert hours_between(calendar, "2026-12-23 00:00", "2026-12-24 00:00") == 0
    assert hours_between(calendar, "2026-12-24 16:00", "2027-01-04 10:00") == 2


def test_an_open_end_counts_to_the_end_of_2100_and_an_open_start_from_1970() -> None:
    times = BERLIN.working_time(np.array([ALWAYS, at("2026-01-01")]), np.array([at("1970-01-02"), NEVER]))

    assert times[0] == 16 * HOUR_US  # the Thursday, and the Wednesday before: local days may begin before 1970 UTC
    assert 0 < times[1] < (at("2101-01-01") - at("2026-01-01")) / 4


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2026-11-20 16:00", "3 days", "Mon 2026-11-23 16:00"),  # elapsed: 72 hours
        ("2026-03-28 16:00", "1 day", "Sun 2026-03-29 17:00"),  # elapsed: 24 hours, over a change of clocks
        ("2026-11-20 16:00", "2 working hours", "Mon 2026-11-23 10:00"),
        ("2026-11-20 16:00", "60 working minutes", "Fri 2026-11-20 17:00"),  # the earliest instant, not Monday 09:00
        ("2026-11-21 11:00", "8 working hours", "Mon 2026-11-23 17:00"),
        ("2026-11-20 16:00", "1 working day", "Mon 2026-11-23 16:00"),  # the same clock time over a weekend
        ("2026-11-20 09:00", "1 working day", "Mon 2026-11-23 09:00"),
        ("2026-11-20 17:00", "1 working day", "Tue 2026-11-24 09:00"),  # at closing: counts as Monday's opening
        ("2026-11-21 11:00", "1 working day", "Tue 2026-11-24 09:00"),  # Saturday likewise
        ("2026-11-19 07:00", "1 working day", "Fri 2026-11-20 09:00"),  # before opening: that day's opening
        ("2026-11-16 10:00", "3 working days", "Thu 2026-11-19 10:00"),
        ("2026-11-18 10:00", "0.5 working days", "Wed 2026-11-18 14:00"),
        ("2026-11-20 15:00", "1.5 working days", "Tue 2026-11-24 11:00"),  # Monday 15:00, then 4 of Monday's 8 hours
        ("2026-11-18 10:00", "1 working week", "Wed 2026-11-25 10:00"),  # five working weekdays
        ("2026-11-21 11:00", "0 working days", "Sat 2026-11-21 11:00"),
        ("2026-03-27 10:00", "1 working day", "Mon 2026-03-30 10:00"),  # the clock time stays when clocks change
    ],
)
def test_a_duration_is_used_up(start: str, duration: str, end: str) -> None:
    assert moved(BERLIN, start, duration) == end


def test_a_working_day_later_skips_holidays_and_closures() -> None:
    calendar = Calendar(
        "Europe/Berlin",
        holidays=frozenset({date(2026, 12, 24)}),
        pauses=((date(2026, 12, 25), date(2027, 1, 1)),),
    )

    assert moved(calendar, "2026-12-23 10:00", "1 working day") == "Mon 2027-01-04 10:00"


def test_a_shorter_day_clips_the_clock_time_to_its_hours() -> None:
    calendar = Calendar("Europe/Berlin", {3: ((480, 1080),), 4: ((540, 720), (780, 900))})

    assert moved(calendar, "2026-11-19 16:00", "1 working day") == "Fri 2026-11-20 15:00"  # after closing: closing
    assert moved(calendar, "2026-11-19 12:30", "1 working day") == "Fri 2026-11-20 13:00"  # in the pause: its end
    assert moved(calendar, "2026-11-19 08:15", "1 working day") == "Fri 2026-11-20 09:00"  # before opening: opening


@pytest.mark.parametrize(
    ("end", "duration", "start"),
    [
        ("2026-11-23 16:00", "3 days", "Fri 2026-11-20 16:00"),
        ("2026-11-23 10:00", "2 working hours", "Fri 2026-11-20 16:00"),
        ("2026-11-20 17:00", "8 working hours", "Fri 2026-11-20 09:00"),  # the latest instant, not Thursday 17:00
        ("2026-11-23 16:00", "1 working day", "Fri 2026-11-20 16:00"),
        ("2026-11-21 00:00", "10 working days", "Mon 2026-11-09 09:00"),  # Saturday counts as Monday's opening
    ],
)
def test_a_moment_lies_a_duration_before(end: str, duration: str, start: str) -> None:
    assert moved_back(BERLIN, end, duration) == start


@pytest.mark.parametrize("duration", ["3 days", "3 working days", "8 working hours"])
def test_what_never_happens_has_no_deadline_and_no_lead(duration: str) -> None:
    span = parse_duration(duration)
    endless = np.array([ALWAYS, NEVER])

    assert BERLIN.add(endless, span).tolist() == [ALWAYS, NEVER]
    assert BERLIN.subtract(endless, span).tolist() == [ALWAYS, NEVER]


def test_a_duration_beyond_the_calendar_is_never_used_up() -> None:
    late = np.array([at("2100-12-30")])

    assert BERLIN.add(late, parse_duration("30 working days")).tolist() == [NEVER]
    assert BERLIN.add(late, parse_duration("300 working hours")).tolist() == [NEVER]
    assert BERLIN.add(np.array([NEVER - 5]), parse_duration("1 day")).tolist() == [NEVER]
    assert BERLIN.subtract(np.array([0]), parse_duration("30 working days")).tolist() == [ALWAYS]
    assert BERLIN.subtract(np.array([0]), parse_duration("300 working hours")).tolist() == [ALWAYS]


def test_a_date_that_a_zone_left_out_is_no_working_day() -> None:
    apia = Calendar("Pacific/Apia")
    thursday = at("2011-12-29 10:00", "Pacific/Apia")

    [end] = apia.add(np.array([thursday]), parse_duration("1 working day"))

    assert written(int(end), "Pacific/Apia") == "Mon 2012-01-02 10:00"


def test_equal_calendars_are_one_key_and_others_are_not() -> None:
    same = Calendar("Europe/Berlin", {day: [(540, 720), (720, 1020)] for day in range(5)})  # type: ignore[misc]
    lunch = Calendar("Europe/Berlin", pauses=((720, 780),))

    assert Calendar("Europe/Berlin") == BERLIN
    assert len({BERLIN, Calendar("Europe/Berlin"), lunch, Calendar("UTC")}) == 3
    assert lunch.fingerprint() == (
        "Europe/Berlin|"
        + ";".join(f"{day} 09:00-12:00,13:00-17:00" for day in ("mon", "tue", "wed", "thu", "fri"))
        + "||"
    )
    assert hours_between(same, "2026-11-20 09:00", "2026-11-20 17:00") == 8


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("09:00-17:00", (540, 1020)),
        ("9:00 - 12:30", (540, 750)),
        ("18:00-24:00", (1080, 1440)),
        ("00:00–06:00", (0, 360)),
    ],
)
def test_hours_are_read_as_minutes_after_midnight(text: str, minutes: tuple[int, int]) -> None:
    assert parse_hours(text) == minutes


@pytest.mark.parametrize(
    "text", ["9-17", "17:00-09:00", "09:00-09:00", "09:75-17:00", "09:00-24:01", "25:00-26:00", ""]
)
def test_what_are_no_hours_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(ValueError, match="allowed: 'HH:MM-HH:MM' inside one day"):
        parse_hours(text)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ({"hours": {7: ((540, 1020),)}}, "7 is no weekday; allowed: 0"),
        ({"hours": {0: ((540, 700), (690, 1020))}}, "11:30-17:00 overlaps the span before it, which ends 11:40"),
        ({"hours": {0: ((1020, 540),)}}, "17:00-09:00 are no hours"),
        ({"hours": {}}, "never works"),
        ({"pauses": ((540, 1020),)}, "never works"),
        ({"pauses": ((540, date(2026, 1, 1)),)}, "pairs of minutes or pairs of dates"),
        ({"pauses": ((date(2026, 1, 2), date(2026, 1, 1)),)}, "ends before it begins"),
    ],
)
def test_an_impossible_calendar_is_refused(made: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Calendar(**made)  # type: ignore[arg-type]


def test_closures_that_leave_no_day_are_refused() -> None:
    closed = Calendar(pauses=((date(1, 1, 1), date(9999, 12, 31)),))

    with pytest.raises(ClewError, match="leave no working day"):
        closed.working_time(np.array([0]), np.array([1]))


@pytest.mark.parametrize(
    ("zone", "nearest"),
    [("Europe/Berln", "Europe/Berlin"), ("Berlin", "Europe/Berlin"), ("america/sao paulo", "America/Sao_Paulo")],
)
def test_an_unknown_zone_is_told_with_the_nearest_one(zone: str, nearest: str) -> None:
    with pytest.raises(UnknownName, match=f"there is no time zone '{zone}'.*did you mean '{nearest}'"):
        Calendar(zone)


@pytest.mark.parametrize("zone", ["", "../etc/passwd", "Europe", "/UTC", "no\0zone"])
def test_what_is_no_zone_at_all_is_no_traceback(zone: str) -> None:
    with pytest.raises(UnknownName):
        to_utc(np.array([0]), zone)


def test_a_reading_that_the_clocks_skipped_is_the_moment_they_went_forward() -> None:
    local = np.array(["2026-03-29T02:30", "2026-10-25T02:30", "2026-10-25T03:30"], "datetime64[us]").astype(np.int64)

    instants, nonexistent, ambiguous = to_utc(local, "Europe/Berlin")

    assert instants.astype("datetime64[us]").astype(str).tolist() == [
        "2026-03-29T01:00:00.000000",
        "2026-10-25T00:30:00.000000",  # the first reading, summer time
        "2026-10-25T02:30:00.000000",
    ]
    assert nonexistent.tolist() == [True, False, False]
    assert ambiguous.tolist() == [False, True, False]


def test_the_edges_of_a_skipped_and_of_a_repeated_hour_are_exact() -> None:
    readings = ["2026-03-29T01:59", "2026-03-29T02:00", "2026-03-29T03:00", "2026-10-25T02:00", "2026-10-25T03:00"]

    instants, nonexistent, ambiguous = to_utc(np.array(readings, "datetime64[us]").astype(np.int64), "Europe/Berlin")

    assert instants[1] == instants[2] == instants[0] + MINUTE_US
    assert nonexistent.tolist() == [False, True, False, False, False]
    assert ambiguous.tolist() == [False, False, False, True, False]


def test_a_day_without_midnight_begins_when_the_clocks_have_gone_forward() -> None:
    day = np.array(["2017-10-15"], "datetime64[D]").astype(np.int64)

    [start] = day_start(day, "America/Sao_Paulo")

    assert written(int(start), "America/Sao_Paulo") == "Sun 2017-10-15 01:00"


def test_a_left_out_day_is_empty() -> None:
    days = np.array(["2011-12-30", "2011-12-31"], "datetime64[D]").astype(np.int64)

    left_out, following = day_start(days, "Pacific/Apia")

    assert left_out == following


def test_always_and_never_stay_themselves_in_every_zone() -> None:
    endless = np.array([ALWAYS, NEVER])

    instants, nonexistent, ambiguous = to_utc(endless, "Asia/Kathmandu")

    assert instants.tolist() == to_local(endless, "Asia/Kathmandu").tolist() == [ALWAYS, NEVER]
    assert not nonexistent.any()
    assert not ambiguous.any()


def test_one_instant_alone_is_measured_like_an_array() -> None:
    start, end = np.int64(at("2026-11-20 10:00")), np.int64(at("2026-11-20 10:05"))

    assert int(BERLIN.working_time(start, end)) == 5 * MINUTE_US  # type: ignore[arg-type]
