"""Cut a file into pieces of whole records, from any place between two of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from clew.errors import BadInput
from clew.sources.blocks import Note, Position, Reason, Rejected
from clew.sources.cleaning import cleaned
from clew.sources.header import Header, read_header
from clew.sources.model import Source
from clew.sources.records import Fault, Records, cut_records, no_records, shown
from clew.sources.text import TextStream

BLOCK_BYTES = 24 * 2**20
BLOCK_ROWS = 500_000
_LEAST_BYTES = 256 * 1024
_HEADER_BYTES = (256 * 1024, 8 * 2**20)


@dataclass(frozen=True)
class Piece:
    """Records of one stretch of a file.

    header       column name -> number
    start, next  where the stretch begins, and where reading goes on
    size         bytes of the file that are read, and all its bytes
    """

    file: Path
    header: Mapping[str, int]
    records: Records
    start: Position
    next: Position
    size: tuple[int, int]
    notes: Mapping[Note, int]

    def rejected(self) -> list[Rejected]:
        """Return what is no record, in words."""
        return [self._told(fault) for fault in self.records.faults]

    def _told(self, fault: Fault) -> Rejected:
        lines = f"lines {fault.line} to {fault.line + fault.lines - 1}" if fault.lines > 1 else ""
        return Rejected(fault.line, "", lines, fault.reason, shown(self.records.text.raw[fault.start : fault.end]))

    def aside(self) -> list[Aside]:
        """Return the faults alone, if there are any."""
        return [Aside(self.file, self.size, tuple(self.rejected()))] if self.records.faults else []


@dataclass(frozen=True)
class Aside:
    """What could not be used of a file that is read beside the source's own: joined, or a table of a SELECT."""

    file: Path
    size: tuple[int, int]
    rejected: tuple[Rejected, ...]


def cut_file(
    path: Path,
    source: Source,
    place: Position,
    *,
    needed: Sequence[str],
    block_bytes: int = BLOCK_BYTES,
    counted: bool = False,
) -> Iterator[Piece]:
    """Yield the records of one file from a place on. Raises BadInput where it cannot be read at all.

    counted  number the records (from 1) instead of the physical lines
    """
    header = read_file_header(path, source, needed)
    if header is None:
        yield _nothing(path, place, needed)
        return
    before = 0 if counted else header.lines
    first = replace(place, offset=header.size, line=before + 1) if place.offset == 0 else place
    cutter = _FileCutter(path, source.encoding, header, first, block_bytes=block_bytes, counted=counted)
    for piece in cutter.pieces():
        yield replace(piece, start=place) if piece.start is first else piece


def read_file_header(path: Path, source: Source, needed: Sequence[str] = ()) -> Header | None:
    """Return the header of a file, None where the file is empty."""
    for size in _HEADER_BYTES:
        stream = TextStream(path, source.encoding)
        text = stream.read(size)
        if stream.broken and not text:
            raise BadInput(f"{path} is a damaged gzip file: nothing of it can be unpacked; export it again")
        header = read_header(text, path, needed=needed, delimiter=source.delimiter)
        if header is None or header.size < len(text):
            break
    return header


class _FileCutter:
    def __init__(
        self, path: Path, encoding: str, header: Header, place: Position, *, block_bytes: int, counted: bool
    ) -> None:
        self.path, self.header, self.place, self.block_bytes, self.counted = path, header, place, block_bytes, counted
        self.stream = TextStream(path, encoding, place.offset)
        self.left, self.wanted, self.ended = b"", block_bytes, False

    def pieces(self) -> Iterator[Piece]:
        done = False
        while not done:
            self._fill()
            everything = self._cut()
            if not everything.consumed and not self.ended:
                self.wanted = 2 * len(self.left)  # one record is longer than the block
                continue
            records = everything.first(BLOCK_ROWS)
            if self.ended and self.stream.broken and records is everything:
                records = _with_broken_end(records)
            self.left = self.left[records.consumed :]
            dropped = self._drop_line() if records.endless else 0
            done = self.ended and not self.left
            yield self._piece(records, dropped, done)
            self.wanted = min(
                self.block_bytes, max(_LEAST_BYTES, records.consumed * BLOCK_ROWS // max(len(records), 1))
            )

    def _fill(self) -> None:
        asked = self.wanted - len(self.left)
        if asked > 0 and not self.ended:
            more = self.stream.read(asked)
            self.ended = len(more) < asked
            self.left += more

    def _cut(self) -> Records:
        records = cut_records(
            self.left,
            fields=len(self.header.names),
            delimiter=self.header.delimiter,
            line=self.place.line,
            final=self.ended and not self.stream.broken,
        )
        return records.counted_from(self.place.line) if self.counted else records

    def _drop_line(self) -> int:
        """Pass over the rest of a line that is too long to be kept; return how many bytes that was."""
        dropped = 0
        while True:
            more = self.stream.read(_LEAST_BYTES)
            end = more.find(b"\n")
            if end >= 0 or not more:
                self.left, self.ended = more[end + 1 :], not more
                return dropped + end + 1
            dropped += len(more)

    def _piece(self, records: Records, dropped: int, done: bool) -> Piece:
        before = self.place
        line = records.line + records.endless
        self.place = Position(before.file, before.offset + records.consumed + dropped, line, before.block + 1)
        if done:
            self.place = Position(before.file + 1, 0, 1, before.block + 1)
        notes = {Note.BLANK: records.blank, Note.NUL: _rows_with_nul(records)}
        size = (self.stream.done, self.stream.total)
        records = cleaned(records, self.header.line)
        return Piece(self.path, self.header.numbers, records, before, self.place, size, notes)


def _with_broken_end(records: Records) -> Records:
    """Reject what follows the last whole record of a file that breaks off."""
    text = records.text.raw
    end = Fault(records.line, records.consumed, len(text), Reason.TRUNCATED)
    return replace(records, consumed=len(text), faults=[*records.faults, end])


def _rows_with_nul(records: Records) -> int:
    if b"\0" not in records.text.raw or not len(records):
        return 0
    places = np.flatnonzero(records.text.buffer[: records.consumed] == 0)
    return len(np.unique(np.searchsorted(records.starts, places, side="right")))


def _nothing(path: Path, place: Position, needed: Sequence[str]) -> Piece:
    records = no_records(len(needed))
    after = Position(place.file + 1, 0, 1, place.block + 1)
    header = {name: number for number, name in enumerate(needed)}
    return Piece(path, header, records, place, after, (0, 0), {Note.EMPTY_FILE: 1})
