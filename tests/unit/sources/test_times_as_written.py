"""Times are read by the declared format or not at all; checked against Python's datetime and zoneinfo."""

# ruff: noqa: DTZ001, DTZ007 - what a clock on the wall shows is the point here

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from clew.clock import to_micros
from clew.errors import BadInput
from clew.sources.columns import Column
from clew.sources.times import Times, parse_times

Reader = Callable[..., Any]

moments = st.datetimes(datetime(1970, 1, 2), datetime(9998, 12, 31))


def parsed(*texts: str, zone: str = "UTC", form: str | None = None) -> Times:
    return parse_times(Column.of_texts(texts), zone=zone, form=form)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2018-02-01 10:15:30", datetime(2018, 2, 1, 10, 15, 30)),
        ("2018-02-01T10:15:30", datetime(2018, 2, 1, 10, 15, 30)),
        ("2018-02-01T10:15:30Z", datetime(2018, 2, 1, 10, 15, 30)),
        ("2018-02-01T10:15", datetime(2018, 2, 1, 10, 15)),
        ("2018-02-01T10:15Z", datetime(2018, 2, 1, 10, 15)),
        ("2018-02-01T10:15+02:00", datetime(2018, 2, 1, 8, 15)),
        ("2018-02-01T10:15:30.5", datetime(2018, 2, 1, 10, 15, 30, 500_000)),
        ("2018-02-01T10:15:30,123456", datetime(2018, 2, 1, 10, 15, 30, 123_456)),
        ("2018-02-01T10:15:30.123456789Z", datetime(2018, 2, 1, 10, 15, 30, 123_456)),  # finer falls away
        ("2018-02-01T10:15:30.25-0330", datetime(2018, 2, 1, 13, 45, 30, 250_000)),
        ("2018-02-01 10:15:30+02", datetime(2018, 2, 1, 8, 15, 30)),
        ("2018-02-01 10:15:30 UTC", datetime(2018, 2, 1, 10, 15, 30)),
        ("  2018-02-01 10:15:30 ", datetime(2018, 2, 1, 10, 15, 30)),
        ("2016-02-29 00:00:00", datetime(2016, 2, 29)),
        ("1970-01-01 00:00:00", datetime(1970, 1, 1)),
    ],
)
def test_iso_times_are_read(text: str, moment: datetime) -> None:
    times = parsed(text)

    assert times.present.tolist() == [True]
    assert times.day.tolist() == [False]
    assert times.at.tolist() == [to_micros(moment.replace(tzinfo=UTC))]


@pytest.mark.parametrize(
    "text",
    [
        "infinity",
        "-infinity",
        "epoch",
        "now",
        "today",
        "18-02-01",
        "2018-2-1",
        "01.02.2018",
        "02/01/2018",
        "20180201",
        "2018-02",
        "2018-02-30",
        "2017-02-29",
        "1900-02-29",
        "2018-13-01",
        "2018-00-10",
        "2018-01-00",
        "0000-01-01",
        "2018-02-01x",
        "2018-02-01T",
        "2018-02-01 1",
        "2018-02-01 10",
        "2018-02-01 1:02:03",
        "2018-02-01 24:00:00",
        "2018-02-01 10:60",
        "2018-02-01 10:15:60",
        "2018-02-01 10:15:3",
        "2018-02-01 10:15:30.",
        "2018-02-01 10:15:30.x",
        "2018-02-01 10:15.5",
        "2018-02-01 10:15:30+2",
        "2018-02-01 10:15:30+24:00",
        "2018-02-01 10:15:30+02:60",
        "2018-02-01 10:15:30 Europe/Berlin",
        "2018-02-01 10:15:30 CET",
        "2018-02-01 10:15:30ZZ",
        "2018-02-01  10:15:30",
        "2018-02-01 (BC)",
        "12018-02-01",
        "２０１８-02-01",
    ],
)
def test_what_is_no_iso_time_is_refused(text: str) -> None:
    times = parsed(text, "2018-02-01")

    assert times.bad.tolist() == [True, False]
    assert times.present.tolist() == [False, True]


def test_empty_cells_are_no_times_and_no_faults() -> None:
    times = parsed("", "   ", "2018-02-01")

    assert times.present.tolist() == [False, False, True]
    assert times.bad.tolist() == [False, False, False]


@given(moments, st.sampled_from([" ", "T"]), st.sampled_from(["seconds", "milliseconds", "microseconds"]))
def test_every_iso_time_agrees_with_datetime(moment: datetime, between: str, precision: str) -> None:
    text = moment.isoformat(between, precision)

    assert parsed(text).at.tolist() == [to_micros(datetime.fromisoformat(text).replace(tzinfo=UTC))]


@given(moments, st.integers(-23 * 60 - 59, 23 * 60 + 59))
def test_an_offset_in_the_text_wins_over_the_zone(moment: datetime, minutes: int) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))

    times = parsed(aware.isoformat(), zone="America/Sao_Paulo")

    assert times.at.tolist() == [to_micros(aware)]
    assert not times.ambiguous.any()


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2060, 1, 1)),
    st.sampled_from(["Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kolkata"]),
)
def test_local_times_agree_with_zoneinfo(moment: datetime, zone: str) -> None:
    moment = moment.replace(microsecond=0)
    local = moment.replace(tzinfo=ZoneInfo(zone))
    exists = local.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == moment
    assume(exists)

    times = parsed(moment.isoformat(), zone=zone)

    assert times.at.tolist() == [to_micros(local)]  # fold=0: the first of two
    assert times.ambiguous.tolist() == [local.utcoffset() != local.replace(fold=1).utcoffset()]


