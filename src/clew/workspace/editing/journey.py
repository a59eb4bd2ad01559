"""The form of a journey file."""

from __future__ import annotations

from collections.abc import Sequence

from clew.files.edits import drop, put, rename
from clew.files.rendering import OneLine
from clew.files.scalars import KEBAB
from clew.files.spans import MapSpan, ScalarSpan, at, spans
from clew.journeys.model import Back, WaitingOn
from clew.journeys.parse import JOURNEY
from clew.texts import _
from clew.workspace.editing.fields import Kind, Spec
from clew.workspace.editing.forms import FileForm, Given, Repeated

MARKS = "marks"
KINDS = ("assumption", "evidence")


def journey_form() -> FileForm:
    """What the form asks for, in the language that is spoken."""
    return FileForm(JOURNEY, _head(), (_stages(), _ends(), _handoffs(), _kpis()), frozenset({"journey", MARKS}))


def _head() -> Sequence[Spec]:
    again = (("never", _("no")), ("each trigger", _("yes, each time it starts")))
    return (
        Spec(("title",), Kind.LINE, _("Title"), wide=True),
        Spec(("owner", "professional"), Kind.LINE, _("Owner of the method"), suggests="people"),
        Spec(("owner", "operational"), Kind.LINE, _("Owner of the daily run"), suggests="people"),
        Spec(("review", "every"), Kind.LINE, _("Reviewed every"), _("as 4 weeks")),
        Spec(("review", "last"), Kind.LINE, _("Last review"), _("a day, as 2026-05-01")),
        Spec(("subject",), Kind.LINE, _("Whose journey"), _("account, or edit as text: {ticket: case_id}")),
        Spec(("value", "attribute"), Kind.LINE, _("A run is worth"), _("an attribute"), suggests="attributes"),
        Spec(("starts",), Kind.EVENTS, _("Starts with"), _("empty: the first stage that matches"), suggests="events"),
        Spec(("again",), Kind.CHOICE, _("A further run"), options=again),
    )


def _stages() -> Repeated:
    specs = (
        Spec(("stage",), Kind.LINE, _("Id"), _("small letters, as set-up; runs know the stage by it")),
        Spec(("title",), Kind.LINE, _("Title"), required=True),
        Spec(("enter",), Kind.EVENTS, _("Begins with the event"), suggests="events", required=True),
        Spec(("team",), Kind.LINE, _("Team"), suggests="teams"),
        Spec(("limit",), Kind.LINE, _("Limit"), _("as 14 days, 3 working days")),
        Spec(("waiting_on",), Kind.CHOICE, _("Waiting on"), options=[(one.value, one.value) for one in WaitingOn]),
        Spec(("back",), Kind.CHOICE, _("Coming back to it is"), options=[(one.value, one.value) for one in Back]),
        Spec(("milestone",), Kind.FLAG, _("a moment to ask for feedback")),
        Spec(("optional",), Kind.FLAG, _("may be skipped")),
        Spec(("customer", "does"), Kind.LINE, _("Customer does"), wide=True),
        Spec(("customer", "needs"), Kind.LINE, _("Customer needs"), wide=True),
        Spec(("customer", "expects"), Kind.LINE, _("Customer expects"), wide=True),
        Spec(("customer", "feels"), Kind.LINE, _("Customer feels"), wide=True),
        Spec(("customer", "pains"), Kind.LINES, _("What hurts"), _("one a line"), wide=True),
    )
    return Repeated(("stages",), _("Stages"), specs, below=(_touchpoints(),))


def _touchpoints() -> Repeated:
    specs = (
        Spec(("name",), Kind.LINE, _("Touchpoint")),
        Spec(("channel",), Kind.LINE, _("Channel"), suggests="channels"),
        Spec(("team",), Kind.LINE, _("Team"), suggests="teams"),
        Spec(("event",), Kind.LINE, _("Event that shows it"), suggests="events"),
    )
    return Repeated(("touchpoints",), _("Touchpoints"), specs)


def _ends() -> Repeated:
    specs = (
        Spec((), Kind.KEY, _("Name of the end")),
        Spec(("event",), Kind.NAMES, _("Ends with the event"), suggests="events"),
        Spec(("good",), Kind.FLAG, _("what both sides want")),
        Spec(("reopens",), Kind.FLAG, _("a later stage event reopens it")),
    )
    return Repeated(("ends",), _("Ends"), specs, named=True, rest=("event",))


