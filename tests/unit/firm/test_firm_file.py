"""clew.yaml: the firm, its calendars, teams, people and segments."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from clew.conditions.model import Attribute, Not, Segment
from clew.errors import FileProblems
from clew.firm.model import Firm, Person, Team
from clew.firm.parse import parse_firm

HEAD = "firm: Acme\ncurrency: EUR\ntime_zone: Europe/Berlin\n"


def parse(text: str) -> Firm:
    return parse_firm(HEAD + text, Path("clew.yaml"))


def test_a_firm_has_a_name_a_currency_and_a_zone() -> None:
    firm = parse("")

    assert (firm.name, firm.currency, firm.time_zone) == ("Acme", "EUR", "Europe/Berlin")


def test_a_calendar_has_hours_holidays_and_pauses() -> None:
    firm = parse(
        "calendars:\n"
        "  default:\n"
        "    hours: {monday-thursday: 09:00-17:00, friday: [09:00-12:00, 13:00-15:00]}\n"
        "    holidays: [2026-12-25]\n"
        "    pauses: [12:00-12:30, 2026-12-28 to 2026-12-31]\n"
    )

    calendar = firm.calendars["default"]
    assert calendar.hours == {**dict.fromkeys(range(4), ((540, 1020),)), 4: ((540, 720), (780, 900))}
    assert calendar.holidays == {date(2026, 12, 25)}
    assert calendar.daily_pauses == ((720, 750),)
    assert calendar.closures == ((date(2026, 12, 28), date(2026, 12, 31)),)


def test_a_calendar_without_a_zone_is_read_in_the_firms() -> None:
    firm = parse("calendars: {here: {hours: {monday: 09:00-12:00}}, there: {time_zone: Asia/Tokyo}}\n")

    assert (firm.calendars["here"].zone, firm.calendars["there"].zone) == ("Europe/Berlin", "Asia/Tokyo")


def test_teams_and_people_have_a_title_or_more() -> None:
    firm = parse("calendars: {day: {}}\nteams: {a: A team, b: {calendar: day}}\npeople: {p: {title: P, team: a}}\n")

    assert firm.teams == {"a": Team("a", "A team"), "b": Team("b", "b", "day")}
    assert firm.people == {"p": Person("p", "P", "a")}
    assert firm.calendar_of("b") is firm.calendars["day"]


def test_segments_are_conditions_and_may_use_each_other() -> None:
    firm = parse("segments: {big: {attribute: revenue, at_least: 5}, small: {not: {segment: big}}}\n")

    assert isinstance(firm.segments["big"], Attribute)
    assert firm.segments["small"] == Not(Segment("big"))


MISTAKES = [
    # added to the head, line, what is said
    ("frim: x\n", 4, "did you mean 'firm'"),
    ("calendars: {default: {hours: {mon: 09:00-17:00}}}\n", 4, "did you mean 'monday'"),
    ("calendars: {default: {hours: {monday-friday: 9-17}}}\n", 4, "09:00-17:00"),
    ("calendars: {default: {hours: {monday: 17:00-09:00}}}\n", 4, "allowed: 'HH:MM-HH:MM'"),
    (
        "calendars: {default: {hours: {monday-friday: 09:00-17:00, friday: 09:00-12:00}}}\n",
        4,
        "friday is written twice",
    ),
    ("calendars: {default: {hours: {monday: [09:00-12:00, 11:00-13:00]}}}\n", 4, "overlaps"),
    ("calendars: {default: {hours: {monday: 12:00-13:00}, pauses: [12:00-13:00]}}\n", 4, "never works"),
    ("calendars: {default: {holidays: [25.12.2026]}}\n", 4, "a date as 2026-12-24"),
    ("calendars: {default: {pauses: [Christmas]}}\n", 4, "closed days as"),
    ("calendars: {default: {pauses: [2026-12-31 to 2026-12-24]}}\n", 4, "ends before it begins"),
    ("calendars: {default: {time_zone: Berlin}}\n", 4, "a time zone as"),
    ("teams: [sales]\n", 4, "a group of keys"),
    ("segments: {a: {event: e, for: 3 days}}\n", 4, "unknown key 'for'"),
    ("segments: {a: {silent: {events: e, for: 3 days}}}\n", 4, "'silent' cannot stand here"),
    ("segments: {a: {segment: a}}\n", 4, "segment 'a' is defined by itself"),
    ("segments:\n  a: {segment: b}\n  b: {not: {segment: a}}\n", 5, "segment 'a' is defined by itself"),
]


@pytest.mark.parametrize(("added", "line", "said"), MISTAKES)
def test_a_mistake_is_told_in_its_line(added: str, line: int, said: str) -> None:
    with pytest.raises(FileProblems) as raised:
        parse(added)

    assert line in [problem.line for problem in raised.value.problems if said in str(problem)]


@pytest.mark.parametrize("currency", ["Euro", "eur", "EURO", "€"])
def test_a_currency_is_three_capital_letters(currency: str) -> None:
    with pytest.raises(FileProblems, match="ISO 4217"):
        parse_firm(HEAD.replace("EUR", currency), Path("clew.yaml"))


def test_norway_is_a_segment_like_any_other() -> None:
    firm = parse("segments: {no: {attribute: country, is: no}}\n")

    segment = firm.segments["no"]
    assert isinstance(segment, Attribute)
    assert segment.test.operators[0][1] == "no"
