"""Events that wait outside of the log, and exports that could not be loaded."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Table, delete, select, update

from clew.accounts.persons import PersonStore, normal
from clew.db.engine import Database
from clew.db.tables import held, rejected, upload
from clew.ingest.erasure import naming_of
from clew.live.intake.decoding import decoded
from clew.live.intake.forgetting import ERASED, forgotten, who
from clew.live.intake.model import Coming
from clew.live.intake.reading import as_body
from clew.live.intake.texts import texts_of
from clew.live.model import RejectedState, UploadState

_AT_ONCE = 200
MOST_BYTES = 4_000_000_000  # of an export, inflated, that are searched
_PIECE = 1_000_000
_ENCODINGS = ("utf-8", "latin-1", "utf-16-le", "utf-16-be")


def forget_held(database: Database, persons: PersonStore, names: Collection[str]) -> int:
    """Let numbers stand for erased persons in held events; return how many changed."""
    changed = 0
    for row, raw in _naming(database, held, persons, names):
        if raw is not None:
            with database.write() as connection:
                change = update(held).where(held.c.id == row.id).values(event=raw)
                changed += connection.execute(change).rowcount
    return changed


def forget_rejected(database: Database, persons: PersonStore, names: Collection[str], *, now: int) -> int:
    """Give rejected events up that name erased persons; return how many. They stay counted."""
    changed, naming = 0, naming_of([*names])
    unsaid = {"place": "", "detail": ERASED}
    gone = {"state": RejectedState.DISCARDED, "settled_at": now, "event": b"", "headers": None, **unsaid}
    for row, raw in _naming(database, rejected, persons, names):
        if any(naming.search(text) or persons.cleaned(text) != text for text in (row.place, row.detail)):
            with database.write() as connection:
                connection.execute(update(rejected).where(rejected.c.id == row.id).values(unsaid))
        if raw is not None:
            with database.write() as connection:
                mine = (rejected.c.id == row.id) & (rejected.c.state == RejectedState.WAITING)
                changed += connection.execute(update(rejected).where(mine).values(gone)).rowcount
    return changed


def _naming(
    database: Database, table: Table, persons: PersonStore, names: Collection[str]
) -> Iterator[tuple[Any, bytes | None]]:
    """Yield rows with what may be kept of their event; None: all of it, it names nobody who was erased."""
    for row in _rows(database, table):
        comings = list(decoded(as_body(row))) if row.event else []
        told = [forgotten(coming, persons, names) for coming in comings]
        several = b"" if any(raw is not None for raw in told) else None
        yield row, told[0] if len(told) == 1 else several


def _rows(database: Database, table: Table) -> Iterator[Any]:
    """Yield all rows of a table, some at a time, so that others may write in between."""
    last = 0
    while True:
        with database.read() as connection:
            chosen = select(table).where(table.c.id > last).order_by(table.c.id).limit(_AT_ONCE)
            rows = connection.execute(chosen).all()
        if not rows:
            return
        last = rows[-1].id
        yield from rows


def names_somebody(database: Database, identifier: str) -> bool:
    """Say whether an event that waits outside of the log is of this person, or holds this address."""
    return any(_is_of(coming, identifier) for table in (held, rejected) for coming in _all(database, table))


def _is_of(coming: Coming, identifier: str) -> bool:
    """Of an event that cannot be read any whole text counts: what would be the person is not known."""
    arrival, wanted = coming.arrival, normal(identifier)
    named = texts_of(arrival.raw) if arrival.record is None else who(arrival.record)
    return wanted in map(normal, named) or ("@" in wanted and wanted.encode() in arrival.raw.lower())


def _all(database: Database, table: Table) -> Iterator[Coming]:
    for row in _rows(database, table):
        if row.event:
            yield from decoded(as_body(row))


def remove_uploads(database: Database, folder: Path, names: Collection[str]) -> int:
    """Remove exports that could not be loaded and name a person, or that cannot be searched; return how many."""
    with database.read() as connection:
        rows = connection.execute(select(upload).where(upload.c.state == UploadState.FAILED)).all()
    removed = 0
    for row in rows:
        path = folder / row.file
        if path.is_file() and _holds(path, names):
            path.unlink()
            removed += 1
        if not path.is_file():
            with database.write() as connection:
                connection.execute(delete(upload).where(upload.c.id == row.id))
    return removed


def _holds(path: Path, names: Collection[str]) -> bool:
    """Say whether a file names a person; one that cannot be read to its end may."""
    ending = path.suffix.casefold()
    if ending == ".parquet":
        return True
    forms = {form for name in names for form in _forms(name)}
    try:
        with path.open("rb") as file:
            return _stands_in(gzip.GzipFile(fileobj=file) if ending == ".gz" else file, forms)
    except (OSError, EOFError, zlib.error):
        return True


def _stands_in(file: IO[bytes] | gzip.GzipFile, forms: Collection[bytes]) -> bool:
    """Look through a file in pieces that overlap by the longest form; one of more than `MOST_BYTES` is given up."""
    overlap, piece = max(map(len, forms), default=1) - 1, b""
    for _ in range(0, MOST_BYTES, _PIECE):
        read = file.read(_PIECE)
        if not read:
            return False
        piece = piece[len(piece) - overlap :] + read if len(piece) > overlap else piece + read
        lower = piece.lower()
        if any(form in lower or form in piece for form in forms):
            return True
    return True


def _forms(name: str) -> Iterator[bytes]:
    for encoding in _ENCODINGS:
        for text in (name, name.lower()):
            yield text.encode(encoding, "ignore") or b"\0none"
