"""clew.yaml: the firm, its calendars, teams, people and segments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from clew.calendars import Calendar
from clew.conditions.happening import leaves
from clew.conditions.model import Condition, Segment
from clew.conditions.parse import STATE
from clew.files.choices import Either
from clew.files.reading import Reading
from clew.files.scalars import Value, declared, name, reference, text, zone
from clew.files.scan import scan
from clew.files.shapes import Found, Key, MapOf, Record, Shape
from clew.files.tree import MapNode, Node, ScalarNode
from clew.firm.calendars import calendar_shape
from clew.firm.model import Firm, Person, Team

_CURRENCY_ALLOWED = "a currency of ISO 4217 in three capital letters, as EUR"


def _currency_of(node: ScalarNode) -> str | None:
    return node.text if re.fullmatch(r"[A-Z]{3}", node.text) else None


def _titled(fields: dict[str, Key[Any]], what: str) -> Shape[dict[str, str]]:
    """A title alone, or a group of keys; always the group's values."""
    title = Key(text("a title"), f"What people call the {what}; absent: its name.")
    group = Record({"title": title, **fields}, lambda found: found.values)
    return Either("a title, or a group of keys", scalar=text("a title"), group=group, make=_as_group)


def _as_group(written: str | dict[str, str]) -> dict[str, str]:
    return {"title": written} if isinstance(written, str) else written


def _teams() -> Shape[dict[str, dict[str, str]]]:
    calendar = Key(reference("calendar"), "The calendar it works by; absent: the one named default.")
    return MapOf(declared("team"), _titled({"calendar": calendar}, "team"), example="onboarding: Onboarding")


def _people() -> Shape[dict[str, dict[str, str]]]:
    team = Key(reference("team"), "The team the person works in.")
    return MapOf(name("person"), _titled({"team": team}, "person"), example="head-of-cx: Anna Berg")


FIELDS: Mapping[str, Key[Any]] = {
    "firm": Key(text("the firm's name"), "Name of the firm, as reports print it.", required=True),
    "currency": Key(
        Value(_CURRENCY_ALLOWED, _currency_of, {"type": "string", "pattern": "^[A-Z]{3}$"}),
        "Currency of every value (ISO 4217), as EUR.",
        required=True,
    ),
    "time_zone": Key(zone(), "The firm's own time zone, as Europe/Berlin.", required=True),
    "calendars": Key(
        MapOf(name("calendar"), calendar_shape(), example="default: {hours: {monday-friday: 09:00-17:00}}"),
        "Working calendars by name; the one named default holds for teams without one.",
    ),
    "teams": Key(_teams(), "Teams by name, spelled as the sources spell them."),
    "people": Key(_people(), "People inside the firm by name; where given, journeys may name only these as owners."),
    "segments": Key(
        MapOf(name("segment"), STATE, example="enterprise: {attribute: revenue, at_least: 100000}"),
        "Segments by name, each a condition on attributes (or on what happened so far).",
    ),
}


def _build(found: Found) -> Firm:
    segments: dict[str, Condition] = found.get("segments", {})
    _note_circles(segments, found)
    return Firm(
        name=found["firm"],
        currency=found["currency"],
        time_zone=found["time_zone"],
        calendars=zoned_calendars(found),
        teams={key: Team(key, v.get("title", key), v.get("calendar")) for key, v in found.get("teams", {}).items()},
        people={key: Person(key, v.get("title", key), v.get("team")) for key, v in found.get("people", {}).items()},
        segments=segments,
    )


def zoned_calendars(found: Found) -> dict[str, Calendar]:
    """The calendars; one without a zone of its own is read in the `time_zone` beside them."""
    node = found.place("calendars")
    calendars: dict[str, Calendar] = found.get("calendars", {})
    zoned = dict(calendars)
    for key, calendar in calendars.items():
        written = node.get(key) if isinstance(node, MapNode) else None
        if isinstance(written, MapNode) and written.get("time_zone") is None:
            zoned[key] = replace(calendar, zone=found["time_zone"])
    return zoned


def _note_circles(segments: Mapping[str, Condition], found: Found) -> None:
    node = found.place("segments")
    for key, value in node if isinstance(node, MapNode) else ():
        if key.text in _reached(key.text, segments):
            found.reading.problem(value, f"segment '{key.text}' is defined by itself", "attributes or other segments")


def _reached(start: str, segments: Mapping[str, Condition]) -> set[str]:
    """Every segment that a segment's condition asks for, directly or through others."""
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        condition = segments.get(waiting.pop())
        asked = {leaf.name for leaf in leaves(condition) if isinstance(leaf, Segment)} if condition else set()
        waiting += asked - reached
        reached |= asked
    return reached


FIRM: Record[Firm] = Record(FIELDS, _build)


def read_firm(tree: Node, reading: Reading) -> Firm | None:
    """Read clew.yaml from its tree; problems and names go to `reading`."""
    return FIRM.read(tree, reading)


def parse_firm(written: str, path: Path) -> Firm:
    """Read clew.yaml alone, without looking at other files. Raises FileProblems."""
    reading = Reading(path)
    firm = read_firm(scan(written, path), reading)
    reading.raise_problems()
    assert firm is not None
    return firm
