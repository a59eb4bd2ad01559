"""Records that read as such but are none: undecodable ones and headers in the midst of the data."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

import numpy as np

from clew.sources.blocks import Reason
from clew.sources.records import Records


def cleaned(records: Records, header: bytes) -> Records:
    """Return the records without those that repeat the header line or hold bytes that are no UTF-8."""
    repeated = _rows_at(records, _repeats(records, header))
    records = records.without(repeated, Reason.HEADER)
    return records.without(_rows_at(records, _undecodable(records)), Reason.ENCODING)


def _rows_at(records: Records, places: Iterator[int]) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Return the records that hold these places of the text; places between records are none."""
    found = np.fromiter(places, np.int64)
    rows = np.searchsorted(records.starts, found, side="right") - 1
    inside = (rows >= 0) & (found < records.separators[rows, -1]) if len(records) else np.zeros(len(found), np.bool_)
    return np.unique(rows[inside])


def _repeats(records: Records, header: bytes) -> Iterator[int]:
    text = records.text.raw
    at = text.find(header)
    while 0 <= at < records.consumed:
        end = at + len(header)
        if text[end : end + 1] in (b"\n", b"\r", b"") and (at == 0 or text[at - 1 : at] == b"\n"):
            row = int(np.searchsorted(records.starts, at))
            if row < len(records) and records.starts[row] == at:
                yield at
        at = text.find(header, end)


def _undecodable(records: Records) -> Iterator[int]:
    """Yield one place of each line that is no UTF-8."""
    if records.text.is_ascii:
        return
    text = records.text.raw
    whole, at = memoryview(text), 0
    while at < records.consumed:
        try:
            codecs.utf_8_decode(whole[at : records.consumed], "strict", True)
            return
        except UnicodeDecodeError as fault:
            place = at + fault.start
            yield place
            end = text.find(b"\n", place)
            at = records.consumed if end < 0 else end + 1
