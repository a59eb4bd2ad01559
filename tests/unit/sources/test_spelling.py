"""A name that is no column is a property; those that read like a column are noted."""

from __future__ import annotations

from pathlib import Path

import pytest

from clew.sources.parse import parse_source
from clew.sources.receiving import COLUMNS, WIRES, record_column
from clew.sources.spelling import _AS_SENT, doubtful_columns


def doubtful(written: str, receives: str = "receives: segment") -> list[tuple[str, str]]:
    return doubtful_columns(parse_source(f"{receives}\n{written}\n", Path("sources/app.yaml")))


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("acount", "account"),
        ("emial", "email"),
        ("recieved_at", "received_at"),
        ("userId", "user"),
        ("distinct_id", "person"),
        ("trait.plan", "traits.plan"),
        ("property.cart.size", "properties.cart.size"),
        ("attributes.plan", "account.plan"),
    ],
)
def test_a_name_that_reads_like_a_column_is_noted(name: str, meant: str) -> None:
    assert doubtful(f"contact: {{id: person, role: {name}}}") == [(name, meant)]
    assert doubtful(f'events: [{{event: "{{{name}}}", at: at}}]') == [(name, meant)]


@pytest.mark.parametrize(
    "name", ["amount", "date", "firm", "title", "source_id", "account_id", "cart.size", "properties.acount", "email"]
)
def test_a_name_that_may_well_be_a_property_is_not(name: str) -> None:
    assert doubtful(f"contact: {{id: person, role: {name}}}") == []


def test_what_is_listed_as_a_property_is_one() -> None:
    assert doubtful("properties: [acount]\npersonal: [emial]") == []


@pytest.mark.parametrize("wire", WIRES)
def test_nothing_is_doubtful_in_what_holds_without_being_written(wire: str) -> None:
    assert doubtful("", f"receives: {wire}") == []


def test_columns_of_an_export_are_its_own() -> None:
    export = "file: a.csv\naccount: {customer: acount}\nevents: [{event: won, at: timestamp}]"

    assert doubtful(export, "time_zone: UTC") == []


def test_what_wires_call_otherwise_is_a_column_here() -> None:
    assert set(_AS_SENT.values()) <= set(COLUMNS)
    assert {record_column(name) for name in _AS_SENT} == {f"properties.{name}" for name in _AS_SENT}
