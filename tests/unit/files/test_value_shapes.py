"""What a place may hold decides what the text means: names stay text, numbers must be numbers, and so on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clew.durations import Duration
from clew.errors import FileProblems
from clew.files import scalars
from clew.files.choices import OneOrList
from clew.files.reading import Reading
from clew.files.scan import scan
from clew.files.shapes import Key, ListOf, MapOf, Record, Shape, keys_of


def read(shape: Shape[Any], text: str) -> Any:
    reading = Reading(Path("a.yaml"))
    value = shape.read(scan(text, Path("a.yaml")), reading)
    reading.raise_problems()
    return value


READS = [
    # shape, as written, what it means
    (scalars.text(), "no", "no"),  # the Norway problem: a name, not false
    (scalars.text(), "1.50", "1.50"),
    (scalars.text(), "2026-01-01", "2026-01-01"),
    (scalars.text(), "1:30", "1:30"),  # not 90
    (scalars.text(), "'null'", "null"),
    (scalars.boolean(), "true", True),
    (scalars.boolean(), "False", False),
    (scalars.number(), "14", 14),
    (scalars.number(), "-0.5", -0.5),
    (scalars.number(), "1e3", 1000.0),
    (scalars.duration(), "3 working days", Duration(3, "day", working=True)),
    (scalars.duration(elapsed=True), "4 weeks", Duration(4, "week")),
    (scalars.zone(), "America/Sao_Paulo", "America/Sao_Paulo"),
    (scalars.name(), "set-up-2", "set-up-2"),
    (OneOrList(scalars.text()), "a", ("a",)),
    (OneOrList(scalars.text()), "[a, b]", ("a", "b")),
]


@pytest.mark.parametrize(("shape", "written", "meant"), READS)
def test_a_fitting_value_is_read(shape: Shape[Any], written: str, meant: object) -> None:
    value = read(shape, written)

    assert value == meant
    assert type(value) is type(meant)


REFUSED = [
    # shape, as written, what is said
    (scalars.text(), "''", "'' does not fit here; allowed: text"),
    (ListOf(scalars.text()), "[a, ~]", "an empty value does not fit here; allowed: text"),
    (scalars.text(), "[a]", "a list does not fit here"),
    (scalars.text(), "{a: b}", "a group of keys does not fit here"),
    (scalars.boolean(), "yes", "allowed: true or false"),
    (scalars.boolean(), "'true'", "allowed: true or false"),  # quotes make it text
    (scalars.number(), "007", "allowed: a number"),
    (scalars.number(), "'7'", "allowed: a number"),
    (scalars.number(), "1:30", "allowed: a number"),
    (scalars.number(), ".nan", "allowed: a number"),
    (scalars.number(whole=True, least=0), "1.5", "'1.5' does not fit"),
    (scalars.number(whole=True, least=0), "-1", "'-1' does not fit"),
    (scalars.duration(), "14", "'14' does not fit here; allowed: a number and a unit"),
    (scalars.duration(), "14 dayz", "'14 dayz' does not fit"),
    (scalars.duration(elapsed=True), "3 working days", "working time cannot be used here"),
    (scalars.day(), "2026-02-30", "allowed: a date as 2026-12-24"),
    (scalars.day(), "20260230", "allowed: a date"),
    (scalars.zone(), "Europe/Belrin", "did you mean 'Europe/Berlin'"),
    (scalars.zone(), "../../etc/passwd", "allowed: a time zone"),
    (scalars.name(), "Set up", "kebab-case"),
    (scalars.literal("never", "each trigger"), "nevr", "did you mean 'never'"),
    (ListOf(scalars.text(), 2, 2), "[a]", "exactly 2"),
    (MapOf(scalars.name(), scalars.text()), "{}", "at least 1"),
]


@pytest.mark.parametrize(("shape", "written", "said"), REFUSED)
def test_an_unfit_value_is_told_with_what_is_allowed(shape: Shape[Any], written: str, said: str) -> None:
    with pytest.raises(FileProblems) as raised:
        read(shape, written)

    assert said in str(raised.value)


PERSON = Record(
    {
        "name": Key(scalars.text(), "What people call the person.", required=True),
        "age": Key(scalars.number(), "Years."),
        "tags": Key(ListOf(Record({"tag": Key(scalars.text(), "A word.")}, lambda found: found.values)), "Words."),
    },
    lambda found: found.values,
)


def test_every_fault_of_a_record_is_told_at_once() -> None:
    with pytest.raises(FileProblems) as raised:
        read(PERSON, "nmae: Anna\nage: old\nage: 7\ntags: [{tag: x}, {tga: y}]\n")

    told = [(problem.line, problem.column, problem.wrong) for problem in raised.value.problems]
    assert told == [
        (1, 1, "key 'name' is missing"),
        (1, 1, "unknown key 'nmae'"),
        (2, 6, "'old' does not fit here"),
        (3, 1, "key 'age' is written twice, first in line 2"),
        (4, 19, "unknown key 'tga'"),
    ]
    assert raised.value.problems[1].nearest == "name"


def test_text_torn_by_a_comma_is_told_as_such() -> None:
    with pytest.raises(FileProblems, match="quotes around text that holds a comma"):
        read(PERSON, "{name: Anna, the lead}")


def test_keys_are_listed_with_their_descriptions() -> None:
    assert keys_of(PERSON) == [
        ("name", "What people call the person."),
        ("age", "Years."),
        ("tags", "Words."),
        ("tags[].tag", "A word."),
    ]


def test_the_schema_is_made_of_the_same_definition() -> None:
    schema = PERSON.schema({})

    assert schema["required"] == ["name"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["age"] == {"type": "number", "description": "Years."}
