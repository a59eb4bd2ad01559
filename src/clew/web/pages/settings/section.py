"""GET and POST /settings/{section}: a section as forms, its file as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from clew.access.model import Permission
from clew.errors import BadRequest, FileProblems
from clew.questions.heard import event_counts
from clew.texts import _
from clew.web.analytics.keeping import analytics_of
from clew.web.endpoint import Endpoint
from clew.web.frame.file_editor import FORMS, SWITCHES, TEXT, Sheet, answered, opened, shown, typed_sheet
from clew.web.frame.files import workspace_of
from clew.web.pages.journey_editing.names import proposed
from clew.web.pages.settings.sections import CALENDARS, FIRM, MEANINGS, Part, document_of, section_of, sections
from clew.web.pages.settings.week import Week, week_of
from clew.workspace.editing.aside import forget
from clew.workspace.editing.fields import Kind
from clew.workspace.editing.firm import zones

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.live.fresh.asking import FreshWorkspace
    from clew.web.request import Asked

LARGEST = 2_000_000
PATIENCE_S = 0.5  # counts of events may be missing on a page; the page does not wait for them
_FEW = 5


def show(asked: Asked) -> Response:
    """The page; ?as=text shows the file, ?kept=yes what is kept beside it."""
    part = section_of(asked.path["section"])
    view = asked.query("as", FORMS)
    document = document_of(asked.parts.folder, part)
    view = view if view in SWITCHES else TEXT
    return page(asked, part, opened(document, view=view, take_kept=asked.query("kept") == "yes"))


def edit(asked: Asked) -> Response:
    """Do what the button says; what was typed stays on the page."""
    part = section_of(asked.path["section"])
    document = document_of(asked.parts.folder, part)
    if asked.form("do") == "discard":
        with asked.change("drop draft", document.target):
            forget(document.folder, document.file)
        return asked.go(f"/settings/{part.name}?said=draft-dropped#said")
    if asked.form("do") == "draft" and part.name == MEANINGS:
        return drafted(asked, part)
    sheet, saved = answered(asked, document, typed_sheet(asked, document))
    if saved is None:
        return page(asked, part, sheet)
    return asked.go(f"/settings/{part.name}?as={sheet.view}&said=settings-saved#said")


def drafted(asked: Asked, part: Part) -> Response:
    """Show meanings as the words of the log suggest them; nothing is saved."""
    from clew.discovery.meanings.draft import draft_meanings

    sheet = opened(document_of(asked.parts.folder, part))
    try:
        text = analytics_of(asked.parts).look(asked.now, draft_meanings)
    except (BadRequest, FileProblems) as refused:
        return page(asked, part, sheet.saying(str(refused), 422))
    says = _("Drafted from the words of the events that have arrived. Nothing is saved yet.")
    return page(asked, part, shown(Sheet(sheet.document, FORMS, text, sheet.before, sheet.saved, says=says)))


def page(asked: Asked, part: Part, sheet: Sheet) -> Response:
    """Draw it."""
    names = {**proposed(asked), "zones": zones() if part.name in (FIRM, CALENDARS) else ()}
    return asked.page(
        "settings_section.html.j2",
        status=sheet.status,
        part=part,
        sections=list(sections().values()),
        sheet=sheet,
        proposed=names if sheet.form else {},
        weeks=weeks(asked) if part.name == CALENDARS else (),
        recognised=recognised(asked, sheet) if part.name == MEANINGS else {},
        is_new=not sheet.document.path.exists(),
    )


def weeks(asked: Asked) -> Sequence[Week]:
    """The calendars as they are in force."""
    try:
        firm = workspace_of(asked.parts).firm
    except FileProblems:
        return ()
    calendars = firm.calendars or {"default": firm.calendar_of(None)}
    return [week_of(name, calendar) for name, calendar in calendars.items()]


def recognised(asked: Asked, sheet: Sheet) -> Mapping[str, str]:
    """How many events of the log each field recognises now, by the field's name; nothing while the log is opened."""
    if sheet.form is None:
        return {}

    def work(workspace: FreshWorkspace) -> Mapping[str, int]:
        return event_counts(workspace.view())

    try:
        counts = analytics_of(asked.parts).soon(("event counts",), asked.now, work, wait_s=PATIENCE_S)
    except BadRequest:  # nothing has arrived yet
        counts = {}
    if counts is None:
        return {}
    told = {}
    for one in sheet.form.all_fields():
        if one.spec.kind is Kind.EVENTS and one.values:
            told[one.name] = _in_words(sum(counts.get(value, 0) for value in one.values), asked)
    return told


def _in_words(count: int, asked: Asked) -> str:
    if not count:
        return _("none in the log")
    if count < _FEW and not asked.may(Permission.SEE_ACCOUNTS):
        return _("few in the log")
    return _("%(count)s in the log") % {"count": f"{count:,}"}


ENDPOINTS = (
    Endpoint("/settings/{section}", ("GET",), Permission.EDIT_JOURNEYS, show),
    Endpoint("/settings/{section}", ("POST",), Permission.EDIT_JOURNEYS, edit, largest=LARGEST),
)
