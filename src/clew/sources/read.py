"""Read the files of a source, block by block, into what the log needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from clew.sources.blocks import Position, Rejected, ShapedBlock
from clew.sources.mapped import joined_columns, needed_columns
from clew.sources.model import Source
from clew.sources.pieces import BLOCK_BYTES, Piece, cut_file
from clew.sources.records import Fault, shown
from clew.sources.shape import shape
from clew.sources.sheet import Sheet


def read_blocks(
    source: Source,
    files: Sequence[Path],
    *,
    now: int,
    start: Position | None = None,
    block_bytes: int = BLOCK_BYTES,
    root: Path | None = None,
) -> Iterator[ShapedBlock]:
    """Yield the rows of these files as shaped blocks; see clew.sources.blocks.

    now          microseconds UTC of the load: what lies more than a day after it is rejected
    start        `next` of the last block that is safe; None: from the beginning
    block_bytes  about how much text makes a block
    root         folder of the workspace, for the patterns of joins and tables; default: the folder above sources/
    """
    needed = [name for name in needed_columns(source) if name not in joined_columns(source)]
    place = start or Position()
    while place.file < len(files):
        path = files[place.file]
        for piece in cut_file(path, source, place, needed=needed, block_bytes=block_bytes):
            yield _block(piece, source, now)
            place = piece.next


def _block(piece: Piece, source: Source, now: int) -> ShapedBlock:
    records = piece.records
    shaped = shape(Sheet(piece.header, records), source, now=now)
    rejected = [*shaped.rejected, *(_rejected(piece, fault) for fault in records.faults)]
    rejected.sort(key=lambda row: row.line)
    notes = {**shaped.notes, **piece.notes}
    lines = [row.line for row in rejected[:1]] + records.lines[:1].tolist()
    return ShapedBlock(
        file=piece.file,
        start=piece.start,
        next=piece.next,
        first=min(lines, default=0),
        read=len(shaped.rows) + len(rejected),
        size=piece.size,
        entities=shaped.entities,
        rows=shaped.rows,
        events=shaped.events,
        attributes=shaped.attributes,
        links=shaped.links,
        rejected=rejected,
        notes={note: count for note, count in notes.items() if count},
    )


def _rejected(piece: Piece, fault: Fault) -> Rejected:
    lines = f"lines {fault.line} to {fault.line + fault.lines - 1}" if fault.lines > 1 else ""
    return Rejected(fault.line, "", lines, fault.reason, shown(piece.records.text.raw[fault.start : fault.end]))
