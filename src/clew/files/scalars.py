"""Shapes of single values. The shape decides what the text means: `no` is a name where a name stands, never false."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from clew.durations import ALLOWED as DURATIONS
from clew.durations import Duration, parse_duration
from clew.errors import nearest_name
from clew.files.reading import Reading
from clew.files.shapes import Json, Shape
from clew.files.tree import Node, ScalarNode, describe

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
NUMBER = re.compile(r"[-+]?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[-+]\d{2}:?\d{2})?)?")
_WRITABLE = ["string", "number", "boolean"]  # an editor sees `no`, 007 or 1.5 as these; we keep the text


@dataclass(frozen=True)
class Value(Shape[T], Generic[T]):
    """One value.

    allowed   what fits, for messages
    convert   the typed value of a scalar, None where it does not fit
    json      its JSON Schema
    names     valid names, to find the nearest
    """

    allowed: str
    convert: Callable[[ScalarNode], T | None]
    json: Json
    names: Callable[[], Iterable[str]] = field(default=tuple)

    def read(self, node: Node, reading: Reading) -> T | None:
        value = self.convert(node) if isinstance(node, ScalarNode) and not node.empty else None
        if value is None:
            near = nearest_name(node.text, self.names()) if isinstance(node, ScalarNode) else ""
            reading.problem(node, f"{describe(node)} does not fit here", self.allowed, nearest=near)
        return value

    def schema(self, shared: Json) -> Json:
        return dict(self.json)


@dataclass(frozen=True)
class Declares(Value[str]):
    """A name that files may refer to from here on."""

    kind: str = ""

    def read(self, node: Node, reading: Reading) -> str | None:
        name = super().read(node, reading)
        if name is not None:
            reading.declare(self.kind, name, node)
        return name


@dataclass(frozen=True)
class Reference(Value[str]):
    """A name that must be declared somewhere in the workspace."""

    kind: str = ""

    def read(self, node: Node, reading: Reading) -> str | None:
        name = super().read(node, reading)
        if name is not None:
            reading.mention(self.kind, name, node)
        return name


def text(allowed: str = "text") -> Value[str]:
    """Text as written."""
    return Value(allowed, _text_of, {"type": _WRITABLE})


def _text_of(node: ScalarNode) -> str | None:
    return node.text.strip() or None


def name(kind: str = "") -> Value[str]:
    """An id in kebab-case; declared where a kind is given."""
    allowed = "an id in kebab-case: a-z, 0-9 and '-', as 'first-order'"
    json: Json = {"type": _WRITABLE, "pattern": f"^{KEBAB.pattern}$"}
    return Declares(allowed, _kebab_of, json, kind=kind) if kind else Value(allowed, _kebab_of, json)


def _kebab_of(node: ScalarNode) -> str | None:
    return node.text if KEBAB.fullmatch(node.text) else None


def declared(kind: str) -> Value[str]:
    """A name as its source spells it (a team, an attribute), declared here."""
    return Declares(f"the name of a {kind}", _text_of, {"type": _WRITABLE}, kind=kind)


def reference(kind: str) -> Value[str]:
    """A name that the workspace declares elsewhere."""
    return Reference(f"the name of a {kind}", _text_of, {"type": _WRITABLE}, kind=kind)


def boolean() -> Value[bool]:
    """True or false; yes and no are text in YAML 1.2."""
    values = {"true": True, "false": False}
    return Value(
        "true or false", lambda node: values.get(node.text.lower()) if node.plain else None, {"type": "boolean"}
    )


def number(allowed: str = "a number", *, least: float | None = None, whole: bool = False) -> Value[float]:
    """A number, whole numbers as int."""

    def convert(node: ScalarNode) -> float | None:
        value = number_of(node)
        fits = value is not None and (least is None or value >= least) and not (whole and isinstance(value, float))
        return value if fits else None

    limit: Json = {} if least is None else {"minimum": least}
    return Value(allowed, convert, {"type": "integer" if whole else "number", **limit})


def number_of(node: ScalarNode) -> int | float | None:
    """The number that a plain scalar is; 007 is text, since it loses its zeros as a number."""
    if not node.plain or not NUMBER.fullmatch(node.text):
        return None
    return int(node.text) if re.fullmatch(r"[-+]?\d+", node.text) else float(node.text)


def choice(values: type[E]) -> Value[E]:
    """One of the values of an enumeration."""
    by_text = {value.value: value for value in values}
    return Value(
        " | ".join(by_text), lambda node: by_text.get(node.text), {"enum": list(by_text)}, names=lambda: by_text
    )


def literal(*texts: str) -> Value[str]:
    """One of these texts."""
    return Value(
        " | ".join(texts),
        lambda node: node.text if node.text in texts else None,
        {"enum": list(texts)},
        names=lambda: texts,
    )


def duration(*, elapsed: bool = False) -> Value[Duration]:
    """A span of time; `elapsed` refuses working time."""

    def convert(node: ScalarNode) -> Duration | None:
        try:
            span = parse_duration(node.text)
        except ValueError:
            return None
        return None if elapsed and span.working else span

    allowed = "a number and a unit, as '14 days', '72 hours', '4 weeks'; working time cannot be used here"
    pattern = r"^\s*\d+(\.\d+)?\s+(working\s+)?(minute|hour|day|week)s?\s*$"
    return Value(allowed if elapsed else DURATIONS, convert, {"type": "string", "pattern": pattern})


def day() -> Value[date]:
    """A date without time."""
    return Value("a date as 2026-12-24", _day_of, {"type": "string", "format": "date"})


def _day_of(node: ScalarNode) -> date | None:
    try:
        return date.fromisoformat(node.text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", node.text) else None
    except ValueError:
        return None


def is_date(text: str) -> bool:
    """Whether a text is an ISO 8601 date, with or without time."""
    try:
        return bool(DATE.fullmatch(text)) and datetime.fromisoformat(text) is not None
    except ValueError:
        return False


def zone() -> Value[str]:
    """A time zone of the IANA database."""
    return Value("a time zone as 'Europe/Berlin' or 'UTC'", _zone_of, {"type": "string"}, names=_zones)


def _zone_of(node: ScalarNode) -> str | None:
    try:
        return ZoneInfo(node.text).key
    except (ValueError, OSError, KeyError):
        return None


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
