"""Folded journeys kept on disk: what a fold wrote, keyed by everything it depends on. Losing it loses nothing."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clew.archive.model import LogView
from clew.config.store import private_folder
from clew.engine.fold import fold
from clew.engine.model import Folded, FoldedBucket, Planned, Runs, Steps, Visits, Withdrawn
from clew.journeys.model import Journey

if TYPE_CHECKING:
    from clew.firm.model import Firm

FORMAT = 2  # raised when the fold comes to say something else about the same log
WORTH_KEEPING = 1_000_000  # events; a smaller log is folded faster than its columns are found

_TABLES: dict[str, Any] = {
    "runs": Runs, "visits": Visits, "steps": Steps, "planned": Planned, "withdrawn": Withdrawn
}  # fmt: skip


def folded_once(folder: Path, view: LogView, journey: Journey, *, firm: Firm) -> Folded:
    """Load a fold that is kept, else fold and, where the log is large, keep it. Raises what `fold` raises."""
    kept = load_folded(folder, view, journey, firm=firm)
    if kept is not None:
        return kept
    folded = fold(view, journey, firm)
    if sum(len(part.bucket) for part in folded.buckets) >= WORTH_KEEPING:
        store_folded(folder, folded, firm)
    return folded


def store_folded(folder: Path, folded: Folded, firm: Firm) -> Path:
    """Keep a fold; returns its place. Folds of former generations of the log are removed.

    folder  .clew/derived of a workspace
    """
    place = folder / name_of(folded.view, folded.journey, firm)
    private_folder(folder)
    building = Path(tempfile.mkdtemp(prefix="building-", dir=folder))
    for table, kind in _TABLES.items():
        parts = [getattr(part, table) for part in folded.buckets]
        for column in kind.__dataclass_fields__:
            columns = [np.asarray(getattr(part, column)) for part in parts]
            np.save(building / f"{table}.{column}.npy", np.concatenate(columns) if columns else np.zeros(0, np.int64))
        np.save(building / f"{table}.npy", _edges(parts, next(iter(kind.__dataclass_fields__))))
    shutil.rmtree(place, ignore_errors=True)
    try:
        building.rename(place)
    except OSError:  # another process kept the same fold meanwhile
        shutil.rmtree(building, ignore_errors=True)
    _forget_former(folder, folded.view.generation)
    return place


def load_folded(folder: Path, view: LogView, journey: Journey, *, firm: Firm) -> Folded | None:
    """Return a kept fold of exactly this view, journey version and firm; None where there is none or it is damaged."""
    place = folder / name_of(view, journey, firm)
    buckets = view.buckets()
    if not place.is_dir():
        return None
    try:
        tables = {table: _cut(place, table, len(buckets)) for table in _TABLES}
    except (OSError, ValueError):
        return None
    parts = [
        FoldedBucket(bucket, *(tables[table][number] for table in _TABLES)) for number, bucket in enumerate(buckets)
    ]
    return Folded(journey, view, parts)


def name_of(view: LogView, journey: Journey, firm: Firm) -> str:
    """Name a fold by the generation and by a hash of all that decides what it says."""
    decides = (FORMAT, view.as_of, view.known_at, journey.name, journey.version, fingerprint(firm))
    return f"{_generation(view.generation)}{hashlib.sha256(repr(decides).encode()).hexdigest()[:24]}"


def fingerprint(firm: Firm) -> str:
    """Describe what the fold reads of a firm: zone, calendars, which team works by which, segments."""
    calendars = sorted((name, calendar.fingerprint()) for name, calendar in firm.calendars.items())
    teams = sorted((name, team.calendar) for name, team in firm.teams.items())
    segments = sorted((name, repr(condition)) for name, condition in firm.segments.items())
    return hashlib.sha256(repr((firm.time_zone, calendars, teams, segments)).encode()).hexdigest()


def _generation(number: int) -> str:
    return f"g{number:06}-"


def _edges(parts: list[Any], column: str) -> NDArray[np.int64]:
    return np.cumsum([0, *(len(getattr(part, column)) for part in parts)], dtype=np.int64)


def _cut(place: Path, table: str, buckets: int) -> list[Any]:
    """Map the columns of a table and cut them by bucket. Raises ValueError where they do not fit."""
    kind = _TABLES[table]
    edges = np.load(place / f"{table}.npy")
    mapped = [
        np.asarray(np.load(place / f"{table}.{column}.npy", mmap_mode="r")) for column in kind.__dataclass_fields__
    ]
    if len(edges) != buckets + 1 or any(len(column) != edges[-1] for column in mapped):
        raise ValueError(f"{table} does not fit")
    return [kind(*(column[lo:hi] for column in mapped)) for lo, hi in pairwise(edges)]


def _forget_former(folder: Path, generation: int) -> None:
    for other in folder.glob("g*-*"):
        if not other.name.startswith(_generation(generation)):
            shutil.rmtree(other, ignore_errors=True)
