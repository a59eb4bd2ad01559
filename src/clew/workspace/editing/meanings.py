"""The form of meanings.yaml: which events are complaints, promises, questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from clew.meanings.parse import MEANINGS
from clew.texts import _
from clew.workspace.editing.fields import Kind, Spec
from clew.workspace.editing.forms import FileForm, Given, Repeated


def meanings_form() -> FileForm:
    """What the form asks for, in the language that is spoken."""
    groups = (
        (_("Customers"), _plain()),
        (_("What is said and asked"), _said()),
        (_("Promises and requests"), _requested()),
        (_("Friction and silence"), _judged()),
    )
    head = [replace(spec, group=title) for title, specs in groups for spec in specs]
    return FileForm(MEANINGS, head, (_scores(), _ready()))


def filled_meanings(text: str, given: Given) -> str:
    """Return the text of meanings.yaml with what was filled in. Raises NotEditable, BadRequest."""
    return meanings_form().filled(text, given)


def _events(way: tuple[str, ...], label: str, hint: str = "") -> Spec:
    return Spec(way, Kind.EVENTS, label, hint, suggests="events")


def _line(way: tuple[str, ...], label: str, hint: str = "", suggests: str = "") -> Spec:
    return Spec(way, Kind.LINE, label, hint, suggests=suggests)


def _plain() -> Sequence[Spec]:
    return (
        _line(("revenue", "attribute"), _("What an account brings a year"), _("an attribute"), "attributes"),
        _line(("about",), _("What an event is about"), _("the property that names its topic")),
        _events(("customers",), _("Becomes a customer by"), _("empty: its first event")),
        _events(("lost",), _("Is lost by")),
        _events(("renewed",), _("Renews by")),
        _events(("expanded",), _("Buys more by")),
        _events(("loud",), _("Complaints and escalations"), _("signals that nobody can overhear")),
        _line(("notice",), _("A loud signal warns for"), _("as 180 days")),
    )


def _said() -> Sequence[Spec]:
    return (
        _events(("sent", "when"), _("Messages that customers receive")),
        _line(("sent", "within"), _("Sent twice within"), _("two teams about one thing; 3 days")),
        _events(("engaged",), _("Engages with content")),
        _events(("did",), _("Customers do"), _("empty: what counts as a sign of life")),
        _events(("asked", "when"), _("We ask")),
        _events(("asked", "answered"), _("They answer")),
        _line(("asked", "within"), _("An answer holds for"), _("as 365 days")),
        _events(("stated", "when"), _("We tell")),
        _line(("stated", "says"), _("What was told"), _("the property that holds it")),
        _line(("stated", "within"), _("A statement holds for"), _("as 60 days")),
    )


def _requested() -> Sequence[Spec]:
    return (
        _events(("promises", "made"), _("A promise is made by")),
        _events(("promises", "kept"), _("A promise is kept by")),
        _line(("promises", "id"), _("Id of a promise"), _("the property of both events")),
        _line(("promises", "due"), _("Day on which it is due"), _("a property, or empty")),
        _line(("promises", "within"), _("Or due within"), _("as 14 days")),
        _line(("requests", "subject"), _("A request is a"), _("kind of subject, as ticket")),
        _events(("requests", "opened"), _("A request is opened by")),
        _events(("requests", "answered"), _("Answered by")),
        _events(("requests", "reopened"), _("Opened again by")),
        _events(("requests", "closed"), _("Closed by")),
        _line(("requests", "answer_within"), _("An answer is slow after"), _("as 8 working hours")),
        _line(("requests", "teams"), _("Passed around by more teams than"), _("as 3")),
    )


def _judged() -> Sequence[Spec]:
    return (
        _line(("frictions", "at_least"), _("Small frictions pile up from"), _("as 4")),
        _line(("frictions", "within"), _("Within"), _("as 90 days")),
        _events(("frictions", "when"), _("Further small frictions")),
        _events(("silence", "when"), _("Signs of life"), _("empty: every event")),
        _line(("silence", "gaps"), _("A rhythm is known from so many gaps"), _("as 8")),
        _line(("silence", "times"), _("Silent after so many times its P90 gap"), _("as 2")),
        _line(("silence", "at_least"), _("And never before"), _("as 21 days")),
    )


def _scores() -> Repeated:
    specs = (
        Spec((), Kind.KEY, _("Score"), _("small letters, as nps")),
        _line(("property",), _("Property that holds it")),
        _line(("good",), _("Good from")),
        _line(("poor",), _("Poor up to")),
    )
    return Repeated(("scores",), _("Scores"), specs, named=True)


def _ready() -> Repeated:
    specs = (
        Spec((), Kind.KEY, _("Ready for"), _("small letters, as more-seats")),
        _events(("when",), _("Ready when")),
        _events(("outreach",), _("Outreach that should follow")),
        _line(("within",), _("Within"), _("as 30 days")),
        _line(("watch",), _("Expansion is looked for during"), _("as 180 days")),
    )
    return Repeated(("ready",), _("Readiness"), specs, named=True)
