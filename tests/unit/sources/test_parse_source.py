"""A source file: what each key means, and every mistake inside one file."""

from __future__ import annotations

from pathlib import Path

import pytest

from clew.conditions.model import Operator
from clew.errors import FileProblems
from clew.sources.model import AttributeSpec, ContactSpec, EventSpec, Given, Join, Kind, Source
from clew.sources.parse import parse_source

DESIGN = Path(__file__).parents[1] / "workspace/design_example/sources"
SMALL = "file: a.csv\naccount: {crm: account_id}\n"


def parse(text: str, path: Path = Path("sources/a.yaml")) -> Source:
    return parse_source(text, path)


def test_the_example_of_the_design_means_what_it_says() -> None:
    path = DESIGN / "orders.yaml"
    source = parse(path.read_text("utf-8"), path)

    assert (source.name, source.files, source.id, source.kind) == (
        "orders",
        ("orders*.csv.gz",),
        ("order_id",),
        Kind.SNAPSHOT,
    )
    assert source.time_zone == "America/Sao_Paulo"
    assert source.account == ("seller", "seller_id")
    assert source.links == ((("lead", "mql_id"), ("seller", "seller_id")),)
    assert source.events == (
        EventSpec("order placed", "order_purchase_timestamp", value="price"),
        EventSpec("order delivered", "order_delivered_customer_date"),
        EventSpec("{status} / {sub_status}", "changed_at", team=Given("group"), sequence="row_no"),
    )
    assert source.properties is None


def test_every_other_key_means_what_it_says() -> None:
    path = DESIGN / "crm.yaml"
    source = parse(path.read_text("utf-8"), path)

    assert (source.time_format, source.delimiter, source.decimal) == ("%d/%m/%Y %H:%M", ";", ",")
    assert (source.encoding, source.linked_at, source.learnt) == ("cp1252", "linked_on", "exported_at")
    assert source.contact == ContactSpec("contact_id", "email", "name", "role")
    assert source.attributes == (AttributeSpec("annual_revenue", "revenue", "revenue_at"),)
    assert (source.properties, source.personal) == (("attended", "score"), ("note",))
    assert source.events[1].when["reason"].operators == ((Operator.NOT_IN, ("test", "duplicate")),)


def test_team_channel_and_person_of_the_source_hold_for_events_without_their_own() -> None:
    path = DESIGN / "crm.yaml"
    source = parse(path.read_text("utf-8"), path)

    assert source.events[0].team == Given(always="sales")
    assert source.events[1].team == Given(column="owner_team")
    assert source.events[0].channel == Given(always="call")


def test_a_select_reads_named_tables_from_the_sql_file_beside_it() -> None:
    path = DESIGN / "contracts.yaml"
    source = parse(path.read_text("utf-8"), path)

    assert source.select == "SELECT * FROM contracts JOIN changes USING (contract_id)\n"
    assert source.tables == {"contracts": ("contracts*.csv",), "changes": ("changes-1.csv", "changes-2.csv")}
    assert source.account == ("domain", "email")
    assert source.subjects == {"contract": "contract_id"}
    assert source.attributes == (AttributeSpec("renewal_date", "renewal_date", of="contract"),)
    assert source.joins == (
        Join(("prices.csv",), {"product": "sku"}, per=("seller_id",), sum=("price", "freight")),
        Join(("people.csv",), {"person": "person"}, columns=("region",)),
    )


def test_a_select_may_stand_in_the_file() -> None:
    source = parse("select: SELECT 1 AS id\nfiles: {a: a.csv}\naccount: {crm: id}\n")

    assert source.select == "SELECT 1 AS id"


def test_no_properties_differ_from_unnamed_ones() -> None:
    assert parse(SMALL + "properties: []\n").properties == ()
    assert parse(SMALL).properties is None


def test_layout_leaves_the_version_and_meaning_changes_it() -> None:
    version = parse(SMALL).version

    assert parse("# c\naccount: {crm: account_id}\nfile: [a.csv]\nkind: events\n").version == version
    assert parse(SMALL + "decimal: ','\n").version != version


MISTAKES = [
    # whole file, line, what is said
    ("account: {crm: id}\n", 1, "no 'file' and no 'select'"),
    ("file: a.csv\nselect: SELECT 1\naccount: {crm: id}\n", 2, "'file' and 'select' in one source"),
    ("select: SELECT 1\naccount: {crm: id}\n", 1, "'select' without 'files'"),
    ("file: a.csv\nfiles: {a: b.csv}\naccount: {crm: id}\n", 1, "'files' without 'select'"),
    ("file: a.csv\n", 1, "no 'account' and no 'subjects'"),
    ("file: a.csv\naccount: {crm: a, erp: b}\n", 2, "at most 1"),
    (SMALL + "kind: snapsht\n", 3, "did you mean 'snapshot'"),
    (SMALL + "time_zone: Europe/Belrin\n", 3, "did you mean 'Europe/Berlin'"),
    (SMALL + "time_format: dd.mm.yyyy\n", 3, "a pattern as"),
    (SMALL + "time_format: epoch\n", 3, "epoch seconds"),
    (SMALL + "encoding: utf-9\n", 3, "did you mean 'utf-8'"),
    (SMALL + "delimiter: ';;'\n", 3, "one character"),
    (SMALL + "decimal: ';'\n", 3, ". | ,"),
    (SMALL + "links: [{lead: a}]\n", 3, "at least 2"),
    (SMALL + "linked_at: d\n", 3, "'linked_at' without 'links'"),
    (SMALL + "subjects: {account: x}\n", 3, "means something else already"),
    (SMALL + "contact: {email: x}\n", 3, "key 'id' is missing"),
    (SMALL + "join: {file: b.csv, on: id}\n", 3, "this join brings nothing"),
    (SMALL + "events:\n  - {event: a}\n", 4, "key 'at' is missing"),
    (SMALL + "events:\n  - {event: '{status', at: t}\n", 4, "with columns in braces"),
    (SMALL + "events:\n  - {event: '{}', at: t}\n", 4, "with columns in braces"),
    (SMALL + "events:\n  - {event: a, at: t}\n  - {event: a, at: t}\n", 5, "event 'a' is written twice"),
    (SMALL + "events:\n  - {event: a, at: t, team: {alway: x}}\n", 4, "did you mean 'always'"),
    (SMALL + "events:\n  - {event: a, at: t, when: {s: {is_nto: x}}}\n", 4, "did you mean 'is_not'"),
    (SMALL + "attributes:\n  r: {column: c, of: deal}\n", 4, "unknown subject 'deal'"),
    (SMALL + "properties: [a]\npersonal: [a]\n", 4, "both in 'properties' and in 'personal'"),
    (SMALL + "id:\n", 3, "an empty value"),
    ("select: missing.sql\nfiles: {a: b.csv}\naccount: {crm: id}\n", 1, "there is no file 'missing.sql'"),
]


@pytest.mark.parametrize(("text", "line", "said"), MISTAKES)
def test_a_mistake_is_told_in_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(FileProblems) as raised:
        parse(text)

    assert line in [problem.line for problem in raised.value.problems if said in str(problem)]
