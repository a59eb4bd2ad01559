"""The parts of a source file as shapes: columns, events, attributes, joins, contacts."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clew.conditions.operators import VALUE_TEST
from clew.files.choices import Either, OneOrList
from clew.files.scalars import Value, name, reference, text
from clew.files.shapes import Found, Key, ListOf, MapOf, Record, Shape
from clew.files.tree import ScalarNode
from clew.sources.model import AttributeSpec, ContactSpec, EventSpec, Given, Join

PLACE = re.compile(r"\{([^{}]+)\}")
EPOCHS = ("epoch seconds", "epoch milliseconds")


def column(about: str = "the name of a column") -> Value[str]:
    """A column as the export spells it."""
    return text(about)


def columns(about: str = "the name of a column, or a list of names") -> Shape[tuple[str, ...]]:
    """A column or a list of them."""
    return OneOrList(column(about))


def pattern() -> Value[str]:
    """A file or a pattern of files."""
    return text("a file as exports/orders*.csv.gz, relative to the workspace; ${NAME} is taken from the environment")


def kind_and_column(*, least: int = 1, most: int | None = None, declares: str = "") -> Shape[dict[str, str]]:
    """Kinds of ids, each with the column that holds them."""
    return MapOf(name(declares), column(), least, most, "seller: seller_id")


def given(always: Value[str]) -> Shape[Given]:
    """A column, or the same text always."""
    fields = {"always": Key(always, "The same for every row.", required=True)}
    fixed = Record(fields, lambda found: Given(always=found["always"]))
    return Either("a column, or {always: text}", scalar=column(), group=fixed, make=_as_given)


def _as_given(written: str | Given) -> Given:
    return Given(column=written) if isinstance(written, str) else written


def origin_fields() -> dict[str, Key[Any]]:
    """Who and where: the same keys for one event and as defaults for all of a source."""
    return {
        "team": Key(given(reference("team")), "Team inside the firm: a column, or {always: name}."),
        "channel": Key(given(text("a channel")), "How firm and customer met: a column, or {always: e-mail}."),
        "by": Key(given(text("a person")), "Person inside the firm who acted: a column, or {always: name}."),
    }


def event_shape() -> Shape[EventSpec]:
    """One event that a row may tell of."""
    return Record(
        {
            "event": Key(event_name(), "Name of the event; {column} is replaced by the row's value.", required=True),
            "at": Key(column(), "Column with the time at which it happened; empty: it has not.", required=True),
            **origin_fields(),
            "value": Key(column(), "Column with the amount of money that it is about."),
            "sequence": Key(column(), "Column that orders events of one instant, as the source counted them."),
            "when": Key(
                MapOf(column(), VALUE_TEST, example="status: {in: [open, new]}"),
                "Column -> test; a row that fails one tells of no such event.",
            ),
        },
        _build_event,
    )


def event_name() -> Value[str]:
    """A name, or a template with {column} places."""
    allowed = 'a name, as order placed, or with columns in braces, as "{status} / {sub_status}"'
    return Value(allowed, _event_name_of, {"type": ["string", "number", "boolean"]})


def _event_name_of(node: ScalarNode) -> str | None:
    written = node.text.strip()
    return written if written and not set("{}") & set(PLACE.sub("", written)) else None


def _build_event(found: Found) -> EventSpec:
    found.reading.declare("event", found["event"], found.place("event"))
    return EventSpec(**found.values)


def attribute_shape() -> Shape[AttributeSpec]:
    """Where an attribute's value stands; the name is filled in by the source."""
    group = Record(
        {
            "column": Key(column(), "Column with the value.", required=True),
            "at": Key(column(), "Column with the date from which it holds; absent: always, labelled as undated."),
            "of": Key(text("a subject kind of this source"), "Subject kind that it belongs to; absent: the account."),
        },
        lambda found: AttributeSpec("", **found.values),
    )
    return Either("a column, or {column:, at:, of:}", scalar=column(), group=group, make=_as_attribute)


def _as_attribute(written: str | AttributeSpec) -> AttributeSpec:
    return AttributeSpec("", written) if isinstance(written, str) else written


def contact_shape() -> Shape[ContactSpec]:
    """The person outside whom a row names."""
    return Record(
        {
            "id": Key(column(), "Column with the contact's id (or e-mail address).", required=True),
            "email": Key(column(), "Column with the e-mail address; it goes to the person store only."),
            "name": Key(column(), "Column with the name; it goes to the person store only."),
            "role": Key(column(), "Column with the role in the customer's firm, as buyer or user."),
        },
        lambda found: ContactSpec(**found.values),
    )


def join_shape() -> Shape[Join]:
    """Columns of another file, brought to each row."""
    pairs = MapOf(column(), column(), example="order_id: id")
    on = Either("a column, or {column here: column there}", scalar=column(), group=pairs, make=_as_pairs)
    return Record(
        {
            "file": Key(OneOrList(pattern()), "The other file, or files of one form.", required=True),
            "on": Key(on, "Column that both share, or {column here: column there}.", required=True),
            "per": Key(columns(), "Columns of the other file that split a row: one row more for each value."),
            "sum": Key(columns(), "Columns of the other file that are added up."),
            "columns": Key(columns(), "Columns of the other file to look up; the first row found counts."),
        },
        _build_join,
    )


def _as_pairs(written: str | Mapping[str, str]) -> Mapping[str, str]:
    return {written: written} if isinstance(written, str) else written


def _build_join(found: Found) -> Join:
    if not {"per", "sum", "columns"} & {key.text for key, _ in found.node}:
        found.reading.problem(found.node, "this join brings nothing", "at least one of per, sum, columns")
    brought = {key: found.get(key, ()) for key in ("per", "sum", "columns")}
    return Join(files=found["file"], on=found["on"], **brought)


def time_format() -> Value[str]:
    """How times are written where they are not ISO 8601."""
    allowed = 'epoch seconds | epoch milliseconds | a pattern as "%d/%m/%Y %H:%M"'
    return Value(allowed, _time_format_of, {"type": "string"}, names=lambda: EPOCHS)


def _time_format_of(node: ScalarNode) -> str | None:
    if node.text in EPOCHS:
        return node.text
    moment = datetime(2001, 12, 31, 23, 58, 59)  # noqa: DTZ001 a reading of a clock, only to try the pattern
    try:
        return node.text if datetime.strptime(moment.strftime(node.text), node.text).year == 2001 else None  # noqa: DTZ007
    except ValueError:
        return None


def encoding() -> Value[str]:
    """How characters are encoded."""
    known = ("utf-8", "utf-16", "latin-1", "cp1252", "cp1250", "iso-8859-15", "shift_jis", "gb18030")
    return Value("an encoding as utf-8, latin-1, cp1252", _encoding_of, {"type": "string"}, names=lambda: known)


def _encoding_of(node: ScalarNode) -> str | None:
    try:
        return node.text if codecs.lookup(node.text).name and "\0" not in node.text else None
    except (LookupError, ValueError):
        return None


def one_character() -> Value[str]:
    """A single character that separates columns."""
    allowed = 'one character, as ";" or "\\t" in double quotes'
    return Value(allowed, lambda node: node.text if len(node.text) == 1 else None, {"type": "string", "maxLength": 1})


def names_list() -> Shape[tuple[str, ...]]:
    """Columns, none at all being an answer too."""
    return ListOf(column(), at_least=0)
