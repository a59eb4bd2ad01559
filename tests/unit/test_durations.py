from __future__ import annotations

import pytest

from clew.clock import DAY_US, HOUR_US
from clew.durations import Duration, parse_duration


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("14 days", Duration(14, "day")),
        ("1 Day", Duration(1, "day")),
        ("72 hours", Duration(72, "hour")),
        ("4 weeks", Duration(4, "week")),
        ("3 working days", Duration(3, "day", working=True)),
        (" 1.5 working hours ", Duration(1.5, "hour", working=True)),
        ("0 minutes", Duration(0, "minute")),
    ],
)
def test_durations_are_read_as_people_write_them(text: str, duration: Duration) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    "text", ["", "3", "days", "-3 days", "3 fortnights", "3 working", "3days", "one day", "1e3 days"]
)
def test_what_is_no_duration_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no duration; allowed: a number and a unit, as '14 days'"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["1 minute", "14 days", "1.5 working hours", "0 weeks", "3 working days"])
def test_a_duration_reads_back_as_it_is_printed(text: str) -> None:
    assert str(parse_duration(text)) == text


def test_an_elapsed_day_has_24_hours_and_a_week_seven_days() -> None:
    assert parse_duration("3 days").micros == 72 * HOUR_US
    assert parse_duration("2 weeks").micros == 14 * DAY_US
