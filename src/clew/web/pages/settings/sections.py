"""The sections of the settings, and the file that each of them edits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from clew.errors import UnknownName
from clew.texts import _
from clew.web.frame.file_editor import Document
from clew.workspace.editing.firm import filled_firm, firm_form
from clew.workspace.editing.meanings import filled_meanings, meanings_form
from clew.workspace.find import FIRM_FILE, MEANINGS_FILE

FIRM, CALENDARS, TEAMS, PEOPLE, SEGMENTS, MEANINGS = "firm", "calendars", "teams", "people", "segments", "meanings"


@dataclass(frozen=True)
class Part:
    """One section.

    file    that it edits      says  what it decides
    parts   sections of the file's form that it shows; none: its head
    """

    name: str
    title: str
    says: str
    file: str
    parts: tuple[str, ...] = ()
    shows_head: bool = False


def sections() -> Mapping[str, Part]:
    """Every section by name, in the language that is spoken."""
    found = (
        Part(FIRM, _("Firm"), _("Name, currency, time zone."), FIRM_FILE, shows_head=True),
        Part(
            CALENDARS,
            _("Calendars"),
            _("When teams work: limits in working time are measured by them."),
            FIRM_FILE,
            (CALENDARS,),
        ),
        Part(TEAMS, _("Teams"), _("Who does the work, as the sources spell it."), FIRM_FILE, (TEAMS,)),
        Part(PEOPLE, _("People who own journeys"), _("Who may be named as owner in a journey."), FIRM_FILE, (PEOPLE,)),
        Part(SEGMENTS, _("Segments"), _("Groups of accounts by what is known of them."), FIRM_FILE, (SEGMENTS,)),
        Part(
            MEANINGS,
            _("Meanings"),
            _("Which events are complaints, promises, questions: what detectors see."),
            MEANINGS_FILE,
            ("scores", "ready"),
            shows_head=True,
        ),
    )
    return {one.name: one for one in found}


def section_of(name: str) -> Part:
    """A section by name. Raises UnknownName."""
    found = sections()
    if name not in found:
        raise UnknownName("section of the settings", name, found)
    return found[name]


def document_of(folder: Path, part: Part) -> Document:
    """The file of a section as something to edit."""
    if part.file == MEANINGS_FILE:
        return Document(folder, part.file, f"settings:{part.name}", meanings_form(), filled_meanings)
    return Document(folder, part.file, f"settings:{part.name}", firm_form(), filled_firm)
