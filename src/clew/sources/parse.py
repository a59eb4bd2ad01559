"""A source file: how the rows of an export become events, accounts, contacts and attributes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from clew.errors import FileProblems, nearest_name
from clew.files.choices import OneOrList
from clew.files.meaning import content_hash
from clew.files.reading import Reading, listed
from clew.files.scalars import choice, declared, literal, text, zone
from clew.files.scan import read_text, scan
from clew.files.shapes import Found, Key, ListOf, MapOf, Record
from clew.files.tree import ListNode, MapNode, Node
from clew.sources.model import AttributeSpec, EventSpec, Kind, Source
from clew.sources.parts import (
    attribute_shape,
    column,
    columns,
    contact_shape,
    encoding,
    event_shape,
    join_shape,
    kind_and_column,
    names_list,
    one_character,
    origin_fields,
    pattern,
    time_format,
)
from clew.sources.receiving import ATTRIBUTES, WIRES, default_event, received_parts

_NO_MEANING = frozenset({"name", "rank", "version", "path"})
_DEFAULTS = ("team", "channel", "by")
_PLAIN = ("kind", "time_zone", "time_format", "decimal", "thousands", "delimiter", "encoding", "linked_at", "contact")
_OF_FILES = ("file", "select", "files", "kind", "join", "delimiter", "encoding")
_THOUSANDS = (",", ".", " ", "'")
_LISTS = ("id", "subjects", "properties", "personal", "learnt", "formerly")

FIELDS: Mapping[str, Key[Any]] = {
    "receives": Key(
        literal(*WIRES), "Events that tools send arrive here, in this form; every other key may be absent."
    ),
    "file": Key(OneOrList(pattern()), "The export, or a list of them; * and ${NAME} are allowed."),
    "select": Key(text("SELECT … or the name of an .sql file"), "SQL over `files`, or the .sql file beside this one."),
    "files": Key(
        MapOf(column("the name of a table"), OneOrList(pattern()), example="orders: exports/orders*.csv.gz"),
        "Tables that `select` reads: name -> file or files.",
    ),
    "id": Key(columns(), "Columns that identify a row; absent: its mapped columns and the n-th identical row."),
    "kind": Key(choice(Kind), "events: rows never change. snapshot: a changed row supersedes, a vanished is reported."),
    "time_zone": Key(zone(), "Zone of times without an offset; absent: UTC."),
    "time_format": Key(time_format(), "How times are written; absent: ISO 8601."),
    "decimal": Key(literal(".", ","), "Decimal mark of numbers; absent: a point."),
    "thousands": Key(
        literal(*_THOUSANDS), "Sign between groups of three digits; a currency sign or code is dropped; absent: none."
    ),
    "delimiter": Key(one_character(), "Character between columns; absent: found out."),
    "encoding": Key(encoding(), "How characters are encoded; absent: utf-8."),
    "account": Key(
        kind_and_column(most=1),
        "Whose row it is: {seller: seller_id}, or {domain: email} for the domain of an address (no free-mail).",
    ),
    "links": Key(
        ListOf(kind_and_column(least=2)), "Ids of one row that are one account, as [{lead: mql_id, seller: seller_id}]."
    ),
    "linked_at": Key(column(), "Column with the time from which the links hold; absent: always."),
    "subjects": Key(
        kind_and_column(declares="subject"), "Things of the account with journeys of their own, as {ticket: case_id}."
    ),
    "contact": Key(contact_shape(), "The person outside whom the row names."),
    "formerly": Key(column(), "Column with an id that the row's contact had before, as an anonymous one."),
    "join": Key(OneOrList(join_shape()), "Columns of other files, brought to each row; one or a list."),
    **origin_fields(),
    "events": Key(ListOf(event_shape()), "The events that a row may tell of."),
    "attributes": Key(
        MapOf(declared("attribute"), attribute_shape(), example="revenue: annual_revenue"),
        "What lasts: name -> column, or {column:, at:, of:}.",
    ),
    "properties": Key(names_list(), "Columns kept with each event; absent: all that are not mapped and not personal."),
    "personal": Key(names_list(), "Columns that go to the person store only."),
    "learnt": Key(column(), "Column with the time at which the system itself learnt of the row."),
}


def _build(found: Found) -> Source:
    _check_files(found)
    _check_whose(found)
    _check_persons(found)
    _check_numbers(found)
    return Source(
        name="",
        rank=0,
        version="",
        path=found.reading.path,
        files=found.get("file", ()),
        tables=found.get("files", {}),
        select=_select_text(found),
        joins=found.get("join", ()),
        receives=found.get("receives"),
        **(_received(found) if "receives" in found.values else _parts(found)),
    )


def _parts(found: Found) -> dict[str, Any]:
    return {
        "account": next(iter(found.get("account", {}).items()), None),
        "links": tuple(tuple(link.items()) for link in found.get("links", ())),
        "events": tuple(_events(found)),
        "attributes": tuple(_attributes(found)),
        **{key: found[key] for key in (*_PLAIN, *_LISTS) if key in found.values},
    }


def _received(found: Found) -> dict[str, Any]:
    """The parts of a receiving source; what it tells of without writing it may be named by journeys too."""
    if "events" not in found.values:
        found.reading.declare("event", default_event().event, found.place("receives"))
    for name in ATTRIBUTES if "attributes" not in found.values else ():
        found.reading.declare("attribute", name, found.place("receives"))
    written = {key: part for key, part in _parts(found).items() if key in found.values}
    return received_parts(written, {key: found[key] for key in _DEFAULTS if key in found.values})


def _check_files(found: Found) -> None:
    written = {key.text for key, _ in found.node}
    if "receives" in written:
        for key in _OF_FILES:
            if key in written:
                wrong = f"'{key}' beside 'receives'"
                found.reading.problem(found.place(key), wrong, "one of them: a source that receives reads no file")
        return
    if not written & {"file", "select"}:
        found.reading.problem(
            found.node, "no 'file' and no 'select'", "file: exports/name*.csv, receives: segment, or select with files"
        )
    elif {"file", "select"} <= written:
        found.reading.problem(found.place("select"), "'file' and 'select' in one source", "one of them")
    elif ("select" in written) != ("files" in written):
        wrong = "'select' without 'files'" if "select" in written else "'files' without 'select'"
        found.reading.problem(found.node, wrong, "both: files names the tables that select reads; or file alone")


def _check_whose(found: Found) -> None:
    receives = found.node.get("receives") is not None
    if found.node.get("account") is None and found.node.get("subjects") is None and not receives:
        found.reading.problem(
            found.node, "no 'account' and no 'subjects'", "at least one, as account: {customer: customer_id}"
        )
    if found.node.get("linked_at") and not found.node.get("links") and not receives:
        found.reading.problem(found.place("linked_at"), "'linked_at' without 'links'", "links, or leave it out")
    if found.node.get("formerly") and not found.node.get("contact") and not receives:
        found.reading.problem(found.place("formerly"), "'formerly' without 'contact'", "contact, or leave it out")
    for key in ("account", "subjects"):
        node = found.place(key)
        for kind, _ in node if key in found.values and isinstance(node, MapNode) else ():
            if kind.text == "contact" or (kind.text == "account" and key == "subjects"):
                found.reading.problem(kind, f"'{kind.text}' means something else already", "another name, as customer")


def _check_persons(found: Found) -> None:
    kept = set(found.get("properties", ()))
    node = found.place("personal")
    for item in node.items if isinstance(node, ListNode) else ():
        if getattr(item, "text", None) in kept:
            found.reading.problem(item, "a column both in 'properties' and in 'personal'", "one of them")


def _check_numbers(found: Found) -> None:
    """One sign cannot be both."""
    decimal = found.get("decimal", ".")
    if found.get("thousands") != decimal:
        return
    wrong = f"'thousands' is '{decimal}', and so is the decimal mark" + (
        "" if "decimal" in found.values else " when absent"
    )
    allowed = 'two different signs, as thousands: "." with decimal: ","'
    found.reading.problem(found.place("thousands"), wrong, allowed)


def _events(found: Found) -> list[EventSpec]:
    """The events with the source's defaults."""
    defaults = {key: found[key] for key in _DEFAULTS if key in found.values}
    events = [
        replace(event, **{key: value for key, value in defaults.items() if getattr(event, key) is None})
        for event in found.get("events", ())
    ]
    _note_repeated(events, found)
    return events


