"""Working calendars as clew.yaml writes them."""

from __future__ import annotations

from datetime import date

from clew.calendars import HOURS_ALLOWED, Calendar, Closure, Minutes, parse_hours
from clew.files.choices import Either, OneOrList
from clew.files.reading import Reading
from clew.files.scalars import Value, day, zone
from clew.files.shapes import Found, Json, Key, ListOf, Record, Shape
from clew.files.tree import MapNode, Node, ScalarNode

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAYS_ALLOWED = "monday, tuesday, ... or a span of days as monday-friday"
_HOURS_JSON: Json = {"type": "string", "pattern": r"^\s*\d{1,2}:\d{2}\s*[-–]\s*\d{1,2}:\d{2}\s*$"}


def _hours_of(node: ScalarNode) -> Minutes | None:
    try:
        return parse_hours(node.text)
    except ValueError:
        return None


def _days_of(node: ScalarNode) -> tuple[int, ...] | None:
    first, _, last = node.text.lower().partition("-")
    if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
        return None
    start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
    return tuple(range(start, end + 1)) or None


def _pause_of(node: ScalarNode) -> Minutes | Closure | None:
    first, _, last = (part.strip() for part in node.text.partition(" to "))
    try:
        return date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        return _hours_of(node)


def _hours() -> Value[Minutes]:
    return Value(HOURS_ALLOWED, _hours_of, _HOURS_JSON)


def _pauses() -> ListOf[Minutes | Closure]:
    allowed = "hours of every day as 12:00-13:00, or closed days as 2026-12-24 to 2027-01-01"
    return ListOf(Value(allowed, _pause_of, {"type": "string"}))


class WeekHours(Shape[dict[int, tuple[Minutes, ...]]]):
    """Weekdays, or spans of them, each with the hours of such a day."""

    days: Value[tuple[int, ...]] = Value(_DAYS_ALLOWED, _days_of, {}, names=lambda: WEEKDAYS)
    spans = OneOrList(_hours())

    def read(self, node: Node, reading: Reading) -> dict[int, tuple[Minutes, ...]] | None:
        if not isinstance(node, MapNode):
            reading.unfit(node, "weekdays with hours, as {monday-friday: 09:00-17:00}")
            return None
        hours: dict[int, tuple[Minutes, ...]] = {}
        for key, value in node:
            days, spans = self.days.read(key, reading), self.spans.read(value, reading)
            for weekday in days or ():
                if weekday in hours:
                    reading.problem(key, f"{WEEKDAYS[weekday]} is written twice", "each weekday once")
                hours[weekday] = spans or ()
        return hours

    def schema(self, shared: Json) -> Json:
        day_pattern = f"^({'|'.join(WEEKDAYS)})(-({'|'.join(WEEKDAYS)}))?$"
        hours = self.spans.schema(shared)
        return {"type": "object", "patternProperties": {day_pattern: hours}, "additionalProperties": False}


def _build(found: Found) -> Calendar | None:
    parts = {"zone": found.get("time_zone"), "hours": found.get("hours"), "pauses": found.get("pauses")}
    holidays = frozenset(found.get("holidays", ()))
    try:
        return Calendar(**{key: value for key, value in parts.items() if value is not None}, holidays=holidays)
    except ValueError as error:
        found.reading.problem(found.node, str(error))
        return None


def calendar_shape() -> Shape[Calendar]:
    """One calendar: zone, hours, holidays, pauses."""
    return Record(
        {
            "time_zone": Key(zone(), "Zone in which the hours are read; absent: the firm's."),
            "hours": Key(
                Either("weekdays with hours", group=WeekHours()),
                "Weekday or span of weekdays -> hours, as monday-friday: 09:00-17:00, which holds where absent.",
            ),
            "holidays": Key(ListOf(day()), "Single days without work, as 2026-12-25."),
            "pauses": Key(_pauses(), "Hours without work every day, or closed spans of days with ' to ' between."),
        },
        _build,
    )