def test_a_time_that_the_clocks_left_out_is_a_gap_and_one_they_repeat_is_the_first() -> None:
    times = parsed("2023-03-26 02:30:00", "2023-10-29 02:30:00", "2023-03-26 02:30:00+02:00", zone="Europe/Berlin")

    assert times.gap.tolist() == [True, False, False]
    assert times.ambiguous.tolist() == [False, True, False]
    assert times.at.tolist()[1] == to_micros(datetime(2023, 10, 29, 0, 30, tzinfo=UTC))


def test_a_date_is_the_first_instant_of_the_local_day_even_where_midnight_is_left_out() -> None:
    times = parsed("2017-10-15", "2017-10-16", zone="America/Sao_Paulo")  # clocks went from 00:00 to 01:00

    assert times.day.tolist() == [True, True]
    assert not times.gap.any()
    assert times.at.tolist() == [
        to_micros(datetime(2017, 10, day, hour, tzinfo=UTC)) for day, hour in ((15, 3), (16, 2))
    ]


def test_what_lies_before_1970_is_early() -> None:
    times = parsed("0001-01-01", "1900-01-01 00:00:00", "1969-12-31 23:59:59", "1970-01-01")

    assert times.early.tolist() == [True, True, True, False]
    assert not times.bad.any()


@pytest.mark.parametrize(
    "form",
    [
        "%d.%m.%Y %H:%M:%S",
        "%m/%d/%Y %I:%M %p",
        "%d/%m/%Y %H:%M",
        "%Y%m%d%H%M%S",
        "%y-%m-%d %H:%M:%S",
        "%d-%b-%Y %H:%M",
        "%Y-%m-%dT%H:%M:%S.%f",
        "%d %B %Y %H:%M",
        "%A, %d %B %Y %H:%M:%S",
        "%Y-%j %H:%M",
        "100%% %Y-%m-%d %H",
    ],
)
@given(st.datetimes(datetime(1971, 1, 1), datetime(2068, 12, 31)))
def test_every_format_agrees_with_strptime(form: str, moment: datetime) -> None:
    text = moment.strftime(form)

    times = parsed(text, form=form)

    assert times.at.tolist() == [to_micros(datetime.strptime(text, form).replace(tzinfo=UTC))]
    assert not times.day.any()


@given(
    st.sampled_from(["%d.%m.%Y", "%m/%d/%Y %I:%M %p", "%d-%b-%y", "%H:%M %Y-%m-%d %z"]),
    st.text("0123456789./:- apmJn+", max_size=20),
)
def test_a_format_never_reads_what_strptime_would_refuse(form: str, text: str) -> None:
    times = parsed(text, form=form)

    if times.present.any():
        datetime.strptime(text.strip(), form)


def test_a_format_without_a_clock_says_only_the_day() -> None:
    times = parsed("1.2.2018", "01.02.2018", "1.2.18", "01.02.2018 10:00", form="%d.%m.%Y")

    assert times.day.tolist() == [True, True, False, False]
    assert times.bad.tolist() == [False, False, True, True]


def test_an_offset_directive_is_read() -> None:
    assert parsed("01/Feb/2018:10:15:30 +0200", form="%d/%b/%Y:%H:%M:%S %z").at.tolist() == [
        to_micros(datetime(2018, 2, 1, 8, 15, 30, tzinfo=UTC))
    ]


def test_an_impossible_format_is_refused_with_advice() -> None:
    with pytest.raises(BadInput, match="'%Q' is no time format"):
        parsed("2018", form="%Q")


def test_epochs_are_exact() -> None:
    seconds = parsed("1519084800", "1519084800.123456", "1.5190848e9", "-1", "x", "", form="epoch seconds")
    millis = parsed("1519084800123", "1519084800123.4567", form="epoch milliseconds")

    assert seconds.at.tolist()[:3] == [1_519_084_800_000_000, 1_519_084_800_123_456, 1_519_084_800_000_000]
    assert (seconds.early.tolist()[3], seconds.bad.tolist()[4], seconds.bad.tolist()[5]) == (True, True, False)
    assert millis.at.tolist()[0] == 1_519_084_800_123_000
    assert millis.bad.tolist() == [False, True]


def test_seconds_declared_for_milliseconds_are_refused_not_read_as_a_far_future() -> None:
    assert parsed("1519084800123", form="epoch seconds").bad.tolist() == [True]


def test_rows_with_unusable_times_are_rejected_with_the_text(read: Reader) -> None:
    found = read(
        "id,at\n1,2023-01-01\n2,infinity\n3,0001-01-01\n4,2023-03-26 02:30:00\n5,2024-01-02 00:00:01\n6,2023-12-31\n"
        "7,\n",
        time_zone="Europe/Berlin",
    )

    assert found.rejected == [
        (3, "at", "infinity", "no time"),
        (4, "at", "0001-01-01", "time before 1970"),
        (5, "at", "2023-03-26 02:30:00", "time that does not exist"),
    ]
    assert found.lines == [2, 6, 7, 8]


def test_times_more_than_a_day_ahead_of_the_load_are_rejected(read: Reader) -> None:
    found = read("id,at\n1,2024-01-02 00:00:00\n2,2024-01-02 00:00:01\n")

    assert found.lines == [2]
    assert found.rejected == [(3, "at", "2024-01-02 00:00:01", "time in the future")]


def test_ambiguous_times_are_counted(read: Reader) -> None:
    found = read("id,at\n1,2023-10-29 02:30:00\n2,2023-10-29 03:30:00\n", time_zone="Europe/Berlin")

    assert found.notes == {"AMBIGUOUS": 1}
    assert found.events == [("opened", "2023-10-29 00:30:00"), ("opened", "2023-10-29 02:30:00")]
