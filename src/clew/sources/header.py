"""The header of a file: the names of its columns and the sign between them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from clew.errors import BadInput, nearest_name

DELIMITERS = (",", ";", "\t", "|")
_MOST_BYTES = 4 * 2**20


@dataclass(frozen=True)
class Header:
    """What the first record says.

    names      names of the columns, each once: a repeated one gets " (2)", one without a name "column 5"
    delimiter  sign between fields
    line       the header as it stands, without its line end
    size       bytes up to the first record          lines  physical lines up to there
    """

    names: tuple[str, ...]
    delimiter: str
    line: bytes
    size: int
    lines: int

    @property
    def numbers(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.names)}


def read_header(text: bytes, path: Path, *, needed: Iterable[str] = (), delimiter: str | None = None) -> Header | None:
    """Read the header at the beginning of a text; None where the text holds nothing but blank lines.

    needed     columns that must be there
    delimiter  None: the one of , ; tab | that brings most of the needed columns, then most columns
    Raises BadInput where a needed column is missing.
    """
    skipped = len(text) - len(text.lstrip(b"\r\n"))
    if skipped == len(text):
        return None
    wanted = tuple(dict.fromkeys(needed))
    tried = [_parsed(text, path, skipped, sign) for sign in ([delimiter] if delimiter else DELIMITERS)]
    header = max(tried, key=lambda one: (len({*wanted} & {*one.names}), len(one.names)))
    _require(wanted, header, path)
    return header


def distinct_names(cells: Sequence[str]) -> tuple[str, ...]:
    """Give every column a name of its own."""
    names: dict[str, None] = {}
    for number, cell in enumerate(cells, start=1):
        plain = cell.strip() or f"column {number}"
        name, count = plain, 1
        while name in names:
            count += 1
            name = f"{plain} ({count})"
        names[name] = None
    return tuple(names)


def _parsed(text: bytes, path: Path, skipped: int, delimiter: str) -> Header:
    end = _record_end(text, skipped, delimiter.encode())
    if end - skipped > _MOST_BYTES:
        raise BadInput(f"{path} begins with a record of more than 4 MiB, which can be no header; is it a CSV file?")
    raw = text[skipped:end].rstrip(b"\r\n")
    try:
        written = raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise BadInput(
            f"the header of {path} is not in the encoding of this source; say 'encoding: cp1252' or another one"
        ) from fault
    csv.field_size_limit(2**31 - 1)
    cells = next(csv.reader(io.StringIO(written, newline=""), delimiter=delimiter))
    return Header(distinct_names(cells), delimiter, raw, end, text.count(b"\n", 0, end))


def _record_end(text: bytes, start: int, delimiter: bytes) -> int:
    """Return where the record ends that starts here: after the first line end outside quotes."""
    at, quoted, fresh = start, False, True
    while at < len(text):
        sign = text[at : at + 1]
        if sign == b'"' and (quoted or fresh):
            quoted = not quoted
        elif sign == b"\n" and not quoted:
            return at + 1
        fresh = sign in (delimiter, b'"')
        at += 1
    first = text.find(b"\n", start)
    return first + 1 if quoted and first >= 0 else len(text)


def _require(wanted: Sequence[str], header: Header, path: Path) -> None:
    missing = [name for name in wanted if name not in header.names]
    if not missing:
        return
    near = nearest_name(missing[0], header.names)
    hint = f"; did you mean '{near}'?" if near else ""
    raise BadInput(
        f"{path} has no column {', '.join(repr(name) for name in missing)}; "
        f"it has: {', '.join(header.names[:40])}{hint}"
    )
