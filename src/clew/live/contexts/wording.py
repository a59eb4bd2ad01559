"""The words of a workspace, by which contexts are derived, and what tells them from others."""

from __future__ import annotations

from clew.context.words import Words
from clew.engine.succession import Governing
from clew.errors import FileProblems
from clew.ids import fingerprint
from clew.live.contexts import stored
from clew.live.state.model import Definitions
from clew.meanings.model import Meanings
from clew.workspace.workspace import Workspace

FORMAT = "1"  # raised when the same events come to another context


def words_of(workspace: Workspace, definitions: Definitions, former: Words | None = None) -> Words:
    """Return what is in force; meanings as they were before where their file holds mistakes.

    definitions  the journeys that are folded
    """
    journeys = [each.succession or [Governing(each.journey, each.firm)] for each in definitions.defined]
    return Words(workspace.firm, _meanings(workspace, former), journeys)


def _meanings(workspace: Workspace, former: Words | None) -> Meanings:
    try:
        return workspace.meanings
    except FileProblems:
        return former.meanings if former is not None else Meanings()


def fingerprint_of(words: Words, definitions: Definitions) -> int:
    """Return a number that differs whenever the same events may come to another context."""
    told = (FORMAT, stored.FORMAT, definitions.fingerprint, repr(words.firm), repr(words.meanings))
    return int(fingerprint(*told), 16) or 1
