"""Load the exports that were sent: in the order in which they came, by the code that loads any export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from clew.archive.manifest import read_manifest
from clew.db.engine import Database, insert
from clew.db.tables import upload
from clew.errors import BadInput, UnknownName
from clew.ingest.load import load
from clew.ingest.lock import LoadRuns
from clew.ingest.next_generation import Fence
from clew.ingest.report import LoadReport, SourceReport
from clew.live import failpoints
from clew.live.model import UploadState
from clew.sources.files import find_files, require_inside
from clew.sources.model import Source
from clew.workspace.workspace import Workspace

_COUNTS = ("read", "accepted", "duplicate", "superseding", "rejected")


@dataclass(frozen=True)
class Upload:
    """An export that was sent; `path` is where it lies."""

    number: int
    source: str
    path: Path


def note_upload(database: Database, source: str, file: str, *, now: int) -> int:
    """Note an export that has been kept, to be loaded; return its number.

    file  where it lies, from the workspace's folder
    """
    row = {"source": source, "file": file, "received_at": now, "state": UploadState.WAITING}
    with database.write() as connection:
        made = insert(connection, upload).values(row).returning(upload.c.id)
        return int(connection.execute(made).scalar_one())


def waiting_uploads(database: Database, folder: Path) -> Sequence[Upload]:
    """Return the exports that are not yet loaded, oldest first."""
    columns = (upload.c.id, upload.c.source, upload.c.file)
    with database.read() as connection:
        chosen = select(*columns).where(upload.c.state == UploadState.WAITING).order_by(upload.c.id)
        return [Upload(row.id, row.source, folder / row.file) for row in connection.execute(chosen)]


def load_upload(database: Database, workspace: Workspace, one: Upload, *, now: int, fence: Fence) -> bool:
    """Load an export and note what it brought, or why it could not be read; return whether it was loaded.

    Its file is removed when it is loaded: what it held is in the log, and what was rejected in the list of rejected
    rows. A crash in between loads it again, which changes nothing. Raises Fenced, LoadRuns.
    """
    try:
        report = _told(_load(workspace, one, now, fence), one.source)
        state = UploadState.LOADED
    except LoadRuns:
        raise
    except (BadInput, UnknownName) as fault:
        report, state = {"error": fault.code, "says": str(fault)}, UploadState.FAILED
    failpoints.reach("uploads.loaded")
    with database.write() as connection:
        mine = (upload.c.id == one.number) & (upload.c.state == UploadState.WAITING)
        connection.execute(update(upload).where(mine).values(state=state, report=report))
    failpoints.reach("uploads.noted")
    if state == UploadState.LOADED:
        one.path.unlink(missing_ok=True)
    return state == UploadState.LOADED


def _load(workspace: Workspace, one: Upload, now: int, fence: Fence) -> LoadReport:
    source = workspace.sources.get(one.source)
    if source is None or not source.version:
        raise UnknownName("source", one.source, workspace.sources)
    if source.select is not None:
        raise BadInput(f"source '{one.source}' is a SELECT over tables; send exports to a source that has 'file'")
    if not one.path.is_file():
        raise BadInput(f"{one.path.name} is gone; send it again")

    others = _others(workspace, source)
    _require_own(workspace, source, others)

    def files(_: Source) -> Sequence[Path]:
        return [*others, one.path]

    return load(workspace.dir, workspace.sources, now=now, files=files, only=[one.source], fence=fence)


def _others(workspace: Workspace, source: Source) -> Sequence[Path]:
    """Return what is to be read beside an export: where the definition has changed, all exports of the source."""
    loaded = read_manifest(workspace.store).sources.get(source.name)
    if loaded is None or loaded.version == source.version:
        return ()
    try:
        return find_files(source.files, workspace.dir)
    except BadInput:
        return ()  # all of them were sent


def _require_own(workspace: Workspace, source: Source, others: Sequence[Path]) -> None:
    """Whoever sends an export may not have files read with it that were never sent. Raises BadInput."""
    joined = [path for join in source.joins for path in find_files(join.files, workspace.dir)]
    require_inside([*others, *joined], workspace.dir, store=workspace.store)


def _told(report: LoadReport, source: str) -> Mapping[str, Any]:
    for failure in report.failures.values():
        raise BadInput(failure)
    [mine] = report.sources
    return _counts(mine) | {"source": source, "events": sum(mine.events.values())}


def _counts(report: SourceReport) -> dict[str, Any]:
    reasons = {reason: rejections.count for reason, rejections in report.reasons.items()}
    return {name: getattr(report, name) for name in _COUNTS} | {"reasons": reasons}
