"""One field of a form: what stands in the file at its place, and what changes there when it is filled otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from textwrap import dedent

from clew.files.edits import drop, put, put_list, rename
from clew.files.lines import line_start
from clew.files.rendering import OneLine, Value
from clew.files.spans import ListSpan, MapSpan, ScalarSpan, Span, Way, at

NEW = "new"  # stands in the name of a field where an item has no place yet
EVENT = "event"
_KEY = "/=name"


class Kind(StrEnum):
    """What a field holds."""

    LINE = "line"  # one text
    LINES = "lines"  # a list of texts, one a line
    FLAG = "flag"  # true, or nothing
    CHOICE = "choice"  # one of a few texts
    NAMES = "names"  # one text or several
    EVENTS = "events"  # a condition that is an event, of one name or of several
    KEY = "key"  # the name of an entry


@dataclass(frozen=True)
class Spec:
    """What a form asks for.

    way       below the thing that the form is about     label, hint  words for people
    options   (value, words) of a choice; the first is what holds where nothing is written
    suggests  which names the field proposes: events, teams, people, ...
    """

    way: Way
    kind: Kind
    label: str
    hint: str = ""
    options: Sequence[tuple[str, str]] = ()
    suggests: str = ""
    required: bool = False
    wide: bool = False
    group: str = ""  # under which heading it stands
    short: bool = False  # the thing alone may say this: `sales: Sales` for a title


@dataclass(frozen=True)
class Field:
    """A field with what the file says.

    way      from the top of the file
    values   as they are written, without quotes; () where nothing is
    written  the file's own text, where a form cannot express it: shown, and edited as text
    """

    spec: Spec
    way: Way
    values: Sequence[str] = ()
    written: str = ""

    @property
    def name(self) -> str:
        """Its name in the form; the name of an entry and the entry itself are two."""
        return name_of(self.way) + (_KEY if self.spec.kind is Kind.KEY else "")

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def id(self) -> str:
        """An id for HTML."""
        return "f-" + "".join(sign if sign.isalnum() else "-" for sign in self.name)


def name_of(way: Way) -> str:
    """The name of a field in a form."""
    return "/".join(str(step) for step in way)


def blank(spec: Spec, base: Way) -> Field:
    """A field of something that is not there yet."""
    return Field(spec, (*base, *spec.way))


def read_field(text: str, tree: Span, spec: Spec, base: Way) -> Field:
    """Read a field of the thing at `base`."""
    way = (*base, *spec.way)
    if spec.kind is Kind.KEY:
        return Field(spec, way, (str(base[-1]),))
    if spec.short and isinstance(at(tree, base), ScalarSpan):
        way = base
    found = at(tree, way)
    values = _values(spec.kind, found)
    if values is None and found is not None:
        return Field(spec, way, (), as_written(text, found))
    return Field(spec, way, values or ())


def _values(kind: Kind, found: Span | None) -> Sequence[str] | None:
    """What a span says to a field, None where the field cannot hold it."""
    if found is None or (isinstance(found, ScalarSpan) and found.is_empty):
        return ()
    if kind is Kind.EVENTS:
        alone = isinstance(found, MapSpan) and [key.text for key, _ in found.entries] == [EVENT]
        return _texts(at(found, (EVENT,))) if alone else None
    if kind in (Kind.LINES, Kind.NAMES):
        return _texts(found)
    if not isinstance(found, ScalarSpan):
        return None
    if kind is Kind.FLAG:
        return {"true": ("true",), "false": ()}.get(found.text.lower())
    return (found.text.strip(),)


def _texts(found: Span | None) -> Sequence[str] | None:
    if isinstance(found, ScalarSpan):
        return (found.text.strip(),)
    if isinstance(found, ListSpan) and all(isinstance(item, ScalarSpan) for item in found.items):
        return tuple(item.text.strip() for item in found.items if isinstance(item, ScalarSpan))
    return None


def as_written(text: str, found: Span) -> str:
    """The text of a span, its lines moved to the left together."""
    start = line_start(text, found.start)
    margin = " " * (found.start - start)
    return dedent(margin + text[found.start : found.end])


def given_values(kind: Kind, given: Sequence[str]) -> Sequence[str]:
    """What was filled in, without what is empty."""
    lines = [line for one in given for line in one.splitlines()] if kind is Kind.LINES else given
    return tuple(_squashed(one) for one in lines if one.strip())


def changed(text: str, field: Field, given: Sequence[str], order: Sequence[str]) -> str:
    """Return the text with a field filled like this; the very text where that says what it said before."""
    values = given_values(field.spec.kind, given)
    if field.written or _says_the_same(field, values):
        return text
    if field.spec.kind is Kind.KEY:
        return rename(text, field.way, values[0]) if values else text
    if not values or _is_preset(field.spec, values):
        return drop(text, field.way)
    if field.spec.kind is Kind.NAMES:
        return _with_names(text, field.way, field.values, values, order)
    if field.spec.kind is Kind.LINES:
        return put_list(text, field.way, values, order)
    if field.spec.kind is Kind.EVENTS:
        return _with_events(text, field, values, order)
    return put(text, field.way, values[0], order)


def _says_the_same(field: Field, values: Sequence[str]) -> bool:
    if not field.values and _is_preset(field.spec, values):
        return True
    return list(values) == [_squashed(one) for one in field.values]


def _is_preset(spec: Spec, values: Sequence[str]) -> bool:
    return spec.kind is Kind.CHOICE and list(values) == [spec.options[0][0]]


def is_preset(spec: Spec, values: Sequence[str]) -> bool:
    """Whether values say what holds where nothing is written."""
    return not values or _is_preset(spec, values)


def _with_events(text: str, field: Field, values: Sequence[str], order: Sequence[str]) -> str:
    if not field.values:
        return put(text, field.way, value_of(field.spec.kind, values), order)
    return _with_names(text, (*field.way, EVENT), field.values, values, ())


def _with_names(text: str, way: Way, old: Sequence[str], new: Sequence[str], order: Sequence[str]) -> str:
    if len(new) > 1 and len(old) > 1:
        return put_list(text, way, new)
    return put(text, way, value_of(Kind.NAMES, new), order)


def value_of(kind: Kind, values: Sequence[str]) -> Value:
    """What a field says, as a value to write."""
    if kind is Kind.EVENTS:
        return OneLine(event=value_of(Kind.NAMES, values))
    return list(values) if kind is Kind.LINES or len(values) > 1 else values[0]


def _squashed(text: str) -> str:
    return " ".join(text.split())
