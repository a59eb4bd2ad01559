"""Calendar periods: numbers that rise by one, with a first instant and a label, in the zone of the firm."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.clock import to_datetime, to_micros
from clew.periods import GRAINS, period_label, period_number, period_of, period_start, whole_periods

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati")
INSTANTS = st.datetimes(datetime(1971, 1, 1), datetime(2099, 12, 31), timezones=st.just(ZoneInfo("UTC")))  # noqa: DTZ001


def label_by_calendar(day: date, grain: str) -> str:
    year, week, _ = day.isocalendar()
    return {
        "day": f"{day}", "week": f"{year}-W{week:02d}", "month": f"{day:%Y-%m}", "year": f"{day.year}",
        "quarter": f"{day.year}-Q{(day.month + 2) // 3}",
    }[grain]  # fmt: skip


@given(INSTANTS, st.sampled_from(GRAINS), st.sampled_from(ZONES))
def test_a_period_is_that_of_the_local_calendar(moment: datetime, grain: str, zone: str) -> None:
    number = int(period_of([to_micros(moment)], grain, zone)[0])

    assert period_label(number, grain) == label_by_calendar(moment.astimezone(ZoneInfo(zone)).date(), grain)
    assert period_number(period_label(number, grain), grain) == number


@given(INSTANTS, st.sampled_from(GRAINS), st.sampled_from(ZONES))
def test_a_period_lasts_from_its_first_instant_to_that_of_the_next(moment: datetime, grain: str, zone: str) -> None:
    at = to_micros(moment)
    number = int(period_of([at], grain, zone)[0])
    start, end = period_start([number, number + 1], grain, zone).tolist()

    assert start <= at < end
    assert period_of([start - 1, start], grain, zone).tolist() == [number - 1, number]


@pytest.mark.parametrize("grain", ["week", "month", "quarter", "year"])
def test_a_period_is_whole_where_the_log_holds_its_first_and_its_last_day(grain: str) -> None:
    number = int(period_of([to_micros(datetime(2026, 5, 15, tzinfo=ZoneInfo("UTC")))], grain, "Europe/Berlin")[0])
    start, end = period_start([number, number + 1], grain, "Europe/Berlin").tolist()
    noon, day = 12 * 3_600_000_000, timedelta(days=1)

    assert whole_periods(start + noon, end - noon, grain, "Europe/Berlin") == [number]
    assert whole_periods(to_micros(to_datetime(start + noon) + day), end - noon, grain, "Europe/Berlin") == []
