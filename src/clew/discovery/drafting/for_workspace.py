"""Draft a journey for a workspace: its log, its firm, and the columns its sources name."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from clew.archive.reader import Archive, open_archive
from clew.config.store import STORE
from clew.discovery.drafting.draft import Wish, draft_journey
from clew.discovery.drafting.model import Draft
from clew.errors import BadRequest
from clew.files.scalars import KEBAB
from clew.ingest.load import load
from clew.questions.library import OpenWorkspace
from clew.sources.files import find_files


def draft_of(workspace: OpenWorkspace, wish: Wish, *, as_of: int | None = None) -> Draft:
    """Draft a journey from the loaded log.

    as_of   microseconds UTC; None: the latest event
    Raises  BadRequest where nothing is loaded or nothing happened; UnknownName for a name that is not there
    """
    if wish.journey is not None and not KEBAB.fullmatch(wish.journey):
        raise BadRequest(
            f"'{wish.journey}' names no journey; allowed: lower-case words with hyphens, as seller-onboarding"
        )
    return draft_journey(workspace.view(as_of), workspace.firm, _columns(workspace), wish)


def first_draft(workspace: OpenWorkspace, *, now: int) -> Draft | None:
    """Draft the journey of what most events are about, for a workspace whose log may still be empty.

    Where nothing is loaded yet, the exports are read into a log that is thrown away.
    now      microseconds UTC
    Returns  None where no row tells of an event
    """
    if workspace.has_data:
        return _first(workspace, workspace.archive())
    with TemporaryDirectory(prefix="clew-") as folder:
        load(Path(folder), workspace.sources, now=now, files=lambda source: find_files(source.files, workspace.dir))
        return _first(workspace, open_archive(Path(folder) / STORE))


def _first(workspace: OpenWorkspace, archive: Archive) -> Draft | None:
    if not archive.events:
        return None
    return draft_journey(archive.view(), workspace.firm, _columns(workspace), Wish())


def _columns(workspace: OpenWorkspace) -> dict[str, str]:
    return {kind: column for source in workspace.sources.values() for kind, column in source.subjects.items()}
