"""A source that receives: one line is a complete one, any part may be written, mistakes are told with their place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from clew.conditions.model import Operator
from clew.errors import FileProblems
from clew.files.reading import Reading
from clew.files.scan import scan
from clew.sources.model import AttributeSpec, ContactSpec, EventSpec, Given, Source
from clew.sources.parse import parse_source, read_source
from clew.sources.receiving import COLUMNS, WIRES, plain_name, record_column
from clew.sources.receiving_file import default_file

PATH = Path("sources/app.yaml")


def parse(text: str) -> Source:
    return parse_source(text, PATH)


@pytest.mark.parametrize("wire", WIRES)
def test_one_line_is_a_complete_source(wire: str) -> None:
    source = parse(f"receives: {wire}\n")

    assert (source.name, source.receives, source.files, source.id) == ("app", wire, (), ("id",))
    assert (source.account, source.contact) == (
        ("account", "account"),
        ContactSpec("person", "email", "name", "role"),
    )
    assert source.links == ((("contact", "person"), ("account", "group")),)
    assert (source.formerly, source.linked_at, source.learnt) == ("previous", "at", "received_at")
    assert source.attributes[1] == AttributeSpec("plan", "account.plan", "at")
    (event,) = source.events
    assert (event.event, event.at, event.value, event.team) == ("{event}", "at", "value", Given("team"))
    assert event.when["type"].operators == ((Operator.IN, ("page", "screen", "track")),)
    assert source.properties is None


@pytest.mark.parametrize("wire", WIRES)
def test_the_file_that_is_written_for_a_new_source_means_the_same_as_its_one_line(wire: str) -> None:
    written = default_file("app", wire)

    assert parse(written).version == parse(f"receives: {wire}\n").version


@pytest.mark.parametrize("wire", WIRES)
def test_each_suggestion_in_that_file_may_be_taken(wire: str) -> None:
    taken = re.sub(r"^# (?=[a-z]+:|  )", "", default_file("app", wire).partition("receives:")[2], flags=re.MULTILINE)

    source = parse("receives:" + taken)

    assert source.events == (EventSpec("{event}", "at", value="value", when=source.events[0].when),)
    assert (source.properties, source.personal) == (("plan", "amount"), ("note",))


def test_what_is_written_stands_in_the_place_of_its_default_alone() -> None:
    source = parse(
        "receives: segment\naccount: {company: company_id}\nteam: {always: web}\nsubjects: {cart: cart_id}\n"
    )

    assert source.account == ("company", "company_id")
    assert source.links == ((("contact", "person"), ("company", "group")),)
    assert source.events[0].team == Given(always="web")
    assert source.subjects == {"cart": "cart_id"}


def test_an_account_by_domain_has_no_members_by_group() -> None:
    assert parse("receives: segment\naccount: {domain: email}\n").links == ()


def test_journeys_may_name_any_event_and_the_usual_attributes() -> None:
    reading = Reading(PATH)
    read_source(scan("receives: segment\n", PATH), reading)

    assert [(named.kind, named.name) for named in reading.declared] == [
        ("event", "{event}"),
        *(("attribute", name) for name in ("name", "plan", "industry", "employees")),
    ]


MISTAKES = [
    # text, line, what is wrong
    ("receives: segmnt\n", 1, "'segmnt' does not fit here"),
    ("receives: segment\nfile: a.csv\n", 2, "'file' beside 'receives'"),
    ("receives: segment\nkind: snapshot\n", 2, "'kind' beside 'receives'"),
    ('receives: segment\ndelimiter: ";"\n', 2, "'delimiter' beside 'receives'"),
    ("receives: segment\nsubjects: {contact: person}\n", 2, "'contact' means something else already"),
    ("file: a.csv\naccount: {crm: id}\nformerly: old\n", 3, "'formerly' without 'contact'"),
]


@pytest.mark.parametrize(("text", "line", "wrong"), MISTAKES, ids=[wrong for _, _, wrong in MISTAKES])
def test_mistakes_are_told_with_their_line(text: str, line: int, wrong: str) -> None:
    with pytest.raises(FileProblems) as told:
        parse(text)

    assert [(problem.line, problem.wrong) for problem in told.value.problems] == [(line, wrong)]


def test_a_source_of_files_keeps_the_version_it_had() -> None:
    assert parse("file: a.csv\naccount: {crm: id}\nevents: [{event: e, at: t}]\n").version == "a80d28a23640"


NAMES = [
    # as written, the column of the record, as the log calls it
    ("amount", "properties.amount", "amount"),
    ("properties.amount", "properties.amount", "amount"),
    ("properties.name", "properties.name", "properties.name"),  # the record has a column `name`
    ("name", "name", "name"),
    ("traits.plan", "traits.plan", "traits.plan"),
    ("properties.context.page", "properties.context.page", "properties.context.page"),
]


@pytest.mark.parametrize(("name", "column", "called"), NAMES)
def test_a_name_is_a_column_of_the_record_or_a_property(name: str, column: str, called: str) -> None:
    assert record_column(name) == column
    assert plain_name(name) == called
    assert record_column(plain_name(name)) == column


def test_no_column_looks_like_a_group_of_them() -> None:
    assert not [name for name in COLUMNS if "." in name]
