"""Draft a journey for a workspace: its log, its firm, and the columns its sources name."""

from __future__ import annotations

from clew.discovery.draft import Wish, draft_journey
from clew.discovery.model import Draft
from clew.errors import BadRequest
from clew.files.scalars import KEBAB
from clew.questions.library import OpenWorkspace


def draft_of(workspace: OpenWorkspace, wish: Wish, *, as_of: int | None = None) -> Draft:
    """Draft a journey from the loaded log.

    as_of   microseconds UTC; None: the latest event
    Raises  BadRequest where nothing is loaded or nothing happened; UnknownName for a name that is not there
    """
    if wish.journey is not None and not KEBAB.fullmatch(wish.journey):
        raise BadRequest(
            f"'{wish.journey}' names no journey; allowed: lower-case words with hyphens, as seller-onboarding"
        )
    columns = {kind: column for source in workspace.sources.values() for kind, column in source.subjects.items()}
    return draft_journey(workspace.view(as_of), workspace.firm, columns, wish)
