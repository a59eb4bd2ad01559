"""The language of conditions as shapes: what is read, what it may hold where, and the typed tree it becomes.

The places: MOMENT comes true at an event; START does, or waits for a date; END does, or comes true by silence, a date
or the time in a stage; STATE holds or not. What comes true by time alone stands alone or under `any`, so that its
instant is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clew.conditions.happening import happens
from clew.conditions.leaves import leaf_records
from clew.conditions.model import All, AnyOf, Condition, Not
from clew.files.choices import Forms, Shared
from clew.files.reading import Reading
from clew.files.scan import scan
from clew.files.shapes import Json, Key, ListOf, Record, Shape
from clew.files.tree import Node


def _joined(parts: Shape[Any], negated: Shape[Any]) -> dict[str, Record[Any]]:
    any_of = {"any": Key(ListOf(parts), "At least one of these conditions holds.", required=True)}
    all_of = {
        "all": Key(ListOf(negated), "Every one of these conditions holds; they may come true apart.", required=True)
    }
    no = {"not": Key(negated, "This condition does not hold. Comes true with another condition only.", required=True)}
    return {
        "any": Record(any_of, lambda found: AnyOf(found["any"])),
        "all": Record(all_of, lambda found: All(found["all"])),
        "not": Record(no, lambda found: Not(found["not"])),
    }


_BY_TIME = "it comes true by time alone; it stands alone or under 'any' where a run starts or ends"
_NO_RUN = "no run is in a stage here"
_NO_STAGE = {"stage": _NO_RUN, "for": _NO_RUN}
_BY_TIME_ALONE = {"silent": _BY_TIME, "date": _BY_TIME}

_AT_EVENT = ("event", "count", "score", "attribute", "segment")
_STATE_LEAVES = ("event", "count", "attribute", "segment")
_NOT_IN_STATE = {**_BY_TIME_ALONE, **_NO_STAGE, "score": "a score belongs to one event; this must hold at any moment"}
_NOT_IN_START = {**_NO_STAGE, "silent": "nothing is silent before a run has started"}

STATE: Shared[Any] = Shared("state", lambda: _forms(_STATE_LEAVES, STATE, STATE, _NOT_IN_STATE))
MOMENT: Shared[Any] = Shared("moment", lambda: _forms((*_AT_EVENT, "stage"), MOMENT, MOMENT, _BY_TIME_ALONE))
TRIGGER: Shared[Any] = Shared("trigger", lambda: _forms(_AT_EVENT, TRIGGER, TRIGGER, _BY_TIME_ALONE | _NO_STAGE))
START: Shared[Any] = Shared("start", lambda: _forms((*_AT_EVENT, "date"), START, TRIGGER, _NOT_IN_START))
END: Shared[Any] = Shared("end", lambda: end_forms())
PLACES: Mapping[str, Shared[Any]] = {shape.name: shape for shape in (MOMENT, START, END, STATE)}


def _forms(leaves: tuple[str, ...], whole: Shared[Any], part: Shared[Any], foreign: Mapping[str, str]) -> Forms[Any]:
    """The forms of a place. `whole` stands under `any`, `part` under `all` and `not`."""
    records = leaf_records()
    own = {"stage" if leaf == "dwell" else leaf: records[leaf] for leaf in leaves}
    return Forms("condition", {**own, **_joined(whole, part)}, foreign)


def end_forms() -> Forms[Any]:
    """The forms of END, for a place that has further keys beside them."""
    return _forms((*_AT_EVENT, "date", "silent", "dwell"), END, MOMENT, {})


def note_if_never(condition: Condition, node: Node, reading: Reading) -> None:
    """Note a condition that only holds where something must happen."""
    if not happens(condition):
        reading.problem(
            node,
            "this condition holds or not, but nothing makes it happen",
            "an event, count or score, alone or together with it under 'all'",
        )


class Happening(Shape[Any]):
    """A condition of some place that must be able to come true."""

    def __init__(self, place: Shared[Any]) -> None:
        self.place = place

    def read(self, node: Node, reading: Reading) -> Any:
        condition = self.place.read(node, reading)
        if condition is not None:
            note_if_never(condition, node, reading)
        return condition

    def schema(self, shared: Json) -> Json:
        return self.place.schema(shared)


def parse_condition(written: str, place: str = "end", *, path: Path = Path("condition")) -> Condition:
    """Read one condition from YAML text; `place` is moment, start, end or state. Raises FileProblems."""
    reading = Reading(path)
    condition: Condition | None = PLACES[place].read(scan(written, path), reading)
    reading.raise_problems()
    assert condition is not None
    return condition
