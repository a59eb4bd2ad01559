"""Read the files of a source, block by block, into what the log needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from clew.errors import BadInput
from clew.sources.blocks import Note, Position, Rejected, ShapedBlock
from clew.sources.join import JoinedTable, load_join
from clew.sources.mapped import joined_columns, needed_columns
from clew.sources.model import Source
from clew.sources.pieces import BLOCK_BYTES, Aside, Piece, cut_file
from clew.sources.records import no_records
from clew.sources.select import selected
from clew.sources.shape import Shaped, shape
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
    root = root or source.path.parent.parent
    if source.select is None:
        yield from _Reading(source, now, block_bytes, root).blocks(files, start or Position())
        return
    with selected(source, root) as result:
        # The result is UTF-8 with commas, whatever the files were.
        plain = replace(source, encoding="utf-8", delimiter=",")
        reading = _Reading(plain, now, block_bytes, root, result.aside)
        try:
            for block in reading.blocks([result.path], start or Position(), counted=True):
                yield replace(block, file=source.path) if block.file == result.path else block
        except BadInput as fault:
            raise BadInput(str(fault).replace(str(result.path), f"the SELECT of source '{source.name}'")) from fault


@dataclass
class _Reading:
    """One pass over the files of a source; what was `aside` in other files is told first, in blocks without rows."""

    source: Source
    now: int
    block_bytes: int
    root: Path
    aside: list[Aside] = field(default_factory=list)
    joined: list[JoinedTable] = field(default_factory=list)

    def blocks(self, files: Sequence[Path], place: Position, *, counted: bool = False) -> Iterator[ShapedBlock]:
        needed = [name for name in needed_columns(self.source) if name not in joined_columns(self.source)]
        for join in self.source.joins:
            table, unusable = load_join(join, self.source, self.root)
            self.joined.append(table)
            self.aside.extend(unusable)
        for aside in self.aside[place.block :]:
            after = replace(place, block=place.block + 1)
            yield self._beside(aside, place, after)
            place = after
        while place.file < len(files):
            path = files[place.file]
            pieces = cut_file(path, self.source, place, needed=needed, block_bytes=self.block_bytes, counted=counted)
            for piece in pieces:
                yield self._block(piece)
                place = piece.next

    def _block(self, piece: Piece) -> ShapedBlock:
        sheet, notes = Sheet(piece.header, piece.records), dict(piece.notes)
        for table in self.joined:
            sheet, found = table.bring_to(sheet)
            for note, count in found.items():
                notes[note] = notes.get(note, 0) + count
        shaped = shape(sheet, self.source, now=self.now)
        rejected = sorted([*shaped.rejected, *piece.rejected()], key=lambda row: row.line)
        lines = [row.line for row in rejected[:1]] + piece.records.lines[:1].tolist()
        return _told(shaped, piece, rejected, notes={**shaped.notes, **notes}, span=(piece.start, piece.next, lines))

    def _beside(self, aside: Aside, start: Position, after: Position) -> ShapedBlock:
        """What could not be used of another file, with no rows beside it."""
        names = dict.fromkeys([*needed_columns(self.source)])
        empty = Sheet({name: number for number, name in enumerate(names)}, no_records(len(names)))
        shaped = shape(empty, self.source, now=self.now)
        notes = {Note.JOINED_BAD: len(aside.rejected)}
        return _told(shaped, aside, aside.rejected, notes=notes, span=(start, after, [aside.rejected[0].line]))


def _told(
    shaped: Shaped,
    origin: Piece | Aside,
    rejected: Sequence[Rejected],
    *,
    notes: Mapping[Note, int],
    span: tuple[Position, Position, list[int]],
) -> ShapedBlock:
    start, after, lines = span
    return ShapedBlock(
        file=origin.file,
        start=start,
        next=after,
        first=min(lines, default=0),
        read=len(shaped.rows) + len(rejected),
        size=origin.size,
        entities=shaped.entities,
        rows=shaped.rows,
        events=shaped.events,
        attributes=shaped.attributes,
        links=shaped.links,
        rejected=rejected,
        notes={note: count for note, count in notes.items() if count},
    )