def _note_repeated(events: list[EventSpec], found: Found) -> None:
    """The same event told twice by one row would count twice."""
    node = found.place("events")
    if not isinstance(node, ListNode) or len(node.items) != len(events):
        return
    for i, (place, event) in enumerate(zip(node.items, events, strict=True)):
        if event in events[:i]:
            found.reading.problem(place, f"event '{event.event}' is written twice", "each event once")


def _attributes(found: Found) -> list[AttributeSpec]:
    kinds = found.get("subjects", {})
    specs = [replace(spec, name=name) for name, spec in found.get("attributes", {}).items()]
    node = found.place("attributes")
    for spec in specs:
        if spec.of is not None and spec.of not in kinds:
            written = node.get(spec.name) if isinstance(node, MapNode) else None
            place = written.get("of") if isinstance(written, MapNode) else None
            found.reading.unknown(place or node, "subject", spec.of, kinds)
    return specs


def _select_text(found: Found) -> str | None:
    """The SELECT itself; the name of an .sql file is looked up beside the source file."""
    written: str | None = found.get("select")
    if written is None or not written.endswith(".sql") or " " in written.strip():
        return written
    found.reading.mention("sql file", written, found.place("select"))
    folder = found.reading.path.parent
    names = sorted(path.name for path in folder.glob("*.sql"))
    if written not in names:
        wrong = f"there is no file '{written}' beside this one"
        found.reading.problem(found.place("select"), wrong, listed(names), nearest=nearest_name(written, names))
        return None
    try:
        return read_text(folder / written)
    except FileProblems as faults:
        found.reading.problems += faults.problems
        return None


SOURCE: Record[Source] = Record(FIELDS, _build)


def read_source(tree: Node, reading: Reading) -> Source | None:
    """Read a source from its tree; problems and names go to `reading`."""
    source = SOURCE.read(tree, reading)
    if source is None or reading.problems:
        return source
    named = replace(source, name=reading.path.stem)
    return replace(named, version=content_hash(named, leave_out=_NO_MEANING | _unsaid(named)))


def _unsaid(source: Source) -> frozenset[str]:
    """Keys younger than the first versions: where they are absent, versions stay what they were."""
    return frozenset(key for key in ("thousands", "receives", "formerly") if getattr(source, key) is None)


def parse_source(written: str, path: Path, *, rank: int = 0) -> Source:
    """Read one source alone, without looking at other workspace files. Raises FileProblems."""
    reading = Reading(path)
    source = read_source(scan(written, path), reading)
    reading.raise_problems()
    assert source is not None
    return replace(source, rank=rank)
