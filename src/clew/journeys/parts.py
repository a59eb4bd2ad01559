"""The parts of a journey file as shapes: stages, ends, handoffs, KPIs, variants, marks."""

from __future__ import annotations

from functools import partial
from typing import Any

from clew.conditions.leaves import scalar_places
from clew.conditions.model import Condition
from clew.conditions.parse import MOMENT, STATE, Happening, end_forms, note_if_never
from clew.durations import Duration, parse_duration
from clew.files.choices import Beside, Either, Forms
from clew.files.reading import Reading
from clew.files.scalars import Value, boolean, choice, duration, literal, name, number_of, reference, text
from clew.files.shapes import Found, Key, ListOf, MapOf, Record, Shape
from clew.files.tree import MapNode, Node, ScalarNode
from clew.journeys.model import (
    Again,
    AgainKind,
    Back,
    CustomerView,
    End,
    Handoff,
    Kpi,
    Mark,
    Stage,
    Subject,
    Touchpoint,
    Variant,
    WaitingOn,
)

SECTIONS = frozenset({"starts", "again", "value", "ends", "handoffs", "kpis", "variants"})


class SubjectKind(MapOf[str]):
    """One kind of thing with its column; both must stand in a source."""

    def read(self, node: Node, reading: Reading) -> dict[str, str] | None:
        written = super().read(node, reading)
        if written and isinstance(node, MapNode):
            key, value = node.entries[0]
            reading.mention("subject", key.text, key)
            reading.mention("subject column", written[key.text], value, scope=(key.text,))
        return written


def subject_shape() -> Shape[Subject]:
    """Whose journey it is."""
    allowed = "account, or a subject of a source with its column, as {ticket: case_id}"
    kind = SubjectKind(name(), text("the name of a column"), at_most=1, example="ticket: case_id")
    return Either(allowed, scalar=literal("account"), group=kind, make=_as_subject)


def _as_subject(written: str | dict[str, str]) -> Subject:
    return Subject() if isinstance(written, str) else Subject(*next(iter(written.items())))


def again_shape() -> Shape[Again]:
    """Whether there is a further run."""
    after = Record(
        {
            "after": Key(literal("ended"), "A further run may start when the former one has ended.", required=True),
            "wait": Key(duration(elapsed=True), "So long after that end at the earliest; absent: at once."),
        },
        lambda found: Again(AgainKind.AFTER_END, found.get("wait")),
    )
    words = literal(AgainKind.NEVER, AgainKind.EACH_TRIGGER)
    return Either("never | {after: ended, wait: 30 days} | each trigger", scalar=words, group=after, make=_as_again)


def _as_again(written: str | Again) -> Again:
    return written if isinstance(written, Again) else Again(AgainKind(written))


def end_shape() -> Shape[End]:
    """One way to end: a condition, and what kind of end it is; the name is filled in by the journey."""
    return Beside(
        end_forms(),
        {
            "good": Key(boolean(), "true: this end is what the firm and the customer want."),
            "reopens": Key(
                boolean(), "true: a later stage event (after silence, any of its events) goes on with the run."
            ),
        },
        _build_end,
    )


def _build_end(condition: Condition, found: Found) -> End:
    note_if_never(condition, found.node, found.reading)
    return End("", condition, found.get("good", False), found.get("reopens", False))


def stage_shape() -> Shape[Stage]:
    """One stage."""
    return Record(
        {
            "stage": Key(name("stage"), "Id of the stage in kebab-case.", required=True),
            "title": Key(text("a title"), "What people call the stage; absent: its id."),
            "enter": Key(Happening(MOMENT), "What brings a run into the stage.", required=True),
            **_variable_fields(),
            "back": Key(choice(Back), "Coming back from a later stage: allowed (default), friction, or ignored."),
            "customer": Key(_customer(), "The stage in the customer's eyes."),
            "touchpoints": Key(ListOf(_touchpoint()), "Where firm and customer meet in this stage."),
        },
        _build_stage,
    )


def _variable_fields() -> dict[str, Key[Any]]:
    """What a variant may change in a stage."""
    return {
        "team": Key(reference("team"), "Team that is responsible; its calendar measures working time."),
        "waiting_on": Key(choice(WaitingOn), "Whose move it is: us (default), customer, third party, or timer."),
        "limit": Key(duration(), "Longer than this is stalled; absent: the P90 of the run's own segment."),
        "milestone": Key(boolean(), "true: a moment to ask for feedback."),
        "optional": Key(boolean(), "true: skipping the stage is no deviation."),
    }


def _build_stage(found: Found) -> Stage:
    values = dict(found.values)
    return Stage(name=values.pop("stage"), **values)


def _customer() -> Record[CustomerView]:
    pains = ListOf(text("a pain"), at_least=0)
    return Record(
        {
            "does": Key(text(), "What the customer does."),
            "needs": Key(text(), "What the customer needs in order to go on."),
            "expects": Key(text(), "What the customer expects of us."),
            "feels": Key(text(), "How the customer feels."),
            "pains": Key(pains, "What hurts, as a list."),
        },
        lambda found: CustomerView(**found.values),
    )


def _touchpoint() -> Record[Touchpoint]:
    return Record(
        {
            "name": Key(text("a name"), "Name of the touchpoint, as welcome mail.", required=True),
            "channel": Key(text("a channel"), "How both meet: e-mail, call, portal, ..."),
            "team": Key(reference("team"), "Team that the customer meets here."),
            "event": Key(reference("event"), "Event that shows that it took place."),
        },
        lambda found: Touchpoint(**found.values),
    )


