"""Figures as people read them."""

from __future__ import annotations

import pytest

from clew.questions import words
from clew.questions.model import Cell, TooFew, Unit
from clew.questions.words import Reading


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (42.0, Unit.SPAN, "42.0 seconds"),
        (90.0, Unit.SPAN, "1.5 minutes"),
        (26.4 * 3600, Unit.SPAN, "26.4 hours"),
        (14.65 * 86400, Unit.SPAN, "14.7 days"),
        (1234.0 * 86400, Unit.SPAN, "1,234.0 days"),
        (3.1 * 8 * 3600, Unit.WORKING_SPAN, "3.1 working days"),
        (2 * 3600.0, Unit.WORKING_SPAN, "2.0 working hours"),
        (0.10525, Unit.SHARE, "10.5 %"),
        (0.0, Unit.SHARE, "0.0 %"),
        (12345, Unit.COUNT, "12,345"),
        (10005534.0, Unit.MONEY, "10,005,534 EUR"),
        (12.5, Unit.MONEY, "12.50 EUR"),
        (1_514_764_800.0, Unit.TIME, "2018-01-01 01:00"),
        (2.417, Unit.NUMBER, "2.42"),
        (3.0, Unit.NUMBER, "3"),
        (0.031, Unit.NUMBER, "0.031"),
        (0.00004, Unit.NUMBER, "4e-05"),
        (True, Unit.TEXT, "yes"),
        ("lead", Unit.TEXT, "lead"),
        (None, Unit.SPAN, "–"),
        (TooFew(3, 5), Unit.SHARE, "too few: 2 more needed"),
    ],
)
def test_a_cell_is_put_into_words(value: Cell | TooFew, unit: Unit, text: str) -> None:
    assert str(Reading("Europe/Berlin", "EUR").figure(value, unit)) == text


def test_a_working_day_is_that_of_the_calendar() -> None:
    assert str(Reading(working_day=7 * 3600).figure(7 * 3600.0, Unit.WORKING_SPAN)) == "1.0 working days"


@pytest.mark.parametrize("seconds", [5 * 3600.0, 70 * 3600.0])
def test_working_spans_are_read_in_hours_where_working_days_differ(seconds: float) -> None:
    assert str(Reading(working_day=None).figure(seconds, Unit.WORKING_SPAN)) == f"{seconds / 3600:.1f} working hours"


def test_instants_for_machines_are_utc() -> None:
    assert words.iso(1_514_764_800) == "2018-01-01T00:00:00Z"


def test_nouns_follow_their_number() -> None:
    assert (words.counted(1, "run"), words.counted(1802, "run")) == ("1 run", "1,802 runs")
    assert words.counted(2, "history", "histories") == "2 histories"


def test_names_are_joined_as_a_sentence_does() -> None:
    assert words.listed([]) == ""
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert words.listed(list("abcdefg")) == "a, b, c, d, e and 2 more"


def test_a_probability_is_never_written_as_zero() -> None:
    assert (words.p_value(0.0312), words.p_value(1e-9)) == ("p 0.031", "p below 0.001")
