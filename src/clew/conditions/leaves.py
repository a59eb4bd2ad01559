"""The leaves of the condition language: what each form of a condition holds and what it becomes."""

from __future__ import annotations

from typing import Any

from clew.conditions.model import Attribute, Count, Date, Dwell, Event, Score, Segment, Silent
from clew.conditions.operators import VALUE_TEST, operator_keys, test_of
from clew.files.choices import OneOrList
from clew.files.scalars import duration, number, reference, text
from clew.files.shapes import Found, Key, MapOf, Record, Shape
from clew.files.tree import ListNode, MapNode, Node, ScalarNode


def _event_names() -> Shape[tuple[str, ...]]:
    return OneOrList(text("the name of an event, or a list of names"))


def _mention_events(found: Found, key: str) -> None:
    for name, node in scalar_places(found.place(key)):
        found.reading.mention("event", name, node)


def scalar_places(node: Node) -> list[tuple[str, Node]]:
    """The texts of a scalar or a list of scalars, each with its place."""
    items = node.items if isinstance(node, ListNode) else (node,)
    return [(item.text.strip(), item) for item in items if isinstance(item, ScalarNode) and item.text.strip()]


def _build_event(found: Found) -> Event:
    names = found["event"]
    _mention_events(found, "event")
    where = found.node.get("where")
    for key, _ in where if isinstance(where, MapNode) else ():
        found.reading.mention("property", key.text, key, scope=names)
    return Event(names, found.get("where", {}))


def _event_fields() -> dict[str, Key[Any]]:
    tests = MapOf(text("the name of a property"), VALUE_TEST, example="attended: {at_least: 2}")
    return {
        "event": Key(_event_names(), "An event of this name, or of one of these names.", required=True),
        "where": Key(tests, "Tests of the event's properties; all must pass."),
    }


def _build_count(found: Found) -> Count:
    test = test_of(found)
    if not test.operators and not found.faulty:
        found.reading.problem(
            found.node, "a count without a number", "at_least, at_most, above, below or is, with a number"
        )
    return Count(found["count"], test, found.get("within"))


def _count_record() -> Record[Any]:
    whole = {key: Key(number("a whole number from 0", least=0, whole=True), about) for key, about in _COUNTED.items()}
    return Record(
        {
            "count": Key(Record(_event_fields(), _build_event), "The events that are counted.", required=True),
            **whole,
            "within": Key(duration(elapsed=True), "Only those in a window of this length that ends now; absent: ever."),
        },
        _build_count,
    )


_COUNTED = {
    "at_least": "So many or more.",
    "at_most": "So many or fewer.",
    "above": "More than so many.",
    "below": "Fewer than so many.",
    "is": "Exactly so many.",
}


def _build_silent(found: Found) -> Silent:
    _mention_events(found, "events")
    return Silent(found["events"], found["for"])


def _silent_record() -> Record[Any]:
    inner = Record(
        {
            "events": Key(_event_names(), "None of these events came.", required=True),
            "for": Key(duration(elapsed=True), "For so long since the run's start or the last of them.", required=True),
        },
        _build_silent,
    )
    about = "Silence: none of some events for a while. Comes true by time alone."
    return Record({"silent": Key(inner, about, required=True)}, lambda found: found["silent"])


def _stage_record(*, dwell: bool) -> Record[Any]:
    fields: dict[str, Key[Any]] = {"stage": Key(reference("stage"), "The run is in this stage.", required=True)}
    if dwell:
        fields["for"] = Key(duration(elapsed=True), "It has been there for so long. Comes true by time alone.")
    return Record(fields, lambda found: Dwell(found["stage"], found.get("for")))


def _build_score(found: Found) -> Score:
    test = test_of(found)
    if not test.operators and not found.faulty:
        found.reading.problem(
            found.node, "a score without a test", "at_least, at_most, above, below or is, with a number"
        )
    found.reading.mention("property", found["score"], found.place("score"))
    return Score(found["score"], test)


def _score_record() -> Record[Any]:
    about = "The score that an event carries: nps, csat, ces, expectation, or a property of yours."
    compared = {
        "at_least": Key(number(), "The score is this or more."),
        "at_most": Key(number(), "The score is this or less."),
        "above": Key(number(), "The score is more than this."),
        "below": Key(number(), "The score is less than this."),
        "is": Key(number(), "The score is this one."),
    }
    return Record({"score": Key(text("the name of a score"), about, required=True), **compared}, _build_score)


def _build_date(found: Found) -> Date:
    written = [key for key in ("before", "after") if found.node.get(key)]
    if len(written) == 2 or (not written and not found.faulty):
        found.reading.problem(
            found.node, "a date needs 'before' or 'after'", "exactly one of them, as before: 120 days"
        )
    return Date(found["date"], found.get("before"), found.get("after"))


def _date_record() -> Record[Any]:
    return Record(
        {
            "date": Key(reference("attribute"), "An attribute that is a date; a moved date re-plans.", required=True),
            "before": Key(duration(elapsed=True), "True from so long before the date."),
            "after": Key(duration(elapsed=True), "True from so long after the date."),
        },
        _build_date,
    )


def _build_attribute(found: Found) -> Attribute:
    test = test_of(found)
    if not test.operators and not found.faulty:
        allowed = "an operator, as at_least: 100000, is: gold, known: true"
        found.reading.problem(found.node, "an attribute without a test", allowed)
    return Attribute(found["attribute"], test)


def _attribute_record() -> Record[Any]:
    about = "A dated attribute of the subject, else of its account, as known then."
    return Record({"attribute": Key(reference("attribute"), about, required=True), **operator_keys()}, _build_attribute)


def _segment_record() -> Record[Any]:
    about = "The account or subject is in this segment of clew.yaml."
    return Record({"segment": Key(reference("segment"), about, required=True)}, lambda found: Segment(found["segment"]))


def leaf_records() -> dict[str, Record[Any]]:
    """Every form by its telling key; 'dwell' is the stage with a time in it, which only some places know."""
    return {
        "event": Record(_event_fields(), _build_event),
        "count": _count_record(),
        "score": _score_record(),
        "stage": _stage_record(dwell=False),
        "attribute": _attribute_record(),
        "segment": _segment_record(),
        "date": _date_record(),
        "silent": _silent_record(),
        "dwell": _stage_record(dwell=True),
    }
