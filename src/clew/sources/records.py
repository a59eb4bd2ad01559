"""Cut text into records and fields by RFC 4180, strictly, and say which lines are none.

What a record is depends only on the text from its first byte on, never on where a buffer ends: a quote may open only a
whole field and close only before a delimiter or a line end. The first line of a record that breaks this is rejected by
itself, and reading goes on with the next line.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from clew.sources.blocks import Reason
from clew.sources.spans import Text

Bytes = NDArray[np.uint8]
Offsets = NDArray[np.int32]
Lines = NDArray[np.int64]

RECORD_BYTES = 64 * 2**20  # a longer record is refused
_SALVAGE_LINES = 100  # a record over more lines with a wrong number of fields began with a stray quote
_SMALL = 4096  # where quotes stray, the next one is often near
_QUOTE, _LF, _CR = 34, 10, 13


@dataclass(frozen=True)
class Fault:
    """A stretch of text that is no record: its physical line, place in the text, reason and number of lines."""

    line: int
    start: int
    end: int
    reason: Reason
    lines: int = 1


@dataclass(frozen=True)
class Records:
    """Whole records of one text.

    text        the text
    separators  (n, fields) int32: place of the delimiter or line end after each field
    starts      (n,) int32: place of each record's first byte
    lines       (n,) int64: physical line of each record
    consumed    bytes of the text that are done, `line` the number of the line after them
    blank       blank lines passed over
    endless     the text ends inside a line that is too long: drop what follows up to its end
    """

    text: Text
    separators: Offsets
    starts: Offsets
    lines: Lines
    consumed: int
    line: int
    blank: int = 0
    endless: bool = False
    faults: list[Fault] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.starts)

    def without(self, dropped: NDArray[np.intp], reason: Reason) -> Records:
        """Return the records without some of them, which become faults."""
        if not len(dropped):
            return self
        keep = np.ones(len(self), np.bool_)
        keep[dropped] = False
        faults = [
            Fault(int(self.lines[row]), int(self.starts[row]), int(self.separators[row, -1]), reason)
            for row in np.flatnonzero(~keep).tolist()
        ]
        return replace(
            self,
            separators=self.separators[keep],
            starts=self.starts[keep],
            lines=self.lines[keep],
            faults=[*self.faults, *faults],
        )

    def first(self, most: int) -> Records:
        """Return at most so many records from the beginning; the rest is not consumed."""
        if len(self) <= most:
            return self
        consumed = int(self.starts[most])
        return replace(
            self,
            separators=self.separators[:most],
            starts=self.starts[:most],
            lines=self.lines[:most],
            consumed=consumed,
            line=int(self.lines[most]),
            endless=False,
            faults=[fault for fault in self.faults if fault.start < consumed],
        )

    def counted_from(self, number: int) -> Records:
        """Return the records numbered one by one instead of by their physical lines."""
        return replace(self, lines=number + np.arange(len(self), dtype=np.int64), line=number + len(self))

    def field_bounds(self, number: int) -> tuple[Offsets, Offsets]:
        """Return start and length of one field of every record, quotes and carriage return left out."""
        starts = self.starts if number == 0 else self.separators[:, number - 1] + np.int32(1)
        ends = self.separators[:, number]
        buffer = self.text.buffer
        if self.text.has_returns and number == self.separators.shape[1] - 1:
            ends = ends - ((buffer[ends - 1] == _CR) & (ends > starts))
        if not self.text.has_quotes:
            return starts, ends - starts
        quoted = (buffer[starts] == _QUOTE) & (ends > starts)
        return starts + quoted, ends - starts - np.int32(2) * quoted

    def row_text(self, row: int, most: int = 2000) -> str:
        """Return a record as it stands in the file, shortened."""
        return shown(self.text.raw[self.starts[row] : self.separators[row, -1]], most)


def shown(text: bytes, most: int = 2000) -> str:
    """Return text for a person to read, shortened; bytes that are no UTF-8 as \\x.."""
    short = text[: most * 4].decode("utf-8", "backslashreplace").rstrip("\r\n")
    return short if len(short) <= most else short[: most - 1] + "…"


def cut_records(text: bytes, *, fields: int, delimiter: str, line: int, final: bool) -> Records:
    """Find the whole records of a text that begins with a record.

    fields  how many fields a record has
    line    physical line with which the text begins
    final   no text follows: the last record needs no line end
    Unless final, an unfinished record at the end is left to be read again with more text after it.
    """
    if final and text and not text.endswith(b"\n"):
        text += b"\n"
    cutter = _Cutter(text, fields, ord(delimiter), line, final)
    cutter.run()
    return cutter.records()


def no_records(fields: int) -> Records:
    """Return an empty set of records of so many fields."""
    return cut_records(b"", fields=fields, delimiter=",", line=1, final=True)


class _Cutter:
    """Walks over the text in windows: the whole of it at first, small ones after a stray quote."""

    def __init__(self, text: bytes, fields: int, delimiter: int, line: int, final: bool) -> None:
        self.text, self.fields, self.delimiter, self.line, self.final = text, fields, delimiter, line, final
        self.whole = Text(text)
        self.buffer = self.whole.buffer
        self.at, self.window, self.blank, self.endless = 0, max(len(text), 1), 0, False
        self.found: list[tuple[Offsets, Offsets, Lines]] = []
        self.faults: list[Fault] = []

    def run(self) -> None:
        while self.at < len(self.text):
            before, end = self.at, min(self.at + self.window, len(self.text))
            broken = self._scan(end)
            if broken:
                self.window = _SMALL
            else:
                self.window *= 2
            stuck = self.at == before and end == len(self.text)
            if (broken or stuck) and not self._reject_line(decided=broken):
                return

    def records(self) -> Records:
        empty = (np.empty((0, self.fields), np.int32), np.empty(0, np.int32), np.empty(0, np.int64))
        separators, starts, lines = (np.concatenate(part) for part in zip(*(self.found or [empty]), strict=True))
        return Records(
            text=self.whole,
            separators=separators,
            starts=starts,
            lines=lines,
            consumed=self.at,
            line=self.line,
            blank=self.blank,
            endless=self.endless,
            faults=self.faults,
        )

    def _scan(self, end: int) -> bool:
        """Take the whole records before `end`; return whether a broken one follows them."""
        part = self.buffer[self.at : end]
        marks, limit = self._marks(part)
        separators = np.flatnonzero(marks[:limit]).astype(np.int32)
        closing = np.flatnonzero(part[separators] == _LF)
        broken = limit < len(part)
        if not len(closing):
            return broken
        stop = separators[closing]
        starts = np.concatenate((np.zeros(1, np.int32), stop[:-1] + np.int32(1)))
        counts = np.diff(closing, prepend=-1)
        lines = self._lines(part, starts, int(stop[-1]))
        hopeless = self._hopeless(starts, stop, counts, lines)
        if hopeless is not None:
            starts, stop, counts, broken = starts[:hopeless], stop[:hopeless], counts[:hopeless], True
        self._take(part, separators[: int(counts.sum())], starts, stop, counts=counts, lines=lines)
        return broken

    def _marks(self, part: Bytes) -> tuple[NDArray[np.bool_], int]:
        """Return where fields end, and the place of the first quote that may not stand where it stands."""
        marks = (part == _LF) | (part == self.delimiter)
        if self.text.find(b'"', self.at, self.at + len(part)) < 0:
            return marks, len(part)
        quotes = part == _QUOTE
        marks &= (np.cumsum(quotes, dtype=np.uint8) & 1) == 0
        places = np.flatnonzero(quotes)
        opening, closing = places[0::2], places[1::2]
        before = part[opening - 1]
        fits_before = (before == self.delimiter) | (before == _LF) | (before == _QUOTE) | (opening == 0)
        after, then = self.buffer[self.at + closing + 1], self.buffer[self.at + closing + 2]
        fits_after = (after == self.delimiter) | (after == _LF) | (after == _QUOTE) | ((after == _CR) & (then == _LF))
        undecided = self.at + closing + 1 + (after == _CR) >= len(self.text)
        stray = (opening[~fits_before], closing[~fits_after & ~undecided])
        return marks, min([len(part), *(int(places[0]) for places in stray if len(places))])

    def _lines(self, part: Bytes, starts: Offsets, last: int) -> Lines:
        """Return the physical line of each record, and of what follows the last one."""
        ends = part[: last + 1] == _LF
        begins = np.append(starts, np.int32(last + 1))
        if int(np.count_nonzero(ends)) == len(starts):
            return self.line + np.arange(len(begins), dtype=np.int64)
        return self.line + np.searchsorted(np.flatnonzero(ends), begins).astype(np.int64)

    def _hopeless(self, starts: Offsets, stop: Offsets, counts: NDArray[np.intp], lines: Lines) -> int | None:
        """Return the first record that must have begun with a stray quote, though it reads as one."""
        tall = np.diff(lines)
        swallowed = ((counts != self.fields) & (tall > _SALVAGE_LINES)) | ((stop - starts > RECORD_BYTES) & (tall > 1))
        return int(np.argmax(swallowed)) if swallowed.any() else None

    def _take(
        self,
        part: Bytes,
        separators: Offsets,
        starts: Offsets,
        stop: Offsets,
        *,
        counts: NDArray[np.intp],
        lines: Lines,
    ) -> None:
        number = len(starts)
        if not number:
            return
        size = stop - starts
        blank = (counts == 1) & ((size == 0) | ((size == 1) & (part[starts] == _CR)))
        bad = ((counts != self.fields) | (size > RECORD_BYTES)) & ~blank
        for row in np.flatnonzero(bad).tolist():
            reason = Reason.FIELDS if counts[row] != self.fields else Reason.LONG
            self._fault(lines, row, self.at + int(starts[row]), self.at + int(stop[row]), reason)
        good = ~(bad | blank)
        if not good.all():
            separators = separators[np.repeat(good, counts)]
        at = np.int32(self.at)
        self.found.append((separators.reshape(-1, self.fields) + at, starts[good] + at, lines[:number][good]))
        self.blank += int(np.count_nonzero(blank))
        self.line = int(lines[number])
        self.at += int(stop[-1]) + 1

    def _fault(self, lines: Lines, row: int, start: int, end: int, reason: Reason) -> None:
        self.faults.append(Fault(int(lines[row]), start, end, reason, int(lines[row + 1] - lines[row])))

    def _reject_line(self, *, decided: bool) -> bool:
        """Reject the physical line at hand where it cannot begin a record; return whether reading can go on."""
        left = len(self.text) - self.at
        end = self.text.find(b"\n", self.at)
        if end < 0 and left > RECORD_BYTES:
            self.faults.append(Fault(self.line, self.at, len(self.text), Reason.LONG))
            self.at, self.endless = len(self.text), True
            return False
        if end < 0 or not (decided or self.final or left > RECORD_BYTES):
            return False
        self.faults.append(Fault(self.line, self.at, end, Reason.QUOTE))
        self.at, self.line, self.window = end + 1, self.line + 1, _SMALL
        return True
