"""GET /journeys/{journey}/compare: two editions beside each other, in words and as text."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import unified_diff
from typing import TYPE_CHECKING

from clew.access.model import Permission
from clew.errors import UnknownName
from clew.journeys.changes import affects, touched_in_words
from clew.texts import _
from clew.web.endpoint import Endpoint
from clew.web.frame.files import workspace_of
from clew.workspace.editions import Edition, changes_between, draft_edition, published_edition
from clew.workspace.publications import Published, published_versions
from clew.workspace.versions import frozen_text, version_text

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked
    from clew.workspace.workspace import Workspace

DRAFT = "draft"


def show(asked: Asked) -> Response:
    """The page; ?from= and ?to= choose versions, absent the one in force and the draft."""
    workspace, name = workspace_of(asked.parts), asked.path["journey"]
    journey = workspace.journey(name)
    if name not in workspace.sound_journeys():
        return asked.go(f"/journeys/{name}/check")
    published = published_versions(workspace, name)
    first = asked.query("from") or (published[-1].version if published else DRAFT)
    second = asked.query("to", DRAFT)
    old, new = _edition(workspace, name, first), _edition(workspace, name, second)
    changes = changes_between(old, new)
    return asked.page(
        "journey_edit_compare.html.j2",
        name=name,
        title=journey.title or name,
        published=published,
        options=options(published),
        first=first,
        second=second,
        labels=(old.label, new.label),
        changes=changes,
        touches=touched_in_words(affects(changes)) if changes else "",
        lines=lines(workspace, name, first, second),
    )


def options(published: Sequence[Published]) -> list[tuple[str, str]]:
    """Editions to choose from, the draft first, then the latest."""
    told = [(one.version, f"{one.version}, {one.at:%Y-%m-%d %H:%M} UTC") for one in reversed(published)]
    return [(DRAFT, _("the file as it is now")), *dict(told).items()]


def lines(workspace: Workspace, name: str, first: str, second: str) -> Sequence[str]:
    """Lines that differ between two editions, as a unified diff without its head."""
    old, new = (_text(workspace, name, one).split("\n")[1:] for one in (first, second))  # the first names the version
    return list(unified_diff(old, new, lineterm="", n=3))[2:]


def _text(workspace: Workspace, name: str, version: str) -> str:
    """What a version is frozen as; the draft as it would be."""
    if version == DRAFT:
        return frozen_text(workspace, workspace.journey(name))
    return version_text(workspace, name, version)


def _edition(workspace: Workspace, name: str, version: str) -> Edition:
    if version == DRAFT:
        return draft_edition(workspace, name)
    found = published_edition(workspace, name, version)
    if found is None:
        raise UnknownName(f"published version of {name}", version, ())
    return found


ENDPOINTS = (Endpoint("/journeys/{journey}/compare", ("GET",), Permission.EDIT_JOURNEYS, show),)
