"""A file of the workspace edited on a page, as forms or as text: the one manner for journeys and settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

from clew.errors import FileProblems, Problem
from clew.files.edits import NotEditable
from clew.files.spans import at, spans
from clew.questions.words import counted
from clew.texts import _
from clew.web.frame.files import workspace_of
from clew.workspace.editing.aside import Kept, forget, keep, kept_for
from clew.workspace.editing.forms import FileForm, Form, Given, act
from clew.workspace.editing.writing import ChangedMeanwhile, Examined, digest_of, examine, text_of, typed, write

if TYPE_CHECKING:
    from clew.web.request import Asked

FORMS, TEXT = "forms", "text"
SWITCHES = (FORMS, TEXT)


@dataclass(frozen=True)
class Document:
    """A file that a page edits.

    file     from the folder of the workspace, as journeys/onboarding.yaml
    target   what the audit log names, as journey:onboarding
    form     what its form asks for; `filled` fills it in
    """

    folder: Path
    file: str
    target: str
    form: FileForm
    filled: Callable[[str, Given], str]

    @property
    def path(self) -> Path:
        return self.folder / self.file


@dataclass(frozen=True)
class Sheet:
    """What a page shows of a document.

    view      forms or text             text      as it was typed, saved or not
    before    digest of the file's text that it was made from
    saved     the file's text now
    form      None where the text cannot be read as YAML, or is shown as text
    problems  of the text               says      why nothing was saved
    theirs    the file changed meanwhile: lines in which it differs      now  digest of what it says then
    kept      what is kept beside the file
    """

    document: Document
    view: str
    text: str
    before: str
    saved: str
    form: Form | None = None
    problems: Sequence[Problem] = ()
    says: str = ""
    theirs: Sequence[str] = ()
    now: str = ""
    kept: Kept | None = None
    status: int = 200

    @property
    def differs(self) -> bool:
        """Whether something is not saved yet."""
        return self.text != self.saved

    def saying(self, says: str, status: int) -> Sheet:
        """The same with a sentence about why nothing was done."""
        return replace(self, says=says, status=status)

    @property
    def errors(self) -> Mapping[str, Sequence[str]]:
        """What is wrong, by the field of the form that it is about."""
        if self.form is None:
            return {}
        tree, found = spans(self.text), dict[str, list[str]]()
        fields = [(one, at(tree, one.way)) for one in self.form.all_fields()]
        for problem in self.problems:
            place = _offset(self.text, problem)
            near = [
                (span.end - span.start, one.name) for one, span in fields if span and span.start <= place <= span.end
            ]
            if near and str(problem.path) == self.document.file:
                found.setdefault(min(near)[1], []).append(problem.wrong)
        return found


def opened(document: Document, *, view: str = FORMS, take_kept: bool = False) -> Sheet:
    """The sheet of a document as it is saved, or as it is kept. Raises FileProblems where it is no text."""
    saved = text_of(document.path)
    kept = kept_for(document.folder, document.file)
    if kept is not None and (take_kept or not saved):
        return shown(Sheet(document, view, kept.text, kept.before, saved, kept=kept))
    return shown(Sheet(document, view, saved, digest_of(saved), saved, kept=kept))


def shown(sheet: Sheet) -> Sheet:
    """A sheet with its form; as text where the text cannot be read."""
    if sheet.view != FORMS:
        return replace(sheet, view=TEXT, form=None)
    try:
        return replace(sheet, form=sheet.document.form.read(sheet.text))
    except FileProblems as faults:
        return replace(sheet, view=TEXT, form=None, problems=sheet.problems or _named(faults, sheet.document))


def answered(asked: Asked, document: Document, sheet: Sheet) -> tuple[Sheet, Examined | None]:
    """Do what the button says with what was typed.

    sheet    as it was typed, see `typed_sheet`
    Returns  the sheet to show, and what was written, None where nothing was
    """
    do = asked.form("do")
    if do in SWITCHES:
        return shown(replace(sheet, view=do)), None
    if ":" in do:
        return _acted(sheet, do), None
    if do == "over":  # over the text that was shown, and over no later one
        sheet = replace(sheet, before=asked.form("now"))
    examined = examine(workspace_of(asked.parts), document.path, sheet.text)
    found = shown(replace(sheet, problems=examined.problems))
    if do == "keep":
        return _kept(asked, document, found), None
    if examined.problems:
        says = _("Not saved: %(mistakes)s.") % {"mistakes": counted(len(examined.problems), "mistake")}
        return replace(found, says=says, status=422), None
    if do == "check":
        return replace(found, says=_("No mistake.")), None
    return _saved(asked, document, found, examined)


def typed_sheet(asked: Asked, document: Document) -> Sheet:
    """What was typed, whether as text or into the form."""
    view, text, says = asked.form("view", TEXT), typed(asked.form("text")), ""
    if view == FORMS:
        try:
            text = document.filled(text, asked.forms)
        except (NotEditable, FileProblems) as refused:
            view, says = TEXT, str(refused)
    saved = text_of(document.path)
    kept = kept_for(document.folder, document.file)
    return Sheet(document, view, text, asked.form("before"), saved, says=says, kept=kept)


def _acted(sheet: Sheet, do: str) -> Sheet:
    form = sheet.document.form.read(sheet.text)
    try:
        return shown(replace(sheet, text=act(form, sheet.text, do)))
    except NotEditable as refused:
        return shown(replace(sheet, view=TEXT, says=str(refused)))


def _kept(asked: Asked, document: Document, sheet: Sheet) -> Sheet:
    kept = Kept(document.file, sheet.text, sheet.before, asked.actor.name or asked.actor.id, asked.now)
    with asked.change("keep draft", document.target):
        keep(document.folder, kept)
    return replace(sheet, kept=kept, says=_("Kept beside the file. What is in force stays as it is."))


def _saved(asked: Asked, document: Document, sheet: Sheet, examined: Examined) -> tuple[Sheet, Examined | None]:
    try:
        if sheet.differs:
            with asked.change("change file", document.target, file=document.file):
                write(document.path, sheet.text, before=sheet.before)
    except ChangedMeanwhile:
        return _conflict(sheet), None
    forget(document.folder, document.file)
    return sheet, examined


def _conflict(sheet: Sheet) -> Sheet:
    lines = unified_diff(sheet.saved.splitlines(), sheet.text.splitlines(), "now", "yours", lineterm="", n=2)
    says = _("Not saved: somebody changed the file since you opened it. Nothing is lost; choose below.")
    return replace(sheet, says=says, theirs=list(lines)[2:] or [""], now=digest_of(sheet.saved), status=409)


def _named(faults: FileProblems, document: Document) -> list[Problem]:
    return [replace(one, path=Path(document.file)) for one in faults.problems]


def _offset(text: str, problem: Problem) -> int:
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[: problem.line - 1]) + problem.column - 1