def _handoffs() -> Repeated:
    specs = (
        Spec(("from",), Kind.LINE, _("From team"), suggests="teams"),
        Spec(("to",), Kind.LINE, _("To team"), suggests="teams"),
        Spec(("sent",), Kind.EVENTS, _("Handed over by the event"), suggests="events"),
        Spec(("accepted",), Kind.EVENTS, _("Accepted by the event"), suggests="events"),
        Spec(("returned",), Kind.EVENTS, _("Given back by the event"), suggests="events"),
        Spec(("accept_within",), Kind.LINE, _("Accept within"), _("as 1 working day")),
        Spec(("packet",), Kind.LINES, _("Packet"), _("what is passed on, one part a line"), wide=True),
    )
    return Repeated(("handoffs",), _("Handoffs"), specs)


def _kpis() -> Repeated:
    statistic = (("", _("median")), ("median", _("median, written")), ("p75", "P75"), ("p90", "P90"))
    specs = (
        Spec(("kpi",), Kind.LINE, _("Id")),
        Spec(("metric", "time"), Kind.LINES, _("Time between"), _("two events or stages, one a line")),
        Spec(("metric", "statistic"), Kind.CHOICE, _("Statistic of the time"), options=statistic),
        Spec(("metric", "share"), Kind.LINES, _("Or: share that comes"), _("from one to the other, one a line")),
        Spec(("metric", "within"), Kind.LINE, _("Within"), _("of a share, as 90 days")),
        Spec(("target",), Kind.LINE, _("Target"), _("30 days, or 80 %")),
    )
    return Repeated(("kpis",), _("KPIs"), specs)


def filled(text: str, given: Given) -> str:
    """Return the text of a journey with what was filled in, marks too. Raises NotEditable, BadRequest."""
    form = journey_form()
    renamed = _renamed(form, text, given)
    text = form.filled(text, with_ids(form, text, given))
    for old, new in renamed:
        text = _rename_everywhere(text, old, new)
    return with_marks(text, given)


def with_ids(form: FileForm, text: str, given: Given) -> Given:
    """What was filled in, a new stage that has only a title with an id made of it."""
    new = "stages/new/stage"
    title, own = next(iter(given("stages/new/title")), ""), next(iter(given(new)), "")
    if own.strip() or not title.strip():
        return given
    known = {part.field("stage").value for part in form.read(text).sections["stages"].parts}
    made = id_of(title)
    free = next(one for one in (made, *(f"{made}-{n}" for n in range(2, 1_000))) if one not in known)
    return lambda name: [free] if name == new else given(name)


def id_of(title: str, otherwise: str = "stage") -> str:
    """An id in kebab-case made of a title; `otherwise` where none can be made."""
    signs = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in title.lower())
    made = "-".join(part for part in signs.split("-") if part)
    return made if KEBAB.fullmatch(made) else otherwise


def marks_of(text: str) -> list[tuple[str, str, str]]:
    """Marks as (element, kind, where it comes from). Raises FileProblems."""
    found = at(spans(text), (MARKS,))
    rows = []
    for key, value in found.entries if isinstance(found, MapSpan) else ():
        for kind, said in value.entries if isinstance(value, MapSpan) else ():
            rows.append((key.text, kind.text, said.text if isinstance(said, ScalarSpan) else ""))
    return rows


def with_marks(text: str, given: Given) -> str:
    """Return the text with the marks that were filled in: fields element, kind and source, one of each a row."""
    elements, kinds, sources = (given(f"{MARKS}/{name}") for name in ("element", "kind", "source"))
    wanted = {
        element.strip(): (kind, " ".join(source.split()))
        for element, kind, source in zip(elements, kinds, sources, strict=False)
        if element.strip() and source.strip() and kind in KINDS
    }
    if not elements:
        return text
    known = {element: (kind, source) for element, kind, source in marks_of(text)}
    for element in known:
        if element not in wanted:
            text = drop(text, (MARKS, element))
    for element, (kind, source) in wanted.items():
        before = known.get(element)
        if before is not None and before[0] == kind and before[1] != source:
            text = put(text, (MARKS, element, kind), source)
        elif before != (kind, source):
            text = put(text, (MARKS, element), OneLine({kind: source}), list(JOURNEY.fields))
    return text


def _renamed(form: FileForm, text: str, given: Given) -> list[tuple[str, str]]:
    """Stages with another id than before."""
    parts = form.read(text).sections["stages"].parts
    ids = [(part.field("stage").value, next(iter(given(part.field("stage").name)), "").strip()) for part in parts]
    return [(old, new) for old, new in ids if old and new and old != new]


def _rename_everywhere(text: str, old: str, new: str) -> str:
    """Let marks and variants of a stage go with its new id."""
    tree = spans(text)
    marks, variants = at(tree, (MARKS,)), at(tree, ("variants",))
    for key, _value in marks.entries if isinstance(marks, MapSpan) else ():
        if key.text == old or key.text.startswith(f"{old}."):
            text = rename(text, (MARKS, key.text), new + key.text[len(old) :])
    for key, _value in variants.entries if isinstance(variants, MapSpan) else ():
        text = rename(text, ("variants", key.text, "stages", old), new)
    return text
