"""The part of a stranger's file that is looked at to guess what it says: its beginning and its end."""

from __future__ import annotations

import codecs
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clew.errors import BadInput
from clew.ingest.guess_addresses import holds_address
from clew.sources.cleaning import cleaned
from clew.sources.columns import Column
from clew.sources.header import DELIMITERS, Header, read_header
from clew.sources.numbers import exact
from clew.sources.records import Records, cut_records
from clew.sources.text import TextStream

HEAD_BYTES = 24 * 2**20
TAIL_BYTES = 2 * 2**20
_FIRST_BYTES = 128 * 1024  # are enough to tell delimiters apart
_PACKED_LIMIT = 400 * 2**20  # of a larger gzip only the beginning is looked at
_WRITTEN = bytes(sign for sign in range(256) if sign >= 32 or sign in b"\t\n\r\f")
_MOST_STRANGE = 0.01  # share of control signs in a text
_UNUSUAL_IN_CP1252 = b"\x81\x8d\x8f\x90\x9d"


@dataclass(frozen=True)
class Sample:
    """Rows from the beginning and the end of a file.

    rows      rows that could be read           faults   lines that are no rows
    whole     the file was read completely      columns  by name, each (rows,)
    """

    path: Path
    encoding: str
    header: Header
    records: Records
    whole: bool

    @property
    def rows(self) -> int:
        return len(self.records)

    @property
    def faults(self) -> int:
        return len(self.records.faults)

    @property
    def columns(self) -> dict[str, Column]:
        return {name: Column.of_records(self.records, number) for number, name in enumerate(self.header.names)}


def take_sample(path: Path, *, head_bytes: int = HEAD_BYTES, tail_bytes: int = TAIL_BYTES) -> Sample:
    """Read beginning and end of a file, having found out encoding and delimiter. Raises BadInput without rows."""
    encoding = _encoding(path)
    text, whole = _text(path, encoding, head_bytes, tail_bytes)
    _refuse_binary(text[:_FIRST_BYTES], path)
    first = text[: text.rfind(b"\n", 0, _FIRST_BYTES) + 1] if len(text) > _FIRST_BYTES else text
    header, _ = max((_tried(first, path, sign) for sign in DELIMITERS), key=_quality)
    header, records = _tried(text, path, header.delimiter)
    _refuse_headless(header, records, path)
    return Sample(path, encoding, header, records, whole)


def _encoding(path: Path) -> str:
    """UTF-8 where (nearly) all of the beginning is that, UTF-16 where every second byte is zero, else cp1252."""
    stream = TextStream(path)
    head = stream.read(HEAD_BYTES // 8)
    if stream.encoding != "utf-8":
        return stream.encoding  # a byte order mark says so
    if head.count(b"\0") > len(head) // 4:
        return "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
    lines = [line for line in head.splitlines()[:-1] if not line.isascii()]
    broken = sum(not _is_utf8(line) for line in lines)
    if broken * 10 <= len(lines):
        return "utf-8"
    return "latin-1" if any(byte in head for byte in _UNUSUAL_IN_CP1252) else "cp1252"


def _is_utf8(line: bytes) -> bool:
    try:
        codecs.utf_8_decode(line)
    except UnicodeDecodeError:
        return False
    return True


def _text(path: Path, encoding: str, head_bytes: int, tail_bytes: int) -> tuple[bytes, bool]:
    """Return whole lines of the beginning and of the end."""
    stream = TextStream(path, encoding)
    head = stream.read(head_bytes)
    if len(head) < head_bytes:
        return head, True
    head = head[: head.rfind(b"\n") + 1]
    if stream.total > _PACKED_LIMIT and path.suffix == ".gz":
        return head, False
    tail, more = b"", stream.read(tail_bytes)
    while more:
        tail = (tail + more)[-tail_bytes:]
        more = stream.read(tail_bytes)
    return head + tail[tail.find(b"\n") + 1 :], False


def _refuse_binary(text: bytes, path: Path) -> None:
    strange = len(text.translate(None, _WRITTEN))
    if strange > _MOST_STRANGE * len(text):
        raise BadInput(f"{path} is no text file but a binary one; open it in the program it is from and save it as CSV")


def _tried(text: bytes, path: Path, delimiter: str) -> tuple[Header, Records]:
    header = read_header(text, path, delimiter=delimiter)
    if header is None:
        raise BadInput(f"{path} is empty")
    body = text[header.size :]
    records = cut_records(body, fields=len(header.names), delimiter=delimiter, line=header.lines + 1, final=True)
    return header, cleaned(records, header.line)


def _quality(tried: tuple[Header, Records]) -> float:
    """The share of lines that fit the header, weighed by how much the delimiter tells apart."""
    header, records = tried
    share = len(records) / max(len(records) + len(records.faults), 1)
    return share * math.log(len(header.names)) if len(header.names) > 1 else 0.0


def _refuse_headless(header: Header, records: Records, path: Path) -> None:
    if not len(records):
        raise BadInput(f"{path} has a header but no rows that fit it; is it a CSV file with one header line?")
    addresses = [name for name in header.names if holds_address(name)]
    data_like = sum(exact(name, places=6) is not None or name[:4].isdigit() for name in header.names)
    if addresses or data_like * 2 >= len(header.names):
        names = ", ".join(name for name in header.names[:5] if name not in addresses)
        raise BadInput(f"the first line of {path} looks like data ({names}); add a line that names the columns")


def share_constant(groups: NDArray[np.int32], values: NDArray[np.int32]) -> float:
    """Return the share of groups (codes) that hold one value only; -1 is none."""
    known = (groups >= 0) & (values >= 0)
    if not known.any():
        return 0.0
    pairs = np.unique(groups[known].astype(np.int64) << 32 | values[known].astype(np.int64))
    kinds = np.bincount((pairs >> 32).astype(np.intp))
    return float(np.mean(kinds[kinds > 0] == 1))


def evenly(texts: Sequence[str], most: int) -> list[str]:
    """Return at most so many texts, spread over all of them."""
    step = max(1, -(-len(texts) // most))
    return list(texts[::step])
