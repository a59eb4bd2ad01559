"""A journey file: what should happen, for the customer and inside the firm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from clew.conditions.parse import START, Happening
from clew.errors import nearest_name
from clew.files.meaning import content_hash
from clew.files.reading import Named, Reading, listed
from clew.files.scalars import day, duration, name, reference, text
from clew.files.scan import scan
from clew.files.shapes import Found, Key, ListOf, MapOf, Record, Shape
from clew.files.tree import MapNode, Node
from clew.journeys.elements import elements
from clew.journeys.model import Again, AgainKind, Journey, Subject
from clew.journeys.parts import (
    SECTIONS,
    again_shape,
    end_shape,
    handoff_shape,
    kpi_shape,
    mark_shape,
    stage_shape,
    subject_shape,
    variant_shape,
)


def _value() -> Shape[str]:
    attribute = Key(reference("attribute"), "Attribute with the value of a run, as annual_revenue.", required=True)
    return Record({"attribute": attribute}, lambda found: str(found["attribute"]))


def _owner() -> Shape[dict[str, str]]:
    return Record(
        {
            "professional": Key(reference("person"), "Answers for the method and the standard, as head-of-cx."),
            "operational": Key(reference("person"), "Answers for the daily run, as onboarding-lead."),
        },
        lambda found: found.values,
    )


def _review() -> Shape[dict[str, Any]]:
    every = Key(duration(elapsed=True), "How often the journey is reviewed.", required=True)
    last = Key(day(), "Day of the last review, as 2026-05-01; it makes no new version. Absent: that of publication.")
    return Record({"every": every, "last": last}, lambda found: found.values)


def _part_of() -> Shape[tuple[str, str]]:
    return Record(
        {
            "journey": Key(reference("journey"), "The journey that this one is a part of.", required=True),
            "stage": Key(text("a stage of that journey"), "The stage of it that this one details.", required=True),
        },
        _build_part_of,
    )


def _build_part_of(found: Found) -> tuple[str, str]:
    found.reading.mention("stage", found["stage"], found.place("stage"), scope=(found["journey"],))
    return found["journey"], found["stage"]


FIELDS: Mapping[str, Key[Any]] = {
    "journey": Key(name("journey"), "Id of the journey in kebab-case.", required=True),
    "title": Key(text("a title"), "What people call the journey; absent: its id."),
    "subject": Key(subject_shape(), "Whose journey it is: account (default), or {ticket: case_id}: one run for each."),
    "value": Key(_value(), "What a run is worth: {attribute: annual_revenue}."),
    "owner": Key(_owner(), "Who answers for the journey."),
    "review": Key(_review(), "When it is looked at again: {every: 4 weeks, last: 2026-05-01}."),
    "starts": Key(Happening(START), "What starts a run; absent: the first matching stage does."),
    "again": Key(again_shape(), "A further run: never (default), {after: ended, wait: 30 days}, or each trigger."),
    "part_of": Key(_part_of(), "The journey and stage that this one details."),
    "ends": Key(MapOf(name("end"), end_shape(), example="won: {event: deal won}"), "How a run ends; first match wins."),
    "stages": Key(ListOf(stage_shape()), "Stages in order; the latest matching event decides.", required=True),
    "handoffs": Key(ListOf(handoff_shape()), "Where one team passes the customer to another."),
    "kpis": Key(ListOf(kpi_shape()), "Metrics with targets."),
    "variants": Key(
        MapOf(name("variant"), variant_shape(), example="enterprise: {when:, stages:}"),
        "What differs for some; the first whose condition holds at the start counts.",
    ),
    "marks": Key(
        MapOf(text("the path of an element"), mark_shape(), example="set-up.limit: {assumption: workshop}"),
        "Element of the map -> {assumption: …} or {evidence: …}; what is not marked is an assumption.",
    ),
}


def _build(found: Found) -> Journey:
    journey = Journey(
        name=found["journey"],
        title=found.get("title", found["journey"]),
        version="",
        subject=found.get("subject", Subject()),
        stages=found["stages"],
        starts=found.get("starts"),
        again=found.get("again", Again()),
        ends=tuple(replace(end, name=key) for key, end in found.get("ends", {}).items()),
        value=found.get("value"),
        owner=found.get("owner", {}),
        review_every=found.get("review", {}).get("every"),
        review_last=found.get("review", {}).get("last"),
        part_of=found.get("part_of"),
        handoffs=found.get("handoffs", ()),
        kpis=found.get("kpis", ()),
        variants=tuple(replace(variant, name=key) for key, variant in found.get("variants", {}).items()),
        marks=found.get("marks", {}),
    )
    _check_again(found, journey)
    _check_marks(found, journey)
    return journey


def _check_names(reading: Reading) -> None:
    """Stages and KPIs each have a name of their own, and no stage the name of a section (marks could not tell them)."""
    for kind in ("stage", "kpi"):
        for again in repeated(named for named in reading.declared if named.kind == kind):
            reading.problems.append(again.problem(f"{kind} '{again.name}' is written twice", "another name"))
    for named in reading.declared:
        if named.kind == "stage" and named.name in SECTIONS:
            reading.problems.append(named.problem(f"no stage can be named '{named.name}'", "another name"))


def repeated(named: Iterable[Named]) -> list[Named]:
    """Those whose name stands before."""
    seen: set[str] = set()
    again: list[Named] = []
    for one in named:
        if one.name in seen:
            again.append(one)
        seen.add(one.name)
    return again


def _check_again(found: Found, journey: Journey) -> None:
    if journey.again.kind is AgainKind.AFTER_END and not found.node.get("ends"):
        allowed = "ends, or again: never | each trigger"
        found.reading.problem(found.place("again"), "a further run after the end, but no ends", allowed)


def _resolve_stages(reading: Reading) -> None:
    """Check stages of this very journey; a KPI's point that is no stage must be an event."""
    stages = list(dict.fromkeys(named.name for named in reading.declared if named.kind == "stage"))
    left: list[Named] = []
    for named in reading.mentioned:
        if named.kind == "point":
            left += [] if named.name in stages else [replace(named, kind="event")]
        elif named.kind == "stage" and not named.scope:
            if named.name not in stages:
                nearest = nearest_name(named.name, stages)
                reading.problems.append(named.problem(f"unknown stage '{named.name}'", listed(stages), nearest))
        else:
            left.append(named)
    reading.mentioned[:] = left


def _check_marks(found: Found, journey: Journey) -> None:
    known = elements(journey)
    node = found.place("marks")
    for key, _ in node if journey.marks and isinstance(node, MapNode) else ():
        if key.text.strip() not in known:
            allowed = "a stage, or a part that is written, as set-up.limit, ends.won, handoffs.sales-success"
            found.reading.problem(
                key, f"'{key.text}' is no element of this journey", allowed, nearest=nearest_name(key.text, known)
            )


JOURNEY: Record[Journey] = Record(FIELDS, _build)


def read_journey(tree: Node, reading: Reading) -> Journey | None:
    """Read a journey from its tree, its version still empty; problems and names go to `reading`."""
    journey = JOURNEY.read(tree, reading)
    _check_names(reading)
    _resolve_stages(reading)
    return journey


def parse_journey(written: str, path: Path) -> Journey:
    """Read one journey alone, without looking at other workspace files. Raises FileProblems."""
    reading = Reading(path)
    journey = read_journey(scan(written, path), reading)
    reading.raise_problems()
    assert journey is not None
    return replace(journey, version=content_hash(journey))