def handoff_shape() -> Shape[Handoff]:
    """One team passes a run to another."""
    return Record(
        {
            "from": Key(reference("team"), "Team that hands over.", required=True),
            "to": Key(reference("team"), "Team that takes over.", required=True),
            "sent": Key(Happening(MOMENT), "What shows that the run was handed over.", required=True),
            "accepted": Key(Happening(MOMENT), "What shows that it was taken over: the receipt."),
            "returned": Key(
                Happening(MOMENT), "What shows that it was given back; absent: the event handoff returned."
            ),
            "accept_within": Key(duration(), "The receipt is due so long after the handover."),
            "packet": Key(ListOf(text("a part of the packet")), "What is passed on, as promises, risks, next step."),
        },
        _build_handoff,
    )


def _build_handoff(found: Found) -> Handoff:
    if found.node.get("accept_within") and not found.node.get("accepted"):
        place = found.place("accept_within")
        found.reading.problem(place, "'accept_within' without 'accepted'", "the condition that shows the receipt")
    values = dict(found.values)
    return Handoff(source=values.pop("from"), target=values.pop("to"), **values)


def kpi_shape() -> Shape[Kpi]:
    """A metric with a target."""
    return Record(
        {
            "kpi": Key(name("kpi"), "Id of the KPI in kebab-case.", required=True),
            "metric": Key(_metric(), "What is measured.", required=True),
            "target": Key(_target(), "What it should be: a duration for a time, 0.8 or 80 % for a share."),
        },
        _build_kpi,
    )


class Points(ListOf[str]):
    """Two points of a journey: events, or stages that are entered."""

    def read(self, node: Node, reading: Reading) -> tuple[str, ...] | None:
        points = super().read(node, reading)
        for text_written, place in scalar_places(node) if points else ():
            reading.mention("point", text_written, place)
        return points


def _metric() -> Shape[dict[str, Any]]:
    points = Points(text("an event or a stage"), 2, 2)
    statistic, better = literal("median", "p75", "p90"), literal("lower", "higher")
    time_fields: dict[str, Key[Any]] = {
        "time": Key(points, "Time from one event or stage to another, as [deal won, first order].", required=True),
        "statistic": Key(statistic, "median (default), p75 or p90."),
        "working": Key(boolean(), "true: working time; absent: elapsed time."),
        "better": Key(better, "higher where long is good; absent: lower, the target is met at or below it."),
    }
    share_fields: dict[str, Key[Any]] = {
        "share": Key(points, "Share of runs that come from one event or stage to another.", required=True),
        "within": Key(duration(elapsed=True), "Only those who do so within this time."),
        "better": Key(better, "lower where few should; absent: higher, the target is met at or above it."),
    }
    return Forms("metric", {"time": Record(time_fields, _plain), "share": Record(share_fields, _plain)}, {})


def _plain(found: Found) -> dict[str, Any]:
    """The metric as written; the usual direction, written out, changes no version."""
    usual = "lower" if "time" in found.values else "higher"
    written = {key: value for key, value in found.values.items() if (key, value) != ("better", usual)}
    return {key: str(value) if isinstance(value, Duration) else value for key, value in written.items()}


def _target() -> Value[str | float]:
    allowed = "a duration as '30 days', a share from 0 to 1, or a percentage as '80 %'"
    return Value(allowed, _target_of, {"type": ["string", "number"]})


def _target_of(node: ScalarNode) -> str | float | None:
    number = number_of(node)
    if number is not None:
        return number if 0 <= number <= 1 else None
    if node.text.rstrip().endswith("%"):
        percent = number_of(ScalarNode(node.line, node.column, node.text.rstrip()[:-1].rstrip()))
        return percent / 100 if percent is not None and 0 <= percent <= 100 else None
    try:
        return str(parse_duration(node.text))
    except ValueError:
        return None


def _build_kpi(found: Found) -> Kpi:
    target, metric = found.get("target"), found["metric"]
    if target is not None and isinstance(target, str) != ("time" in metric):
        allowed = "a duration as '30 days'" if "time" in metric else "a share from 0 to 1, or a percentage as '80 %'"
        found.reading.problem(found.place("target"), f"target '{target}' does not fit the metric", allowed)
    return Kpi(found["kpi"], metric, target)


def variant_shape() -> Shape[Variant]:
    """What differs for a segment; the name is filled in by the journey."""
    changes = Record(_variable_fields(), lambda found: found.values)
    stages = MapOf(reference("stage"), changes, example="set-up: {limit: 30 days}")
    return Record(
        {
            "when": Key(STATE, "Condition at the start of the run; it is fixed for the whole run.", required=True),
            "stages": Key(stages, "Stage -> what differs: limit, team, waiting_on, ...", required=True),
        },
        lambda found: Variant("", found["when"], found["stages"]),
    )


def mark_shape() -> Shape[Mark]:
    """Whether an element of the map is assumed or shown."""
    said = text("where it comes from")
    return Forms(
        "mark",
        {
            kind: Record({kind: Key(said, about, required=True)}, partial(_build_mark, kind))
            for kind, about in (
                ("assumption", "Assumed; says by whom or where, as workshop of March."),
                ("evidence", "Shown; says by what, as 12 interviews in May."),
            )
        },
        {},
    )


def _build_mark(kind: str, found: Found) -> Mark:
    return Mark(kind, found[kind])
