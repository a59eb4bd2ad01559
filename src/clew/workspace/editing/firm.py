"""The form of clew.yaml: firm, calendars, teams, people, segments."""

from __future__ import annotations

from zoneinfo import available_timezones

from clew.files.edits import put
from clew.files.rendering import OneLine
from clew.files.spans import MapSpan, ScalarSpan, at, spans
from clew.firm.parse import FIRM
from clew.texts import _
from clew.workspace.editing.fields import Kind, Spec
from clew.workspace.editing.forms import FileForm, Given, Repeated

SECTIONS = ("calendars", "teams", "people", "segments")
_TITLED = {"teams": "calendar", "people": "team"}  # entries that may be a title alone -> what they may say beside it


def firm_form() -> FileForm:
    """What the form asks for, in the language that is spoken."""
    head = (
        Spec(("firm",), Kind.LINE, _("Name of the firm"), required=True),
        Spec(("currency",), Kind.LINE, _("Currency"), _("three letters, as EUR"), required=True),
        Spec(("time_zone",), Kind.LINE, _("Time zone"), _("as Europe/Berlin"), suggests="zones", required=True),
    )
    return FileForm(FIRM, head, (_calendars(), _teams(), _people(), _segments()))


def zones() -> list[str]:
    """Names of time zones that a form proposes."""
    return sorted(one for one in available_timezones() if "/" in one or one == "UTC")


def _calendars() -> Repeated:
    hours = (
        Spec((), Kind.KEY, _("Days"), _("monday, or monday-friday")),
        Spec((), Kind.NAMES, _("Hours"), _("as 09:00-17:00; a second span after a pause")),
    )
    specs = (
        Spec((), Kind.KEY, _("Calendar"), _("default holds for teams that name none")),
        Spec(("time_zone",), Kind.LINE, _("Time zone"), _("empty: the firm's"), suggests="zones"),
        Spec(("holidays",), Kind.LINES, _("Holidays"), _("a day a line, as 2026-12-25")),
        Spec(("pauses",), Kind.LINES, _("Pauses"), _("12:00-13:00, or 2026-12-24 to 2027-01-01, one a line")),
    )
    week = Repeated(("hours",), _("Hours of the week"), hours, named=True)
    return Repeated(("calendars",), _("Calendars"), specs, named=True, below=(week,))


def _teams() -> Repeated:
    specs = (
        Spec((), Kind.KEY, _("Name"), _("as the sources spell it")),
        Spec(("title",), Kind.LINE, _("Title"), short=True),
        Spec(("calendar",), Kind.LINE, _("Calendar"), _("empty: the one named default"), suggests="calendars"),
    )
    return Repeated(("teams",), _("Teams"), specs, named=True)


def _people() -> Repeated:
    specs = (
        Spec((), Kind.KEY, _("Id"), _("as head-of-cx; journeys name it as owner")),
        Spec(("title",), Kind.LINE, _("Name"), short=True),
        Spec(("team",), Kind.LINE, _("Team"), suggests="teams"),
    )
    return Repeated(("people",), _("People"), specs, named=True)


def _segments() -> Repeated:
    specs = (
        Spec((), Kind.KEY, _("Segment"), _("small letters, as mid-market")),
        Spec(("attribute",), Kind.LINE, _("Attribute"), suggests="attributes"),
        Spec(("is",), Kind.LINE, _("is"), _("a text, a number")),
        Spec(("at_least",), Kind.LINE, _("at least"), _("a number or a day")),
        Spec(("below",), Kind.LINE, _("below"), _("a number or a day")),
    )
    return Repeated(("segments",), _("Segments"), specs, named=True, rest=("attribute",))


def filled_firm(text: str, given: Given) -> str:
    """Return the text of clew.yaml with what was filled in. Raises NotEditable, BadRequest."""
    spread, text = _spread(text, given)
    return firm_form().filled(text, lambda name: spread[name] if name in spread else given(name))


def _spread(text: str, given: Given) -> tuple[dict[str, list[str]], str]:
    """Entries that are a title alone and get more beside it, as groups; and what was sent under their new names."""
    tree, sent = spans(text), dict[str, list[str]]()
    for section, beside in _TITLED.items():
        found = at(tree, (section,))
        for key, value in found.entries if isinstance(found, MapSpan) else ():
            name = f"{section}/{key.text}"
            if isinstance(value, ScalarSpan) and any(one.strip() for one in given(f"{name}/{beside}")):
                text = put(text, (section, key.text), OneLine(title=value.text))
                sent[f"{name}/title"] = list(given(name))
    return sent, text
